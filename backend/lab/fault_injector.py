"""Faults of whole processes: servers that are killed, restarted or paused, and backend processes that are stopped."""

from __future__ import annotations

import threading
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from backend.engines.keeper import Keeper
from backend.engines.says import EngineCode, ProcessCode
from backend.lab.answered_commit import AnsweredCommit
from backend.model.errors import EngineError
from backend.model.plan import Fault
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.engines.health import HealthBoard
    from backend.engines.processes.child import Child
    from backend.engines.running import RunningEngine
    from backend.engines.standby_keeper import StandbyKeeper
    from backend.model.observed import Step

_CRASH = "crash"
_LOOK_SECONDS = 0.02
FIRST_CONSUMER = 11
"""Backend processes from this number on are consumers of the queue."""


class FaultInjector:
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
        self.tell = health.tell
        self._keepers: list[Keeper] = []
        self._paused: set[EngineKind] = set()
        self._answered = AnsweredCommit()
        self._closed = threading.Event()
        self._orders: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._work, name="fault injector", daemon=True).start()

    def stop(self) -> None:
        """Disturb nothing and start nothing again from now on, and let what is paused go on; returns at once."""
        self._closed.set()
        for keeper in self._keepers:
            keeper.stop()
        self._orders.put(None)

    def close(self) -> None:
        """As `stop`; returns when nothing of it is at work any more."""
        self.stop()
        for keeper in self._keepers:
            keeper.close()

    def keep(self, engine: RunningEngine) -> None:
        """Start this engine again whenever it ends."""
        self._keepers.append(Keeper(engine, self._health, self._on_replaced))

    def brings_back(self, kind: EngineKind) -> bool:
        """Whether such an engine was started here, and comes back if it ends."""
        return any(keeper.brings_back(kind) for keeper in self._keepers)

    def is_paused(self, kind: EngineKind) -> bool:
        """Whether this engine is stopped just now."""
        return kind in self._paused

    def keeper_of(self, engine: RunningEngine) -> Keeper:
        """Who keeps this engine alive.

        Raises:
            EngineError: nobody does, any more.
        """
        keeper = next((keeper for keeper in self._keepers if keeper.keeps(engine)), None)
        if keeper is None:
            raise EngineError(say(EngineCode.DID_NOT_COME_BACK, name=engine.name))
        return keeper

    def disturb(self, engine: RunningEngine, fault: Fault) -> None:
        """Carry out the fault of a server; returns when it answers again.

        Raises:
            EngineError: the server does not answer again.
        """
        keeper = self.keeper_of(engine)
        if fault.kind is not FaultKind.PAUSE:
            keeper.disturb(fault.kind, fault.ms)
            return
        sentence = say(EngineCode.STOPPED_FOR, name=engine.name, ms=fault.ms)
        self._paused.add(engine.kind)
        self._health.set_trouble(engine.kind, sentence)
        self._health.tell(sentence)
        try:
            keeper.disturb(fault.kind, fault.ms)
        finally:
            self._paused.discard(engine.kind)
            self._health.set_trouble(engine.kind, None)

    def expect_failover(self, standby: StandbyKeeper) -> None:
        """The standby gets nothing more from now on, and the first commit that is answered for meanwhile is noticed.

        Raises:
            EngineError: there is no standby, or it does not follow.
        """
        self._answered.watch(standby.hold())

    def fail_over(self, engine: RunningEngine, standby: StandbyKeeper, is_over: Callable[[], bool]) -> None:
        """Have the standby of the database take its place; returns when it has.

        The standby gets nothing more first. The primary is killed when it has since committed something and answered
        for it, or when a commit is seen to wait for the standby: then there is something that the failover decides.

        Args:
            engine: the primary.
            standby: of it.
            is_over: whether no more answers come.

        Raises:
            EngineError: there is no standby, or it does not take over.
        """
        keeper = self.keeper_of(engine)
        self.expect_failover(standby)
        while not (self._answered.came or standby.somebody_waits() or is_over() or self._closed.is_set()):
            self._answered.wait(_LOOK_SECONDS)
        if not self._closed.is_set():
            keeper.disturb(FaultKind.FAILOVER, 0, standby.promote)

    def pause_process(self, number: int, ms: int, go_on: Callable[[], None]) -> None:
        """Stop a backend process for a while; returns at once.

        Args:
            number: of the process.
            ms: how long.
            go_on: called when it was continued.
        """
        named, code = _named(number, ProcessCode.INSTANCE_STOPPED_FOR, ProcessCode.CONSUMER_STOPPED_FOR)
        self._health.tell(say(code, number=named, ms=ms))
        threading.Thread(target=self._pause, args=(number, ms, go_on), name="pause", daemon=True).start()

    def see(self, steps: Sequence[Step]) -> None:
        """Look for crashes on purpose among the steps of backend processes, and for commits that were answered for."""
        self._answered.see(steps)
        for number in {step.instance for step in steps if step.command == _CRASH}:
            crashed = [step.submission_id for step in steps if step.command == _CRASH and step.instance == number]
            self._health.process_killed(number, _killed(number, crashed))
            self._orders.put(partial(self._forgive, number))

    def _work(self) -> None:
        """Talk to the supervisor for the thread that hears the instances: it must not wait for an answer."""
        while (order := self._orders.get()) is not None:
            order()

    def _forgive(self, number: int) -> None:
        if child := self._find_child(number):
            child.forgive()

    def _pause(self, number: int, ms: int, go_on: Callable[[], None]) -> None:
        try:
            if child := self._find_child(number):
                child.pause()
                self._closed.wait(ms / 1000)
                child.resume()
        finally:
            go_on()


def _killed(number: int, crashed: Sequence[str]) -> Sentence:
    """The sentence about a backend process that killed itself on purpose, in the middle of these submissions."""
    named, code = _named(number, ProcessCode.INSTANCE_KILLED, ProcessCode.CONSUMER_KILLED)
    if len(crashed) == 1:
        return say(code, number=named, submission=crashed[0])
    code = ProcessCode.INSTANCE_KILLED_WITH_OTHERS if named == number else ProcessCode.CONSUMER_KILLED_WITH_OTHERS
    return say(code, number=named, submission=crashed[0], others=len(crashed) - 1)


def _named(number: int, instance: ProcessCode, consumer: ProcessCode) -> tuple[int, ProcessCode]:
    """How a person counts a backend process, and the sentence for its kind: consumers are counted from 1 as well."""
    return (number, instance) if number < FIRST_CONSUMER else (number - FIRST_CONSUMER + 1, consumer)
