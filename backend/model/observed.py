"""What was seen: steps, waits, answers, effects, engines, and what is still at work.

Instants are nanoseconds of ``time.monotonic_ns()``, a clock that all processes of one machine share on Linux
and macOS; durations are milliseconds unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from backend.model.sentence import Sentence
from backend.model.vocabulary import Answer, EngineKind, Health


class Step(msgspec.Struct, frozen=True, gc=False):
    """One command to an engine, as the tap saw it. A frozen dataclass would take twenty times as long to make."""

    submission_id: str
    number: int
    """Position among the steps of its submission, from 0."""
    instance: int
    engine: EngineKind
    command: str
    """The command as the engine got it, with its parameters."""
    answer: str
    """What the engine answered, shortened to one line; empty if the step failed."""
    error: str
    """Why the step failed, in one line; empty if it did not."""
    started_ns: int
    ended_ns: int
    """0 for a step that is still under way."""
    server_pid: int = 0
    """Process of the database server behind the connection; 0 where the engine has none or does not tell."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """A step that was seen waiting for a lock, as the database server says; measured, not deduced."""

    submission_id: str
    started_ns: int
    """When it began to wait, by the server's own account."""
    ended_ns: int
    """When it was first seen not waiting any more, or when the step ended, whichever was earlier: late by a few
    milliseconds at most."""
    blockers: tuple[str, ...]
    """The submissions that held the lock or stood before it in its queue; ``pid 123`` for one that is not ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller of one submission saw."""

    submission_id: str
    intent_key: str
    answer: Answer
    status: int
    """HTTP status; 0 where no response arrived."""
    detail: Sentence | None
    """The sentence of the problem document, or why there is none; None where the request succeeded."""
    sent_ns: int
    received_ns: int
    held_back: bool = False
    """True for a click that the client did not send because the button was disabled. Such a click got no answer."""
    retry_of: str = ""
    """Id of the first attempt or delivery, where this is a later one of the same."""

    @property
    def latency_ms(self) -> float:
        """Milliseconds from just before the request was written to the whole response read."""
        return (self.received_ns - self.sent_ns) / 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One effect, read back from the database."""

    table: str
    """``orders``, ``payments``, ``stock_changes``, ``order_deletions``, or ``messages`` of the gateway's ledger."""
    id: int
    key: str
    """The business key that the row belongs to."""
    item: str
    quantity: int
    """Pieces ordered, pieces added; for a payment, the amount."""
    submission_id: str
    created_at: float
    """Unix time in seconds, from the database's clock."""
    ordinal: int
    """1 for the first effect of its intent, which is the one with the lowest number; 2 and more are duplicates."""

    @property
    def is_duplicate(self) -> bool:
        """Whether the intent already had an effect before this row."""
        return self.ordinal > 1

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from all others that are there."""
        return self.table, self.id


@dataclass(frozen=True, slots=True)
class Renumbered:
    """An effect that was told counts anew: one before it was read late, or has gone."""

    table: str
    id: int
    key: str
    """Its business key."""
    ordinal: int

    @property
    def place(self) -> tuple[str, int]:
        """The row that is meant."""
        return self.table, self.id


@dataclass(frozen=True, slots=True)
class GoneRow:
    """An effect that was there and is not any more."""

    table: str
    id: int
    key: str
    """Its business key."""
    submission_id: str


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine as the status strip shows it."""

    kind: EngineKind
    name: str
    """Product name, such as ``PostgreSQL`` or ``Valkey``."""
    version: str
    address: str
    """Where it listens, without any password."""
    embedded: bool
    """Whether we started it."""
    health: Health
    note: Sentence | None = None
    """Where something is worth saying: what to install, what does not work."""
    about: Sentence | None = None
    """What several servers are to each other; None where there is one."""
    no_standby: Sentence | None = None
    """Of the database in use: why it can have no standby; None where it can."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A submission that may still have an effect: a backend process handles it, or has yet to begin."""

    submission_id: str
    """The attempt or the delivery."""
    intent_key: str
    """Empty where it is not known."""
    instance: int
    """Number of the backend process, from 11 for a consumer of the queue."""
    since_ns: int
    """When that process began to handle it; where it has not begun yet, when it was sent."""
    step: str = ""
    """The command that it is at, or was at last; empty where none is known."""
    begun: bool = True
    """False while it waits in front of the process: sent, and not taken up yet."""
