"""The command `run`: one experiment, and what it came to in words and as JSON."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from backend.archive.entries import Entry, RunSettings
from backend.archive.run_book import RunBook
from backend.cli import interrupts
from backend.cli.record import as_record
from backend.cli.run_report import report_lines
from backend.files.output import OutputFiles
from backend.lab.lab import Lab
from backend.lab.run_notes import Notes
from backend.model.errors import SubmitTwiceError
from backend.model.faults import parse_fault
from backend.model.plan import Intent, Plan, Setup
from backend.model.report import report_document
from backend.model.sentence import ENGLISH
from backend.model.vocabulary import (
    GatewayKeys,
    OperationKey,
    Pace,
    RedisPersistence,
    RedisTopology,
    Replication,
    Source,
)

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from backend.lab.lab import Run
    from backend.lab.listener import Listener
    from backend.lab.run_notes import Shown
    from backend.model.judgement import Report
    from backend.model.observed import GoneRow, LockWait, Renumbered, Reply, Row
    from backend.model.options import LabOptions
    from backend.model.vocabulary import Answer

_LOOK_SECONDS = 0.1
"""How soon an interrupt is seen."""
_PATIENCE_SECONDS = 10.0
"""How long an interrupted run may take to be reported."""


OpenLab: TypeAlias = "Callable[[LabOptions, Listener, threading.Event], AbstractContextManager[Lab]]"


@contextmanager
def lab_of_its_own(options: LabOptions, listener: Listener, interrupted: threading.Event) -> Iterator[Lab]:
    """A lab that starts with a command and ends with it.

    Raises:
        InterruptedWorkError: there was an interrupt before it had started.
        SubmitTwiceError: it cannot be started.
    """
    lab = Lab(options, listener)
    try:
        with interrupts.or_else_its_error(interrupted):
            lab.start(interrupted)
        yield lab
    finally:
        lab.close()


def run_once(
    chosen: argparse.Namespace,
    options: LabOptions,
    interrupted: threading.Event,
    open_lab: OpenLab = lab_of_its_own,
) -> None:
    """Run one experiment and report it; an interrupt ends it with what was measured so far.

    Args:
        chosen: the arguments of the command.
        options: of the lab.
        interrupted: set when it is to stop.
        open_lab: makes the lab in which it runs.

    Raises:
        InterruptedWorkError: it was interrupted before anything was measured.
        SubmitTwiceError: it cannot be asked for, a file cannot be written, or the lab cannot do it.
    """
    settings = settings_of(chosen)
    files = OutputFiles({"json": chosen.json, "record": chosen.save_record})
    language = chosen.language or ENGLISH
    done = run_settings(settings, options, interrupted, language, open_lab)
    indent = None if files.takes_standard_output else 2
    files.write("json", lambda: json.dumps(report_document(done.report), indent=indent) + "\n")
    files.write("record", lambda: as_record(done.entry))
    files.tell(run_lines(done, language))
    if done.report.broken_off:
        raise SubmitTwiceError(done.report.broken_off)


@dataclass(frozen=True, slots=True)
class Done:
    """A run that is over."""

    report: Report
    entry: Entry
    reasons: Mapping[tuple[Answer, str], int]
    shown: Shown | None


def run_settings(
    settings: RunSettings,
    options: LabOptions,
    interrupted: threading.Event,
    language: str,
    open_lab: OpenLab = lab_of_its_own,
) -> Done:
    """Run one experiment.

    Raises:
        InterruptedWorkError: it was interrupted before anything was measured.
        SubmitTwiceError: it cannot be asked for, or the lab cannot do it.
    """
    Lab.require(settings.setup, settings.operation)
    with (
        RecordedNotes(settings.plan.submissions * settings.intents, language) as notes,
        open_lab(options, notes, interrupted) as lab,
    ):
        began, plan = time.time(), plan_of(settings, lab)
        report = finish(lab.start_run(settings.setup, plan), interrupted)
        shown = notes.worst_intent(plan.intents, report, lab.steps_of)
        code = Lab.source_code(report.setup.strategy, report.setup.variant)
        entry = notes.book.entry(began, settings, plan.intents, report, lab.steps_of, code)
    return Done(report, entry, notes.reasons, shown)


def run_lines(done: Done, language: str) -> Iterator[str]:
    """What a run came to."""
    return report_lines(done.report, done.reasons, done.shown, language)


class RecordedNotes(Notes):
    """Notes that also keep what was seen, to be saved."""

    def __init__(self, submissions: int, language: str) -> None:
        super().__init__(submissions, language)
        self.book = RunBook()
        self._is_counted = False

    def run_counted(self, _intents: Sequence[Intent]) -> None:
        """What comes of the run from now on is not in its report, so it is neither kept nor counted."""
        self._is_counted = True

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Some more are answered."""
        if self._is_counted:
            return
        super().replies_received(replies)
        self.book.add_replies(replies)

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Some more effects."""
        if self._is_counted:
            return
        super().rows_added(rows)
        self.book.add_rows(rows)

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Some effects less."""
        if self._is_counted:
            return
        super().rows_gone(rows)
        self.book.remove_rows(rows)

    def rows_renumbered(self, rows: Sequence[Renumbered]) -> None:
        """Some effects count anew."""
        if self._is_counted:
            return
        self.book.renumber_rows(rows)

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        """Some waited for locks."""
        self.book.add_waits(waits)


