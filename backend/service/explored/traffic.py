"""What the instances of one schedule send, and what their engines reply: steps are parked, the rest goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.service.explored.actor import Parked
from backend.service.explored.transactions import Transactions
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.lab.senders.http import Response
    from backend.model.vocabulary import Answer
    from backend.service.explored.actor import Actor
    from backend.service.explored.deployment import Deployment
    from backend.service.explored.listener import Listener
    from backend.service.intents import ServiceIntent
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

_SIDE_BY_SIDE_S = 0.002


class Traffic:
    """Handles all of it for the requests of one intent.

    Args:
        deployment: of the service.
        intent: what is submitted.
        listener: told what happens.
        holds_replies: whether the reply to a caller is a step of its own.
        presumes_silence: whether a request that was answered counts as over at once while others are under way. What
            comes of it all the same is late.
    """

    def __init__(
        self,
        deployment: Deployment,
        intent: ServiceIntent,
        listener: Listener,
        *,
        holds_replies: bool,
        presumes_silence: bool = False,
    ) -> None:
        self._deployment = deployment
        self._intent = intent
        self._listener = listener
        self._holds_replies = holds_replies
        self.presumes_silence = presumes_silence
        self._by_instance: dict[int, Actor] = {}
        self._glued: dict[int, Unit] = {}
        """Units under way that go with a request's step, by their identity."""
        self.transactions = Transactions(deployment.schema)
        self.may_have_freed_locks = False
        """Whether requests that were proven to wait may have been let go since somebody last looked."""
        self.is_late = False
        """Whether a request issued a step after it had counted as over."""

    def let_go(self) -> None:
        """Whoever was proven to wait may go on, or wait for somebody else: all of them since the same moment."""
        self.may_have_freed_locks = True
        self._deployment.locks.circles.let_go()

    def expect(self, one: Actor) -> None:
        """From now on what comes from an instance belongs to this request, unless it was under way already."""
        self._by_instance[one.instance] = one
        for link in self._deployment.hub.links:
            if link.instance == one.instance:
                self._deployment.background.claim(link)

    def grant(self, one: Actor, parked: Parked) -> None:
        """Pass a step on to its engine, or a reply to its caller."""
        if parked.unit is None or parked.link is None:
            if parked.answer is not None:
                self._tell(one, parked.answer)
            return
        if not parked.begins_step:
            self._run(one, parked.link, parked.unit)
            return
        self.transactions.began_step(parked.link)
        one.continues = parked.link
        self._pass(one, parked.link, parked.unit)
        self._release_behind(one, parked.link, lambda behind: behind.goes_behind)
        if (rest := one.take_next(parked.link)) is not None:
            self._run(one, parked.link, rest)

    def deliver(self, one: Actor) -> None:
        """Give a request its reply, and let go what belongs to the step."""
        link, unit, reply = one.held.popleft()
        one.running, one.last_sign = None, time.monotonic()
        self._listener.ended(one, link, unit, reply)
        self._note_reply(link, unit, reply)
        one.is_blocked = False
        had_more = bool(one.parked)
        link.deliver(reply)
        self._release_behind(one, link, lambda parked: parked.goes_behind)
        if had_more:  # it issues steps side by side: wait for those that this reply brings
            self._deployment.stay_quiet(_SIDE_BY_SIDE_S)

    # What the hub tells

    def holds(self, link: Link, unit: Unit) -> bool:
        """Whether a unit that is no step has come behind one that is parked."""
        one = self._by_instance.get(link.instance)
        return one is not None and (one.must_wait(link, unit) or self.transactions.begins_step(link, unit))

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance. One that a request sends which counted as over goes on, and is told."""
        one = self._by_instance.get(link.instance)
        if one is None or one.is_dead:
            link.send(unit)
        elif self._is_background(link, unit):
            if one.must_wait(link, unit):
                one.parked.append(Parked(unit, link, is_background=True))
            else:
                link.send(unit)
        elif not one.is_live or self._deployment.intents.names_another(unit.text, self._intent):
            self.is_late = self.is_late or unit.handling is Handling.STEP or self._breaks_silence(one, link)
            self._deployment.lateness.acted(unit.text)
            link.send(unit)
        else:
            self._note_sign(one, link, unit)
            self._take(one, link, unit)

    def _take(self, one: Actor, link: Link, unit: Unit) -> None:
        if one.continues is link and unit.handling is Handling.STEP:
            self._run(one, link, unit)
        elif self.transactions.begins_step(link, unit):
            one.parked.append(Parked(unit, link, begins_step=True))
        elif unit.handling is not Handling.STEP and not one.must_wait(link, unit):
            self._pass(one, link, unit)
        else:
            one.continues = None
            one.parked.append(Parked(unit, link))

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        one = self._by_instance.get(link.instance)
        if one is not None and one.running is not None and one.running.unit is unit:
            one.held.append((link, unit, reply))
            return
        if self._glued.pop(id(unit), None) is None or one is None:
            self._deployment.background.replied(link, in_transaction=reply.in_transaction)
        elif not one.is_dead:
            self._note_reply(link, unit, reply)
            one.glued -= 1
            self._note_sign(one, link, unit)
            if one.continues is link and reply.error:
                one.continues = None
                self._listener.ended(one, link, unit, reply)
        link.deliver(reply)

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        one = self._by_instance.get(link.instance)
        self.let_go()
        self.transactions.closed(link)
        if one is None or one.is_dead:
            return
        self.is_late = self.is_late or self._breaks_silence(one, link)
        one.glued -= sum(self._glued.pop(id(unit), None) is not None for unit in link.awaiting)
        one.keep_parked(lambda parked: parked.link is not link)
        if one.continues is link:
            one.continues = None
        if one.running is not None and one.running.link is link:
            one.running = None

    def answered(self, instance: int, response: Response | None) -> None:
        """An instance has answered its caller, or hung up."""
        one = self._by_instance.get(instance)
        if one is None or one.is_dead:
            return
        one.has_response, one.continues, one.last_sign = True, None, time.monotonic()
        answer = self._deployment.answer_of(response)
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

    def _breaks_silence(self, one: Actor, link: Link) -> bool:
        """Whether what comes on a connection, or its end, may set something free that a request held which is over."""
        return self.presumes_silence and not one.is_live and link in one.links

    def _is_background(self, link: Link, unit: Unit) -> bool:
        return unit.handling is Handling.STEP and self._deployment.background.takes(link, unit)

    def _run(self, one: Actor, link: Link, unit: Unit) -> None:
        """Have the engine carry out a step."""
        one.running, one.is_blocked, one.continues = Parked(unit, link), False, None
        link.send(unit)
        # such as rows of a COPY, for which the server waits
        self._release_behind(one, link, lambda behind: behind.unit is not None and behind.unit.is_part)

    def _release_behind(self, one: Actor, link: Link, may_go: Callable[[Parked], bool]) -> None:
        for behind in one.take_behind(link, may_go):
            if behind.unit is None:
                continue
            if behind.is_background:
                link.send(behind.unit)
            else:
                self._pass(one, link, behind.unit)

    def _pass(self, one: Actor, link: Link, unit: Unit) -> None:
        if unit.handling is Handling.GLUED:
            one.glued += 1
            self._glued[id(unit)] = unit
        link.send(unit)

    def _tell(self, one: Actor, answer: Answer) -> None:
        one.answer = answer
        self._listener.told(one, answer)

    def _note_reply(self, link: Link, unit: Unit, reply: Reply) -> None:
        if self.transactions.answered(link, unit, reply):
            self.let_go()
