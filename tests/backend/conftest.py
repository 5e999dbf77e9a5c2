"""A real lab for the tests of the backend: one a worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from urllib.parse import urlsplit

import pytest

from backend.lab.lab import Lab
from backend.lab.listener import Listener, NullListener
from backend.model.judgement import Judgement, Report
from backend.model.observed import EngineStatus, GoneRow, LockWait, Renumbered, Reply, Row, Step
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import Sentence
from backend.model.vocabulary import EngineKind, Health, OperationKey, Pace, Replication
from backend.strategies import find
from tests.backend.engines.helpers import wait_until
from tests.places import short_place


def _accepts(url: str) -> bool:
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port), 5).close()
    except OSError:
        return False
    return True


class Recorder:
    """A listener that keeps what it was told."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.also: Listener = NullListener()
        """Who else is told."""
        self.forget()

    def forget(self) -> None:
        self.rows: list[Row] = []
        self.replies: list[Reply] = []
        self.steps: list[Step] = []
        self.under_way: list[Step] = []
        self.waits: list[LockWait] = []
        self.judgements: list[Judgement] = []
        self.reports: list[Report] = []
        self.failures: list[str] = []
        self.incidents: list[str] = []
        self.told: list[Sentence] = []
        self.engines: list[EngineStatus] = []

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        with self.changed:
            self.engines = list(engines)
            self.changed.notify_all()
        self.also.engines_changed(engines)

    def rows_added(self, rows: Sequence[Row]) -> None:
        with self.changed:
            self.rows += rows
            self.changed.notify_all()
        self.also.rows_added(rows)

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        gone = {(row.table, row.id) for row in rows}
        with self.changed:
            self.rows = [row for row in self.rows if (row.table, row.id) not in gone]
            self.changed.notify_all()
        self.also.rows_gone(rows)

    def rows_renumbered(self, rows: Sequence[Renumbered]) -> None:
        ordinals = {row.place: row.ordinal for row in rows}
        with self.changed:
            self.rows = [replace(row, ordinal=ordinals.get(row.place, row.ordinal)) for row in self.rows]
            self.changed.notify_all()
        self.also.rows_renumbered(rows)

    def steps_under_way(self, steps: Sequence[Step]) -> None:
        with self.changed:
            self.under_way += steps
            self.changed.notify_all()
        self.also.steps_under_way(steps)

    def rows_cleared(self) -> None:
        with self.changed:
            self.rows.clear()
            self.changed.notify_all()
        self.also.rows_cleared()

    def replies_received(self, replies: Sequence[Reply]) -> None:
        with self.changed:
            self.replies += replies
            self.changed.notify_all()
        self.also.replies_received(replies)

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        with self.changed:
            self.steps += steps
            self.changed.notify_all()
        self.also.steps_recorded(steps)

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        with self.changed:
            self.waits += waits
            self.changed.notify_all()
        self.also.waits_seen(waits)

    def judged(self, judgement: Judgement) -> None:
        with self.changed:
            self.judgements.append(judgement)
            self.changed.notify_all()
        self.also.judged(judgement)

    def run_counted(self, intents: Sequence[Intent]) -> None:
        self.also.run_counted(intents)

    def run_finished(self, report: Report) -> None:
        with self.changed:
            self.reports.append(report)
            self.changed.notify_all()
        self.also.run_finished(report)

    def run_failed(self, sentence: Sentence) -> None:
        with self.changed:
            self.failures.append(str(sentence))
            self.changed.notify_all()
        self.also.run_failed(sentence)

    def incident(self, sentence: Sentence) -> None:
        with self.changed:
            self.told.append(sentence)
            self.incidents.append(str(sentence))
            self.changed.notify_all()
        self.also.incident(sentence)


LAG_MS = 60_000
"""Longer than any run of a test."""


def with_standby(setup: Setup, *, in_step: bool = False) -> Setup:
    """The same with a standby that is far behind, or not behind at all, where its variant reads from one."""
    if EngineKind.STANDBY not in find(setup.strategy, setup.variant)[1].engines:
        return setup
    if in_step:
        return replace(setup, replication=Replication.SYNCHRONOUS)
    return replace(setup, replication=Replication.ASYNCHRONOUS, replica_lag_ms=LAG_MS)


class Laboratory:
    """A lab with its recorder, and short words for what most tests do."""

    def __init__(self, lab: Lab, told: Recorder) -> None:
        self.lab = lab
        self.told = told

    def intent(self, operation: OperationKey, number: int = 1) -> Intent:
        return self.lab.new_intent(operation, f"item {number}", 1)

    def wait_until_up(self) -> bool:
        """Wait for backend processes that were killed and are being started again.

        One that has only just been killed is not known to be down yet, but accepts nobody.
        """

        def up() -> bool:
            known = all(engine.health is Health.UP for engine in self.lab.engines() if engine.kind is EngineKind.HTTP)
            return known and all(map(_accepts, cast("list[str]", self.lab.connection()["urls"])))

        return wait_until(up, 60)

    def run(
        self,
        operation: OperationKey,
        strategy: str,
        variant: str = "",
        *,
        submissions: int = 5,
        intents: int = 1,
        pace: Pace = Pace.SIMULTANEOUS,
        delay_ms: int = 0,
        lease_ms: int = 10_000,
        timeout_ms: int = 30_000,
    ) -> Report:
        wanted = tuple(self.intent(operation, number) for number in range(1, intents + 1))
        plan = Plan(wanted, submissions, pace=pace, timeout_ms=timeout_ms)
        return self.lab.start_run(with_standby(Setup(strategy, variant, delay_ms, lease_ms)), plan).wait(60)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the servers' user can enter: none of pytest's, which any other pytest closes when it starts."""
    with TemporaryDirectory(prefix="st", dir=short_place()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def emptied(started: Laboratory, instances: int = 1) -> Laboratory:
    """The lab that all tests of a worker share: empty, on PostgreSQL and one Redis server, with so many instances."""
    started.lab._use_topology(started.lab._running()[0], None)  # as the next run would
    started.lab.use_database("postgresql")
    started.lab.set_instances(instances)
    started.lab.reset()
    assert started.wait_until_up()
    started.told.forget()
    return started


@pytest.fixture
def laboratory(_started_lab: Laboratory) -> Laboratory:
    """A running lab with PostgreSQL and one instance, empty."""
    return emptied(_started_lab)
