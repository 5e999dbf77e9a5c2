"""What every play of a schedule does with its requests, whoever runs them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from backend.explorer.errors import HarnessError
from backend.explorer.footprints import Footprint
from backend.explorer.question import Choice, EventKind
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from backend.explorer.traced_event import TracedEvent
    from backend.model.sentence import Code

START = Footprint(writes=frozenset({"start"}))
CRASH_BUDGET = Footprint(writes=frozenset({"crash budget"}))
ERROR_BUDGET = Footprint(writes=frozenset({"error budget"}))
BUDGETS = {EventKind.CRASH: CRASH_BUDGET, EventKind.ERROR: ERROR_BUDGET}
EXPIRY_BUDGET = Footprint(writes=frozenset({"expiry budget"}))
FAILOVER_BUDGET = Footprint(writes=frozenset({"failover budget"}))


class Request(Protocol):
    """A delivery of the intent, as an execution sees it."""

    actor: str
    """Its name in the schedule."""
    commands: list[str]
    """What it was granted so far."""
    touches: Footprint
    """Footprint of its current step."""

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for another request."""


One = TypeVar("One", bound=Request)


def waiting_places(requests: Iterable[One]) -> list[list[One]]:
    """Those that wait, together with those that wait in the same place."""
    found: dict[tuple[str, ...], list[One]] = {}
    for one in requests:
        if one.is_waiting:
            found.setdefault(tuple(one.commands), []).append(one)
    return list(found.values())


def name_winners(places: Iterable[list[One]], progress: Callable[[One], tuple[object, ...]]) -> None:
    """Give the first of the names to whoever the server let go first.

    Of several that wait in the same place the server picks the winner, and not always the same one. They are
    interchangeable, so it is right to say that it was the one whose name comes first; and then a schedule comes
    along the same way whenever it is played.

    Args:
        places: requests that waited in the same place, before the choice.
        progress: those that got further first.
    """
    for group in places:
        names = sorted(one.actor for one in group)
        for one, name in zip(sorted(group, key=progress), names, strict=True):
            one.actor = name


def with_waiters(
    own: Footprint, others: Iterable[One], locks_of: Callable[[One], Footprint], mover: One | None
) -> Footprint:
    """Add to a footprint what those touch that may be let go."""
    waiting = [other for other in others if other.is_waiting and other is not mover]
    while waiting:
        let_go = [other for other in waiting if own.conflicts(other.touches)]
        if not let_go:
            return own
        waiting = [other for other in waiting if other not in let_go]
        for other in let_go:
            own = own | other.touches | locks_of(other)
    return own


def order_moments(events: list[TracedEvent], told: int) -> None:
    """Put what one choice brought about, from number `told` on, into an order that is always the same."""
    new = events[told:]
    for traced in new:
        traced.actor = traced.by.actor if traced.by else ""
    if len(new) < 2:
        return
    first = new[0].by
    events[told:] = sorted(new, key=lambda traced: (traced.by is not first, traced.actor))


def possible(
    steps: Sequence[str],
    crashes: Sequence[str],
    *,
    may_expire: bool,
    some_live: bool,
    all_wait: Code,
    failovers: Sequence[int] = (),
    errors: Sequence[str] = (),
) -> tuple[Choice, ...]:
    """The choices at a point of a schedule; nothing when it is complete.

    Args:
        steps: names of the requests that may take their next step.
        crashes: names of those that may crash.
        may_expire: whether a lease may run out.
        some_live: whether something of a request may still happen.
        all_wait: what to say where that is so, and nobody can go on.
        failovers: how many of the last writes to Redis may be gone with its primary.
        errors: names of those that may get an exception instead of a step.

    Raises:
        HarnessError: requests wait for each other and nobody can go on.
    """
    if not steps:
        if some_live:
            raise HarnessError(say(all_wait))
        return ()
    return _choices(tuple(steps), tuple(crashes), tuple(errors), may_expire, tuple(failovers))


@lru_cache(1024)
def _choices(
    steps: tuple[str, ...],
    crashes: tuple[str, ...],
    errors: tuple[str, ...],
    may_expire: bool,
    failovers: tuple[int, ...],
) -> tuple[Choice, ...]:
    """The same few are offered at every point of every schedule."""
    return (
        *(Choice(EventKind.STEP, actor) for actor in steps),
        *(Choice(EventKind.CRASH, actor) for actor in crashes),
        *(Choice(EventKind.ERROR, actor) for actor in errors),
        *((Choice(EventKind.EXPIRE),) if may_expire else ()),
        *(Choice(EventKind.FAILOVER, lost=lost) for lost in failovers),
    )
