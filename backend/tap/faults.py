"""Observers that disturb on purpose."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from backend.model.faults import mark_of, meets
from backend.model.step_words import BOTH_CUT, CALLER_CUT
from backend.model.vocabulary import EngineKind, FaultKind
from backend.tap.observer import Call
from backend.tap.on_purpose import error_on_purpose
from backend.tap.processing import ProcessingDelay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backend.model.plan import Fault
    from backend.tap.observer import Flow, Observer
    from backend.tap.trace import Trace

_GATHER_SECONDS = 0.04
_LONGEST_GATHERING_SECONDS = 0.25


def instance_observers(trace: Trace, folder: Path) -> tuple[Observer, ...]:
    """What sees the submissions of one backend process, in the order in which it is asked.

    Args:
        trace: of this process.
        folder: a folder that all processes of the lab can write to.
    """
    return (ProcessingDelay(trace), trace, StepFaults(Arrivals(folder / "faults"), trace))


class Arrivals:
    """Counts the submissions of an intent that come to the step of a fault, in all processes of the lab.

    Each arrival is a file that only one can create, so the count also survives the crash that it is for.

    Args:
        folder: where the files are; it is made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def is_nth(self, name: str, nth: int) -> bool:
        """Whether this arrival, which is counted now, is the n-th one of this name."""
        for number in range(1, nth + 1):
            with suppress(FileExistsError):
                os.close(os.open(self._folder / f"{name}.{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                return number == nth
        return False


class Gathering:
    """Lets submissions that are about to crash at the same step go down in one crash.

    Many are handled at a time, and a crash takes all of them with it: those that are only just not there yet would
    crash the next process, and so on.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._here = 0

    def wait(self) -> None:
        """Wait until nobody came for a moment."""
        end = time.monotonic() + _LONGEST_GATHERING_SECONDS
        with self._changed:
            self._here += 1
            seen = 0
            while seen != self._here and time.monotonic() < end:
                seen = self._here
                self._changed.wait(_GATHER_SECONDS)


class StepFaults:
    """Carries out the faults at steps. It comes behind the trace, so that a step is traced before the crash after it.

    Each leaves a mark in the trace, a step of the engine HTTP: ``crash``, ``pause``, ``delay``, ``connection reset``,
    ``error raised``, ``reply lost``.

    Args:
        arrivals: who came to which step.
        trace: of this process.
    """

    def __init__(self, arrivals: Arrivals, trace: Trace) -> None:
        self._arrivals = arrivals
        self._trace = trace
        self._gathering = Gathering()
        self._never = threading.Event()

    def before(self, call: Call) -> None:
        """Carry out what is due just before this step.

        Raises:
            Exception: that of the fault ``error``: the step does not run.
        """
        if call.flow.faults:
            self._carry_out_all(call, before=True)

    def after(self, call: Call) -> None:
        """Carry out what is due right after this step.

        Raises:
            Exception: that of the fault ``error``: the step did run.
        """
        if call.flow.faults:
            self._carry_out_all(call, before=False)

    def _carry_out_all(self, call: Call, *, before: bool) -> None:
        due = list(self._due(call, before=before))
        for fault in sorted(due, key=lambda fault: fault.kind is FaultKind.ERROR):  # nothing comes after that
            self._carry_out(fault, call)

    def _due(self, call: Call, *, before: bool) -> Iterator[Fault]:
        flow = call.flow
        for index, fault in enumerate(flow.faults):
            if _is_before(fault) is not before or index in flow.met or not meets(fault, call.engine, call.command):
                continue
            flow.met.add(index)
            nth = 1 if fault.nth is None else fault.nth
            if not nth or self._arrivals.is_nth(f"{flow.scope}.{index}", nth):
                yield fault

    def _carry_out(self, fault: Fault, call: Call) -> None:
        began = time.monotonic_ns()
        match fault.kind:
            case FaultKind.CRASH:
                self._crash(call.flow, fault)
            case FaultKind.DELAY:
                with self._marked(call, fault, ""):
                    self._never.wait(fault.ms / 1000)
            case FaultKind.PAUSE:
                with self._marked(call, fault, "SIGSTOP, SIGCONT"):
                    self._trace.pause(fault.ms)
            case FaultKind.ERROR:
                self._raise(fault, call)
            case FaultKind.LOST_REPLY:
                call.flow.hang_up()
                self._mark(call.flow, fault, CALLER_CUT, began)
            case _:
                call.sever()
                call.flow.hang_up()
                self._mark(call.flow, fault, BOTH_CUT, began)

    def _crash(self, flow: Flow, fault: Fault) -> None:
        self._gathering.wait()
        self._mark(flow, fault, "SIGKILL", time.monotonic_ns())
        with self._trace.complete():
            os.kill(os.getpid(), signal.SIGKILL)
            self._never.wait()

    def _raise(self, fault: Fault, call: Call) -> None:
        if call.error is not None:
            return  # the handler gets an exception as it is
        error = error_on_purpose(call.engine, fault)
        kind = type(error)
        self._mark(call.flow, fault, f"{kind.__module__}.{kind.__name__}", time.monotonic_ns())
        raise error

    @contextmanager
    def _marked(self, call: Call, fault: Fault, answer: str) -> Iterator[None]:
        """A mark that takes its time, and is seen while it does."""
        flow = call.flow
        mark = Call(flow, flow.steps, EngineKind.HTTP, mark_of(fault), (), time.monotonic_ns(), answer=answer)
        flow.steps += 1
        self._trace.before(mark)
        yield
        mark.ended_ns = time.monotonic_ns()
        self._trace.after(mark)
        self._trace.before(call)

    def _mark(self, flow: Flow, fault: Fault, answer: str, began: int) -> None:
        call = Call(flow, flow.steps, EngineKind.HTTP, mark_of(fault), (), began, time.monotonic_ns(), answer)
        flow.steps += 1
        self._trace.after(call)


def _is_before(fault: Fault) -> bool:
    """Whether it comes before its step: who throws at its reply has not answered yet."""
    return fault.before or (fault.kind is FaultKind.ERROR and fault.place == "reply")
