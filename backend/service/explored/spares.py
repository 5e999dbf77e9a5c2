"""Instances that are ready for a schedule. Those that were cut off are let in again several at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from backend.model.errors import InstanceError

if TYPE_CHECKING:
    from backend.service.explored.fleet import Fleet
    from backend.service.wire.hub import Hub

_REVIVALS = 8


class Asks(Protocol):
    """Who can try an instance out."""

    def ask(self, instance: int) -> None:
        """Submit an intent of its own to an instance."""

    def is_well(self, instance: int) -> bool:
        """Whether an instance has answered, and no error."""


class Spares:
    """Hands out instances.

    Args:
        fleet: all of them, ready.
        hub: carries everything.
        asks: tries instances out that come back.
        kills: whether one that is cut off is killed.
    """

    def __init__(self, fleet: Fleet, hub: Hub, asks: Asks, *, kills: bool) -> None:
        self._fleet = fleet
        self._hub = hub
        self._asks = asks
        self._kills = kills
        self._ready = set(fleet.numbers)
        self._cut: set[int] = set()
        """Those that were cut off and are not prepared yet."""

    def take(self) -> int:
        """An instance that nobody uses, the first of them: a schedule runs on the same ones whenever it is played."""
        instance = min(self._ready)
        self._ready.remove(instance)
        return instance

    def any(self) -> int:
        """An instance that nobody uses, for a moment."""
        self.gather(1)
        return min(self._ready)

    def give_back(self, instance: int) -> None:
        """Its request is over."""
        self._ready.add(instance)

    def cut_off(self, instance: int) -> None:
        """From now on nothing of an instance reaches the outside; one that is killed is started again meanwhile."""
        self._hub.shut(instance)
        self._cut.add(instance)
        if self._kills:
            self._fleet.kill(instance)
            self._fleet.prepare(instance)

    def gather(self, count: int) -> None:
        """See to it that so many instances are ready. All that were cut off, or have ended, are let in again together.

        Raises:
            SubmitTwiceError: an instance that was cut off answers with errors, however often it is asked.
        """
        ended = {instance for instance in self._ready if self._fleet.has_ended(instance)}
        self._ready -= ended
        self._cut |= ended
        if len(self._ready) >= count:
            return
        for instance in self._cut:
            self._fleet.finish(instance)
        for _ in range(_REVIVALS):
            well = self._let_in_again(sorted(self._cut))
            self._cut -= well
            self._ready |= well
            if not self._cut:
                return
        raise self._fleet.away(min(self._cut))

    def _let_in_again(self, instances: list[int]) -> set[int]:
        """Have instances find their way back to their engines, by a request each on an intent of its own."""
        asked = [instance for instance in instances if self._has_asked(instance)]
        return {instance for instance in asked if self._is_well(instance)}

    def _has_asked(self, instance: int) -> bool:
        try:
            self._asks.ask(instance)
        except InstanceError:
            self._fleet.finish(instance)
            return False
        return True

    def _is_well(self, instance: int) -> bool:
        try:
            return self._asks.is_well(instance)
        except InstanceError:  # cut connections can end a service, a moment later
            self._fleet.finish(instance)
            return False
