"""Clients of the Redis-protocol server that do what they are told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ANSWER_TIMEOUT_S = 5.0
"""How long a server may take to accept a connection, or to answer."""
SENTINEL_SCHEME = "sentinel"
"""Of ``sentinel://:password@host:port,host:port/name``: whoever these sentinels say is the primary of that name."""

R = TypeVar("R", bound=redis.Redis)


@overload
def create_redis(url: str, *, max_connections: int = ..., **options: Any) -> redis.Redis: ...  # noqa: ANN401
@overload
def create_redis(url: str, client_class: type[R], max_connections: int = ..., **options: Any) -> R: ...  # noqa: ANN401
def create_redis(
    url: str,
    client_class: type[redis.Redis] = redis.Redis,
    max_connections: int = 64,
    **options: Any,
) -> redis.Redis:
    """A client with text answers that never repeats a command by itself.

    redis-py 8 repeats a command up to ten times when its answer is lost, so that an INCR or a SET NX would run twice
    behind the caller's back. It also greets every connection with up to four commands; here only AUTH and SELECT are
    left, where the URL asks for them. A server behind a Unix socket is on this machine: one that does not answer is
    busy, or was stopped on purpose, and an answer is waited for until it comes or the server ends. So is one that
    sentinels watch over: only they say when it is gone.

    Args:
        url: ``redis://``, ``rediss://``, ``unix://`` or ``sentinel://``.
        client_class: what to make; called as `redis.Redis` is.
        max_connections: most connections at a time.
        options: further arguments of `redis.Redis`, such as ``socket_timeout`` in seconds.
    """
    patience = None if url.startswith(("unix:", f"{SENTINEL_SCHEME}:")) else ANSWER_TIMEOUT_S
    defaults: dict[str, Any] = {
        "retry": Retry(NoBackoff(), 0),
        "retry_on_error": [],
        "health_check_interval": 0,
        "decode_responses": True,
        "protocol": 2,
        "driver_info": None,
        "max_connections": max_connections,
        "socket_connect_timeout": patience,
        "socket_timeout": patience,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    if url.startswith(f"{SENTINEL_SCHEME}:"):
        return _follow_primary(url, client_class, defaults | options)
    return client_class.from_url(url, **(defaults | options))


def redis_text(urls: Sequence[str]) -> str:
    """URLs of servers that stand alone as one text; there is no blank in a URL."""
    return " ".join(urls)


def redis_urls(text: str) -> tuple[str, ...]:
    """The URLs in a text of `redis_text`; the first is the one for who asks a single server."""
    return tuple(text.split())


class _PrimaryPool(SentinelConnectionPool):
    """Connections to the primary; they take those to the sentinels along when they are closed."""

    def disconnect(self, inuse_connections: bool = True) -> None:
        """Hang up; on the sentinels as well where everything ends, and not only what is idle."""
        super().disconnect(inuse_connections)
        if inuse_connections:
            self.sentinel_manager.close()


def _follow_primary(url: str, client_class: type[redis.Redis], options: dict[str, Any]) -> redis.Redis:
    """A client that asks the sentinels for the primary whenever it opens a connection."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    places = [(host, int(port)) for host, _, port in (each.rpartition(":") for each in hosts)]
    credentials = {"password": unquote(parts.password)} if parts.password else {}
    timeouts = {"socket_connect_timeout": ANSWER_TIMEOUT_S, "socket_timeout": ANSWER_TIMEOUT_S}
    manager: Any = Sentinel(places, sentinel_kwargs=options | credentials | timeouts)  # type: ignore[no-untyped-call]
    found: redis.Redis = manager.master_for(
        parts.path.strip("/"), client_class, _PrimaryPool, **(options | credentials)
    )
    return found
