"""A service that runs already, started by nobody of ours: asked no more than was said, and its data left alone."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from backend.engines.bare import start_database
from backend.engines.processes.supervisor import Supervisor
from backend.engines.sql import create_sql_engine
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import Verdict
from backend.service.description import Description, parse
from backend.service.outside.check import Checker
from backend.service.outside.model import Check, CheckPlan, CheckSituation
from backend.service.outside.settling import MOST_READINGS
from backend.service.outside.situations import most_submissions
from backend.service.outside.stand import Stand
from backend.service.target import allowed_target, target_of
from backend.service.validate import mistakes
from tests.backend.service.awkward import SERVICES
from tests.tables import exhaustive_but, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ONCE, TWICE, UNDECIDED = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.UNDECIDED
REQUEST = '[effects.request]\npath = "/count?key={key}"\ncount = "$.count"'
SQL = '[effects]\nsql = "SELECT count(*) FROM orders WHERE order_no = {key}"'


class Running:
    """A service in memory, or one that inserts where it is told to."""

    def __init__(self, *, sound: bool, insert: Callable[[str], None] | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self._guard = threading.Lock()
        self.status = 0
        """What it answers without doing anything; 0 where it does."""
        self._sound = sound
        self._insert = insert

    def take(self, key: str) -> int:
        with self._guard:
            if self.status:
                return self.status
            if self._sound and self.effects[key]:
                return 409
            self.effects[key] += 1
            if self._insert is not None:
                self._insert(key)
            return 201


def handler_of(running: Running) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            running.asked["POST"] += 1
            key = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["order_no"]
            self._answer(running.take(key), {})

        def do_GET(self) -> None:
            running.asked["GET"] += 1
            self._answer(200, {"count": running.effects[parse_qs(urlsplit(self.path).query)["key"][0]]})

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A caller that hangs up is what this is about."""


