"""A request to the service under way, as the explorer sees it from outside."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from backend.explorer.footprints import NOTHING, Footprint
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.traced_event import TracedEvent
    from backend.model.vocabulary import Answer
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit


@dataclass(slots=True)
class Parked:
    """A step that was sent and waits to be granted; without a link it is the reply to the caller."""

    unit: Unit | None = None
    link: Link | None = None
    answer: Answer | None = None
    """Of the reply to the caller."""
    is_background: bool = False
    """Whether it is none of the request's, and only waits because its connection is used by the request as well."""

    begins_step: bool = False
    """Whether it decides what the step that it belongs to will see: it is granted, and that step with it."""

    @property
    def goes_behind(self) -> bool:
        """Whether nobody grants it: it goes on when what was sent before it has its reply."""
        if self.unit is None or self.begins_step:
            return False
        return self.is_background or self.unit.handling is not Handling.STEP


@dataclass(slots=True, eq=False)
class Actor:
    """One delivery of the intent."""

    actor: str
    """Its name in the schedule: ``A``, ``B``, ``C``; the retry of A is ``A'``."""
    instance: int
    """To which it was sent; nothing else is sent there meanwhile."""
    id: str = "\0"
    """No text that a step could hold."""
    parked: deque[Parked] = field(default_factory=deque)
    """Steps that wait to be granted, oldest first."""
    running: Parked | None = None
    """The step that an engine has."""
    continues: Link | None = None
    """Where the rest of a step is to come that was granted already."""
    held: deque[tuple[Link, Unit, Reply]] = field(default_factory=deque)
    """Replies that have come and are not delivered yet."""
    glued: int = 0
    """Units that go with a step and are not answered yet."""
    is_blocked: bool = False
    """Whether the step that an engine has was proven to wait for another request."""
    has_begun: bool = False
    """Whether a step was granted."""
    has_response: bool = False
    """Whether the service has answered, heard or not."""
    answer: Answer | None = None
    """What the caller was told."""
    is_dead: bool = False
    links: set[Link] = field(default_factory=set)
    """Connections on which it has issued steps."""
    last_sign: float = 0.0
    """When something of it came or went, on the monotonic clock."""
    is_quiet: bool = False
    """Whether the service has been silent for a while since its answer."""
    commands: list[str] = field(default_factory=list)
    steps: int = 0
    traced: TracedEvent | None = None
    """How its current step is told."""
    touches: Footprint = NOTHING
    """Footprint of its current step."""

    def keep_parked(self, keep: Callable[[Parked], bool]) -> None:
        """Forget the parked steps that are not to be kept."""
        kept = [parked for parked in self.parked if keep(parked)]
        self.parked.clear()
        self.parked.extend(kept)

    def must_wait(self, link: Link, unit: Unit) -> bool:
        """Whether a unit has to stay behind what was sent before it, or its reply would come before theirs."""
        if any(parked.link is link for parked in self.parked):
            return True
        return not unit.is_part and self.running is not None and self.running.link is link

    def take_behind(self, link: Link, may_go: Callable[[Parked], bool]) -> list[Parked]:
        """What comes next on a connection as long as it may go, off the parked ones."""
        taken = list(takewhile(may_go, [parked for parked in self.parked if parked.link is link]))
        self.keep_parked(lambda parked: not any(parked is one for one in taken))
        return taken

    def take_next(self, link: Link) -> Unit | None:
        """The oldest unit of a connection, off the parked ones."""
        oldest = next((parked for parked in self.parked if parked.link is link), None)
        if oldest is None:
            return None
        self.keep_parked(lambda parked: parked is not oldest)
        return oldest.unit

    @property
    def family(self) -> str:
        """The name of the request that it is, or that it is a retry of."""
        return self.actor[0]

    @property
    def is_retry(self) -> bool:
        """Whether an earlier delivery of it has crashed."""
        return len(self.actor) > 1

    @property
    def is_waiting(self) -> bool:
        """Whether an engine has its step and has not answered."""
        return self.running is not None and not self.held

    @property
    def progress(self) -> tuple[bool, bool, str, str]:
        """Those that got further come first; the rest of the key tells apart those that got on in different ways."""
        parked = self.parked[0].unit.text if self.parked and self.parked[0].unit else ""
        return self.is_waiting, not self.has_response, parked, self.answer.value if self.answer else ""

    @property
    def is_live(self) -> bool:
        """Whether something of it may still happen."""
        return not self.is_dead and not (self.is_over and self.is_quiet)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is known to be under way."""
        return self.has_response and not self.parked and self.running is None and not self.held and not self.glued

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves until somebody decides."""
        if self.is_dead or (self.running is not None and self.is_blocked):
            return True
        if self.running is not None or self.held or self.glued or self.continues is not None:
            return False
        return bool(self.parked) or (self.is_over and self.is_quiet)
