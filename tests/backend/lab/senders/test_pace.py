"""When submissions leave, and which are held back."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import pytest

from backend.lab.senders.client import Sender
from backend.model.vocabulary import Pace
from tests.backend.lab.senders.jobs import LIMIT, Told, make_job, send
from tests.backend.lab.senders.small_server import OK, Exchange, SmallServer

Serve = Callable[..., SmallServer]
BUSY = b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n"


class Gate:
    """Lets requests be answered when the test says so."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def answer(self, _exchange: Exchange) -> bytes:
        self.opened.wait(LIMIT)
        return OK


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_simultaneous_submissions_are_all_under_way_at_once(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(gate.answer)
    told = Told(sender, make_job(server.target, "a" * 50))
    assert server.wait_for(lambda: server.most_at_once == 50)
    gate.opened.set()
    assert told.end().sent == 50
    assert told.statuses() == [201] * 50
    assert told.ids() == [str(n) for n in range(50)]


def test_a_release_is_measured(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, finished = send(sender, make_job(server.target, "a" * 50))
    instants = sorted(outcome.sent_ns for outcome in told.outcomes)
    assert 0 < instants[-1] - instants[0] <= finished.release_ns < 1e9
    assert all(outcome.sent_ns < outcome.received_ns for outcome in told.outcomes)


def test_no_more_connections_than_asked_for(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(gate.answer)
    told = Told(sender, make_job(server.target, "a" * 20, connections=4))
    assert server.wait_for(lambda: server.most_at_once == 4)
    gate.opened.set()
    assert told.end().sent == 20
    assert (server.connections, server.most_at_once) == (4, 4)


def test_the_rest_of_a_release_leaves_in_order(sender: Sender, serve: Serve) -> None:
    server = serve()
    send(sender, make_job(server.target, "a" * 30, connections=1))
    assert [exchange.body for exchange in server.seen] == [str(n).encode() for n in range(30)]


def test_an_interval_is_kept_regardless_of_answers(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(gate.answer)
    begun = time.monotonic_ns()
    told = Told(sender, make_job(server.target, "a" * 6, Pace.INTERVAL, interval_ms=20))
    assert server.wait_for(lambda: server.most_at_once == 6)
    gate.opened.set()
    assert told.end().sent == 6
    assert all(outcome.sent_ns >= begun + int(outcome.submission_id) * 20e6 for outcome in told.outcomes)
    assert told.ids() == [str(n) for n in range(6)]


def test_an_interval_waits_when_all_connections_are_busy(sender: Sender, serve: Serve, gate: Gate) -> None:
    server, other = serve(gate.answer), serve()
    told = Told(sender, make_job(server.target, "a" * 6, Pace.INTERVAL, interval_ms=1, connections=2))
    assert server.wait_for(lambda: server.most_at_once == 2)
    send(sender, make_job(other.target, "a" * 20, Pace.INTERVAL, interval_ms=1))
    assert (server.connections, server.most_at_once) == (2, 2)
    gate.opened.set()
    assert told.end().sent == 6
    assert told.ids() == [str(n) for n in range(6)]
    assert server.connections == 2


def test_one_after_another_waits_for_each_answer_of_an_intent(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, finished = send(sender, make_job(server.target, "abcabcabc", Pace.ONE_AFTER_ANOTHER))
    assert finished.sent == 9
    for intent in "abc":
        own = sorted((o for o in told.outcomes if o.intent_key == intent), key=lambda o: int(o.submission_id))
        assert all(before.received_ns <= after.sent_ns for before, after in itertools.pairwise(own))


def test_intents_do_not_wait_for_each_other(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(gate.answer)
    told = Told(sender, make_job(server.target, "aabbcc", Pace.ONE_AFTER_ANOTHER))
    assert server.wait_for(lambda: server.most_at_once == 3)
    gate.opened.set()
    assert told.end().sent == 6
    assert server.most_at_once == 3


def test_one_after_another_keeps_to_its_connections(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, finished = send(sender, make_job(server.target, "abcd" * 3, Pace.ONE_AFTER_ANOTHER, connections=2))
    assert finished.sent == 12
    assert told.ids() == [str(n) for n in range(12)]
    assert server.connections <= 2


def test_a_disabled_button_lets_one_of_simultaneous_clicks_pass(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, finished = send(sender, make_job(server.target, "abab", disable_button=True))
    assert (finished.sent, finished.held_back) == (2, 2)
    assert told.ids() == ["0", "1"]
    assert told.ids(held_back=True) == ["2", "3"]
    assert len(server.seen) == 2


def test_a_disabled_button_holds_back_only_while_one_is_in_flight(sender: Sender, serve: Serve) -> None:
    """The first answer is delayed until two more clicks were held back; the button works again after that."""
    held_back = threading.Event()

    def answer(exchange: Exchange) -> bytes:
        if exchange.body == b"0":
            held_back.wait(LIMIT)
        return BUSY

    server = serve(answer)
    told = Told(sender, make_job(server.target, "a" * 40, Pace.INTERVAL, interval_ms=10, disable_button=True))
    assert told.wait_for_outcomes(2)
    held_back.set()
    finished = told.end()
    assert "0" in told.ids()
    assert {"1", "2"} <= set(told.ids(held_back=True))
    assert finished.sent > 1
    assert finished.sent + finished.held_back == 40
    assert len(server.seen) == finished.sent


def test_after_a_success_the_page_has_moved_on(sender: Sender, serve: Serve) -> None:
    server = serve()
    job = make_job(server.target, "aaabbb", Pace.ONE_AFTER_ANOTHER, once_per_intent=True)
    told, finished = send(sender, job)
    assert (finished.sent, finished.held_back) == (2, 4)
    assert told.ids() == ["0", "3"]


def test_an_intent_whose_page_has_moved_on_makes_room_for_the_next(sender: Sender, serve: Serve) -> None:
    server = serve()
    job = make_job(server.target, "aab", Pace.ONE_AFTER_ANOTHER, connections=1, once_per_intent=True)
    told, finished = send(sender, job)
    assert (finished.sent, finished.held_back) == (2, 1)
    assert told.ids() == ["0", "2"]


def test_after_a_refusal_the_page_stays(sender: Sender, serve: Serve) -> None:
    server = serve(lambda exchange: OK if exchange.body == b"2" else BUSY)
    told, finished = send(sender, make_job(server.target, "aaaaa", Pace.ONE_AFTER_ANOTHER, once_per_intent=True))
    assert (finished.sent, finished.held_back) == (3, 2)
    assert told.ids() == ["0", "1", "2"]


def test_cancelling_sends_no_more_and_waits_for_what_was_sent(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(gate.answer)
    told = Told(sender, make_job(server.target, "a" * 100, connections=5))
    assert server.wait_for(lambda: server.most_at_once == 5)
    told.sending.cancel()
    with pytest.raises(TimeoutError):
        told.sending.wait(0.1)
    gate.opened.set()
    finished = told.end()
    assert (finished.sent, finished.cancelled) == (5, 95)
    assert len(told.outcomes) == len(server.seen) == 5


def test_cancelling_an_interval_forgets_the_clicks_to_come(sender: Sender, serve: Serve) -> None:
    server = serve()
    told = Told(sender, make_job(server.target, "a" * 1000, Pace.INTERVAL, interval_ms=1_000))
    assert told.wait_for_outcomes(1)
    told.sending.cancel()
    finished = told.end()
    assert finished.sent + finished.cancelled == 1000
    assert finished.sent == len(server.seen) < 10


def test_cancelling_one_after_another_forgets_the_followers(sender: Sender, serve: Serve, gate: Gate) -> None:
    server, other = serve(gate.answer), serve()
    told = Told(sender, make_job(server.target, "aaabbb", Pace.ONE_AFTER_ANOTHER))
    assert server.wait_for(lambda: server.most_at_once == 2)
    told.sending.cancel()
    send(sender, make_job(other.target, "a"))  # the process takes messages in order: it knows of the cancel now
    gate.opened.set()
    finished = told.end()
    assert (finished.sent, finished.cancelled) == (2, 4)


def test_cancelling_at_once_never_loses_a_submission_that_left(sender: Sender, serve: Serve) -> None:
    server = serve()
    for _ in range(20):
        told = Told(sender, make_job(server.target, "a" * 30))
        told.sending.cancel()
        finished = told.end()
        assert finished.sent + finished.cancelled == 30
        assert len(told.outcomes) == finished.sent == len(server.seen)
        server.hang_up()
        server.seen.clear()


def test_cancelling_twice_and_after_the_end_is_harmless(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, _ = send(sender, make_job(server.target, "a"))
    told.sending.cancel()
    told.sending.cancel()
    assert told.end().cancelled == 0


def test_a_job_without_deliveries_ends(sender: Sender, serve: Serve) -> None:
    server = serve()
    for pace in Pace:
        _, finished = send(sender, make_job(server.target, "", pace))
        assert (finished.sent, finished.release_ns) == (0, 0)


def test_jobs_run_side_by_side(sender: Sender, serve: Serve, gate: Gate) -> None:
    slow, quick = serve(gate.answer), serve()
    waiting = Told(sender, make_job(slow.target, "a" * 10))
    assert slow.wait_for(lambda: slow.most_at_once == 10)
    told, finished = send(sender, make_job(quick.target, "b" * 10))
    assert finished.sent == len(told.outcomes) == 10
    assert waiting.outcomes == []
    gate.opened.set()
    assert waiting.end().sent == 10


def test_outcomes_are_told_while_the_job_runs(sender: Sender, serve: Serve, gate: Gate) -> None:
    server = serve(lambda exchange: gate.answer(exchange) if exchange.body == b"0" else OK)
    told = Told(sender, make_job(server.target, "aaa"))
    assert told.wait_for_outcomes(2)
    assert told.ids() == ["1", "2"]
    gate.opened.set()
    assert told.end().sent == 3


def test_thousands_of_deliveries_arrive_once_each(sender: Sender, serve: Serve) -> None:
    server = serve()
    told, finished = send(sender, make_job(server.target, "a" * 6_000, connections=50))
    assert finished.sent == 6_000
    assert told.ids() == [str(n) for n in range(6_000)]
    assert sorted(int(exchange.body) for exchange in server.seen) == list(range(6_000))
