"""Keeps a server of ours alive: one that ends is started again with what it left behind."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from backend.errors import EngineError
from backend.model import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.running import RunningEngine
    from backend.health import HealthBoard

_MOST_DEATHS = 4
_COUNTED_SECONDS = 10.0
"""A server that ends more often than that within this time is given up."""
_TRIALS = 5
_PAUSE_SECONDS = 0.2
_UP_SECONDS = 30.0


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
        self._up = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._watch()

    def close(self) -> None:
        """Start nothing again from now on."""
        self._closed.set()
        if self._thread:
            self._thread.join()

    def keeps(self, engine: RunningEngine) -> bool:
        """Whether this is the engine's keeper."""
        return engine is self._engine

    def disturb(self, kind: FaultKind, ms: int) -> None:
        """Kill, restart or pause the server; returns when it answers again.

        Raises:
            EngineError: it does not.
        """
        child = self._engine.child
        if child is None:
            return
        if kind is FaultKind.PAUSE:
            child.pause()
            self._closed.wait(ms / 1000)
            child.resume()
            return
        self._up.clear()
        if kind is FaultKind.KILL:
            child.kill()
        else:
            child.terminate()
        end = time.monotonic() + _UP_SECONDS
        while not self._up.wait(_PAUSE_SECONDS) and not self._closed.is_set():
            if time.monotonic() > end:
                raise EngineError(f"{self._engine.name} did not come back after it was stopped on purpose.")

    def _watch(self) -> None:
        if self._engine.child:
            self._engine.child.on_exit(self._ended)
        self._up.set()

    def _ended(self, _code: int) -> None:
        """On the supervisor's thread, which must not wait for a start."""
        if self._closed.is_set():
            return
        self._up.clear()
        now = time.monotonic()
        self._deaths = [*(at for at in self._deaths if now - at < _COUNTED_SECONDS), now]
        if len(self._deaths) > _MOST_DEATHS:
            self._give_up(f"{self._engine.name} keeps ending")
            return
        self._health.set_trouble(self._engine.kind, f"{self._engine.name} has ended and is being started again.")
        self._thread = threading.Thread(target=self._start_again, name="keeper", daemon=True)
        self._thread.start()

    def _start_again(self) -> None:
        before = self._engine
        for _ in range(_TRIALS):
            if self._closed.is_set() or before.start_again is None:
                return
            try:
                self._engine = before.start_again()
            except EngineError as error:
                failure = error
                self._closed.wait(_PAUSE_SECONDS)  # what the dead one held may still be in use
            else:
                break
        else:
            self._give_up(str(failure))
            return
        self._on_replaced(before, self._engine)
        self._health.set_trouble(self._engine.kind, "")
        kept = "what it had answered for is kept" if before.keeps_data else "it kept nothing and is empty now"
        self._health.tell(f"{before.name} had ended and runs again: {kept}.")
        self._watch()

    def _give_up(self, reason: str) -> None:
        sentence = f"{reason}; start the lab again to go on."
        self._health.set_trouble(self._engine.kind, sentence)
        self._health.tell(sentence)
