"""What connections do, in good times and in bad ones."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable

import pytest

from backend.lab.senders.client import Sender
from backend.lab.senders.messages import Delivery, Job, Target
from backend.model.vocabulary import Pace
from tests.backend.lab.senders.jobs import Told, make_job, request_to, send
from tests.backend.lab.senders.small_server import LIMIT, OK, Answer, Exchange, SmallServer

LIMIT_BYTES = 1 << 16
Serve = Callable[..., SmallServer]


def nobody() -> Target:
    """A target that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return Target("127.0.0.1", unused.getsockname()[1])


def test_connections_are_kept_between_jobs(sender: Sender, serve: Serve) -> None:
    server = serve()
    send(sender, make_job(server.target, "a" * 5))
    send(sender, make_job(server.target, "a" * 5))
    send(sender, make_job(server.target, "a"))
    assert server.connections == 5
    assert len(server.seen) == 11


@pytest.mark.parametrize("pace", list(Pace))
def test_a_refused_connection_is_told_and_the_job_ends(sender: Sender, pace: Pace) -> None:
    told, finished = send(sender, make_job(nobody(), "aab", pace, connections=1))
    assert finished.sent == 3
    assert told.statuses() == [0, 0, 0]
    assert {str(outcome.reason) for outcome in told.outcomes} == {"No connection to instance 1: connection refused."}
    assert not any(outcome.timed_out for outcome in told.outcomes)


def test_one_missing_instance_does_not_stop_the_other(sender: Sender, serve: Serve) -> None:
    server = serve()
    targets = (nobody(), server.target)
    both = tuple(Delivery(str(n), "a", n % 2, request_to(targets[n % 2])) for n in range(10))
    told, _ = send(sender, Job(10_000, targets, both))
    assert sorted(told.statuses()) == [0] * 5 + [201] * 5
    assert len(server.seen) == 5


