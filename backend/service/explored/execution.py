"""One schedule of requests to a service, played step by step on its own engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.errors import DivergedError, HarnessError, UnforeseenError
from backend.explorer.footprints import EVERYTHING, EXPIRY, LAST_CHANCE, NOTHING, Footprint, union
from backend.explorer.question import Choice, EventKind, Question
from backend.explorer.queues import Queues
from backend.explorer.traced_event import TracedEvent
from backend.explorer.turns import (
    CRASH_BUDGET,
    EXPIRY_BUDGET,
    START,
    order_moments,
    possible,
    with_waiters,
)
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind
from backend.service.explored.controller import StepController
from backend.service.explored.footprints import key_footprint, redis_footprint
from backend.service.explored.names import Names, skeleton
from backend.service.explored.traffic import Traffic
from backend.service.says import ServiceCode
from backend.tap.observer import Call, Flow

if TYPE_CHECKING:
    from backend.model.vocabulary import Answer
    from backend.service.explored.actor import Actor
    from backend.service.explored.deployment import Deployment
    from backend.service.intents import ServiceIntent
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

_DEADLOCK_DETECTED = "40P01"
"""SQLSTATE."""
MOST_STEPS = 200
"""A request that takes more of them is taken for one that never ends, such as a loop that polls for a lock."""


class ServiceComplaintError(Exception):
    """What an engine complained of, in its own words."""


class ServiceExecution:
    """A schedule while it is being played. Make one for each schedule, in the deployment's thread.

    Args:
        deployment: where.
        question: what is explored.
        trusting: whether steps touch what their commands say; else each of them may touch everything.
        presumes_silence: as of `Traffic`.
    """

    def __init__(
        self, deployment: Deployment, question: Question, *, trusting: bool = True, presumes_silence: bool = False
    ) -> None:
        self._deployment = deployment
        self._trusting = trusting
        self._symmetric = question.requests > 2
        self._crashes = question.crashes
        self._expiries = question.expiries
        self._lease_keys: set[str] = set()
        self._leased: tuple[str, ...] = ()
        self.first = NOTHING
        """Not needed here: every request is parked before its first step."""
        deployment.spares.gather(question.requests + question.crashes)
        self.intent: ServiceIntent = deployment.intents.fresh()
        self.fixture = Names(self.intent)
        self.events: list[TracedEvent] = []
        self.trace: list[tuple[str, str, Footprint]] = []
        self._queues: Queues[Actor] = Queues(self.events, self.fixture.readable, deployment.overtaken, str)
        self.server_chose = False
        """Whether PostgreSQL might have refused another request in a deadlock, or let another one go on."""
        traffic = Traffic(
            deployment,
            self.intent,
            self,
            holds_replies=question.crashes > 0,
            presumes_silence=presumes_silence,
        )
        self._transactions = traffic.transactions
        self._controller = StepController(deployment, self.intent, traffic)
        deployment.locks.begin_schedule()
        try:
            joined = [self._controller.join(chr(ord("A") + n)) for n in range(question.requests)]
            for one in joined:
                self._controller.settle(one)
            self.events.sort(key=lambda told: told.by.actor if told.by else "")  # a service may answer before it acts
            order_moments(self.events, 0)
        except BaseException:
            self._controller.leave()
            raise
        self.seen = [self._look()]
        """What every request was about to do, at first and after each choice: the same on every run."""

    @property
    def actors(self) -> list[Actor]:
        """All requests, by their names."""
        return self._controller.actors

    @property
    def lease_keys(self) -> frozenset[str]:
        """Keys in Redis to which a request may have given a life."""
        return frozenset(self._lease_keys)

    @property
    def has_waited(self) -> bool:
        """Whether a request has waited for another one."""
        return any(traced.blocked for traced in self.events)

    @property
    def answers(self) -> frozenset[Answer]:
        """What the callers were told."""
        return frozenset(one.answer for one in self.actors if one.answer is not None)

    @property
    def touched(self) -> Footprint:
        """What the last choice has touched."""
        return self.trace[-1][2]

    def choices(self) -> tuple[Choice, ...]:
        """What may come next; nothing when the schedule is complete.

        Raises:
            HarnessError: every live request waits for another one.
        """
        live = [one for one in self.actors if one.is_live]
        return possible(
            [one.actor for one in live if self._may_step(one)],
            [one.actor for one in live if self._crashes and _may_crash(one)],
            may_expire=bool(self._expiries and self._leased),
            some_live=bool(live),
            all_wait=ServiceCode.ALL_WAIT,
        )

    def footprint(self, choice: Choice) -> Footprint | None:
        """What the choice would touch."""
        if not self._trusting:
            return EVERYTHING
        if choice.kind is EventKind.EXPIRE:
            keys = [self.fixture.readable(key) for key in self._leased]
            return union(map(key_footprint, keys)) | EXPIRY | EXPIRY_BUDGET
        one = self._named(choice.actor)
        if choice.kind is EventKind.CRASH:
            return self._with_waiters(one, self._locks_of(one) | CRASH_BUDGET)
        parked = one.parked[0]
        if parked.unit is None or parked.link is None:
            return LAST_CHANCE if self._expiries else NOTHING
        own = self._of_unit(parked.link, parked.unit)
        if not one.has_begun and self._takes_turn_to_begin(one):
            own = own | START
        return self._with_waiters(one, own)

    def take(self, choice: Choice) -> None:
        """Do it, and wait until nothing moves any more.

        Raises:
            HarnessError: as for `StepController.settle`, or the request has taken more than `MOST_STEPS` steps.
            DivergedError: no request of this name can take a step.
            UnforeseenError: a request was let go that waits for nothing the step touches.
            PlayAgainError: another request was refused or let go than usually is.
        """
        touched = self.footprint(choice) or NOTHING
        self._deployment.locks.circles.begin_choice()
        told = len(self.events)
        waited = [one for one in self.actors if one.is_waiting]
        self._queues.begin_choice()
        match choice.kind:
            case EventKind.EXPIRE:
                self._expire()
            case EventKind.CRASH:
                self._crash(self._named(choice.actor))
            case _:
                self._step(self._named(choice.actor), touched)
        self._require_foreseen(touched, choice, waited)
        self.server_chose = self._queues.end_choice(self.actors) or self.server_chose
        self.actors.sort(key=lambda one: one.actor)
        order_moments(self.events, told)
        family = choice.actor[:1]
        number = sum(earlier == family for earlier, _, _ in self.trace)
        self.trace.append((family, f"{choice.kind} {choice.actor} {number}", touched))
        self.seen.append(self._look())

    def end(self) -> None:
        """Give everything back. A schedule that is not complete is broken off."""
        self._controller.leave()

    # What the controller tells

    def ended(self, one: Actor, link: Link, unit: Unit, reply: Reply) -> None:
        """A step got its answer."""
        self._check_deadlock(link, reply)
        if link.dialect.engine is EngineKind.REDIS:
            if unit.makes_lease:
                self._lease_keys.update(unit.keys)
            self._look_for_leases()
        traced = one.traced
        if traced is None or traced.call is None:
            return
        if traced.blocked:
            call = traced.call
            traced = TracedEvent(EventKind.ANSWER, one, Call(call.flow, call.number, call.engine, call.command, ()))
            one.traced = traced
            self.events.append(traced)
        if traced.call is not None:
            if unit.text:
                traced.call.command = unit.text
            traced.call.answer = reply.answer
            traced.call.error = ServiceComplaintError(reply.error) if reply.error else None

    def told(self, one: Actor, answer: Answer) -> None:
        """A caller heard its answer."""
        self.events.append(TracedEvent(EventKind.ANSWER, one, answer=answer))

    def _check_deadlock(self, link: Link, reply: Reply) -> None:
        """Make sure that the request that was refused is refused on every run, unless the server had a choice."""
        if link.dialect.engine is EngineKind.POSTGRESQL and reply.error.startswith(_DEADLOCK_DETECTED):
            chosen = self._deployment.locks.circles.was_choice(link.dialect.server_pid)
            self.server_chose = self.server_chose or chosen

    # Choices

    def _look(self) -> tuple[tuple[str, str], ...]:
        return tuple((one.actor, _next_step(one)) for one in self.actors)

    def _may_step(self, one: Actor) -> bool:
        if not one.parked or one.running is not None:
            return False
        if not one.has_begun and self._takes_turn_to_begin(one):
            return not any(not o.has_begun and o.parked and o.actor < one.actor for o in self.actors if not o.is_retry)
        return True

    def _takes_turn_to_begin(self, one: Actor) -> bool:
        return self._symmetric and not one.is_retry

    def _step(self, one: Actor, touched: Footprint) -> None:
        parked = one.parked.popleft()
        one.touches, one.has_begun = touched, True
        if parked.unit is None or parked.link is None:
            self._controller.grant(one, parked)
            return
        one.steps += 1
        if one.steps > MOST_STEPS:
            raise HarnessError(say(ServiceCode.TOO_MANY_STEPS, steps=MOST_STEPS))
        one.commands.append(parked.unit.known_by)
        call = Call(Flow(one.id), one.steps, parked.link.dialect.engine, parked.unit.text or parked.unit.known_by, ())
        traced = one.traced = TracedEvent(EventKind.STEP, one, call)
        self.events.append(traced)
        self._controller.grant(one, parked)
        traced.blocked = one.is_waiting

    def _crash(self, one: Actor) -> None:
        """Whoever has heard an answer does not ask again, though the service was still at work on it."""
        self._crashes -= 1
        self.events.append(TracedEvent(EventKind.CRASH, one))
        self._controller.cut_off(one)
        self._controller.settle(one)
        if one.answer is None:
            self._controller.settle(self._controller.join(one.actor + "'"))

    def _expire(self) -> None:
        self._expiries -= 1
        if self._deployment.engines.own_redis is not None:
            for key in self._leased:
                self._deployment.engines.own_redis.pexpire(key, 0)
        self.events.append(TracedEvent(EventKind.EXPIRE, leases=self._leased))
        self._look_for_leases()

    def _look_for_leases(self) -> None:
        client = self._deployment.engines.own_redis
        if self._expiries and client is not None:
            self._leased = tuple(key for key in sorted(self._lease_keys) if int(client.pttl(key)) > 0)

    # What is touched

    def _require_foreseen(self, touched: Footprint, choice: Choice, waited: list[Actor]) -> None:
        """Make sure that only those were let go of whom that was foretold.

        Raises:
            UnforeseenError: a request was let go that waits for nothing that was to be touched.
        """
        let_go = [one for one in waited if one.actor != choice.actor and not one.is_dead and not one.is_waiting]
        if not all(touched.conflicts(one.touches) for one in let_go):
            raise UnforeseenError(say(ServiceCode.DIVERGED))

    def _of_unit(self, link: Link, unit: Unit) -> Footprint:
        if link.dialect.engine is EngineKind.REDIS:
            return redis_footprint(unit, {key: self.fixture.readable(key) for key in unit.keys})
        if link.dialect.engine is EngineKind.GATEWAY:
            return Footprint(writes=frozenset({"gateway"}))
        return self._transactions.footprint(link, unit)

    def _locks_of(self, one: Actor) -> Footprint:
        return self._transactions.locks_of(one.instance)

    def _with_waiters(self, one: Actor, own: Footprint) -> Footprint:
        return with_waiters(own, self.actors, self._locks_of, one)

    # Names

    def _named(self, actor: str) -> Actor:
        for one in self.actors:
            if one.actor == actor and not one.is_dead:
                return one
        raise DivergedError(say(ServiceCode.DIVERGED))


def _next_step(one: Actor) -> str:
    """The step that it wants to take, without values that may be new each time."""
    if one.is_dead or not one.parked:
        return ""
    unit = one.parked[0].unit
    return "reply" if unit is None else skeleton(unit)


def _may_crash(one: Actor) -> bool:
    return one.has_begun and bool(one.parked) and one.running is None
