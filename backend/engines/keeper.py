"""Keeps a server of ours alive: one that ends is started again with what it left behind."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from backend.engines.says import EngineCode
from backend.engines.sentences import reason_of
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.engines.health import HealthBoard
    from backend.engines.key_store import Key
    from backend.engines.running import RunningEngine

_MOST_DEATHS = 4
_COUNTED_SECONDS = 10.0
"""A server that ends more often than that within this time is given up."""
_TRIALS = 5
_PAUSE_SECONDS = 0.2
_CLOSE_SECONDS = 5.0


class Keeper:
    """Watches one server that the lab started.

    Args:
        engine: with a child and a way to start it again.
        health: told when it is away, and when it is back.
        on_replaced: called with the engine before and the one that runs now.
    """

    def __init__(
        self,
        engine: RunningEngine,
        health: HealthBoard,
        on_replaced: Callable[[RunningEngine, RunningEngine], None],
    ) -> None:
        self._engine = engine
        self._health = health
        self._on_replaced = on_replaced
        self._deaths: list[float] = []
        self._held: Mapping[str, Key] | None = None
        """The keys of a server that is ended on purpose, as they were just before."""
        self._welcome: Sentence | None = None
        """What is said when it is back, instead of what it has kept."""
        self._successor: Callable[[], RunningEngine] | None = None
        """Another server that is to take this one's place once it has ended."""
        self._given_up = False
        self._away = self._gone = False
        """Whether the server is left dead for a while, and whether it is dead by now."""
        self._changed = threading.Condition()
        self._up = True
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._watch()

    def stop(self) -> None:
        """Start nothing again from now on, and wake whoever waits for it; returns at once."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()

    def close(self) -> None:
        """As `stop`; returns when no start is under way, once the supervisor has ended what it waits for."""
        self.stop()
        if self._thread:
            self._thread.join(_CLOSE_SECONDS)

    @property
    def has_given_up(self) -> bool:
        """Whether the server has ended and is not started again."""
        return self._given_up

    def keeps(self, engine: RunningEngine) -> bool:
        """Whether this is the engine's keeper."""
        return engine is self._engine

    def brings_back(self, kind: EngineKind) -> bool:
        """Whether this is the keeper of such an engine, which runs or will run again."""
        return self._engine.kind is kind and not self._given_up and not self._closed.is_set()

    def take_away(self, sentence: Sentence) -> Mapping[str, Key] | None:
        """Kill the server, and leave it dead until `bring_back`; returns when it has ended, or the lab is closed.

        Args:
            sentence: why it is away.

        Returns:
            The keys that it held; None if nobody could look.
        """
        child = self._engine.child
        if child is None:
            return None
        held = self._engine.keys.hold_still() if self._engine.keys else None
        with self._changed:
            self._away, self._gone = True, False
        self._health.set_trouble(self._engine.kind, sentence)
        child.kill()
        with self._changed:
            self._changed.wait_for(lambda: self._gone or self._closed.is_set())
        return held

    def bring_back(self, held: Mapping[str, Key] | None = None, sentence: Sentence | None = None) -> None:
        """Start a server again that was taken away; returns when it answers, or the lab is closed.

        Args:
            held: what it held before, which it is to account for.
            sentence: what to say instead.

        Raises:
            EngineError: the server does not answer again.
        """
        with self._changed:
            if not self._away:
                return
            self._away = False
        self._held, self._welcome = held, sentence
        self._start_again()
        if self._given_up:
            raise EngineError(say(EngineCode.DID_NOT_COME_BACK, name=self._engine.name))

    def disturb(self, kind: FaultKind, ms: int, successor: Callable[[], RunningEngine] | None = None) -> None:
        """Kill, restart or pause the server; returns when it answers again, or the lab is closed.

        Args:
            kind: what is done to it.
            ms: how long it is paused.
            successor: has another server take its place once it has ended; None starts the same one again.

        Raises:
            EngineError: the server does not answer again.
        """
        child = self._engine.child
        if child is None:
            return
        if kind is FaultKind.PAUSE:
            child.pause()
            self._closed.wait(ms / 1000)
            child.resume()
            return
        self._held = self._engine.keys.hold_still() if self._engine.keys else None
        self._successor = successor
        with self._changed:
            self._up = False
        if kind is FaultKind.RESTART:
            child.terminate()
        else:
            child.kill()
        with self._changed:
            self._changed.wait_for(lambda: self._up or self._given_up or self._closed.is_set())
            if self._given_up:
                raise EngineError(say(EngineCode.DID_NOT_COME_BACK, name=self._engine.name))

    def _watch(self) -> None:
        if self._engine.child:
            self._engine.child.on_exit(self._ended)

    def _ended(self, _code: int) -> None:
        """On the supervisor's thread, which must not wait for a start."""
        if self._closed.is_set():
            return
        with self._changed:
            self._up = False
            if self._away:
                self._gone = True
                self._changed.notify_all()
                return
        if self._successor:
            self._begin(say(EngineCode.TAKES_OVER, name=self._engine.name))
            return
        now = time.monotonic()
        self._deaths = [*(at for at in self._deaths if now - at < _COUNTED_SECONDS), now]
        if len(self._deaths) > _MOST_DEATHS:
            self._give_up(say(EngineCode.KEEPS_ENDING, name=self._engine.name))
            return
        self._begin(say(EngineCode.RESTARTING, name=self._engine.name))

    def _begin(self, trouble: Sentence) -> None:
        self._health.set_trouble(self._engine.kind, trouble)
        with self._changed:  # who closes meanwhile finds no thread, or one that has begun
            if not self._closed.is_set():
                self._thread = threading.Thread(target=self._start_again, name="keeper", daemon=True)
                self._thread.start()

    def _start_again(self) -> None:
        before, successor = self._engine, self._successor
        if (start := successor or before.start_again) is None:
            self._give_up(say(EngineCode.KEEPS_ENDING, name=before.name))
            return
        for _ in range(_TRIALS):
            if self._closed.is_set():
                return
            try:
                self._engine = start()
            except (EngineError, OSError) as error:
                failure = error.sentence if isinstance(error, EngineError) else reason_of(error)
                self._closed.wait(_PAUSE_SECONDS)  # what the dead one held may still be in use
            else:
                break
        else:
            self._give_up(say(EngineCode.GIVEN_UP, reason=failure))
            return
        account = say(EngineCode.TOOK_OVER, name=before.name, address=self._engine.address)
        if successor is None:
            account = self._account()
        self._successor = None
        self._on_replaced(before, self._engine)
        self._health.set_trouble(self._engine.kind, None)
        self._health.tell(account)
        with self._changed:
            self._up = True
            self._changed.notify_all()
        self._watch()  # last: a server that has ended again meanwhile is told of at once

    def _account(self) -> Sentence:
        """What it kept; asked for before anybody else knows that it is back."""
        held, self._held = self._held, None
        if welcome := self._welcome:
            self._welcome = None
            return welcome
        name, keys = self._engine.name, self._engine.keys
        if keys:
            return keys.account(name, held)
        kept = EngineCode.BACK_WITH_MESSAGES if self._engine.kind is EngineKind.BROKER else EngineCode.BACK_AND_KEPT
        return say(kept, name=name)

    def _give_up(self, sentence: Sentence) -> None:
        with self._changed:
            self._given_up = True
            self._changed.notify_all()
        if not self._closed.is_set():
            self._health.set_trouble(self._engine.kind, sentence)
            self._health.tell(sentence)