class _V6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def serving(running: Running, name: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Listen; the port."""
    with (_V6 if ":" in name else _Server)((name, 0), handler_of(running)) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def described(url: str, effects: str = REQUEST, more: str = "") -> Description:
    text = f'[service]\nurl = "{url}"\n[request]\njson = {{ order_no = "{{key}}" }}\n{effects}\n{more}'
    return parse(text)


def check(description: Description, *keys: CheckSituation, intents: int = 2) -> Check:
    plan = CheckPlan(keys, intents, 3, 5.0, limit_s=10.0, afterwards_s=0.2)
    with Stand(description, SERVICES) as stand:
        return Checker(stand, plan, lambda _progress: None, threading.Event()).check("submit-twice.toml")


@pytest.mark.parametrize(("sound", "verdict"), exhaustive_but([(True, ONCE), (False, TWICE)], values(False)))
def test_every_situation_is_judged_and_nothing_is_asked_that_was_not_said(sound: bool, verdict: Verdict) -> None:
    running = Running(sound=sound)
    with serving(running) as port:
        found = check(described(f"http://127.0.0.1:{port}"), *CheckSituation)
    tried = [situation for situation in found.situations if situation.intents]
    assert {situation.situation for situation in tried} == set(CheckSituation) - {CheckSituation.CRASH}
    # a caller may give up before its request has arrived: then there was only one
    sure = [situation for situation in tried if situation.situation is not CheckSituation.RETRY]
    assert all(dict(situation.verdicts) == {verdict: 2} for situation in sure)
    plan = CheckPlan(tuple(CheckSituation), 2, 3)
    assert running.asked["POST"] <= found.submitted <= most_submissions(plan, is_ours=False)
    assert running.asked["GET"] == found.asked <= MOST_READINGS * 2 * len(tried)


def test_a_service_that_tells_and_never_acts_is_not_asked_without_an_end() -> None:
    running = Running(sound=True)
    running.status = 201
    with serving(running) as port:
        found = check(described(f"http://127.0.0.1:{port}"), CheckSituation.ONE_AFTER_ANOTHER)
    assert dict(found.situations[0].verdicts) == {Verdict.LOST: 2}
    assert running.asked["GET"] <= MOST_READINGS * 2


def test_whether_a_lease_would_end_it_is_not_known_of_somebodys_service() -> None:
    running = Running(sound=True)
    running.status = 423
    with serving(running) as port:
        found = check(described(f"http://127.0.0.1:{port}"), CheckSituation.ONE_AFTER_ANOTHER)
    assert dict(found.situations[0].verdicts) == {UNDECIDED: 2}


@pytest.mark.parametrize("name", ["127.0.0.2", "::1", "localhost"])
def test_another_name_of_this_machine(name: str) -> None:
    running = Running(sound=False)
    with serving(running, "127.0.0.1" if name == "localhost" else name) as port:
        shown = f"[{name}]" if ":" in name else name
        found = check(described(f"http://{shown}:{port}/"), CheckSituation.ONE_AFTER_ANOTHER)
    assert dict(found.situations[0].verdicts) == {TWICE: 2}


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Of localhost, signed by itself."""
    key, found = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    where = ["-keyout", str(key), "-out", str(found), "-days", "2"]
    subprocess.run([*argv, *where, *subject], check=True, capture_output=True)
    return key, found


def test_over_tls_with_a_certificate_that_is_trusted(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, found = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(found, key)
    running = Running(sound=False)
    with serving(running, context=context) as port:
        described_ = described(f"https://localhost:{port}")
        with pytest.raises(SubmitTwiceError, match="cannot be reached: self-signed certificate"):
            check(described_, CheckSituation.ONE_AFTER_ANOTHER)
        assert not running.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(found))
        keys = (CheckSituation.CLICKS, CheckSituation.LOST_REPLY)
        assert {verdict for each in check(described_, *keys).situations for verdict in each.verdicts} == {TWICE}


@pytest.mark.parametrize(
    ("url", "host", "header"),
    [
        ("http://127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("https://[::1]:8443/base/", "::1", "[::1]:8443"),
        ("http://shop.localhost:80", "shop.localhost", "shop.localhost"),
        ("http://LOCALHOST:81", "localhost", "localhost:81"),
    ],
)
def test_a_url_of_this_machine(url: str, host: str, header: str) -> None:
    found = allowed_target(url, ())
    assert (found.name, found.header) == (host, header)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://localhost",
        "localhost:80",
        "http://",
        "http://localhost:99999",
        "http://localhost:0",
        "http://a:b@localhost",
        "http://localhost/?a=b",
        "http://lo calhost",
        "http://[::1",
    ],
)
def test_what_is_no_url_is_said_before_anything_is_started(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the sentence is the caller's
        target_of(url)
    assert any("http://" in str(mistake) for mistake in mistakes(described(url), SERVICES))


@pytest.mark.parametrize(
    "url", ["http://example.org", "http://localhost.example.org", "http://10.0.0.1", "http://0.0.0.0"]
)
def test_no_other_machine_unless_it_is_named(url: str) -> None:
    with pytest.raises(SubmitTwiceError, match="--allow-host"):
        allowed_target(url, ("other.example.org",))
    assert allowed_target(url, (target_of(url).name.upper(),)).port == 80


def test_a_host_that_was_not_named_is_told_before_its_database_is_asked_or_emptied() -> None:
    database = '[database]\nurl = "postgresql://nobody@127.0.0.1:1/shop"\nreset = "TRUNCATE orders"'
    with pytest.raises(SubmitTwiceError, match="--allow-host"):
        check(described("http://example.org", SQL, database), CheckSituation.CLICKS)


@pytest.mark.parametrize("kind", exhaustive_but(["postgresql", "mariadb"], values("postgresql")))
def test_effects_are_read_in_its_own_database_and_nothing_is_written_there(kind: str) -> None:
    with Supervisor() as supervisor:
        _read_only(start_database(supervisor, kind, None).url)


def _read_only(url: str) -> None:
    engine = create_sql_engine(url, pool_size=2)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS orders (order_no varchar(99), free_at timestamp NULL)")
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS customers (name varchar(99))")
        connection.exec_driver_sql("INSERT INTO customers VALUES ('somebody')")

    def insert(key: str) -> None:
        with engine.begin() as writing:
            writing.execute(sa.text("INSERT INTO orders VALUES (:key, '2037-01-01')"), {"key": key})

    database = f'[database]\nurl = "{url}"'
    with serving(Running(sound=False, insert=insert)) as port:
        address = f"http://127.0.0.1:{port}"
        found = check(described(address, SQL, database), CheckSituation.ONE_AFTER_ANOTHER)
        assert dict(found.situations[0].verdicts) == {TWICE: 2}
        erase = '[before]\nsql = "DELETE FROM customers WHERE name <> {key}"'
        with pytest.raises(SubmitTwiceError, match=r"(?i)before\.sql fails.*read.only"):
            check(described(address, SQL, f"{database}\n{erase}"), CheckSituation.ONE_AFTER_ANOTHER)
        assert mistakes(described(address, SQL, f'{database}\nsetup = "DROP TABLE customers"'), SERVICES)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM customers").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM orders WHERE free_at > '2036-01-01'").scalar() == 6
    engine.dispose()
