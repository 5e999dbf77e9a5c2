"""What a Redis-protocol server of ours does with its keys: how it persists them, and what it kept when it is back."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import redis

from backend.engines.redis_client import create_redis
from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, plain, say
from backend.model.vocabulary import RedisPersistence
from backend.shop.ownership.mark import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANSWER_S = 5.0
_LOOK_S = 0.01
_PAUSE_MS = 5_000
"""The server is gone long before."""
_AT_A_TIME = 1_000
_LOCK = ":lock:"
_SAYS = {
    RedisPersistence.NONE: EngineCode.PERSISTS_NONE,
    RedisPersistence.EVERYSEC: EngineCode.PERSISTS_EVERYSEC,
    RedisPersistence.ALWAYS: EngineCode.PERSISTS_ALWAYS,
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it was seen."""

    value: str | None
    """None where it is no string."""
    ends: float | None
    """When it expires, by the clock of this process; None for never."""


class KeyStore:
    """The keys of one server, which keeps its address over restarts.

    Args:
        url: of the server, with the password.
        mode: how it persists keys when it starts.
    """

    def __init__(self, url: str, mode: RedisPersistence) -> None:
        self._url = url
        self.started_with = mode
        self.mode = mode
        """How it persists keys now, and when it is started again."""
        self._guard = threading.Lock()

    @property
    def persists(self) -> bool:
        """Whether it writes keys to disk."""
        return self.mode is not RedisPersistence.NONE

    def use(self, mode: RedisPersistence) -> None:
        """Persist keys this way from now on, those that are there as well. Blocks until that is so.

        Raises:
            EngineError: the server did not do it.
        """
        with self._guard:
            if mode is self.mode:
                return
            client = self._client()
            try:
                if mode is not RedisPersistence.NONE:
                    client.config_set("appendfsync", mode.value)
                client.config_set("appendonly", "no" if mode is RedisPersistence.NONE else "yes")
                self._await_first_file(client)
            except redis.RedisError as error:
                raise EngineError(one_sentence(error, say(EngineCode.THE_REDIS_SERVER))) from None
            finally:
                client.close()
            self.mode = mode

    def hold_still(self) -> Mapping[str, Key] | None:
        """Let nobody write any more, and look at what is there; the server is about to end. None if it cannot be asked.

        What it has acknowledged until then is all that there is to be kept.
        """
        client = self._client()
        try:
            client.client_pause(_PAUSE_MS, all=False)
            return _look(client)
        except redis.RedisError:
            return None
        finally:
            client.close()

    def account(self, name: str, held: Mapping[str, Key] | None) -> Sentence:
        """What was kept and what was lost, now that it runs again.

        Args:
            name: of the server.
            held: what it held before; None where it ended before anybody could look.
        """
        parts = self.compare(held)
        if parts is None:
            return say(EngineCode.BACK_AND_KEPT if self.persists else EngineCode.BACK_AND_EMPTY, name=name)
        return say(EngineCode.BACK_WITH_KEYS, name=name, **parts, persistence=say(_SAYS[self.mode]))

    def compare(self, held: Mapping[str, Key] | None) -> Mapping[str, int | Sentence] | None:
        """What it has now of keys that it, or another server, held before: the parts of a sentence.

        Args:
            held: what there was; None where nobody could look.

        Returns:
            None where nobody can know.
        """
        client = self._client()
        try:
            found = None if held is None else _look(client)
        except redis.RedisError:
            found = None
        finally:
            client.close()
        if held is None or found is None:
            return None
        now = time.monotonic()
        due = {key for key, was in held.items() if was.ends is None or was.ends > now}
        kept = {key for key in due if key in found and found[key].value == held[key].value}
        return {"kept": len(kept), "lost": len(due - kept), "keys": len(due), "locks": _locks(due, kept)}

    def _client(self) -> redis.Redis:
        return create_redis(self._url, max_connections=1, socket_timeout=_ANSWER_S)

    def _await_first_file(self, client: redis.Redis) -> None:
        """Until the file has what was there before, a restart would find nothing of it."""
        pause = threading.Event()
        while True:
            info: Any = client.info("persistence")
            if not (info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"]):
                return
            pause.wait(_LOOK_S)


def _look(client: redis.Redis) -> Mapping[str, Key]:
    """Our keys; a lock that somebody has taken anew has another value."""
    names: list[str] = list(client.scan_iter(f"{PREFIX}:*", count=_AT_A_TIME))
    values = _of_each(client, names, redis.client.Pipeline.get)
    lives = _of_each(client, names, redis.client.Pipeline.pttl)
    now = time.monotonic()
    return {
        name: Key(value if isinstance(value, str) else None, now + life / 1000 if life >= 0 else None)
        for name, value, life in zip(names, values, lives, strict=True)
        if life != -2
    }


def _of_each(client: redis.Redis, names: list[str], ask: Callable[[redis.client.Pipeline, str], object]) -> list[Any]:
    pipeline = client.pipeline(transaction=False)
    for name in names:
        ask(pipeline, name)
    return pipeline.execute(raise_on_error=False)


def locks_among(held: Mapping[str, Key]) -> int:
    """How many locks are among these keys."""
    return sum(_LOCK in key for key in held)


def _locks(due: set[str], kept: set[str]) -> Sentence:
    locks = {key for key in due if _LOCK in key}
    if not locks:
        return plain("")
    return say(EngineCode.LOCKS_KEPT, locks=len(locks), kept=len(locks & kept))
