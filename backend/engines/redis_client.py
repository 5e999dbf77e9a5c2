"""Clients of the Redis-protocol server that do what they are told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload

import redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

if TYPE_CHECKING:
    from typing import Any

ANSWER_TIMEOUT_S = 5.0
"""How long a server may take to accept a connection, or to answer."""

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
    busy, or was stopped on purpose, and an answer is waited for until it comes or the server ends.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        client_class: what to make; called as `redis.Redis` is.
        max_connections: most connections at a time.
        options: further arguments of `redis.Redis`, such as ``socket_timeout`` in seconds.
    """
    patience = None if url.startswith("unix:") else ANSWER_TIMEOUT_S
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
    return client_class.from_url(url, **(defaults | options))
