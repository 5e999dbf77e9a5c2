"""The tap: every step of a submission passes here, and observers see it before and after.

Strategies know nothing of it. It sits where the drivers are (`backend.tap.sql`, `backend.tap.redis`) and calls its
observers in the thread, or greenlet, that runs the submission. An observer may wait in `before` (a delay, the explorer)
or raise (a fault); what it raises reaches the strategy as if the engine had failed.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backend.model.plan import Fault
    from backend.model.vocabulary import EngineKind

Result = TypeVar("Result")
Parameters = "Mapping[str, object] | Sequence[object]"


def _nothing() -> None:
    """There is no connection to close."""


class Flow(msgspec.Struct):
    """A submission while it is being handled."""

    submission_id: str
    processing_delay_ms: int = 0
    steps: int = 0
    """Steps begun so far."""
    has_read: bool = False
    """Whether a step looked at a key in Redis."""
    in_gap: bool = False
    """Whether its last step looked and wrote in one statement, and has written."""
    delayed: bool = False
    """Whether the processing delay is over."""
    faults: tuple[Fault, ...] = ()
    """To be carried out at steps of this submission."""
    scope: str = ""
    """Shared by the submissions of one intent in one run: each fault hits one of them."""
    met: set[int] = msgspec.field(default_factory=set)
    """The faults whose step this submission has come to, by their index."""
    hang_up: Callable[[], object] = _nothing
    """Close the caller's connection."""


class Call(msgspec.Struct):
    """A step under way, and what came of it. A dataclass would take more than twice as long to make."""

    flow: Flow
    number: int
    engine: EngineKind
    command: str
    parameters: Mapping[str, object] | Sequence[object]
    started_ns: int = 0
    ended_ns: int = 0
    answer: object = None
    error: BaseException | None = None
    sever: Callable[[], object] = _nothing
    """Cut the connection to the engine."""
    server_pid: int = 0
    """Process of the database server behind the connection; 0 where it is not known."""
    server: int = 0
    """Which of several servers of one kind it goes to, from 1; 0 where there is one."""
    told: bool = False
    """Whether the trace has told that it is under way."""


class Observer(Protocol):
    """Sees every step."""

    def before(self, call: Call) -> None:
        """The step is about to run; it runs when this returns."""

    def after(self, call: Call) -> None:
        """The step has ended; ``call.answer`` or ``call.error`` says how."""


class InFlow:
    """A submission is handled as long as this is entered.

    A generator would read better and cost more: each submission passes here.
    """

    __slots__ = ("_before", "_current", "_flow")

    def __init__(self, current: ContextVar[Flow | None], flow: Flow) -> None:
        self._current, self._flow = current, flow

    def __enter__(self) -> Flow:
        self._before = self._current.set(self._flow)
        return self._flow

    def __exit__(self, *_: object) -> None:
        self._current.reset(self._before)


class Tap:
    """Where steps pass. Outside of a flow, and without observers, it only calls through.

    Args:
        observers: asked in this order before and after each step.
    """

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        self._before = tuple(observer.before for observer in observers)
        self._after = tuple(observer.after for observer in observers)
        self._current: ContextVar[Flow | None] = ContextVar("flow", default=None)

    @property
    def current(self) -> Flow | None:
        """The submission that is being handled here; None outside of one."""
        return self._current.get()

    def flow(self, flow: Flow) -> InFlow:
        """Handle a submission: every step inside belongs to it."""
        return InFlow(self._current, flow)

    def run(
        self,
        engine: EngineKind,
        command: str,
        parameters: Mapping[str, object] | Sequence[object],
        execute: Callable[[], Result],
        read_answer: Callable[[Result], object] = lambda result: result,
        sever: Callable[[], object] = _nothing,
        server_pid: int = 0,
        server: int = 0,
    ) -> Result:
        """Run one step through all observers and return what `execute` returned."""
        flow = self._current.get()
        if flow is None or not self._before:
            return execute()
        call = Call(flow, flow.steps, engine, command, parameters, sever=sever, server_pid=server_pid, server=server)
        flow.steps += 1
        for before in self._before:
            before(call)
        call.started_ns = time.monotonic_ns()
        try:
            result = execute()
        except BaseException as error:
            call.error = error
            raise
        else:
            call.answer = read_answer(result)
            return result
        finally:
            call.ended_ns = time.monotonic_ns()
            for after in self._after:
                after(call)