def test_who_does_not_accept_in_time_is_given_up(sender: Sender) -> None:
    """A listener with a full queue lets nobody in, and refuses nobody."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        told, _ = send(sender, make_job(Target(*address), "a", timeout_ms=100))
        for one in waiting:
            one.close()
    assert [str(outcome.reason) for outcome in told.outcomes] == [
        "No connection to instance 1: there was no answer in time."
    ]


def test_what_is_told_not_to_have_left_has_not_left_by_a_byte(sender: Sender) -> None:
    """Nobody accepts: some connections are made all the same, and what is written to them arrives much later."""
    with socket.create_server(("127.0.0.1", 0), backlog=2) as stopped:
        told, _ = send(sender, make_job(Target(*stopped.getsockname()), "a" * 12, timeout_ms=300))
        stopped.settimeout(1)
        arrived = set()
        with contextlib.suppress(TimeoutError):
            while True:
                connection, _ = stopped.accept()
                with connection:
                    connection.settimeout(0.2)
                    with contextlib.suppress(TimeoutError):
                        arrived.add(connection.recv(LIMIT_BYTES).rpartition(b"\r\n\r\n")[2].decode())
    left = {outcome.submission_id for outcome in told.outcomes if outcome.was_sent}
    assert arrived - {""} == left
    assert 0 < len(left) < 12
    assert all(outcome.timed_out for outcome in told.outcomes if outcome.was_sent)


@pytest.mark.parametrize("late", [OK, None])
def test_a_caller_gives_up_and_one_knows_when_the_server_is_done_with_it(
    sender: Sender, serve: Serve, late: bytes | None
) -> None:
    """The connection is kept: a request whose connection is closed is handled all the same, and nobody would see it."""
    go_on = threading.Event()

    def answer(exchange: Exchange) -> bytes | None:
        assert go_on.wait(LIMIT)
        return late

    server = serve(answer)
    told = Told(sender, make_job(server.target, "a", timeout_ms=50))
    finished, sending = told.end(), told.sending
    (outcome,) = told.outcomes
    assert (finished.sent, outcome.status, outcome.timed_out, outcome.reason) == (1, 0, True, None)
    assert 50e6 <= outcome.received_ns - outcome.sent_ns < 5e9
    assert [flying.submission_id for flying in sending.flying()] == [outcome.submission_id]
    assert not sending.is_over
    go_on.set()
    assert sending.wait_until_over()
    assert sending.flying() == []
    assert len(told.outcomes) == 1


def test_each_caller_gives_up_after_its_own_time(sender: Sender, serve: Serve) -> None:
    """The second submission of an intent is sent when the first was given up."""
    server = serve(lambda exchange: exchange.gone() and None)
    told, finished = send(sender, make_job(server.target, "abcaac", Pace.ONE_AFTER_ANOTHER, timeout_ms=60))
    assert finished.sent == 6
    assert all(outcome.timed_out for outcome in told.outcomes)
    assert all(60e6 <= outcome.received_ns - outcome.sent_ns < 5e9 for outcome in told.outcomes)


def test_the_next_submission_after_a_time_out_has_a_connection_of_its_own(sender: Sender, serve: Serve) -> None:
    server = serve(lambda exchange: exchange.gone() and None if exchange.body == b"0" else OK)
    told, _ = send(sender, make_job(server.target, "aa", Pace.ONE_AFTER_ANOTHER, timeout_ms=2_000))
    assert told.statuses() == [0, 201]
    assert server.connections == 2


def cut(*pieces: bytes) -> Answer:
    """Sends the pieces and hangs up."""

    def answer(exchange: Exchange) -> Iterable[bytes]:
        yield from pieces
        exchange.socket.shutdown(socket.SHUT_RDWR)

    return answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (cut(), "The server closed the connection before it answered."),
        (cut(OK[:-1]), "The server closed the connection in the middle of its answer."),
        (cut(b"HTTP/1."), "The server closed the connection in the middle of its answer."),
        (cut(b"220 mail.example ESMTP\r\n\r\n"), "The answer was not understood: it does not begin with an HTTP/1.1"),
    ],
)
def test_a_broken_answer_is_told_and_nothing_is_sent_again(
    sender: Sender, serve: Serve, answer: Answer, reason: str
) -> None:
    server = serve(answer)
    told, _ = send(sender, make_job(server.target, "a"))
    (outcome,) = told.outcomes
    assert (outcome.status, outcome.timed_out) == (0, False)
    assert str(outcome.reason).startswith(reason)
    assert len(server.seen) == 1


def test_an_idle_connection_that_the_server_closed_is_not_used(sender: Sender, serve: Serve) -> None:
    server = serve()
    send(sender, make_job(server.target, "aaa"))
    server.hang_up()
    told, _ = send(sender, make_job(server.target, "aaa"))
    assert told.statuses() == [201] * 3
    assert server.connections == 6
    assert len(server.seen) == 6


def test_a_kept_connection_that_dies_under_a_request_is_told_and_nothing_is_sent_again(
    sender: Sender, serve: Serve
) -> None:
    server = serve(lambda exchange: OK if exchange.number == 1 else None)
    send(sender, make_job(server.target, "a"))
    told, _ = send(sender, make_job(server.target, "a"))
    assert [str(o.reason) for o in told.outcomes] == ["The server closed the connection before it answered."]
    assert len(server.seen) == 2
    assert server.connections == 1


def test_connection_close_is_obeyed(sender: Sender, serve: Serve) -> None:
    close = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    server = serve(lambda _exchange: close)
    told, _ = send(sender, make_job(server.target, "aaa", Pace.ONE_AFTER_ANOTHER))
    assert told.statuses() == [200] * 3
    assert server.connections == 3


def test_bytes_that_nobody_asked_for_are_no_answer_to_the_next_request(sender: Sender, serve: Serve) -> None:
    unasked = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
    server = serve(lambda exchange: OK + unasked if exchange.connection == 1 else OK)
    told, _ = send(sender, make_job(server.target, "aaaa", Pace.ONE_AFTER_ANOTHER))
    assert told.statuses() == [201] * 4
    assert server.connections > 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_response_arrives_whole(sender: Sender, serve: Serve, chunked: bool) -> None:
    body = bytes(range(256)) * 20_000
    pieces = [body[n : n + 70_001] for n in range(0, len(body), 70_001)]
    if chunked:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = [head, *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"]
    else:
        answer = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), *pieces]
    server = serve(lambda _exchange: answer)
    told, _ = send(sender, make_job(server.target, "aa", Pace.ONE_AFTER_ANOTHER))
    assert [outcome.body == body for outcome in told.outcomes] == [True, True]
    assert server.connections == 1


def test_a_request_larger_than_the_buffers_of_the_socket_arrives_whole(sender: Sender, serve: Serve) -> None:
    server = serve()
    body = b"x" * 20_000_000
    request = request_to(server.target, body)
    (outcome,) = sender.fetch([Delivery("large", "a", 0, request)], [server.target], lambda _sending: None)
    assert outcome.status == 201
    assert server.seen[0].body == body


def test_replayed_answers_are_marked(sender: Sender, serve: Serve) -> None:
    replayed = b"HTTP/1.1 200 OK\r\nIdempotent-Replayed: true\r\nContent-Length: 0\r\n\r\n"
    server = serve(lambda exchange: replayed if exchange.body == b"1" else OK)
    told, _ = send(sender, make_job(server.target, "aa", Pace.ONE_AFTER_ANOTHER))
    assert [outcome.replayed for outcome in told.outcomes] == [False, True]
