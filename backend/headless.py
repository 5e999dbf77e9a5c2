"""The commands that need no window: `run` and `serve`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Self

from tqdm import tqdm

from backend.errors import SubmitTwiceError
from backend.faults import parse_fault
from backend.lab import Lab, Run, Silence
from backend.model import GatewayKeys, Intent, OperationKey, Pace, Plan, Reply, Report, Setup, Source
from backend.options import LabOptions
from backend.report import report_document

_PROGRESS_SECONDS = 0.1
_PATIENCE_SECONDS = 2.0
"""How long an interrupted run may take to be reported."""


def run_once(chosen: argparse.Namespace, options: LabOptions) -> None:
    """Run one experiment and report it."""
    keys = GatewayKeys(chosen.gateway_keys)
    faults = tuple(map(parse_fault, chosen.fault))
    setup = Setup(
        chosen.strategy, chosen.variant, chosen.processing_delay, chosen.lease, gateway_keys=keys, faults=faults
    )
    chosen.submissions = chosen.submissions or (2 if chosen.source == Source.CLICKS else 1)
    Lab.require(setup, OperationKey(chosen.operation))
    file = None if chosen.json in {None, "-"} else Path(chosen.json)
    if file:
        require_writable(file)
    with terminable(), Progress(chosen.submissions * chosen.intents) as progress:
        lab = Lab(options, progress)
        try:
            lab.start()
            report = finish(lab.start_run(setup, plan_of(chosen, lab)))
        finally:
            lab.close()
    document = report_document(report)
    text = json.dumps(document, indent=None if chosen.json == "-" else 2)
    if file:
        file.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)  # noqa: T201  the command line speaks


def require_writable(file: Path) -> None:
    """Check before a long run that its report can be written.

    Raises:
        SubmitTwiceError: it cannot.
    """
    target = file if file.exists() else file.absolute().parent
    if file.is_dir() or not target.exists() or not os.access(target, os.W_OK):
        raise SubmitTwiceError(f"The report cannot be written to {file}: there is no such folder, or no right to.")


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
        backoff_ms=chosen.backoff,
        reload=chosen.reload,
        edit=chosen.edit,
    )


def make_intents(lab: Lab, operation: OperationKey, count: int) -> Iterator[Intent]:
    """Intents, each about an item of its own, so that they do not meet on one row of stock."""
    for number in range(1, count + 1):
        yield lab.new_intent(operation, f"item {number}", 1)


def finish(run: Run) -> Report:
    """Wait for a run; an interrupt cancels it and still gets its report, unless what is in flight takes long.

    Raises:
        KeyboardInterrupt: it does.
    """
    try:
        return run.wait()
    except KeyboardInterrupt:
        run.cancel()
        try:
            return run.wait(_PATIENCE_SECONDS)
        except TimeoutError:
            raise KeyboardInterrupt from None


def serve_until_interrupted(options: LabOptions) -> None:
    """Serve, and say in one line of JSON where."""
    with terminable():
        lab = Lab(options)
        try:
            lab.start()
            print(json.dumps(lab.connection()), flush=True)  # noqa: T201  the command line speaks
            wait_for_interrupt()
        finally:
            lab.close()


def wait_for_interrupt() -> None:
    """Block until Ctrl-C or SIGTERM."""
    never = threading.Event()
    try:
        while True:
            never.wait(3600)
    except KeyboardInterrupt:
        return


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM end the command the way Ctrl-C does, so that everything is put away."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Progress(Silence):
    """A progress bar on a terminal, nothing in a pipe."""

    def __init__(self, total: int) -> None:
        self._bar = tqdm(total=total, unit="submissions", disable=None, mininterval=_PROGRESS_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Some more are answered."""
        self._bar.update(sum(not reply.retry_of for reply in replies))
