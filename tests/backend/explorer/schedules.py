"""All schedules of a question, with everything that can be told of each, and which of them are the same.

What is the same is found here without the explorer's normal form: schedules are neighbours where two steps that follow
each other, and that footprints call independent, have changed places. Both were played, so it is seen whether the
engines, the callers and the strategy's own code noticed.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from backend import strategies
from backend.explorer.errors import PlayAgainError
from backend.explorer.execution import Execution
from backend.explorer.footprints import Footprint, canonical
from backend.explorer.observer import Watcher
from backend.explorer.question import Choice, EventKind, Question
from backend.explorer.redis_values import value_of
from backend.explorer.sandbox import Fixture, Sandbox
from backend.explorer.search import Search
from backend.model.vocabulary import Answer, OperationKey, Verdict
from backend.shop.schema import late_keys, marker, messages, metadata
from backend.strategies.base import Variant

Class = tuple[tuple[int, str], ...]
_INTENT = re.compile(r"[KIT]-([0-9a-f]{8}-\d+)-")
"""With the sandbox's own part: all stages share the gateway's ledger and the server that speaks Redis."""
_CLOCKS_AND_IDS = frozenset({"id", "created_at"})
_ROW_ID = re.compile(r"(?:RETURNING|SELECT) \w+\.id\b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a schedule came to, as far as anybody can see it."""

    verdict: Verdict
    answers: tuple[tuple[str, Answer | None], ...]
    steps: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """For each request, its commands and their answers."""
    rows: frozenset[tuple[str, ...]]
    """Of all tables, the gateway's ledger, the keys in Redis and the nodes in ZooKeeper."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that was played to its end."""

    choices: tuple[Choice, ...]
    trace: tuple[tuple[str, str, Footprint], ...]
    offered: tuple[frozenset[Choice], ...]
    """What was possible before each step: one that was not could not have come before it."""
    outcome: Outcome
    server_chose: bool
    """Whether the server might have refused another request in a deadlock."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for _, name, _ in self.trace)

    @property
    def kind(self) -> Class:
        return canonical(self.trace)

    def neighbours(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Places of two steps that may change places, with the schedule that comes of it."""
        names = self.names
        for place, ((one, _, first), (other, _, second)) in enumerate(itertools.pairwise(self.trace)):
            possible = self.choices[place + 1] in self.offered[place]
            if possible and one != other and not first.conflicts(second):
                yield place, (*names[:place], names[place + 1], names[place], *names[place + 2 :])


