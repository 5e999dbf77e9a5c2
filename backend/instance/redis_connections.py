"""Connections to Redis-protocol servers that have a name there, and of which somebody is told before they are used.

A server carries out all that was sent to it, also where whoever has sent it has died or hung up since. By their names
one sees in its list of clients which connections it has not come to the end of.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import redis

from backend.shop.ownership.mark import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

OnConnection = Callable[[str, bool], object]
"""Gets the name of a connection, and whether it is open; no name where the server takes none."""


def tell_connections(client: redis.Redis, tell: OnConnection) -> None:
    """Name the connections that a client opens from now on.

    Args:
        client: that has not opened any yet.
        tell: told of each before a command is sent over it, and when it is closed, perhaps with a command under way.
    """
    names = (f"{PREFIX}:{process}:{number}" for process in (secrets.token_hex(8),) for number in itertools.count(1))
    pool: Any = client.connection_pool
    pool.connection_class = _named(pool.connection_class, names, tell)


def _named(of: type[Any], names: Iterator[str], tell: OnConnection) -> type[Any]:
    class Named(of):  # type: ignore[misc]
        """A connection whose name somebody knows."""

        name: str | None = None

        def on_connect_check_health(self, check_health: bool = True) -> None:  # noqa: FBT001, FBT002, RUF100  as in redis-py
            """Log in, and say who it is."""
            super().on_connect_check_health(check_health=check_health)
            self.name = self._introduced(next(names))
            tell(self.name, True)

        def disconnect(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  as in redis-py
            """Hang up."""
            name, self.name = self.name, None
            super().disconnect(*args, **options)
            if name is not None:
                tell(name, False)

        def _introduced(self, name: str) -> str:
            self.send_command("CLIENT", "SETNAME", name, check_health=False)
            try:
                self.read_response()
            except redis.exceptions.ResponseError:  # some that stand in front of a server do not know it
                return ""
            return name

    return Named
