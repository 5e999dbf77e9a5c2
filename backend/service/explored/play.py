"""One schedule of requests to a service, played step by step on its own engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.errors import DivergedError, HarnessError
from backend.explorer.footprints import NOTHING, Footprint, union
from backend.explorer.moment import Moment
from backend.explorer.question import Choice, EventKind, Question
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind
from backend.service.explored.floor import Floor
from backend.service.explored.footprints import redis_footprint
from backend.service.explored.leases import makes_lease
from backend.service.explored.names import Names
from backend.service.says import ServiceCode
from backend.tap.observer import Call, Flow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.model.vocabulary import Answer
    from backend.service.explored.actor import Actor
    from backend.service.explored.rig import Rig
    from backend.service.intents import ServiceIntent
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

MOST_STEPS = 200
"""A request that takes more of them is taken for one that never ends, such as a loop that polls for a lock."""
_START = Footprint(writes=frozenset({"start"}))
_CRASH_BUDGET = Footprint(writes=frozenset({"crash budget"}))
_EXPIRY_BUDGET = Footprint(writes=frozenset({"expiry budget"}))


class ServiceComplaintError(Exception):
    """What an engine complained of, in its own words."""


class ServicePlay:
    """A schedule while it is being played. Make one for each schedule, in the rig's thread.

    Args:
        rig: where.
        question: what is explored.
    """

    def __init__(self, rig: Rig, question: Question) -> None:
        self._rig = rig
        self._symmetric = question.requests > 2
        self._crashes = question.crashes
        self._expiries = question.expiries
        self._lease_keys: set[str] = set()
        self._leased: tuple[str, ...] = ()
        self._spares = list(range(question.requests + 1, question.requests + question.crashes + 1))
        self.first = NOTHING
        """Not needed here: every request is parked before its first step."""
        self.intent: ServiceIntent = rig.intents.fresh()
        self.scene = Names(self.intent)
        self.moments: list[Moment] = []
        self.trace: list[tuple[str, str, Footprint]] = []
        self._floor = Floor(rig, self.intent, self, holds_replies=question.crashes > 0)
        joined = [self._floor.join(chr(ord("A") + n), n + 1) for n in range(question.requests)]
        for one in joined:
            self._floor.settle(one)
        self.seen = [self._look()]
        """What every request was about to do, at first and after each choice: the same on every run."""

    @property
    def actors(self) -> list[Actor]:
        """All requests, by their names."""
        return self._floor.actors

    @property
    def lease_keys(self) -> frozenset[str]:
        """Keys in Redis to which a request may have given a life."""
        return frozenset(self._lease_keys)

    @property
    def answers(self) -> frozenset[Answer]:
        """What the callers were told."""
        return frozenset(one.answer for one in self.actors if one.answer is not None)

    def choices(self) -> tuple[Choice, ...]:
        """What may come next; nothing when the schedule is complete.

        Raises:
            HarnessError: requests wait for each other and nobody can go on.
        """
        live = [one for one in self.actors if one.is_live]
        steps = [Choice(EventKind.STEP, one.actor) for one in live if self._may_step(one)]
        if not steps:
            if live:
                raise HarnessError(say(ServiceCode.ALL_WAIT))
            return ()
        crashes = [Choice(EventKind.CRASH, one.actor) for one in live if self._crashes and _may_crash(one)]
        expiries = [Choice(EventKind.EXPIRE)] if self._expiries and self._leased else []
        return (*steps, *crashes, *expiries)

    def footprint(self, choice: Choice) -> Footprint | None:
        """What the choice would touch."""
        if choice.kind is EventKind.EXPIRE:
            keys = frozenset(f"redis {self.scene.readable(key)}" for key in self._leased)
            return Footprint(writes=keys) | _EXPIRY_BUDGET
        one = self._named(choice.actor)
        if choice.kind is EventKind.CRASH:
            return self._with_waiters(one, self._locks_of(one) | _CRASH_BUDGET)
        parked = one.parked[0]
        if parked.unit is None or parked.link is None:
            return NOTHING
        own = self._of_unit(parked.link, parked.unit)
        if not one.has_begun and self._takes_turn_to_begin(one):
            own = own | _START
        return self._with_waiters(one, own)

    def take(self, choice: Choice) -> None:
        """Do it, and wait until nothing moves any more.

        Raises:
            HarnessError: the explorer has lost control.
        """
        touched = self.footprint(choice) or NOTHING
        told = len(self.moments)
        waited: dict[tuple[str, ...], list[Actor]] = {}
        for one in self.actors:
            if one.is_waiting:
                waited.setdefault(tuple(one.commands), []).append(one)
        match choice.kind:
            case EventKind.EXPIRE:
                self._expire()
            case EventKind.CRASH:
                self._crash(self._named(choice.actor))
            case _:
                self._step(self._named(choice.actor), touched)
        self._name_winners(waited)
        self._order_moments(told)
        family = choice.actor[:1]
        number = sum(earlier == family for earlier, _, _ in self.trace)
        self.trace.append((family, f"{choice.kind} {choice.actor} {number}", touched))
        self.seen.append(self._look())

    def end(self) -> None:
        """Give everything back. A schedule that is not complete is broken off."""
        self._floor.leave()

    # What the floor tells

    def ended(self, one: Actor, link: Link, unit: Unit, reply: Reply) -> None:
        """A step got its answer."""
        if link.dialect.engine is EngineKind.REDIS:
            if makes_lease(unit):
                self._lease_keys.update(unit.keys)
            self._look_for_leases()
        moment = one.moment
        if moment is None or moment.call is None:
            return
        if moment.blocked:
            call = moment.call
            moment = Moment(EventKind.ANSWER, one, Call(call.flow, call.number, call.engine, call.command, ()))
            one.moment = moment
            self.moments.append(moment)
        if moment.call is not None:
            moment.call.answer = reply.answer
            moment.call.error = ServiceComplaintError(reply.error) if reply.error else None

    def told(self, one: Actor, answer: Answer) -> None:
        """A caller heard its answer."""
        self.moments.append(Moment(EventKind.ANSWER, one, answer=answer))

    # Choices

    def _look(self) -> tuple[tuple[str, str], ...]:
        return tuple((one.actor, _next_word(one)) for one in self.actors)

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
            self._floor.grant(one, parked)
            return
        one.steps += 1
        if one.steps > MOST_STEPS:
            raise HarnessError(say(ServiceCode.TOO_MANY_STEPS, steps=MOST_STEPS))
        one.commands.append(parked.unit.commands[-1] if parked.unit.commands else "")
        call = Call(Flow(one.id), one.steps, parked.link.dialect.engine, parked.unit.text, ())
        moment = one.moment = Moment(EventKind.STEP, one, call)
        self.moments.append(moment)
        self._floor.grant(one, parked)
        moment.blocked = one.is_waiting

    def _crash(self, one: Actor) -> None:
        self._crashes -= 1
        self.moments.append(Moment(EventKind.CRASH, one))
        self._floor.cut_off(one)
        self._floor.settle(one)
        self._floor.settle(self._floor.join(one.actor + "'", self._spares.pop(0)))

    def _expire(self) -> None:
        self._expiries -= 1
        if self._rig.engines.own_redis is not None:
            for key in self._leased:
                self._rig.engines.own_redis.pexpire(key, 0)
        self.moments.append(Moment(EventKind.EXPIRE, leases=self._leased))
        self._look_for_leases()

    def _look_for_leases(self) -> None:
        client = self._rig.engines.own_redis
        if self._expiries and client is not None:
            self._leased = tuple(key for key in sorted(self._lease_keys) if int(client.pttl(key)) > 0)

    # What is touched

    def _of_unit(self, link: Link, unit: Unit) -> Footprint:
        if link.dialect.engine is EngineKind.REDIS:
            return redis_footprint(unit, {key: self.scene.readable(key) for key in unit.keys})
        if link.dialect.engine is EngineKind.GATEWAY:
            return Footprint(writes=frozenset({"gateway"}))
        transaction = self._floor.transactions.get(link, self._rig.schema.untouched)
        return self._rig.schema.of(unit, transaction, in_transaction=link.in_transaction)

    def _locks_of(self, one: Actor) -> Footprint:
        transactions = self._floor.transactions
        return union(transactions[link].locks for link in transactions if link.instance == one.instance)

    def _with_waiters(self, one: Actor, own: Footprint) -> Footprint:
        """Add what those touch that may be let go."""
        waiting = [other for other in self.actors if other.is_waiting and other is not one]
        while True:
            let_go = [other for other in waiting if own.conflicts(other.touches)]
            if not let_go:
                return own
            waiting = [other for other in waiting if other not in let_go]
            for other in let_go:
                own = own | other.touches | self._locks_of(other)

    # Names

    def _named(self, actor: str) -> Actor:
        for one in self.actors:
            if one.actor == actor and not one.is_dead:
                return one
        raise DivergedError(say(ServiceCode.DIVERGED))

    def _name_winners(self, waited: Mapping[tuple[str, ...], list[Actor]]) -> None:
        """Of several that wait in the same place the server picks the winner: it gets the first of their names."""
        for group in waited.values():
            names = sorted(one.actor for one in group)
            for one, name in zip(sorted(group, key=_progress), names, strict=True):
                one.actor = name
        self.actors.sort(key=lambda one: one.actor)

    def _order_moments(self, told: int) -> None:
        new = self.moments[told:]
        for moment in new:
            moment.actor = moment.by.actor if moment.by else ""
        first = new[0].by if new else None
        self.moments[told:] = sorted(new, key=lambda moment: (moment.by is not first, moment.actor))


def _next_word(one: Actor) -> str:
    """The first word of the step that it wants to take: what follows may hold values that are new each time."""
    if one.is_dead or not one.parked:
        return ""
    unit = one.parked[0].unit
    return unit.text.split(maxsplit=1)[0].upper() if unit is not None and unit.text.strip() else "reply"


def _may_crash(one: Actor) -> bool:
    return one.has_begun and bool(one.parked) and one.running is None


def _progress(one: Actor) -> tuple[bool, bool, str, str]:
    """Those that got further first; the rest of the key tells apart those that got on in different ways."""
    parked = one.parked[0].unit.text if one.parked and one.parked[0].unit else ""
    return one.is_waiting, not one.has_response, parked, one.answer.value if one.answer else ""
