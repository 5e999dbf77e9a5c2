"""The requests of one schedule between the service and its engines: who is parked, who waits, who is over.

It decides nothing: it holds every step until somebody grants it, and brings all requests to a point where none of them
moves by itself. A statement without an answer waits for another request only if the server says so.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.explorer.errors import HarnessError
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.service.explored.actor import Actor, Parked
from backend.service.explored.blocked import prove_blocked
from backend.service.explored.footprints import Transaction
from backend.service.explored.rig import ANSWER_S
from backend.service.says import ServiceCode
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from backend.lab.senders.http import Response
    from backend.model.vocabulary import Answer
    from backend.service.explored.rig import Rig
    from backend.service.explored.teller import Teller
    from backend.service.intents import ServiceIntent
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

_SILENCE_S = 0.0004
"""A statement that takes longer may wait for another request."""
_MOST_SILENCE_S = 0.02
"""After so long the server is asked again, where it named nobody at first."""
_LONG_SILENCE_S = 0.002
_LOOK_S = 0.25


class LateStepError(EngineError):
    """A request issued a step after it had counted as over: it must be waited for longer."""


class Floor:
    """Requests to the instances of a rig, for one intent. It directs the rig until `leave`.

    Args:
        rig: where.
        intent: what all of them ask for.
        teller: keeps what happened.
        holds_replies: whether the reply to a caller is a step of its own.
    """

    def __init__(self, rig: Rig, intent: ServiceIntent, teller: Teller, *, holds_replies: bool) -> None:
        self._rig = rig
        self._intent = intent
        self._teller = teller
        self._holds_replies = holds_replies
        self._by_instance: dict[int, Actor] = {}
        self._ended_transaction = False
        """Whether requests that were proven to wait may have been let go."""
        self._glued: dict[int, Unit] = {}
        """Units under way that go with a request's step, by their identity."""
        self._is_late = False
        """Whether a request issued a step after it had counted as over."""
        self.transactions: dict[Link, Transaction] = {}
        self.actors: list[Actor] = []
        rig.director = self

    def join(self, actor: str) -> Actor:
        """Submit the intent to an instance that nobody uses; the request stops before its first step."""
        instance = self._rig.spares.take()
        one = Actor(actor, instance)
        self.actors.append(one)
        self.actors.sort(key=lambda other: other.actor)
        self._by_instance[instance] = one
        for link in self._rig.hub.links:
            if link.instance == instance:
                self._rig.background.claim(link)
        self._rig.submit(instance, self._intent, len(self.actors))
        return one

    def leave(self) -> None:
        """Cut off whatever is still under way, and give the instances back."""
        for one in [one for one in self.actors if one.is_live]:
            self.cut_off(one)
        self._rig.director = None
        for one in self.actors:
            if not one.is_dead:
                self._rig.spares.give_back(one.instance)

    def grant(self, one: Actor, parked: Parked) -> None:
        """Let a step run. Returns when nothing moves any more.

        Raises:
            HarnessError: something takes too long, and waits for none of the requests.
        """
        if parked.unit is None or parked.link is None:
            if parked.answer is not None:
                self._tell(one, parked.answer)
        else:
            one.running, one.is_blocked = parked, False
            parked.link.send(parked.unit)
            for part in one.take_behind(parked.link, lambda behind: behind.unit is not None and behind.unit.is_part):
                self._release(
                    one, parked.link, part
                )  # such as the rows of a COPY, without which its answer never comes
        self.settle(one)

    def cut_off(self, one: Actor) -> None:
        """From now on nothing of this instance reaches the outside; return when its transactions are rolled back.

        Raises:
            HarnessError: the server keeps one of them.
        """
        links = [link for link in self._rig.hub.links if link.instance == one.instance]
        pids = [link.dialect.server_pid for link in links if link.dialect.engine.is_database]
        one.is_dead, one.running = True, None
        one.parked.clear()
        one.held.clear()
        self._rig.spares.cut_off(one.instance)
        self._ended_transaction = True
        deadline = time.monotonic() + ANSWER_S
        for pid in filter(None, pids):
            while not self._rig.locks.is_gone(pid):
                self._require_time(deadline, ServiceCode.SLOW_STATEMENT)
                self._rig.hub.poll(_SILENCE_S)

    def settle(self, mover: Actor) -> None:
        """Return when every request is parked, over, or proven to wait. One request moves at a time.

        Raises:
            HarnessError: one takes too long, and waits for none of the others.
        """
        deadline = time.monotonic() + ANSWER_S
        silence = _SILENCE_S
        while True:
            self._run_to_rest(mover, deadline)
            if self._ended_transaction:
                self._ended_transaction = False
                for one in self.actors:
                    one.is_blocked = False
            woken = next((one for one in self.actors if one.held), None)
            if woken is not None:
                mover = woken
                continue
            doubtful = [one for one in self.actors if one.is_waiting and not one.is_blocked]
            if not doubtful:
                return
            if not self._rig.hub.poll(silence):
                self._prove_blocked()
                silence = min(2 * silence, _MOST_SILENCE_S)
            self._require_time(deadline, ServiceCode.SLOW_STATEMENT)

    def require_no_late_step(self) -> None:
        """See whether all that came belongs to a request that was under way.

        Raises:
            LateStepError: a request issued a step after it had counted as over.
        """
        if self._is_late:
            raise LateStepError(say(ServiceCode.LATE_STEPS, ms=round(self._rig.quiet_s * 1000)))

    # What the rig tells

    def holds(self, link: Link, unit: Unit) -> bool:
        """Whether a unit that is no step has come behind one that is parked."""
        one = self._by_instance.get(link.instance)
        return one is not None and one.must_wait(link, unit)

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance. One that a request sends which counted as over goes on, and is told."""
        one = self._by_instance.get(link.instance)
        if one is None or one.is_dead:
            self._let_by(link, unit)
        elif self._is_background(link, unit):
            if one.must_wait(link, unit):
                one.parked.append(Parked(unit, link, is_background=True))
            else:
                self._let_by(link, unit)
        elif not one.is_live or self._rig.intents.names_another(unit.text, self._intent):
            self._is_late = self._is_late or unit.handling is Handling.STEP
            self._rig.lateness.acted(unit.text)
            self._let_by(link, unit)
        else:
            self._note_sign(one, link, unit)
            if unit.handling is not Handling.STEP and not one.must_wait(link, unit):
                self._pass(one, link, unit)
            else:
                one.parked.append(Parked(unit, link))

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        one = self._by_instance.get(link.instance)
        if one is not None and one.running is not None and one.running.unit is unit:
            one.held.append((link, unit, reply))
            return
        if self._glued.pop(id(unit), None) is None or one is None:
            self._rig.background.replied(link, in_transaction=reply.in_transaction)
        elif not one.is_dead:
            self._note_transaction(link, unit, reply)
            one.glued -= 1
            self._note_sign(one, link, unit)
        link.deliver(reply)

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        one = self._by_instance.get(link.instance)
        self._ended_transaction = True
        self.transactions.pop(link, None)
        if one is None or one.is_dead:
            return
        one.glued -= sum(self._glued.pop(id(unit), None) is not None for unit in link.awaiting)
        one.keep_parked(lambda parked: parked.link is not link)
        if one.running is not None and one.running.link is link:
            one.running = None

    def answered(self, instance: int, response: Response | None) -> None:
        """An instance has answered its caller, or hung up."""
        one = self._by_instance.get(instance)
        if one is None or one.is_dead:
            return
        one.has_response, one.last_sign = True, time.monotonic()
        answer = self._rig.answer_of(response)
        if self._holds_replies:
            one.parked.append(Parked(answer=answer))
        else:
            self._tell(one, answer)

    def _note_sign(self, one: Actor, link: Link, unit: Unit) -> None:
        """A request is not quiet; what is glued to no step of its own may not come from it."""
        if unit.handling is Handling.STEP:
            one.links.add(link)
        if link in one.links or not one.has_response:
            one.is_quiet, one.last_sign = False, time.monotonic()

    def _is_background(self, link: Link, unit: Unit) -> bool:
        return unit.handling is Handling.STEP and self._rig.background.takes(link, unit)

    def _let_by(self, link: Link, unit: Unit) -> None:
        link.send(unit)

    # Until nothing moves

    def _run_to_rest(self, one: Actor, deadline: float) -> None:
        silence = _SILENCE_S
        while not one.is_at_rest:
            if one.held:
                self._deliver(one)
                continue
            if one.is_over:
                left = one.last_sign + self._rig.quiet_s - time.monotonic()
                one.is_quiet = not self._rig.hub.poll(max(0.0, left)) and left <= 0
                continue
            if not self._rig.hub.poll(silence if one.running is not None else _LOOK_S) and one.running is not None:
                self._prove_blocked()
                silence = min(2 * silence, _MOST_SILENCE_S)
            self._require_time(deadline, ServiceCode.NEVER_ANSWERED)

    def _deliver(self, one: Actor) -> None:
        """Give a request its reply, and let go what belongs to the step."""
        link, unit, reply = one.held.popleft()
        one.running, one.last_sign = None, time.monotonic()
        self._note_transaction(link, unit, reply)
        self._teller.ended(one, link, unit, reply)
        one.is_blocked = False
        had_more = bool(one.parked)
        link.deliver(reply)
        for behind in one.take_behind(link, lambda parked: parked.goes_behind):
            self._release(one, link, behind)
        if had_more:
            self._rig.stay_quiet(_LONG_SILENCE_S)  # it issues steps side by side: wait for those that this one brings

    def _release(self, one: Actor, link: Link, behind: Parked) -> None:
        if behind.unit is not None:
            if behind.is_background:
                self._let_by(link, behind.unit)
            else:
                self._pass(one, link, behind.unit)

    def _pass(self, one: Actor, link: Link, unit: Unit) -> None:
        if unit.handling is Handling.GLUED:
            one.glued += 1
            self._glued[id(unit)] = unit
        link.send(unit)

    def _prove_blocked(self) -> None:
        prove_blocked([one for one in self.actors if not one.is_dead], self._rig.hub.links, self._rig.locks)

    def transaction(self, link: Link) -> Transaction:
        """What is known of the transaction of a connection."""
        return self.transactions.get(link) or self._rig.schema.beginning(link.dialect.settings)

    def _tell(self, one: Actor, answer: Answer) -> None:
        one.answer = answer
        self._teller.told(one, answer)

    def _note_transaction(self, link: Link, unit: Unit, reply: Reply) -> None:
        if not link.dialect.engine.is_database:
            return
        before = self.transaction(link)
        self.transactions[link] = self._rig.schema.after(unit, before, in_transaction=reply.in_transaction)
        if not reply.in_transaction or reply.error or self._rig.schema.may_free_locks(unit):
            self._ended_transaction = True

    def _require_time(self, deadline: float, code: ServiceCode) -> None:
        self.require_no_late_step()
        if time.monotonic() > deadline:
            raise HarnessError(say(code, seconds=ANSWER_S, output=""))
