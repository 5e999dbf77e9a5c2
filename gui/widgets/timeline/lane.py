"""A lane of the timeline: one submission with its steps, its waits, and what its caller saw."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from backend.model.observed import LockWait, Reply, Step

CRASH = "crash"
PROCESSING = "processing"
FAULTS = (CRASH, "connection reset", "error raised", "reply lost", "delay", "pause")
"""First words of the steps by which a fault leaves its mark in the trace; their engine is HTTP."""


class Mishap(Enum):
    """What a lane is marked with at its end."""

    NONE = auto()
    TIMEOUT = auto()
    """The caller gave up waiting."""
    BROKEN = auto()
    """The connection broke before an answer came."""
    CUT_OFF = auto()
    """No answer came, and the backend never got as far as replying: a crash, its own or that of a neighbour."""
    HELD_BACK = auto()
    """A click that the client did not send."""


class Sight(Enum):
    """What is to be seen on a timeline, besides engines."""

    RESPONSE = auto()
    CALLER = auto()
    PROCESSING = auto()
    WAIT = auto()
    FAULT = auto()
    LEASE = auto()
    EXPIRY = auto()
    FAILED = auto()
    """A step that its engine refused, or that broke."""
    RETRY = auto()
    CRASH = auto()
    BROKEN = auto()
    TIMEOUT = auto()
    HELD_BACK = auto()


class Lane:
    """One submission."""

    __slots__ = ("begin", "end", "leased", "number", "reply", "steps", "submission", "under_way", "waits")

    def __init__(self, submission: str, number: int, begin: int) -> None:
        self.submission = submission
        self.number = number
        self.begin = self.end = begin
        self.steps: list[Step] = []
        self.under_way: Step | None = None
        """What it is at, if that takes long."""
        self.waits: list[LockWait] = []
        self.leased: tuple[tuple[int, str, int], ...] = ()
        """When it set which key to live for how many milliseconds."""
        self.reply: Reply | None = None

    @property
    def mishap(self) -> Mishap:
        """What went wrong for its caller."""
        reply = self.reply
        if reply is None:
            return Mishap.NONE
        if reply.held_back:
            return Mishap.HELD_BACK
        if reply.answer is Answer.TIMEOUT:
            return Mishap.TIMEOUT
        if reply.answer is Answer.ERROR and reply.status == 0:
            replied = any(
                step.engine is EngineKind.HTTP and not is_fault(step) and not is_processing(step) for step in self.steps
            )
            return Mishap.BROKEN if replied or not self.steps else Mishap.CUT_OFF
        return Mishap.NONE

    @property
    def mishap_ns(self) -> int:
        """When its caller noticed."""
        reply = self.reply
        if reply is None:
            return self.end
        return reply.sent_ns if reply.held_back else reply.received_ns


def is_fault(step: Step) -> bool:
    """Whether the step is something that was done to the submission on purpose."""
    return step.engine is EngineKind.HTTP and step.command.startswith(FAULTS)


def is_processing(step: Step) -> bool:
    """Whether the step stands for the work of the handler."""
    return step.engine is EngineKind.HTTP and step.command.startswith(PROCESSING)