def settings_of(chosen: argparse.Namespace) -> RunSettings:
    """What the arguments ask for.

    Raises:
        FaultSyntaxError: there is no such fault.
    """
    setup = Setup(
        chosen.strategy,
        chosen.variant,
        chosen.processing_delay,
        chosen.lease,
        gateway_keys=GatewayKeys(chosen.gateway_keys),
        faults=tuple(map(parse_fault, chosen.fault)),
        replication=_replication(chosen),
        replica_lag_ms=chosen.replica_lag or 0,
        visibility_timeout_ms=chosen.visibility_timeout,
        deduplication_ms=chosen.deduplication_window,
        prefetch=chosen.prefetch,
        zookeeper_servers=chosen.zookeeper_servers,
        redis_topology=RedisTopology(chosen.redis_topology) if chosen.redis_topology else None,
        redis_persistence=RedisPersistence(chosen.redis_persistence) if chosen.redis_persistence else None,
    )
    pace = Pace.SIMULTANEOUS
    if chosen.one_after_another:
        pace = Pace.ONE_AFTER_ANOTHER
    elif chosen.interval is not None:
        pace = Pace.INTERVAL
    plan = Plan(
        intents=(),
        submissions=chosen.submissions or (2 if chosen.source == Source.CLICKS else 1),
        source=Source(chosen.source),
        pace=pace,
        interval_ms=chosen.interval or 0,
        timeout_ms=chosen.timeout,
        disable_button=chosen.disable_button,
        retries=chosen.retries,
        retry_on=chosen.retry_on,
        backoff_ms=chosen.backoff,
        reload=chosen.reload,
        edit=chosen.edit,
        limit_ms=chosen.limit_seconds and chosen.limit_seconds * 1000,
    )
    return RunSettings(
        OperationKey(chosen.operation),
        setup,
        plan,
        chosen.intents,
        chosen.item or "",
        chosen.quantity,
        chosen.instances,
        chosen.database,
    )


def _replication(chosen: argparse.Namespace) -> Replication:
    """To ask for a lag is to ask for a standby."""
    if chosen.replication:
        return Replication(chosen.replication)
    return Replication.NONE if chosen.replica_lag is None else Replication.ASYNCHRONOUS


def plan_of(settings: RunSettings, lab: Lab) -> Plan:
    """The plan of a run, with intents that are new: each about an item of its own, unless it is named.

    So they do not meet on one row of stock.
    """
    intents = lab.new_intents(settings.operation, settings.item, settings.quantity, settings.intents)
    return replace(settings.plan, intents=intents)


def finish(run: Run, interrupted: threading.Event) -> Report:
    """Wait for a run; an interrupt cancels it and still gets its report, unless what is in flight takes long.

    Raises:
        InterruptedWorkError: what is in flight took too long after an interrupt.
    """
    while not interrupted.is_set():
        try:
            return run.wait(_LOOK_SECONDS)
        except TimeoutError:
            continue
    run.cancel()
    try:
        return run.wait(_PATIENCE_SECONDS)
    except TimeoutError:
        raise interrupts.InterruptedWorkError from None
