"""Locks in Redis that outlast more than a plain one: slow work, by being renewed; lost servers, by a majority."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import redis

from backend.model.vocabulary import Answer
from backend.strategies.redis_lock import check_and_act, release

if TYPE_CHECKING:
    import threading

    from backend.shop.operations import Request
    from backend.strategies.base import Services

PEXPIRE_IF_EQUAL = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
CLOCK_DRIFT = 0.01
"""How much faster than ours a server's clock may go, as a part of the lease."""


def with_renewal(request: Request, services: Services) -> Answer:
    """Lock with a lease, and renew it at a third of its life for as long as the work takes."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY

    def renew(over: threading.Event) -> None:
        while not over.wait(services.lease_ms / 3_000):
            with suppress(redis.RedisError):  # a server that is away for a moment may still have the lock
                if not services.redis.eval(PEXPIRE_IF_EQUAL, 1, key, owner, services.lease_ms):
                    return

    try:
        with services.in_background(renew):
            return check_and_act(request, services)
    finally:
        release(services, key, owner)


def with_majority(request: Request, services: Services) -> Answer:
    """Redlock: whoever most of the servers grant the lock to holds it, for what is left of the lease by then."""
    key, owner, lease_ms = services.key("lock", request), services.new_token(), services.lease_ms
    began = services.monotonic()
    granted = [grants(server, key, owner, lease_ms) for server in services.redis_servers]
    passed_ms = (services.monotonic() - began) * 1_000
    valid_ms = lease_ms - passed_ms - lease_ms * CLOCK_DRIFT - 2
    try:
        if sum(granted) <= len(granted) // 2 or valid_ms <= 0:
            return Answer.BUSY
        return check_and_act(request, services)
    finally:
        for server in services.redis_servers:  # those that seemed to refuse as well: an answer may have been lost
            with suppress(redis.RedisError):
                release(services, key, owner, server)


def grants(server: redis.Redis, key: str, owner: str, lease_ms: int) -> bool:
    """Whether a server grants the lock; one that is away does not."""
    try:
        return bool(server.set(key, owner, nx=True, px=lease_ms))
    except redis.RedisError:
        return False
