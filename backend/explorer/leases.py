"""What may end by itself in a schedule: keys of Redis with a life, and locks that a session of ZooKeeper holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.redis_keys import keys_of

if TYPE_CHECKING:
    from backend.explorer.sandbox import Sandbox
    from backend.tap.observer import Call


class Leases:
    """Those of one schedule.

    Args:
        sandbox: knows what is there.
        wanted: whether they may end in this schedule; else nobody looks.
    """

    def __init__(self, sandbox: Sandbox, *, wanted: bool) -> None:
        self._sandbox = sandbox
        self._wanted = wanted
        self._keys: set[str] = set()
        self.held: tuple[str, ...] = ()
        """Names of keys and nodes that would go."""

    def note(self, call: Call) -> None:
        """A command of Redis was carried out, which may have given a key a life."""
        if self._wanted:
            keys = keys_of(call.command, list(call.parameters))
            if keys is not None and keys.may_lease:
                self._keys.update(keys.names)
            self.look()

    def look(self) -> None:
        """See which there are now."""
        if self._wanted:
            keys = (key for key in sorted(self._keys) if self._sandbox.has_lease(key))
            self.held = (*keys, *self._sandbox.session_locks())

    def end_all(self) -> tuple[str, ...]:
        """Have all of them end; returns their names."""
        ended = self.held
        for key in ended:
            self._sandbox.expire(key)
        self.look()
        return ended
