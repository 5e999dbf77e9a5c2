"""Something that happened in a schedule, as the play keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.explorer.question import EventKind
    from backend.explorer.submission import Submission
    from backend.model import Answer
    from backend.tap.observer import Call


@dataclass(slots=True)
class Moment:
    """What happened, with the call it is about; worded only where somebody wants to read it."""

    kind: EventKind
    by: Submission | None = None
    """Whose it is; None for an expiry."""
    call: Call | None = None
    answer: Answer | None = None
    blocked: bool = False
    rolled_back: bool = False
    leases: tuple[str, ...] = ()
    """The keys and nodes that ended with an expiry."""
    actor: str = ""
    """The name that `by` had then."""
