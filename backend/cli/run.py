"""The command `run`: one experiment, and what it came to in words and as JSON."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from backend.cli import interrupts
from backend.cli.run_report import report_lines
from backend.files.output import OutputFiles, speak
from backend.lab.lab import Lab
from backend.lab.run_notes import Notes
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.report import report_document
from backend.model.sentence import ENGLISH
from backend.model.vocabulary import GatewayKeys, OperationKey, Pace, Replication, Source

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from backend.lab.lab import Run
    from backend.lab.listener import Listener
    from backend.model.judgement import Report
    from backend.model.options import LabOptions
    from backend.model.plan import Intent

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
    setup = setup_of(chosen)
    chosen.submissions = chosen.submissions or (2 if chosen.source == Source.CLICKS else 1)
    Lab.require(setup, OperationKey(chosen.operation))
    files = OutputFiles({"json": chosen.json})
    language = chosen.language or ENGLISH
    with (
        Notes(chosen.submissions * chosen.intents, language) as notes,
        open_lab(options, notes, interrupted) as lab,
    ):
        plan = plan_of(chosen, lab)
        report = finish(lab.start_run(setup, plan), interrupted)
        shown = notes.worst_intent(plan.intents, report, lab.steps_of)
    indent = None if files.takes_standard_output else 2
    files.write("json", json.dumps(report_document(report), indent=indent) + "\n")
    if not files.takes_standard_output:
        speak(report_lines(report, notes.reasons, shown, language))


def setup_of(chosen: argparse.Namespace) -> Setup:
    """What the arguments ask of the backend.

    Raises:
        FaultSyntaxError: there is no such fault.
    """
    return Setup(
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
    )


def _replication(chosen: argparse.Namespace) -> Replication:
    """To ask for a lag is to ask for a standby."""
    if chosen.replication:
        return Replication(chosen.replication)
    return Replication.NONE if chosen.replica_lag is None else Replication.ASYNCHRONOUS


def plan_of(chosen: argparse.Namespace, lab: Lab) -> Plan:
    """What the arguments ask the callers to do."""
    pace = Pace.SIMULTANEOUS
    if chosen.one_after_another:
        pace = Pace.ONE_AFTER_ANOTHER
    elif chosen.interval is not None:
        pace = Pace.INTERVAL
    return Plan(
        intents=tuple(make_intents(lab, OperationKey(chosen.operation), chosen.intents)),
        submissions=chosen.submissions,
        source=Source(chosen.source),
        pace=pace,
        interval_ms=chosen.interval or 0,
        timeout_ms=chosen.timeout,
        retries=chosen.retries,
        retry_on=chosen.retry_on,
        backoff_ms=chosen.backoff,
        reload=chosen.reload,
        edit=chosen.edit,
        limit_ms=chosen.limit_seconds and chosen.limit_seconds * 1000,
    )


def make_intents(lab: Lab, operation: OperationKey, count: int) -> Iterator[Intent]:
    """Intents, each about an item of its own, so that they do not meet on one row of stock."""
    for number in range(1, count + 1):
        yield lab.new_intent(operation, f"item {number}", 1)


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
