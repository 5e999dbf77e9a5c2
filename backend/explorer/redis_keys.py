"""Which keys a Redis command touches, by where they stand among its arguments.

Only the commands listed here are understood; of any other one nobody knows what it touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READ_FIRST = _names(
    """
    GET STRLEN GETRANGE TTL PTTL EXPIRETIME PEXPIRETIME TYPE HGET HGETALL HMGET HEXISTS HLEN SISMEMBER SMEMBERS SCARD
    ZSCORE ZRANGE ZCARD LRANGE LLEN LINDEX XLEN XRANGE XREVRANGE XPENDING
    """
)
_READ_ALL = frozenset({"EXISTS", "MGET"})
_WRITE_FIRST = _names(
    """
    SETNX APPEND INCR INCRBY DECR DECRBY PERSIST GETSET GETDEL HSET HSETNX HDEL HINCRBY SADD SREM ZADD ZREM LPUSH RPUSH
    LPOP RPOP LREM XADD XACK XDEL XTRIM XCLAIM XAUTOCLAIM DELIFEQ DELEX
    """
)
_WRITE_ALL = frozenset({"DEL", "UNLINK"})
_WRITE_PAIRS = frozenset({"MSET", "MSETNX"})
_LEASE_FIRST = frozenset({"SET", "SETEX", "PSETEX", "GETEX", "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"})
_SCRIPTS = frozenset({"EVAL", "EVALSHA", "FCALL"})


_UNDERSTOOD = _READ_FIRST | _READ_ALL | _WRITE_FIRST | _WRITE_ALL | _WRITE_PAIRS | _LEASE_FIRST | _SCRIPTS


def is_understood(command: str) -> bool:
    """Whether it is known where the keys of a command stand."""
    return command.upper() in _UNDERSTOOD


def only_reads(command: str) -> bool:
    """Whether a command certainly changes nothing."""
    return command.upper() in _READ_FIRST | _READ_ALL


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one command."""

    names: tuple[str, ...]
    are_read_only: bool = False
    may_lease: bool = False
    """Whether it may leave one of them with a time at which it runs out."""


def keys_of(command: str, arguments: Sequence[object]) -> Keys | None:
    """The keys that a command touches; None where that is not known."""
    name = command.upper()
    texts = [each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in arguments]
    if not texts:
        return None
    if name in _READ_FIRST:
        return Keys((texts[0],), are_read_only=True)
    if name in _READ_ALL:
        return Keys(tuple(texts), are_read_only=True)
    if name in _WRITE_FIRST:
        return Keys((texts[0],))
    if name in _LEASE_FIRST:
        return Keys((texts[0],), may_lease=True)
    if name in _WRITE_ALL:
        return Keys(tuple(texts))
    if name in _WRITE_PAIRS:
        return Keys(tuple(texts[::2]))
    return _keys_of_script(texts) if name in _SCRIPTS else None


def _keys_of_script(texts: Sequence[str]) -> Keys | None:
    """A script names its keys before it runs; it may do anything to those, and to no other ones."""
    if len(texts) < 2 or not texts[1].isdecimal():
        return None
    names = tuple(texts[2 : 2 + int(texts[1])])
    return Keys(names, may_lease=True) if len(names) == int(texts[1]) else None
