"""Of several that wait in the same place, who goes on whenever a schedule is played."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from backend.explorer.errors import OvertakenError
from backend.explorer.footprints import NOTHING, Footprint
from backend.explorer.question import Choice, EventKind, Question
from backend.explorer.queues import Place, Queues
from backend.explorer.traced_event import TracedEvent
from backend.model.vocabulary import EngineKind, OperationKey
from backend.tap.observer import Call, Flow
from tests.backend.explorer import codes
from tests.backend.explorer.schedules import Player


def test_who_was_told_something_else_and_has_waited_longest_goes_on(on_postgresql: Player) -> None:
    """C waits at the UPDATE before B does; then A commits. Each stays who it was, with the number that it was told."""
    question = Question(OperationKey.ADD_STOCK, "test", requests=3)
    order = tuple(Choice(EventKind.STEP, actor) for actor in "ABCACBACB")
    on_postgresql.code = codes.variant(codes.numbered)
    try:
        played = on_postgresql.these(question, [order] * 10)
    finally:
        on_postgresql.code = None

    told = [{actor: steps[0] for actor, steps in one.outcome.steps} for one in played]
    assert told == [{"A": ("INCRBY", "1"), "B": ("INCRBY", "2"), "C": ("INCRBY", "3")}] * 10


@dataclass
class Waiting:
    """A request that waits, or does not any more."""

    actor: str
    is_waiting: bool = True
    commands: list[str] = field(default_factory=lambda: ["GET", "UPDATE"])
    touches: Footprint = NOTHING

    @property
    def id(self) -> str:
        return f"submission-{self.actor}"

    @property
    def progress(self) -> tuple[bool, str, str, str]:
        return self.is_waiting, "", "", ""


def goes_on(answers: str, winner: int, overtaken: Counter[Place]) -> tuple[bool, list[str]]:
    """What the queues say when one of those goes on that were told this, with the names that they have then."""
    requests = [Waiting(actor) for actor, _ in zip("ABC", answers, strict=False)]
    events = [
        TracedEvent(EventKind.STEP, one, Call(Flow(one.id), 0, EngineKind.REDIS, "GET", (), answer=answer))
        for one, answer in zip(requests, answers, strict=True)
    ]
    queues = Queues[Waiting](events, str, overtaken)
    queues.end_choice(requests)
    assert queues.begin_choice()
    requests[winner].is_waiting = False
    return queues.end_choice(requests), [one.actor for one in requests]


def test_those_that_were_told_the_same_are_interchangeable() -> None:
    assert goes_on("11", 1, Counter()) == (False, ["B", "A"])
    assert goes_on("11", 0, Counter()) == (False, ["A", "B"])


def test_those_that_were_told_different_things_go_on_in_turn() -> None:
    assert goes_on("12", 0, Counter()) == (False, ["A", "B"])
    with pytest.raises(OvertakenError):
        goes_on("12", 1, Counter())


def test_a_server_that_always_lets_another_one_go_on_has_a_choice_of_its_own() -> None:
    overtaken: Counter[Place] = Counter()
    for _ in range(10):
        with pytest.raises(OvertakenError):
            goes_on("12", 1, overtaken)
    assert goes_on("12", 1, overtaken) == (True, ["A", "B"])

    goes_on("12", 0, overtaken)
    with pytest.raises(OvertakenError):
        goes_on("12", 1, overtaken)


def test_who_was_told_the_same_as_the_first_in_line_goes_on_in_its_name() -> None:
    assert goes_on("121", 2, Counter()) == (False, ["C", "B", "A"])
    with pytest.raises(OvertakenError):
        goes_on("122", 2, Counter())
