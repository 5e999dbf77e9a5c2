"""The service's file: what is wrong with it is one sentence with its table and key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from backend.model.sentence import LANGUAGES, words
from backend.service.curl import read_curl
from backend.service.description import ServiceFileError, json_schema, load, parse
from backend.service.exchange import Host, build
from backend.service.new import Answers, render
from backend.service.placeholders import QuotedPlaceholderError, statement
from backend.service.validate import mistakes
from main import main

GOOD = """
[service]
command = ["node", "server.js"]
[service.environment]
PORT = "{port}"
DATABASE_URL = "{postgresql}"
REDIS_URL = "{redis}"
[database]
kind = "postgresql"
setup = "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL)"
[request]
method = "POST"
path = "/orders"
headers = { Idempotency-Key = "{key}" }
json = { order_no = "{key}", n = "{n}" }
[before]
redis = "SET token:{key} 1"
[effects]
sql = "SELECT count(*) FROM orders WHERE order_no = {key}"
"""


def test_a_good_file_has_no_mistakes() -> None:
    assert mistakes(parse(GOOD), Path()) == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[effects]", "[effect]"), "The table [effects] is missing."),
        (('kind = "postgresql"', 'kind = "oracle"'), "[database] kind:"),
        (('method = "POST"', "method = 1"), "[request] method:"),
        (('path = "/orders"', 'paths = "/orders"'), "[request] paths: there is no such key."),
        (
            ('"{redis}"', '"{redsi}"'),
            "[service.environment] REDIS_URL: nothing stands for the placeholder {redsi} here.",
        ),
        (("= {key}", "= '{key}'"), "[effects] sql: the placeholder {key} stands within quotes"),
        (('command = ["node", "server.js"]', ""), "[service] needs one of command, url."),
        (('"SELECT count(*)', '"SELECT count(*) {env.NO_SUCH_THING_HERE}'), "NO_SUCH_THING_HERE is not set"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_place(change: tuple[str, str], sentence: str) -> None:
    text = GOOD.replace(*change)
    assert text != GOOD
    try:
        found = mistakes(parse(text), Path())
    except ServiceFileError as error:
        found = (error.sentence,)
    assert sentence in " ".join(map(str, found))
    assert all(words(each, language) for each in found for language in LANGUAGES)


def test_an_intents_key_must_stand_somewhere_in_the_request() -> None:
    text = GOOD.replace('headers = { Idempotency-Key = "{key}" }\n', "").replace('order_no = "{key}"', 'order_no = "1"')
    assert "{key}" in str(mistakes(parse(text), Path())[0])


@pytest.mark.parametrize("text", ["", "x = ", "[service]\n", "\x00", "[service]\ncommand = 3\n[request]\n[effects]\n"])
def test_what_is_no_such_file_is_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "submit-twice.toml"
    file.write_text(text)
    with pytest.raises(ServiceFileError) as raised:
        load(file)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(ServiceFileError, match="no such file"):
        load(Path("/nowhere/submit-twice.toml"))


def test_placeholders_fit_where_they_stand() -> None:
    description = parse(GOOD.replace('path = "/orders"', 'path = "/orders/{key}?again={n}"'))
    values = {"key": 'a"b/c\r\nX: y', "n": "2", "uuid": "u"}
    head, _, body = build(description.request, Host("127.0.0.1", 80), values).partition(b"\r\n\r\n")
    assert b"POST /orders/a%22b%2Fc%0D%0AX%3A%20y?again=2 HTTP/1.1" in head
    assert [line for line in head.split(b"\r\n") if line.startswith(b"X:")] == []
    assert body == b'{"order_no": "a\\"b/c\\r\\nX: y", "n": 2}'


def test_sql_gets_its_values_bound_and_its_percent_signs_kept() -> None:
    found = statement("SELECT count(*) FROM t WHERE a = {key} AND b LIKE '10%' AND c = '{ not one }'")
    assert found.sql == "SELECT count(*) FROM t WHERE a = %(key)s AND b LIKE '10%%' AND c = '{ not one }'"
    assert found.parameters({"key": "x"}) == {"key": "x"}
    with pytest.raises(QuotedPlaceholderError):
        statement("SELECT '{key}'")


def test_a_curl_command_becomes_a_request() -> None:
    found = read_curl(
        "curl --location 'http://localhost:3000/orders?x=1' \\\n"
        " -H 'Content-Type: application/json' --data-raw '{\"a\": 1}'"
    )
    assert (found.method, found.path, found.body) == ("POST", "/orders?x=1", '{"a": 1}')
    assert found.host == "http://localhost:3000"


@pytest.mark.parametrize("line", ["", "wget x", "curl", "curl 'x", "curl http://a http://b", "curl -d @file http://a"])
def test_what_is_no_curl_command_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_curl(line)


@pytest.mark.parametrize(
    ("options", "carried"),
    [
        ("-d order_no=A-1 -d qty=2", "order_no={key}&qty=2"),
        ("-F qty=2 -F order_no=A-1", '"order_no"\r\n\r\n{key}\r\n'),
        ("""--json '{"qty": 2, "order": {"items": [], "order_no": "A-1"}}'""", '"order_no": "{key}"'),
    ],
)
def test_what_looks_like_the_key_is_found_in_forms_and_within_json(options: str, carried: str) -> None:
    description = parse(render(Answers(curl=f"curl http://localhost:3000/orders {options}", command="node server.js")))
    assert carried in description.request.body
    assert mistakes(description, Path()) == ()


def test_a_file_that_was_written_from_a_curl_command_can_be_used() -> None:
    line = """curl http://localhost:3000/orders -H 'Idempotency-Key: abc' -d '{"order_no": "A-1", "qty": 2}'"""
    description = parse(render(Answers(curl=line, command="node server.js")))
    assert mistakes(description, Path()) == ()
    assert '"{key}"' in description.request.body


def test_the_schema_for_editors_names_every_table() -> None:
    tables = json_schema()["$defs"]["Description"]["properties"]
    assert set(tables) == {"service", "database", "redis", "request", "before", "effects", "answers"}


AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-6)
from backend.service.description import parse
text, gate = sys.stdin.read(), threading.Barrier(8)
threads = [threading.Thread(target=lambda: gate.wait() >= 0 and parse(text)) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_two_threads_may_read_their_first_file_at_once() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", AT_ONCE], input=GOOD, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_what_is_no_curl_command_writes_no_file_and_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "submit-twice.toml"
    assert main(["service", "new", "--curl", "wget x", str(file)]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "curl" in complaint
    assert not file.exists()
