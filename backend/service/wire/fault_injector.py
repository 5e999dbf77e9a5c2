"""Faults at the steps of a service, carried out on the wire."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.model.vocabulary import FaultKind
from backend.service.wire.failures import FAILURES
from backend.service.wire.matching import meets
from backend.service.wire.unit import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.plan import Fault
    from backend.service.wire.hub import Hub
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Unit

_UNHEARD = frozenset({FaultKind.ERROR, FaultKind.LOST_REPLY})
"""Faults after a step in which nobody hears the real answer."""


class Processes:
    """What faults do to the processes of a service.

    Args:
        kill: SIGKILL to an instance.
        pause: SIGSTOP to an instance, and SIGCONT after so many milliseconds.
    """

    def __init__(self, kill: Callable[[int], None], pause: Callable[[int, int], None]) -> None:
        self.kill = kill
        self.pause = pause


@dataclass(slots=True)
class UnderWay:
    """A step between its arrival and its answer."""

    submission: str
    began_ns: int
    key: str = ""
    """Of its intent; empty where that is not known."""
    faults: tuple[Fault, ...] = ()
    """Those that are due at it."""
    is_refused: bool = False
    """Whether its answer is an error of ours, whatever the server says."""
    is_work: bool = False
    """Whether it is work on an intent beyond doubt."""
    holds: bool = False
    """Whether its connection waits for it."""


class WireFaultInjector:
    """Carries out faults; each hits one submission of an intent, or as its number says. Used in the hub's thread.

    Args:
        processes: for faults that hit them.
        faults: what is to happen at which step.
    """

    def __init__(self, processes: Processes, faults: Sequence[Fault]) -> None:
        self._processes = processes
        self._faults = tuple(faults)
        self._arrivals: Counter[tuple[int, str]] = Counter()
        self._met: set[tuple[int, str]] = set()
        self.paused_until_ns = 0
        """When the last process that was paused goes on."""
        self.struck: dict[Fault, set[str]] = {fault: set() for fault in faults}
        """Keys of intents that each fault has hit."""
        self.spared: set[str] = set()
        """Keys of intents that no fault hits any more."""
        self.hub: Hub

    @property
    def is_armed(self) -> bool:
        """Whether anything may befall a step."""
        return bool(self._faults)

    def due(self, link: Link, unit: Unit, submission: str, key: str) -> tuple[Fault, ...]:
        """Which faults hit this step of a submission."""
        if not self._faults or not key or key in self.spared:
            return ()
        return tuple(
            fault
            for number, fault in enumerate(self._faults)
            if meets(fault, link.dialect.engine, unit) and self._is_its_turn(number, fault, submission, key)
        )

    def _is_its_turn(self, number: int, fault: Fault, submission: str, key: str) -> bool:
        if (number, submission) in self._met:
            return False
        self._met.add((number, submission))
        self._arrivals[number, key] += 1
        nth = 1 if fault.nth is None else fault.nth
        return not nth or self._arrivals[number, key] == nth

    def arrived(self, link: Link, unit: Unit, step: UnderWay) -> None:
        """Carry out what is due before a step, and then pass it on, if it still can be."""
        if not step.faults:
            link.send(unit)
            return
        wait_ms = self._carry_out([fault for fault in step.faults if fault.before], link, step)
        if not wait_ms:
            self._pass_on(link, unit, step)
            return
        link.hold_units()

        def go_on() -> None:
            self._pass_on(link, unit, step)
            if not step.holds:
                link.go_on()

        self.hub.later(wait_ms / 1000, go_on)

    def heard(self, link: Link, unit: Unit, reply: Reply, step: UnderWay) -> Reply | None:
        """What the service is to hear of its engine's answer; None where that is still to come."""
        if not step.faults:
            return reply
        failures = FAILURES[link.dialect.engine]
        errors = [fault for fault in step.faults if fault.kind is FaultKind.ERROR and not fault.before]
        if not (step.is_refused or errors):
            return reply
        self._strike(errors, step)
        more = None if step.is_refused else failures.aftermath(unit, reply)
        step.is_refused = True
        if more is None:
            return replace(reply, data=failures.complaint(unit, reply), answer=None, error=failures.text)
        unit.data = more.data
        link.send(unit)
        return None

    def deliver(self, link: Link, reply: Reply, step: UnderWay) -> None:
        """Carry out what is due after a step, and let the service hear the answer, if it still can."""
        if not step.faults:
            link.deliver(reply)
            return
        wait_ms = self._carry_out([fault for fault in step.faults if not fault.before], link, step)

        def go_on() -> None:
            link.deliver(reply)
            link.go_on_replying()
            if step.holds:
                link.go_on()

        if wait_ms:
            link.hold_replies()
            self.hub.later(wait_ms / 1000, go_on)
        else:
            go_on()

    def _pass_on(self, link: Link, unit: Unit, step: UnderWay) -> None:
        failures = FAILURES[link.dialect.engine]
        after = {fault.kind for fault in step.faults if not fault.before}
        if step.is_refused:
            instead = failures.refusal(unit)
            if instead is None:
                link.answer(unit, Reply(b"", in_transaction=link.in_transaction))
                return
            unit.data, unit.completions = instead.data, instead.completions
        elif FaultKind.ERROR in after:
            changed = failures.failing(unit)
            unit.data, unit.completions = changed.data, changed.completions
            step.holds = True
            link.hold_units()
        unit.is_muted = bool(after & _UNHEARD)
        link.send(unit)

    def _carry_out(self, faults: Sequence[Fault], link: Link, step: UnderWay) -> int:
        """Do it; how many milliseconds to wait then. The connection may be no more."""
        self._strike(faults, step)
        wait_ms = 0
        for fault in faults:
            match fault.kind:
                case FaultKind.CRASH:
                    self._processes.kill(link.instance)
                    link.cut()
                case FaultKind.RESET | FaultKind.LOST_REPLY:
                    link.cut()
                case FaultKind.PAUSE:
                    self._processes.pause(link.instance, fault.ms)
                    self.paused_until_ns = max(self.paused_until_ns, time.monotonic_ns() + fault.ms * 1_000_000)
                case FaultKind.DELAY:
                    wait_ms += fault.ms
                case _:
                    step.is_refused = step.is_refused or fault.before
        return wait_ms

    def _strike(self, faults: Sequence[Fault], step: UnderWay) -> None:
        for fault in faults:
            self.struck[fault].add(step.key)