class _Play(Execution):
    """Keeps what was possible at each point."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  as in `Execution`
        super().__init__(*arguments, **options)
        self.offered: list[frozenset[Choice]] = []

    def take(self, choice: Choice) -> None:
        self.offered.append(frozenset(self.choices()))
        super().take(choice)


Played = tuple[_Play, tuple[Choice, ...], set[tuple[str, ...]]]
"""With what was there at its end and is not later."""


class Player:
    """Plays schedules of a question and reads back everything that they leave behind."""

    def __init__(self, sandbox: Sandbox, watcher: Watcher) -> None:
        self._sandbox = sandbox
        self._watcher = watcher
        self.code: Variant | None = None
        """What runs instead of a registered strategy."""
        self.trusting = True

    def all(self, question: Question, *, reduce: bool, limit: int | None = None) -> list[Schedule] | None:
        """All schedules, or one of each class; None if there are more than `limit`."""
        search = Search(partial(self._open, question), reduce=reduce)
        plays = []
        for execution in search.schedules():
            assert isinstance(execution, _Play)
            plays.append((execution, search.path, self._at_its_end(execution)))
            if limit is not None and len(plays) > limit:
                return None
        return self._told(plays)

    def some(self, question: Question, count: int, seed: int) -> list[Schedule]:
        """Schedules that are left to chance, nothing left out."""
        chance = random.Random(seed)  # noqa: S311  a sample
        return self._told([_in_time(partial(self._walk, question, chance)) for _ in range(count)])

    def these(self, question: Question, chosen: Iterable[tuple[Choice, ...]]) -> list[Schedule]:
        """Exactly these schedules."""
        return self._told([_in_time(partial(self._follow, question, choices)) for choices in chosen])

    def _open(self, question: Question, first: Footprint | None = None) -> _Play:
        variant = self.code or strategies.find(question.strategy, question.variant)[1]
        self._sandbox.need(variant.engines)
        return _Play(self._sandbox, self._watcher, question, variant, first, trusting=self.trusting)

    def _walk(self, question: Question, chance: random.Random) -> Played:
        execution, taken = self._open(question), []
        try:
            while choices := execution.choices():
                taken.append(chance.choice(choices))
                execution.take(taken[-1])
        finally:
            execution.end()
        return execution, tuple(taken), self._at_its_end(execution)

    def _follow(self, question: Question, choices: tuple[Choice, ...]) -> Played:
        execution = self._open(question)
        try:
            for choice in choices:
                assert choice in execution.choices(), f"{choice} is not possible"
                execution.take(choice)
            assert not execution.choices()
        finally:
            execution.end()
        return execution, choices, self._at_its_end(execution)

    def _at_its_end(self, execution: Execution) -> set[tuple[str, ...]]:
        """What the sandbox removes before all schedules have been played."""
        nodes = [
            f"{_readable(execution, path)} = {_readable(execution, content)}, {bool(owner)}"
            for path, content, owner in self._sandbox.nodes()
        ]
        query = sa.select(late_keys.c.intent_key).where(late_keys.c.intent_key.contains(execution.fixture.key))
        with self._sandbox.database.own.connect() as connection:
            late = [_readable(execution, key) for key in connection.scalars(query)]
        return {("node", node) for node in nodes} | {("late keys", str(late.count(key)), key) for key in late}

    def _told(self, plays: list[Played]) -> list[Schedule]:
        scenes = {_intent(execution.fixture): execution for execution, _, _ in plays}
        rows: dict[str, set[tuple[str, ...]]] = {intent: set() for intent in scenes}
        for intent, row in self._rows(scenes):
            rows[intent].add(row)
        verdicts = self._sandbox.judge([(execution.fixture, execution.answers) for execution, _, _ in plays])
        return [
            Schedule(
                choices,
                tuple(execution.trace),
                tuple(execution.offered),
                Outcome(
                    verdict,
                    tuple((one.actor, one.answer) for one in execution.submissions),
                    _steps(execution),
                    frozenset(rows[_intent(execution.fixture)] | at_its_end),
                ),
                execution.server_chose,
            )
            for (execution, choices, at_its_end), verdict in zip(plays, verdicts, strict=True)
        ]

    def _rows(self, scenes: dict[str, _Play]) -> Iterator[tuple[str, tuple[str, ...]]]:
        calls = any(execution.fixture.operation is OperationKey.SEND_MESSAGE for execution in scenes.values())
        for engine, tables in self._places(with_gateway=calls):
            with engine.connect() as connection:
                for table in tables:
                    columns = [column for column in table.columns if column.name not in _CLOCKS_AND_IDS]
                    same: dict[tuple[str, tuple[str, ...]], int] = {}
                    for row in connection.execute(sa.select(*columns)):
                        intent = _intent_in(" ".join(map(str, row)))
                        if intent in scenes:
                            text = tuple(_readable(scenes[intent], str(value)) for value in row)
                            same[intent, text] = same.get((intent, text), 0) + 1
                    for (intent, text), count in same.items():
                        yield intent, (table.name, str(count), *text)
        client = self._sandbox.plain_redis
        for name in map(str, client.scan_iter("*", count=1000)):
            intent = _intent_in(name)
            if intent in scenes and (value := value_of(client, name)) is not None:
                texts = (_readable(scenes[intent], name), _readable(scenes[intent], value))
                yield intent, ("key", *texts, str(int(client.pttl(name)) > 0))

    def _places(self, *, with_gateway: bool) -> Iterator[tuple[sa.Engine, list[sa.Table]]]:
        yield (
            self._sandbox.database.own,
            [table for table in metadata.sorted_tables if table not in {marker, late_keys}],
        )
        if with_gateway and self._sandbox.ledger is not None:
            yield self._sandbox.ledger, [messages]


def _in_time(play: Callable[[], Played]) -> Played:
    """Play until the server has done as it mostly does."""
    while True:
        with suppress(PlayAgainError):
            return play()


def classes(schedules: list[Schedule]) -> list[list[Schedule]]:
    """Schedules that differ in nothing but the order of independent steps, each with all others that do not.

    Fails where two steps that are called independent have changed places, and somebody has noticed.
    """
    by_names = {schedule.names: schedule for schedule in schedules}
    assert len(by_names) == len(schedules)
    found: list[list[Schedule]] = []
    left = dict(by_names)
    while left:
        _, schedule = left.popitem()
        found.append([schedule])
        for one in found[-1]:
            for place, swapped in one.neighbours():
                assert swapped in by_names, f"{one.names} at {place}: the other order cannot be played"
                assert by_names[swapped].outcome == one.outcome, f"{one.names} at {place}: somebody noticed"
                if swapped in left:
                    found[-1].append(left.pop(swapped))
    return found


def swapped_choices(schedule: Schedule, place: int) -> tuple[Choice, ...]:
    """The choices with which two steps have changed places."""
    taken = list(schedule.choices)
    taken[place], taken[place + 1] = taken[place + 1], taken[place]
    return tuple(taken)


def _steps(execution: Execution) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    told: dict[str, list[tuple[str, str]]] = {one.actor: [] for one in execution.submissions}
    for traced in execution.events:
        if traced.kind is EventKind.STEP and traced.call is not None and traced.by is not None:
            call = traced.call
            answer: object = call.answer if call.error is None else type(call.error).__name__
            if _ROW_ID.search(call.command):
                answer = bool(answer)
            told[traced.by.actor].append((call.command, _readable(execution, str(answer))))
    return tuple((actor, tuple(steps)) for actor, steps in sorted(told.items()))


def _readable(execution: Execution, text: str) -> str:
    for one in sorted(execution.submissions, key=lambda one: -len(one.id)):  # that of a retry begins with another one's
        text = text.replace(one.id, f"request {one.actor}")
    return execution.fixture.readable(text)


def _intent(fixture: Fixture) -> str:
    return _intent_in(fixture.key)


def _intent_in(text: str) -> str:
    found = _INTENT.search(text)
    return found[1] if found else ""
