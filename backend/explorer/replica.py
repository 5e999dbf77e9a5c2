"""What a replica of the Redis-protocol server may have when it is promoted: every earlier state of the intent's keys.

Replication is asynchronous, so the primary answers before the replica has got a write. When the primary dies, the last
writes may be gone: any number of them, but never one without those that came after it (Redis documentation,
"Replication"). A failover is played on the one server there is, by having the keys as they were so many writes ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.explorer.redis_keys import keys_of
from backend.shop.ownership.names import token_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.explorer.sandbox import Fixture, Sandbox
    from backend.tap.observer import Call


@dataclass(frozen=True, slots=True)
class _Kept:
    """A key that was there."""

    content: bytes
    """As the server writes it down."""
    life_ms: int
    """What is left of its lease; 0 for a key without one."""

    def same_as(self, other: _Kept | None) -> bool:
        """Whether nobody could tell the two apart."""
        return other is not None and (self.content, bool(self.life_ms)) == (other.content, bool(other.life_ms))


_State = dict[str, _Kept]


class Replica:
    """The states of one schedule's keys, the newest last.

    Args:
        sandbox: where the keys are.
        fixture: the intent.
        wanted: whether a failover may happen in this schedule; else nobody looks.
    """

    def __init__(self, sandbox: Sandbox, fixture: Fixture, *, wanted: bool) -> None:
        self._sandbox = sandbox
        self._fixture = fixture
        self._wanted = wanted
        self._names: set[str] = {token_key(fixture.token)} if wanted else set()
        self._states: list[_State] = [self._look()] if wanted else []

    @property
    def behind(self) -> range:
        """How many of the last writes it may lack: at least one, for one that lacks none is no other server."""
        return range(1, len(self._states))

    @property
    def names(self) -> frozenset[str]:
        """Keys of the intent that a command has named."""
        return frozenset(self._names)

    def note(self, call: Call) -> None:
        """A command was carried out, which may have been a write."""
        if not self._wanted:
            return
        keys = keys_of(call.command, list(call.parameters))
        named = keys.names if keys is not None else map(str, call.parameters)
        self._names.update(name for name in named if self._fixture.key in name or self._fixture.token in name)
        self._add(self._look())

    def forget(self, ended: Iterable[str]) -> None:
        """Leases have run out: on a replica they do so at the same moment."""
        states, self._states = self._states, []
        gone = set(ended)
        for state in states:
            self._add({name: kept for name, kept in state.items() if name not in gone})

    def fail_over(self, lost: int) -> None:
        """Have the keys as they were so many writes ago."""
        del self._states[-lost:]
        client, state = self._sandbox.plain_redis, self._states[-1]
        for name in self._names:
            if name in state:
                client.restore(name, state[name].life_ms, state[name].content, replace=True)
            else:
                client.delete(name)

    def _look(self) -> _State:
        client = self._sandbox.plain_redis
        found: _State = {}
        for name in self._names:
            content: bytes | None = client.dump(name)
            if content is not None:
                found[name] = _Kept(content, max(0, int(client.pttl(name))))
        return found

    def _add(self, state: _State) -> None:
        if not self._states or not _alike(self._states[-1], state):
            self._states.append(state)


def _alike(one: _State, other: _State) -> bool:
    return one.keys() == other.keys() and all(kept.same_as(other.get(name)) for name, kept in one.items())
