"""What is told of the requests of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from backend.model.vocabulary import Answer
    from backend.service.explored.actor import Actor
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit


class Listener(Protocol):
    """Told in the order in which things happen."""

    def ended(self, one: Actor, link: Link, unit: Unit, reply: Reply) -> None:
        """A step got its answer."""

    def told(self, one: Actor, answer: Answer) -> None:
        """A caller heard its answer."""
