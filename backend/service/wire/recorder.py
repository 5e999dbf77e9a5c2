"""Every step of a service as it passes, given to the submission that it belongs to, and disturbed where that is wanted.

A step belongs to a submission by instance and by time: to the only one that its instance is handling, or to the only
one among them whose key stands in the step. A step that cannot be told apart belongs to nobody, and is counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.observed import Step
from backend.model.vocabulary import FaultKind
from backend.service.wire.matching import meets
from backend.service.wire.unit import Handling
from backend.tap.wording import answer_text, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.plan import Fault
    from backend.model.vocabulary import EngineKind
    from backend.service.wire.hub import Hub
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

UNKNOWN = ""
UNSURE = "?"
"""Stands in a step's submission where only its intent is known, before a number of the connection that it came on."""
"""Whose steps cannot be told apart."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """A submission that an instance has."""

    submission_id: str
    instance: int
    key: str
    """Of its intent."""


class Processes:
    """What faults do to the processes of a service.

    Args:
        kill: SIGKILL to an instance.
        pause: SIGSTOP to an instance, and SIGCONT after so many milliseconds.
    """

    def __init__(self, kill: Callable[[int], None], pause: Callable[[int, int], None]) -> None:
        self.kill = kill
        self.pause = pause


class Recorder:
    """A handler that passes everything on, keeps what it saw, and carries out faults.

    Args:
        processes: for faults that hit them.
        faults: what is to happen at which step; each hits one submission of an intent.
        on_steps: told each step, in the hub's thread.
    """

    def __init__(
        self,
        processes: Processes,
        faults: Sequence[Fault] = (),
        on_steps: Callable[[Sequence[Step]], None] = lambda _steps: None,
    ) -> None:
        self._processes = processes
        self._faults = tuple(faults)
        self._on_steps = on_steps
        self._guard = threading.Lock()
        self._in_flight: dict[str, InFlight] = {}
        self._numbers: Counter[str] = Counter()
        self._arrivals: Counter[tuple[int, str]] = Counter()
        self._under_way: dict[int, tuple[str, int]] = {}
        """For each unit that a server has, by identity: whose it is, and since when."""
        self._connections: dict[tuple[str, Link], int] = {}
        """Numbers of connections, from 1 for each intent."""
        self.steps: dict[str, list[Step]] = {}
        self.struck: set[str] = set()
        """Keys of intents that a fault has hit."""
        self.wanted_tls: EngineKind | None = None
        self._let_in: set[tuple[int, EngineKind]] = set()
        """Instances that have talked to an engine, and so do not insist on TLS."""
        """The engine to which a client insisted on TLS."""
        self.hub: Hub
        self.last_step_ns = 0
        """When something last passed."""
        self.last_ns = 0
        """When something last passed, or a submission began or ended."""

    def began(self, submission: InFlight) -> None:
        """A submission is about to be sent."""
        with self._guard:
            self._in_flight[submission.submission_id] = submission
            self.last_ns = time.monotonic_ns()

    def ended(self, submission_id: str) -> None:
        """A submission is over, and what comes now is not its."""
        with self._guard:
            if self._in_flight.pop(submission_id, None):
                self.last_ns = time.monotonic_ns()

    @property
    def unattributed(self) -> int:
        """Steps of which it is not known what submission they belong to."""
        return sum(
            len(steps) for name, steps in list(self.steps.items()) if not name or UNSURE in name.rpartition(".")[2]
        )

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is open, or an engine has something that it has not answered."""
        return any(
            link.in_transaction or any(not unit.waits for unit in list(link.awaiting)) for link in list(self.hub.links)
        )

    # What the hub tells

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance."""
        self.last_ns = self.last_step_ns = time.monotonic_ns()
        if unit.handling is not Handling.STEP:
            link.send(unit)
            return
        whose = self._whose(link.instance, unit.text)
        name = whose.submission_id if whose else self._name_of_connection(link, unit.text)
        self._under_way[id(unit)] = (name, self.last_ns)
        due = [fault for fault in self._due(link, unit, whose) if fault.before]
        self._carry_out(due, link, lambda: link.send(unit))

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        self._let_in.add((link.instance, link.dialect.engine))
        now = self.last_ns = self.last_step_ns = time.monotonic_ns()
        if unit.handling is not Handling.STEP:
            link.deliver(reply)
            return
        submission, began = self._under_way.pop(id(unit), (UNKNOWN, now))
        is_sql = link.dialect.engine.is_database
        answer = "" if reply.error else answer_text(reply.answer, is_sql=is_sql)
        number = self._numbers[submission]
        self._numbers[submission] += 1
        step = Step(
            submission,
            number,
            link.instance,
            link.dialect.engine,
            shorten(unit.text),
            answer,
            shorten(reply.error),
            began,
            now,
            link.dialect.server_pid,
        )
        self.steps.setdefault(submission, []).append(step)
        self._on_steps([step])
        with self._guard:
            whose = self._in_flight.get(submission)
        due = [fault for fault in self._due(link, unit, whose) if not fault.before]
        self._carry_out(due, link, lambda: link.deliver(reply))

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        for unit in link.awaiting:
            self._under_way.pop(id(unit), None)
        if link.dialect.wants_tls and (link.instance, link.dialect.engine) not in self._let_in:
            self.wanted_tls = link.dialect.engine  # else it was killed in the middle of connecting

    # Faults

    def _due(self, link: Link, unit: Unit, whose: InFlight | None) -> list[Fault]:
        if whose is None:
            return []
        due = []
        for number, fault in enumerate(self._faults):
            if not meets(fault, link.dialect.engine, unit):
                continue
            self._arrivals[number, whose.key] += 1
            nth = 1 if fault.nth is None else fault.nth
            if not nth or self._arrivals[number, whose.key] == nth:
                due.append(fault)
                self.struck.add(whose.key)
        return due

    def _carry_out(self, due: Sequence[Fault], link: Link, go_on: Callable[[], None]) -> None:
        wait_ms = 0
        for fault in due:
            match fault.kind:
                case FaultKind.CRASH:
                    self._processes.kill(link.instance)
                    link.cut()
                    return
                case FaultKind.RESET:
                    link.cut()
                    return
                case FaultKind.PAUSE:
                    self._processes.pause(link.instance, fault.ms)
                case FaultKind.DELAY:
                    wait_ms += fault.ms
                case _:
                    pass
        if wait_ms:
            self.hub.later(wait_ms / 1000, go_on)
        else:
            go_on()

    def _whose(self, instance: int, text: str) -> InFlight | None:
        with self._guard:
            here = [each for each in self._in_flight.values() if each.instance == instance]
        if len(here) == 1:
            return here[0]
        named = [each for each in here if each.key in text]
        return named[0] if len(named) == 1 else None

    def _name_of_connection(self, link: Link, text: str) -> str:
        """A name for what comes on a connection while its instance has several submissions of one intent.

        What is on one connection at one time belongs to one of them, only to which one is not known.
        """
        with self._guard:
            keys = {each.key for each in self._in_flight.values() if each.instance == link.instance}
        if len(keys) > 1:
            keys = {key for key in keys if key in text}
        if len(keys) != 1:
            return UNKNOWN
        key = keys.pop()
        known = sum(of == key for of, _ in self._connections)
        number = self._connections.setdefault((key, link), known + 1)
        return f"{key}.{UNSURE}{number}"
