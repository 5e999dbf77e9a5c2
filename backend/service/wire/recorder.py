"""Every step of a service as it passes, given to the submission that it belongs to, and disturbed where wanted."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from backend.model.observed import Step
from backend.model.submission_ids import number_of
from backend.service.wire.attribution import UNKNOWN, UNSURE, Attribution, is_asked
from backend.service.wire.fault_injector import UnderWay, WireFaultInjector
from backend.service.wire.glue import may_prepare_transaction
from backend.service.wire.unit import Handling, Reply
from backend.tap.wording import answer_text, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.plan import Fault
    from backend.model.vocabulary import EngineKind
    from backend.service.wire.attribution import InFlight
    from backend.service.wire.fault_injector import Processes
    from backend.service.wire.hub import Hub
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Unit

_NO_ANSWER = "the connection ended"


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
        self.injector = WireFaultInjector(processes, faults)
        self._on_steps = on_steps
        self._attribution = Attribution()
        self._numbers: Counter[str] = Counter()
        self._under_way: dict[int, UnderWay] = {}
        """For each step that is not answered, by its unit's identity."""
        self._leases: dict[str, set[str]] = {}
        self.steps: dict[str, list[Step]] = {}
        self.wanted_tls: EngineKind | None = None
        """The engine to which a client insisted on TLS."""
        self._let_in: set[tuple[int, EngineKind]] = set()
        """Instances that have talked to an engine, and so do not insist on TLS."""
        self._hub: Hub
        self.last_step_ns = 0
        """When a step last passed that names an intent."""
        self.last_ns = 0
        """When one last passed, or a submission began or ended."""
        self.has_prepared = False
        """Whether the service has ever prepared a transaction, which then hangs on no connection."""

    @property
    def hub(self) -> Hub:
        """That carries what this records."""
        return self._hub

    @hub.setter
    def hub(self, hub: Hub) -> None:
        self._hub = self.injector.hub = hub

    def disturb(self, faults: Sequence[Fault]) -> None:
        """From now on these faults happen, and no others."""
        self.injector = WireFaultInjector(self._processes, faults)
        self.injector.hub = self._hub

    def began(self, submission: InFlight) -> None:
        """A submission is about to be sent."""
        self._attribution.began(submission)
        self.last_ns = time.monotonic_ns()

    def asks(self, question: InFlight) -> None:
        """We ask the service ourselves."""
        self._attribution.began(question)

    def asked(self, name: str) -> None:
        """It has answered."""
        self._attribution.ended(name)

    def ended(self, submission_id: str) -> None:
        """A submission is over, and what comes now is not its."""
        if self._attribution.ended(submission_id):
            self.last_ns = time.monotonic_ns()

    def noticed(self) -> None:
        """Something has happened that no step tells of."""
        self.last_ns = time.monotonic_ns()

    def leases_of(self, intent: str) -> frozenset[str]:
        """Keys in Redis to which the steps of an intent may have given a life; others' leases are not among them."""
        return frozenset(self._leases.get(intent, ()))

    @property
    def unattributed(self) -> int:
        """Steps of which it is not known what submission they belong to."""
        return sum(len(steps) for name, steps in list(self.steps.items()) if not name or UNSURE in number_of(name))

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is open, an engine has something that it has not answered, or a fault is going on.

        An engine that is at something when the service dies goes on with it, and hangs up behind it.
        """
        return time.monotonic_ns() < self.injector.paused_until_ns or any(
            link.is_leaving
            or link.in_transaction
            or link.is_holding
            or any(not unit.waits for unit in list(link.awaiting))
            for link in list(self.hub.links)
        )

    @property
    def last_event_ns(self) -> int:
        """When a step last passed that names an intent, a submission began or ended, or a process went on."""
        return max(self.last_ns, self.injector.paused_until_ns)

    # What the hub tells

    def holds(self, _link: Link, _unit: Unit) -> bool:
        """Never: what a fault holds up holds up all that comes behind it."""
        return False

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance."""
        if unit.handling is not Handling.STEP:
            link.send(unit)
            return
        now = time.monotonic_ns()
        if link.dialect.engine.is_database and any(map(may_prepare_transaction, unit.commands)):
            self.has_prepared = True
        is_on_its_way = not self.injector.is_armed
        if is_on_its_way:
            link.send(unit)  # the engine works at it while we look whose it is
        whose = self._attribution.whose(link, unit)
        due = () if is_asked(whose.submission) else self.injector.due(link, unit, whose.submission, whose.key)
        step = UnderWay(whose.submission, now, whose.key, due, is_work=whose.is_work)
        self._note_work(step, now)
        if unit.makes_lease and whose.key:
            self._leases.setdefault(whose.key, set()).update(unit.keys)
        self._under_way[id(unit)] = step
        if not is_on_its_way:
            self.injector.arrived(link, unit, step)

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        self._let_in.add((link.instance, link.dialect.engine))
        now = time.monotonic_ns()
        if not reply.in_transaction:
            self._attribution.ended_transaction(link)
        if unit.handling is not Handling.STEP:
            link.deliver(reply)
            return
        under_way = self._under_way.pop(id(unit), None) or UnderWay(UNKNOWN, now)
        heard = self.injector.heard(link, unit, reply, under_way)
        if heard is None:
            self._under_way[id(unit)] = under_way
            return
        self._note_work(under_way, now)
        self._keep(link, unit, heard, under_way)
        self.injector.deliver(link, heard, under_way)

    def _note_work(self, step: UnderWay, now: int) -> None:
        """Heartbeats, and what a question of ours has the service ask, are no signs of work on an intent."""
        if step.is_work:
            self.last_ns = self.last_step_ns = now

    def _keep(self, link: Link, unit: Unit, reply: Reply, under_way: UnderWay) -> None:
        answer = "" if reply.error else answer_text(reply.answer, is_sql=link.dialect.engine.is_database)
        submission = under_way.submission
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
            under_way.began_ns,
            time.monotonic_ns(),
            link.dialect.server_pid,
        )
        self.steps.setdefault(submission, []).append(step)
        self._on_steps([step])

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        self._attribution.closed(link)
        for unit in link.awaiting:
            if (under_way := self._under_way.pop(id(unit), None)) is not None:
                self._keep(link, unit, Reply(b"", error=link.last_words or _NO_ANSWER), under_way)
        if link.dialect.wants_tls and (link.instance, link.dialect.engine) not in self._let_in:
            self.wanted_tls = link.dialect.engine  # else it was killed in the middle of connecting
