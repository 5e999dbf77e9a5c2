"""The gateway: a process of its own with a ledger of its own, and what its Idempotency-Key is worth."""

from __future__ import annotations

import http.client
import json
import select
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import sqlalchemy as sa

from backend.engines.gateway.app import MOST_UNFINISHED
from backend.engines.gateway.client import GatewayClient
from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.gateway.ledger import GatewayMessage
from backend.engines.gateway.settings import GatewayAddress, address_file
from backend.engines.processes.ports import free_port
from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import GatewayError, GatewayRefusedError
from backend.model.plan import Fault, Plan, Setup
from backend.model.sentence import words
from backend.model.vocabulary import Answer, EngineKind, FaultKind, GatewayKeys, Health, OperationKey, Source, Verdict
from backend.shop.schema import messages
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import stop, wait_until
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import named, wait_for
from tests.tables import exhaustive_but, never

SEND = OperationKey.SEND_MESSAGE
BODY = {"request_no": "M-1", "item": "hello", "quantity": 1}


class Place:
    """A gateway without a lab."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.notes: list[str] = []
        self.keeper = GatewayKeeper(supervisor, self._changed)
        self.file = address_file(supervisor.private)
        self.client = GatewayClient(self.file, self.keeper.want)

    def _changed(self) -> None:
        self.notes += [str(status.note or "") for status in self.keeper.statuses]

    @property
    def address(self) -> GatewayAddress:
        return msgspec.json.decode(self.file.read_bytes(), type=GatewayAddress)

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.address.token}"} | (headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self.address.port, timeout=10)
        connection.request(method, path, body, given)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, json.loads(content)


def unfinished(address: GatewayAddress) -> socket.socket:
    """A call whose body does not come to its end."""
    head = (
        "POST /messages HTTP/1.1",
        f"Host: 127.0.0.1:{address.port}",
        f"Authorization: Bearer {address.token}",
        "Transfer-Encoding: chunked",
    )
    connection = socket.create_connection(("127.0.0.1", address.port), timeout=20)
    connection.sendall(("\r\n".join(head) + '\r\n\r\n5\r\n{"a').encode())
    return connection


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Supervisor() as supervisor:
        made = Place(supervisor)
        made.keeper.require()
        yield made
        made.client.close()
        made.keeper.close()


def processes(place: Place) -> list[psutil.Process]:
    gateway = named(psutil.Process(place.supervisor.pid).children(), "backend.engines.gateway")
    return [gateway, *gateway.children(recursive=True)]


def message(number: str, item: str = "hello") -> GatewayMessage:
    return GatewayMessage(number, item, 1, "1.1")


def sent_of(place: Place, *keys: object) -> list[str]:
    """What is in the ledger of these; a message that an earlier test gave up may come at any time."""
    with place.keeper.ledger.connect() as connection:
        found = connection.execute(sa.select(messages.c.request_no).order_by(messages.c.id))
        return [key for (key,) in found if key in keys]


def test_unfinished_bodies_block_nobody(place: Place) -> None:
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(unfinished(place.address)) for _ in range(20)]
        assert place.call("POST", "/messages", json.dumps(BODY | {"request_no": "slow"}).encode())[0] == 201
        slow += [open_ones.enter_context(unfinished(place.address)) for _ in range(MOST_UNFINISHED)]
        refused = select.select(slow, [], [], 20)[0]
        assert any(connection.recv(65_536).startswith(b"HTTP/1.1 503") for connection in refused)
        assert place.call("GET", "/health")[0] == 200
    body = json.dumps(BODY | {"request_no": "slow"}).encode()
    assert wait_until(lambda: place.call("POST", "/messages", body)[0] == 201), "those who hung up make room"


def test_a_message_is_sent_as_often_as_it_is_asked_for_unless_a_key_is_honoured(place: Place) -> None:
    send = place.client.send
    assert [send(message("a")), send(message("a"))] == [True, True]
    assert [send(message("b"), "key-b"), send(message("b"), "key-b")] == [True, True]
    assert [send(message("c"), "key-c", honoured=True), send(message("c"), "key-c", honoured=True)] == [True, False]
    assert [send(message("单-1"), "单-1", honoured=True), send(message("单-1"), "单-1", honoured=True)] == [True, False]
    with pytest.raises(GatewayRefusedError, match="another message") as refused:
        send(message("c", "something else"), "key-c", honoured=True)
    assert "已用于另一条消息" in words(refused.value.sentence, "zh_CN")
    assert sent_of(place, "a", "b", "c", "单-1") == ["a", "a", "b", "b", "c", "单-1"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/messages", json.dumps(BODY).encode(), {"Authorization": "Bearer wrong"}, 401),
        ("POST", "/messages", json.dumps(BODY).encode(), {"Host": "attacker.example"}, 403),
        ("POST", "/messages", b"{", {}, 400),
        ("POST", "/messages", b"[" * 60_000, {}, 400),
        ("POST", "/messages", b'{"request_no": "\xff"}', {}, 400),
        ("POST", "/messages", json.dumps(BODY | {"quantity": 0}).encode(), {}, 400),
        ("POST", "/messages", json.dumps(BODY | {"more": 1}).encode(), {}, 400),
        ("POST", "/messages", b"x" * 70_000, {}, 413),
        ("POST", "/messages", json.dumps(BODY).encode(), {"Idempotency-Key": "k" * 700, "LAB-HONOUR-KEYS": "1"}, 400),
        ("GET", "/messages", None, {}, 405),
        ("GET", "/nothing", None, {}, 404),
    ],
)
def test_what_is_not_accepted_is_refused_and_not_sent(
    place: Place, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    assert place.call(method, path, body, headers)[0] == status
    assert sent_of(place, BODY["request_no"]) == []


def test_a_gateway_that_is_killed_comes_back_with_its_ledger(place: Place) -> None:
    assert place.client.send(message("kept"), "kept", honoured=True)
    for process in processes(place):
        with suppress(psutil.NoSuchProcess):  # a worker ends with its parent
            process.kill()
    assert wait_until(lambda: any("started again" in note for note in place.notes))
    assert wait_until(lambda: place.keeper.statuses[0].health is Health.UP)
    assert not place.client.send(message("kept"), "kept", honoured=True)


def test_where_no_gateway_listens_nothing_was_sent(tmp_path: Path) -> None:
    file = address_file(tmp_path)
    file.write_bytes(msgspec.json.encode(GatewayAddress(free_port(), "token")))
    with pytest.raises(GatewayError, match="nothing was sent"):
        GatewayClient(file, lambda: None).send(message("refused"))


def test_a_gateway_that_hangs_leaves_open_whether_the_message_was_sent(place: Place) -> None:
    place.client.send(message("before"))
    workers = processes(place)
    impatient = GatewayClient(place.file, place.keeper.want, patience_s=0.3)
    stop(*workers)
    try:
        with pytest.raises(GatewayError, match="not known"):
            impatient.send(message("hanging"))
    finally:
        for process in workers:
            process.resume()
    assert place.client.send(message("after"))


@pytest.mark.parametrize(
    ("keys", "effects", "answers"),
    [
        (GatewayKeys.NONE, 4, {Answer.CREATED: 4}),
        (GatewayKeys.IGNORED, 4, {Answer.CREATED: 4}),
        (GatewayKeys.HONOURED, 1, {Answer.CREATED: 1, Answer.REPLAYED: 3}),
    ],
)
def test_only_a_key_that_is_honoured_protects(
    laboratory: Laboratory, keys: GatewayKeys, effects: int, answers: Mapping[Answer, int]
) -> None:
    setup = Setup("none", gateway_keys=keys)
    report = laboratory.lab.start_run(setup, Plan((laboratory.intent(SEND),), 4)).wait(30)
    assert report.effects == effects
    assert report.answers == answers
    assert report.contradictions == ()
    assert report.verdicts == {Verdict.DUPLICATED if effects > 1 else Verdict.EXACTLY_ONCE: 1}
    sent = [step for step in laboratory.told.steps if step.engine is EngineKind.GATEWAY]
    assert len(sent) == 4
    assert all(("Idempotency-Key: M-" in step.command) == (keys is not GatewayKeys.NONE) for step in sent)


@pytest.mark.parametrize(
    ("keys", "verdict", "answer"),
    exhaustive_but(
        [
            (GatewayKeys.NONE, Verdict.DUPLICATED, Answer.CREATED),
            (GatewayKeys.IGNORED, Verdict.DUPLICATED, Answer.CREATED),
            (GatewayKeys.HONOURED, Verdict.EXACTLY_ONCE, Answer.REPLAYED),
        ],
        never(GatewayKeys.NONE),
    ),
)
def test_no_transaction_covers_the_call_and_only_the_gateway_can_help(
    laboratory: Laboratory, keys: GatewayKeys, verdict: Verdict, answer: Answer
) -> None:
    """The instance dies between the call and the commit of the marker row; the caller tries again."""
    crash = Fault(FaultKind.CRASH, "gateway", "POST")
    plan = Plan((laboratory.intent(SEND),), 1, source=Source.RETRY, retries=8)
    report = laboratory.lab.start_run(Setup("unique-index", faults=(crash,), gateway_keys=keys), plan).wait(30)
    assert report.verdicts == {verdict: 1}
    assert report.effects == (2 if verdict is Verdict.DUPLICATED else 1)
    assert report.answers[answer] == 1
    assert report.contradictions == ()


def test_a_caller_from_outside_starts_the_gateway_and_is_seen(laboratory: Laboratory) -> None:
    caller = caller_of(laboratory.lab)
    body = {"request_no": "订单-9", "item": "hello", "quantity": 2}
    path = "/operations/send-message?strategy=none"
    headers = {"LAB-GATEWAY-KEYS": "honoured"}
    first, second = (caller.call("POST", path, json.dumps(body).encode(), headers) for _ in range(2))
    assert (first.status, second.status) == (201, 200)
    assert second.headers["idempotent-replayed"] == "true"
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 1)
    assert (laboratory.told.rows[0].table, laboratory.told.rows[0].key) == ("messages", "订单-9")
    assert EngineKind.GATEWAY in {engine.kind for engine in laboratory.lab.engines()}
    assert caller.call("POST", path, json.dumps(body).encode(), {"LAB-GATEWAY-KEYS": "perhaps"}).status == 400


def test_a_reset_empties_the_ledger_and_forgets_the_keys(laboratory: Laboratory) -> None:
    wanted = laboratory.intent(SEND)
    for _ in range(2):
        report = laboratory.lab.start_run(Setup("none", gateway_keys=GatewayKeys.HONOURED), Plan((wanted,), 1)).wait(30)
        assert report.answers == {Answer.CREATED: 1}
        laboratory.lab.reset()
    assert laboratory.lab.judgement().effects == 0


def test_another_database_does_not_bring_back_old_messages(laboratory: Laboratory) -> None:
    laboratory.run(SEND, "none", submissions=2)
    laboratory.lab.use_database("sqlite")
    report = laboratory.run(SEND, "unique-index", submissions=3)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert laboratory.lab.judgement().effects == 1


def test_an_order_is_cancelled_once_and_the_others_are_told_that_it_is_gone(laboratory: Laboratory) -> None:
    report = laboratory.run(OperationKey.CANCEL_ORDER, "none", submissions=5)
    assert report.answers == {Answer.CREATED: 1, Answer.CONFLICT: 4}
    assert {reply.status for reply in laboratory.told.replies} == {201, 404}
    (row,) = laboratory.told.rows
    made = next(reply for reply in laboratory.told.replies if reply.answer is Answer.CREATED)
    assert (row.table, row.submission_id) == ("order_deletions", made.submission_id)


def test_an_order_that_was_placed_and_cancelled_is_two_effects(laboratory: Laboratory) -> None:
    caller = caller_of(laboratory.lab)
    assert caller.submit("place-order", "none", order_no="A-1", item="pen", quantity=3).status == 201
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 1)
    statuses = [caller.submit("cancel-order", "unique-index", order_no="A-1").status for _ in range(2)]
    assert statuses == [201, 409]
    assert caller.submit("cancel-order", "unique-index", order_no="A-2").status == 404
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 2)
    assert [(row.table, row.quantity) for row in laboratory.told.rows] == [("orders", 3), ("order_deletions", 3)]
    assert laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=1).verdicts == {Verdict.EXACTLY_ONCE: 1}


def test_a_cancellation_that_is_read_together_with_the_end_of_its_order_leaves_two_effects(
    laboratory: Laboratory,
) -> None:
    """A complete reading, which looks what has gone, may be the first that finds the cancellation."""
    caller, watch = caller_of(laboratory.lab), laboratory.lab._watch
    assert watch is not None
    assert caller.submit("place-order", "none", order_no="A-1", item="pen", quantity=3).status == 201
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 1)
    with watch.paused():
        assert caller.submit("cancel-order", "unique-index", order_no="A-1").status == 201
        watch._tell_rows(complete=True)
    assert [row.table for row in laboratory.told.rows] == ["orders", "order_deletions"]
