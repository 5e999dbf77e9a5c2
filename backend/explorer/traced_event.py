"""Something that happened in a schedule, as the execution keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from backend.explorer.question import EventKind
    from backend.model.vocabulary import Answer
    from backend.tap.observer import Call


class Who(Protocol):
    """Whose moment it is."""

    @property
    def id(self) -> str:
        """How it is called in commands; the same for as long as it lives."""

    @property
    def actor(self) -> str:
        """Its name in the schedule, which may change."""


class TracedEvent(msgspec.Struct, eq=False):
    """What happened, with the call it is about; worded only where somebody wants to read it."""

    kind: EventKind
    by: Who | None = None
    """Whose it is; None for an expiry."""
    call: Call | None = None
    answer: Answer | None = None
    blocked: bool = False
    rolled_back: bool = False
    leases: tuple[str, ...] = ()
    """The keys and nodes that ended with an expiry."""
    renewed: bool = False
    """Whether somebody renews those, and was paused."""
    lost: int = 0
    """Writes to Redis, or commits, that are gone with a failover."""
    unanswered: str = ""
    """Whose COMMIT is there after a failover of the database, and got no answer."""
    actor: str = ""
    """The name that `by` had then."""
