"""One schedule, played on the real engines, choice by choice."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from psycopg.errors import DeadlockDetected

from backend.explorer.errors import EndlessError, HarnessError
from backend.explorer.footprints import EVERYTHING, NO_TRANSACTION, NOTHING, Footprint
from backend.explorer.foretelling import Foretelling
from backend.explorer.forgetting import Forgetting
from backend.explorer.limits import PATIENCE_S
from backend.explorer.promotions import END, Promotions
from backend.explorer.question import Choice, EventKind
from backend.explorer.queues import Queues
from backend.explorer.quiescence import Quiescence
from backend.explorer.says import ExplorerCode
from backend.explorer.sql_words import SessionLock, session_lock
from backend.explorer.standby_turns import APPLY, StandbyTurns
from backend.explorer.state import SubmissionState
from backend.explorer.submission import Submission
from backend.explorer.traced_event import TracedEvent
from backend.explorer.turns import order_moments, possible
from backend.model.sentence import say
from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from backend.explorer.observer import Watcher
    from backend.explorer.question import Question
    from backend.explorer.sandbox import Fixture, Sandbox
    from backend.model.sentence import Sentence
    from backend.strategies.base import Variant
    from backend.tap.observer import Call

MOST_STEPS = 150
"""In one request. Ours need a tenth of that."""
_ENDS = frozenset({"COMMIT", "ROLLBACK"})


@lru_cache(1024)
def _name(kind: EventKind, what: int | str, number: int) -> str:
    """Of a choice, within its schedule."""
    return f"{kind} {what} {number}"


class Execution:
    """A schedule while it is being played. Make one for each schedule, in the thread that plays it.

    Args:
        sandbox: where.
        watcher: the observer in the sandbox's tap.
        question: what is explored.
        variant: the strategy.
        first: footprint of the first step of a request, if it is known.
        trusting: whether steps touch what their commands say; else each of them may touch everything.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        watcher: Watcher,
        question: Question,
        variant: Variant,
        first: Footprint | None = None,
        *,
        trusting: bool = True,
    ) -> None:
        self._sandbox = sandbox
        self._watcher = watcher
        self._question = question
        self._variant = variant
        self._crashes, self._errors = question.crashes, question.errors
        self.fixture: Fixture = sandbox.next_fixture(question.operation, variant.needs, question.gateway_keys)
        self._watchdog = sandbox.watch(variant)
        self._forgetting = Forgetting(sandbox, self.fixture, question)
        self._standby = StandbyTurns(sandbox.standby_view)
        self._promotions = Promotions(sandbox, watcher, question)
        self.server_chose = False
        """Whether the server might have refused another request in a deadlock, or let another one go on."""
        self.has_asked_redis = False
        """Whether a command went to the Redis-protocol server."""
        self.submissions: list[Submission] = []
        self._by_actor: dict[str, Submission] = {}
        self._by_id: dict[str, Submission] = {}
        self.events: list[TracedEvent] = []
        self.trace: list[tuple[str, str, Footprint]] = []
        self._queues: Queues[Submission] = Queues(self.events, self.fixture.readable, watcher.overtaken)
        self.touched = NOTHING
        """What the last choice has touched."""
        self._moves: dict[str, int] = {}
        """Choices so far that were each family's."""
        self._foretelling = Foretelling(
            self.submissions,
            self._forgetting,
            self._promotions,
            self.fixture.readable,
            first,
            takes_turns=question.requests > 2,
            trusting=trusting,
        )
        sandbox.mutexes.holders.clear()
        sandbox.mutexes.freed = False
        watcher.find, watcher.failure = self._by_id.__getitem__, None
        watcher.ended.clear()
        self._quiescence = Quiescence(self.submissions, sandbox.mutexes, sandbox.database.held_up, self._moved)
        for number in range(question.requests):
            self._join(chr(ord("A") + number))

    @property
    def first(self) -> Footprint | None:
        """Footprint of the first step of a request, once it is known."""
        return self._foretelling.first

    @property
    def answers(self) -> frozenset[Answer]:
        """What the callers were told."""
        return frozenset(one.answer for one in self.submissions if one.answer is not None)

    @property
    def failures(self) -> frozenset[Sentence]:
        """How the strategy itself failed."""
        return frozenset(one.failure for one in self.submissions if one.failure is not None)

    @property
    def left_locked(self) -> frozenset[str]:
        """The key of the intent, if somebody has left its lock with a session that lives on."""
        left = any(one.state is SubmissionState.ENDED and one.holds_session_lock for one in self.submissions)
        return frozenset({self.fixture.key} if left else ())

    def choices(self) -> tuple[Choice, ...]:
        """What may come next; nothing when the schedule is complete.

        Raises:
            HarnessError: requests wait for each other and nobody can go on.
        """
        able = [one for one in self.submissions if self._may_step(one)]
        live = able or [one for one in self.submissions if one.is_live]
        if not live or (not able and self._wait_for_good(live)):
            if late := self._promotions.choices(self.submissions):
                return (END, *late)
            self._give_up(live)
            return ()
        of_standby = self._standby.choices(able)
        if self._standby.is_applying:
            return of_standby
        mishaps = self._crashes or self._errors
        parked = [one.actor for one in able if one.state is SubmissionState.PARKED] if mishaps else ()
        found = possible(
            [one.actor for one in able],
            parked if self._crashes else (),
            may_expire=self._forgetting.may_expire,
            some_live=bool(live),
            all_wait=ExplorerCode.ALL_WAIT,
            failovers=self._forgetting.failovers,
            errors=parked if self._errors else (),
        )
        found += self._promotions.choices(self.submissions)
        return (*found, APPLY) if of_standby and APPLY in of_standby else found

    def _wait_for_good(self, live: list[Submission]) -> bool:
        """Whether all that is left waits for a lock that somebody has left with a session."""
        return all(one.is_waiting for one in live) and bool(self.left_locked)

    def _give_up(self, callers: list[Submission]) -> None:
        for one in callers:
            if one.answer is None:
                one.answer = Answer.TIMEOUT
                self.events.append(TracedEvent(EventKind.ANSWER, one, answer=Answer.TIMEOUT))

    def footprint(self, choice: Choice) -> Footprint | None:
        """What the choice would touch; None while nobody knows what a request begins with."""
        return self._foretelling.footprint(choice, self._by_actor.get(choice.actor))

    def take(self, choice: Choice) -> None:
        """Do it, and wait until nothing moves any more.

        Raises:
            HarnessError: the explorer has lost control.
            UnforeseenError: the step did more than its footprint says.
            EngineError: an engine is away.
        """
        touched = self.footprint(choice)
        self._sandbox.database.circles.begin_choice()
        told = len(self.events)
        live = sum(one.is_live for one in self.submissions)
        begins = self._by_actor[choice.actor] if touched is None else None
        somebody_waits = self._queues.begin_choice()
        with self._watchdog:
            match choice.kind:
                case EventKind.EXPIRE | EventKind.FAILOVER:
                    renewed = any(one.connections.renews for one in self.submissions if one.is_live)
                    self.events.append(self._forgetting.take(choice, renewed=renewed))
                case EventKind.APPLY:
                    self.events.append(TracedEvent(EventKind.APPLY))
                    self._standby.apply()
                case EventKind.PROMOTE:
                    self._promote(choice)
                case EventKind.END:
                    self._promotions.is_over = True
                case EventKind.CRASH:
                    self._crash(self._by_actor[choice.actor])
                case EventKind.ERROR:
                    self._hit(self._by_actor[choice.actor])
                case _:
                    self._step(self._by_actor[choice.actor], touched)
        if self._watcher.failure is not None:
            raise HarnessError(say(ExplorerCode.ENGINE_GONE_MIDWAY))
        self._foretelling.forget()
        self._standby.is_applying = choice.kind is EventKind.APPLY
        self.server_chose = self._queues.end_choice(self.submissions) or self.server_chose
        if somebody_waits:
            self._by_actor.update({one.actor: one for one in self.submissions})
            self.submissions.sort(key=lambda one: one.actor)
        for one in [one for one in self.submissions if (one.was_hit or one.was_cut) and one.wants_retry]:
            one.was_hit = one.was_cut = False
            self._join(one.actor + "'")
        order_moments(self.events, told)
        touched = self._foretelling.beginning(begins) if begins else touched or NOTHING
        answered = sum(one.is_live for one in self.submissions) < live
        self.touched = self._foretelling.seen(touched, choice, answered=answered)
        family = choice.actor[:1]
        move = self._moves.get(family, 0)
        self._moves[family] = move + 1
        self.trace.append((family, _name(choice.kind, choice.lost or choice.actor, move), self.touched))

    def end(self) -> None:
        """Give everything back. A schedule that is not complete is broken off."""
        unfinished = [one for one in self.submissions if one.is_live and one.state is not SubmissionState.NEW]
        for one in self.submissions:  # whoever waits for what they hold learns of its own end only then
            if one.state is SubmissionState.ENDED and one.may_hold_session_lock:
                self._await_rollback(one.connections.database.drop(holds_lock=True))
                one.connections.renew()
        for pid in [self._kill(one) for one in unfinished]:
            self._await_rollback(pid)
        for one in self.submissions:
            if one.state is not SubmissionState.DEAD:
                self._sandbox.give_back(one.connections)
        for one in unfinished:
            one.connections.renew()
            self._sandbox.give_back(one.connections)
        self._watcher.find = None

    # Choices

    def _may_step(self, one: Submission) -> bool:
        if one.state is not SubmissionState.NEW:
            return one.state is SubmissionState.PARKED
        if not self._foretelling.takes_turn_to_begin(one):
            return True
        return not any(
            o.state is SubmissionState.NEW and o.actor < one.actor for o in self.submissions if not o.is_retry
        )

    def _step(self, one: Submission, touched: Footprint | None) -> None:
        is_first, is_reply = one.state is SubmissionState.NEW, one.at_reply
        if not is_first:
            one.touches = touched or NOTHING
        traced = TracedEvent(EventKind.STEP, one, one.pending)
        if not is_reply:
            self.events.append(traced)
            one.step = traced
        foreseen = len(one.mutexes)
        one.grant()
        if len(one.commands) > MOST_STEPS:
            raise EndlessError(say(ExplorerCode.ENDLESS_STEPS, variant=self._variant.key, steps=MOST_STEPS))
        if is_first:
            one.touches = self._foretelling.learn_first(one)
            traced.call = one.first_call
            foreseen = len(one.first_mutexes)
            self._standby.note_first(one.first_call)
        if one.first_call is not None and (len(one.mutexes) > foreseen or one.state is SubmissionState.LINED_UP):
            self._foretelling.require(EVERYTHING, one)  # after its step it took a mutex, or waits for one
        self._moved(one)
        self._quiescence.settle()
        traced.blocked = one.is_waiting

    def _crash(self, one: Submission) -> None:
        self._crashes -= 1
        self._sandbox.database.expect_crashes()
        self.events.append(TracedEvent(EventKind.CRASH, one))
        self._await_rollback(self._kill(one))
        one.connections.renew()
        self._sandbox.give_back(one.connections)
        self._let_go()
        self._quiescence.settle()
        self._join(one.actor + "'")

    def _hit(self, one: Submission) -> None:
        self._errors -= 1
        one.touches = self.footprint(Choice(EventKind.ERROR, one.actor)) or NOTHING
        one.step = TracedEvent(EventKind.ERROR, one, one.pending)
        self.events.append(one.step)
        one.hit()
        self._moved(one)
        self._quiescence.settle()

    def _promote(self, choice: Choice) -> None:
        one = self._by_actor.get(choice.actor)
        self.events.append(TracedEvent(EventKind.PROMOTE, lost=choice.lost, unanswered=choice.actor))
        self._sandbox.database.expect_crashes()
        others = [each for each in self.submissions if each is not one and each.state is not SubmissionState.DEAD]
        for pid in self._promotions.cut(others):
            self._await_rollback(pid)
        for each in others:
            each.transaction = NO_TRANSACTION
        if one:
            self._promotions.have_commit(one)
            self._step(one, self.footprint(Choice(EventKind.STEP, one.actor)))
        self._promotions.promote(choice, one)
        self._let_go()
        self._quiescence.settle()

    def _kill(self, one: Submission) -> int | None:
        pid = one.connections.database.drop(holds_lock=one.may_hold_session_lock)
        one.kill()
        if one.state is not SubmissionState.DEAD:
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.CRASHED_WENT_ON)))
        self._watcher.ended = [(other, call) for other, call in self._watcher.ended if other is not one]
        return pid

    def _await_rollback(self, pid: int | None) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while pid is not None and not self._sandbox.database.is_gone(pid):
            if time.monotonic() > deadline:
                raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.TRANSACTION_LEFT)))

    def _join(self, actor: str) -> None:
        connections = self._sandbox.take_connections()
        replies = self._question.replies_are_steps
        request = self.fixture.request(actor)
        one = Submission(actor, request, self._variant.run, connections, self._sandbox.tap, replies=replies)
        connections.serve(one)
        self._by_actor[actor] = self._by_id[one.id] = one
        self.submissions.append(one)
        self.submissions.sort(key=lambda other: other.actor)

    # What happened

    def _moved(self, one: Submission) -> None:
        ended, self._watcher.ended = self._watcher.ended, []
        for other, call in ended:
            if isinstance(call.error, DeadlockDetected):
                self._note_deadlock(other)
            self._account(other, call)
        if one.state is SubmissionState.ENDED and one.answer is not None:
            self.events.append(TracedEvent(EventKind.ANSWER, one, answer=one.answer))

    def _account(self, one: Submission, call: Call) -> None:
        if call.engine is EngineKind.REDIS:
            self.has_asked_redis = True
            self._forgetting.note(call)
        elif call.engine is EngineKind.ZOOKEEPER:
            self._sandbox.note_node(self.fixture, call)
            self._forgetting.look()
        elif call.engine is EngineKind.GATEWAY or call.engine is EngineKind.STANDBY:
            pass  # no transaction of ours covers it
        elif call.command in _ENDS:
            self._foretelling.require(one.transaction.locks, one)
            self._standby.note_end(call, one.transaction)
            self._promotions.note(one, call)
            one.transaction = NO_TRANSACTION
            self._let_go()
        else:
            one.note_session_lock(call)
            one.transaction = one.transaction.after(call, everything=one.touches.everything)
            self._promotions.note(one, call)
            if call.server_pid in self._watcher.cut:
                one.transaction = NO_TRANSACTION
            if call.error is not None or session_lock(call.command) is SessionLock.FREED:  # locks may be free by now
                self._let_go()
        if one.step is None:
            return
        if call.command == "ROLLBACK":
            one.step.rolled_back = True
        elif one.step.blocked:
            one.step = TracedEvent(EventKind.ANSWER, one, call)
            self.events.append(one.step)

    def _note_deadlock(self, one: Submission) -> None:
        """Make sure that the request that was refused is refused on every run, unless the server had a choice."""
        chosen = self._sandbox.database.circles.was_choice(one.connections.database.pid)
        self.server_chose = self.server_chose or chosen

    def _let_go(self) -> None:
        """Whoever was proven to wait may go on, or wait for somebody else: all of them since the same moment."""
        self._quiescence.transaction_ended = True
        self._sandbox.database.circles.let_go()
