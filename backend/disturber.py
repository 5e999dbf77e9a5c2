"""Faults of whole processes: servers that are killed, restarted or paused, and backend processes that are stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.engines.keeper import Keeper
from backend.model import EngineKind, Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.engines.child import Child
    from backend.engines.running import RunningEngine
    from backend.health import HealthBoard
    from backend.model import Step

_CRASH = "crash"


class Disturber:
    """Carries out such faults, and keeps the servers of the lab running. Thread-safe.

    Args:
        find_child: the backend process with this number.
        on_replaced: called with an engine before and after it was started again.
        health: told what is away, and what happened.
    """

    def __init__(
        self,
        find_child: Callable[[int], Child | None],
        on_replaced: Callable[[RunningEngine, RunningEngine], None],
        health: HealthBoard,
    ) -> None:
        self._find_child = find_child
        self._on_replaced = on_replaced
        self._health = health
        self._keepers: list[Keeper] = []
        self._paused: set[EngineKind] = set()
        self._closed = threading.Event()

    def close(self) -> None:
        """Disturb nothing and start nothing again from now on."""
        self._closed.set()
        for keeper in self._keepers:
            keeper.close()

    def keep(self, engine: RunningEngine) -> None:
        """Start this engine again whenever it ends."""
        self._keepers.append(Keeper(engine, self._health, self._on_replaced))

    def is_paused(self, kind: EngineKind) -> bool:
        """Whether this engine is stopped just now."""
        return kind in self._paused

    def disturb(self, engine: RunningEngine, fault: Fault) -> None:
        """Carry out the fault of a server; returns when it answers again.

        Raises:
            EngineError: it does not.
        """
        keeper = next(keeper for keeper in self._keepers if keeper.keeps(engine))
        if fault.kind is not FaultKind.PAUSE:
            keeper.disturb(fault.kind, fault.ms)
            return
        sentence = f"{engine.name} is stopped for {fault.ms} ms."
        self._paused.add(engine.kind)
        self._health.set_trouble(engine.kind, sentence)
        self._health.tell(sentence)
        try:
            keeper.disturb(fault.kind, fault.ms)
        finally:
            self._paused.discard(engine.kind)
            self._health.set_trouble(engine.kind, "")

    def pause_process(self, number: int, ms: int, go_on: Callable[[], None]) -> None:
        """Stop a backend process for a while; returns at once.

        Args:
            number: of the process.
            ms: how long.
            go_on: called when it was continued.
        """
        self._health.tell(f"Backend instance {number} is stopped for {ms} ms.")
        threading.Thread(target=self._pause, args=(number, ms, go_on), name="pause", daemon=True).start()

    def see(self, steps: Sequence[Step]) -> None:
        """Look for crashes on purpose among the steps of backend processes."""
        for number in {step.instance for step in steps if step.command == _CRASH}:
            if child := self._find_child(number):
                child.forgive()
            crashed = [step.submission_id for step in steps if step.command == _CRASH and step.instance == number]
            others = f" and {len(crashed) - 1} more" if len(crashed) > 1 else ""
            self._health.process_killed(
                number,
                f"Backend instance {number} was killed (SIGKILL) in the middle of submission {crashed[0]}{others}; "
                "it is being started again.",
            )

    def _pause(self, number: int, ms: int, go_on: Callable[[], None]) -> None:
        child = self._find_child(number)
        if child:
            child.pause()
            self._closed.wait(ms / 1000)
            child.resume()
        go_on()
