"""The explorer's schedules, with everything that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import psycopg
import sqlalchemy as sa

from backend.explorer.execution import Execution
from backend.explorer.observer import Watcher
from backend.explorer.question import EventKind, Question
from backend.explorer.sandbox import Fixture, Sandbox
from backend.explorer.search import Search
from backend.explorer.traced_event import TracedEvent
from backend.strategies.base import Variant
from backend.tap.observer import Call
from tests.backend.explorer.isolation_schedules import (
    LEFT_BEHIND_FOR_KEYS,
    Done,
    Event,
    Path,
    Schedule,
    changed,
    result_of_rows,
    sorted_rows,
)


@dataclass(frozen=True)
class Explored:
    """All schedules, and the paths that the requests took in them."""

    schedules: Counter[Schedule]
    paths: dict[str, dict[Path, None]]
    """For A and for B, each path once."""


class Collector:
    """Plays what the explorer plays, on a stage of its own, and writes everything down.

    Args:
        sandbox: where schedules are played.
        watcher: the observer in its tap.
    """

    def __init__(self, sandbox: Sandbox, watcher: Watcher) -> None:
        self._sandbox = sandbox
        self._watcher = watcher

    def collect(self, question: Question, variant: Variant) -> Explored:
        search = Search(lambda first: Execution(self._sandbox, self._watcher, question, variant, first), reduce=False)
        found = Explored(Counter(), {"A": {}, "B": {}})
        for execution in search.schedules():
            order = "".join(choice.actor for choice in search.path)
            with (
                self._sandbox.database.own.connect() as connection,
                psycopg.ClientCursor(_driver(connection)) as cursor,
            ):
                reading = _Reading(execution, cursor)
                left_behind = _left_behind(cursor, execution.fixture)
                events = tuple(reading.events())
                for actor, paths in found.paths.items():
                    paths[reading.path(actor)] = None
            found.schedules[self._schedule(execution, order, events, left_behind)] += 1
        return found

    def _schedule(
        self, execution: Execution, order: str, events: tuple[Event, ...], left_behind: tuple[str, ...]
    ) -> Schedule:
        assert order == "".join(event.actor for event in events if event.what != "ends")
        told = {one.actor: one.answer for one in execution.submissions}
        first, second = told["A"], told["B"]
        assert first is not None
        assert second is not None
        verdict = self._sandbox.judge([(execution.fixture, execution.answers)])[0]
        return Schedule(order, events, left_behind, (first, second), verdict)


class _Reading:
    """A play that is over, read moment by moment."""

    def __init__(self, execution: Execution, cursor: psycopg.ClientCursor) -> None:
        self._execution = execution
        self._cursor = cursor

    def events(self) -> Iterator[Event]:
        for traced in self._execution.events:
            if traced.call is not None and traced.answer is None:
                sql = self._sql(traced.call)
                if traced.blocked:
                    yield Event(traced.actor, "waits", sql)
                else:
                    what = "runs" if traced.kind is EventKind.STEP else "ends"
                    yield Event(traced.actor, what, sql, self._result(traced.call))

    def path(self, actor: str) -> Path:
        return tuple(
            self._done(traced) for traced in self._execution.events if traced.actor == actor if _is_done(traced)
        )

    def _done(self, traced: TracedEvent) -> Done:
        assert traced.call is not None
        return Done(self._sql(traced.call), self._result(traced.call), traced.rolled_back)

    def _sql(self, call: Call) -> str:
        text = " ".join(self._cursor.mogrify(call.command, call.parameters or None).split())
        return self._execution.fixture.readable(text).replace(
            "}", "'||chr(125)||'"
        )  # which ends a step of isolationtester

    def _result(self, call: Call) -> str:
        if isinstance(call.error, psycopg.Error):
            return f"{call.error.diag.severity}: {call.error.diag.message_primary}"
        assert call.error is None
        match call.answer:
            case int(count):
                return changed(count)
            case list(rows):
                texts = [[self._execution.fixture.readable(_text(value)) for value in row] for row in rows]
                return result_of_rows(self._sql(call), texts)
            case nothing:
                assert nothing is None
                return ""


def _is_done(traced: TracedEvent) -> bool:
    return traced.call is not None and traced.answer is None and not traced.blocked


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "t" if value else "f"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _left_behind(cursor: psycopg.ClientCursor, fixture: Fixture) -> tuple[str, ...]:
    keys = [fixture.key, fixture.item, f'"{fixture.key}"', f"{fixture.operation}:{fixture.key}"]
    rows = cursor.execute(LEFT_BEHIND_FOR_KEYS, {"keys": keys}).fetchall()
    return sorted_rows([fixture.readable(row[0]) for row in rows])


def _driver(connection: sa.Connection) -> psycopg.Connection:
    return cast("psycopg.Connection", connection.connection.dbapi_connection)
