"""Jobs that are handed over piece by piece, because nobody should have all of it in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from backend.lab.senders import sending as sending_module
from backend.lab.senders.client import Sender
from backend.lab.senders.messages import Delivery, Outcome
from backend.model.vocabulary import Pace
from tests.backend.lab.senders.jobs import LIMIT, deliveries, make_job, send
from tests.backend.lab.senders.small_server import SmallServer

INTENTS = "a" * 6 + "b" * 12 + "c" * 9 + "a" * 3
FIRST = 4
LOTS = 3_000
"""More than a sender has in stock."""


@pytest.mark.parametrize(
    ("pace", "knobs"),
    [
        *((pace, {}) for pace in Pace),
        (Pace.SIMULTANEOUS, {"disable_button": True}),
        (Pace.ONE_AFTER_ANOTHER, {"once_per_intent": True}),
    ],
)
def test_a_job_in_pieces_comes_to_what_it_comes_to_in_one(
    sender: Sender,
    serve: Callable[..., SmallServer],
    monkeypatch: pytest.MonkeyPatch,
    pace: Pace,
    knobs: dict[str, Any],
) -> None:
    monkeypatch.setattr(sending_module, "MORE_AT_A_TIME", 3)
    server = serve()
    knobs = {"connections": 2} | knobs
    whole = make_job(server.target, INTENTS, pace, **knobs)
    told, finished = send(sender, whole)
    expected = Counter((outcome.submission_id, outcome.status) for outcome in told.outcomes)
    first, rest = whole.deliveries[:FIRST], whole.deliveries[FIRST:]
    piecemeal = msgspec.structs.replace(make_job(server.target, "", pace, **knobs), deliveries=first, more=True)
    found: list[Outcome] = []
    assert sender.submit(piecemeal, found.extend, rest).wait(LIMIT).sent == finished.sent
    assert Counter((outcome.submission_id, outcome.status) for outcome in found) == expected


@pytest.mark.parametrize("pace", Pace)
def test_what_is_held_back_makes_room_for_more(sender: Sender, serve: Callable[..., SmallServer], pace: Pace) -> None:
    """All but those that left before the first answer are held back, and each of them is told."""
    server = serve()
    whole = make_job(server.target, "a" * LOTS, pace, connections=2, once_per_intent=True)
    first, rest = whole.deliveries[: LOTS - 1_000], whole.deliveries[LOTS - 1_000 :]
    found: list[Outcome] = []
    piecemeal = msgspec.structs.replace(whole, deliveries=first, more=True)
    finished = sender.submit(piecemeal, found.extend, rest).wait(LIMIT)
    assert len({outcome.submission_id for outcome in found}) == len(found) == LOTS
    assert finished.sent + sum(outcome.held_back for outcome in found) == LOTS


def test_what_is_cancelled_is_asked_for_no_more(sender: Sender, serve: Callable[..., SmallServer]) -> None:
    server = serve()
    made: list[int] = []
    begun = threading.Event()

    def endless() -> Any:  # noqa: ANN401
        (one,) = deliveries(server.target, "a")
        for number in range(10**9):
            made.append(number)
            yield Delivery(str(number), one.intent_key, 0, one.request)

    def take(_outcomes: object) -> None:
        begun.set()

    job = msgspec.structs.replace(make_job(server.target, ""), more=True)
    sending = sender.submit(job, take, endless())
    assert begun.wait(LIMIT)
    sending.cancel()
    finished = sending.wait(LIMIT)
    assert finished.sent + finished.cancelled <= len(made)
    assert len(made) < 10**6


def test_only_some_are_made_before_they_can_leave(sender: Sender, serve: Callable[..., SmallServer]) -> None:
    """However many there are: those that nobody has a connection for yet need not exist."""
    held = threading.Event()
    server = serve(lambda _exchange: held.wait(LIMIT) and None)
    made: list[int] = []

    def many() -> Any:  # noqa: ANN401
        (one,) = deliveries(server.target, "a")
        for number in range(100_000):
            made.append(number)
            yield Delivery(str(number), one.intent_key, 0, one.request)

    job = msgspec.structs.replace(make_job(server.target, "", connections=2), more=True)
    sending = sender.submit(job, lambda _outcomes: None, many())
    assert server.wait_for(lambda: server.most_at_once == 2)
    sending.cancel()
    held.set()
    sending.wait(LIMIT)
    assert len(made) < 5_000
