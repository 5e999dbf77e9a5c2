"""A submission as a greenlet: it runs the strategy's own handler and stops before each step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from greenlet import getcurrent, greenlet

from backend.explorer.errors import Crashed
from backend.explorer.footprints import NO_TRANSACTION, NOTHING, Footprint, Isolation
from backend.explorer.sql_words import SessionLock, session_lock
from backend.explorer.state import SubmissionState
from backend.instance.problems import FAILED, NOT_APPLICABLE, from_exception
from backend.model.plan import Fault
from backend.model.vocabulary import Answer, EngineKind, FaultKind
from backend.tap.observer import Call, Flow
from backend.tap.on_purpose import error_on_purpose, fault_behind

if TYPE_CHECKING:
    from backend.explorer.connections import Connections
    from backend.explorer.traced_event import TracedEvent
    from backend.model.sentence import Sentence
    from backend.shop.operations import Request
    from backend.strategies.base import Handler
    from backend.tap.observer import Tap


class Submission:
    """One delivery of the intent.

    Args:
        actor: its name in the schedule; see `backend.explorer.execution` for when it changes.
        request: what is submitted.
        handle: the strategy.
        connections: its engines.
        tap: where its steps pass.
        replies: whether the reply is a step of its own.
    """

    def __init__(
        self, actor: str, request: Request, handle: Handler, connections: Connections, tap: Tap, *, replies: bool
    ) -> None:
        self.actor = actor
        self.id = request.submission_id
        self.connections = connections
        self.state = SubmissionState.NEW
        self.pending: Call | None = None
        """The step before which it is parked; None also stands for the reply."""
        self.is_failing = False
        """Whether an exception is on its way through the code that wants this step, as in a ``finally``."""
        self.current: Call | None = None
        """The step that it was granted last."""
        self.answer: Answer | None = None
        self.failure: Sentence | None = None
        """How the strategy itself failed, which is not foreseen."""
        self.step: TracedEvent | None = None
        """How its current step is told."""
        self.commands: list[str] = []
        """What it was granted so far."""
        self.blocked = False
        """Whether the current step was seen waiting for another request."""
        self.at_reply = False
        self.holds_session_lock = False
        """Whether it was granted a lock that no end of a transaction gives back."""
        self.was_hit = False
        """Whether it got an exception instead of a step."""
        self.was_cut = False
        """Whether its connection broke while it was at work."""
        self._is_hit = False
        self.transaction = NO_TRANSACTION
        self.mutexes: set[str] = set()
        self.touches: Footprint = NOTHING
        """Footprint of the current step."""
        self.first_call: Call | None = None
        self.first_mutexes: frozenset[str] = frozenset()
        self.first_isolation = _PLAIN
        """Of the first step."""
        self._request = request
        self._handle = handle
        self._tap = tap
        self._replies = replies
        self._granted = False
        self._hub = getcurrent()
        self._greenlet = greenlet(self._run)

    @property
    def family(self) -> str:
        """The name of the request that it is, or that it is a retry of."""
        return self.actor[0]

    @property
    def is_retry(self) -> bool:
        """Whether an earlier delivery of it has crashed."""
        return len(self.actor) > 1

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for another request."""
        return self.state is SubmissionState.WAITING or self.state is SubmissionState.LINED_UP

    @property
    def has_begun_its_step(self) -> bool:
        """Whether the step that it was granted is under way or done; what a driver says before that locks nothing."""
        return not self._granted

    @property
    def may_hold_session_lock(self) -> bool:
        """Whether it has taken a lock that no end of a transaction gives back."""
        done = [does for command in self.commands if (does := session_lock(command))]
        return bool(done) and done[-1] is SessionLock.TAKEN

    @property
    def wants_retry(self) -> bool:
        """Whether its caller was told of an exception that came on purpose, or of a broken connection."""
        return (self.was_hit or self.was_cut) and self.state is SubmissionState.ENDED and self.answer is Answer.ERROR

    @property
    def is_live(self) -> bool:
        """Whether something of it may still happen."""
        return self.state is not SubmissionState.ENDED and self.state is not SubmissionState.DEAD

    @property
    def progress(self) -> tuple[bool, str, str, str]:
        """Those that got further come first; the rest of the key tells apart those that got on in different ways."""
        answer = self.answer.value if self.answer else ""
        return self.is_waiting, self.state.name, self.pending.command if self.pending else "", answer

    def grant(self) -> None:
        """Let it run its next step. Returns when it is parked again, waits, or has ended."""
        self._granted = True
        self._greenlet.switch()

    def hit(self) -> None:
        """Let it get an exception instead of its next step; it goes on, as from a step, with whatever it does then."""
        self.was_hit = self._is_hit = True
        self.grant()

    def note_session_lock(self, call: Call) -> None:
        """A statement of it has ended, which may have taken such a lock or given it back."""
        match session_lock(call.command):
            case SessionLock.TAKEN:
                self.holds_session_lock |= call.error is None and call.answer not in _REFUSED
            case SessionLock.FREED:
                self.holds_session_lock = False

    def resume(self) -> None:
        """Let it look again whether what it waits for has come."""
        self._greenlet.switch()

    def kill(self) -> None:
        """End it on the spot: nothing of it reaches an engine any more."""
        was_new = self.state is SubmissionState.NEW
        self.state = SubmissionState.DEAD
        if not was_new and not self._greenlet.dead:
            self._greenlet.throw(Crashed)

    def before_step(self, call: Call) -> None:
        """Called in the greenlet, by the tap."""
        if self.state is SubmissionState.DEAD:
            raise Crashed
        if call.command == "ROLLBACK" and call.engine.is_database:
            return
        self.pending, self.is_failing = call, sys.exc_info()[0] is not None
        if not self._granted:
            self._leave(SubmissionState.PARKED)
        self._granted = False
        if self._is_hit:
            self._is_hit, self.pending, self.blocked = False, None, False
            raise error_on_purpose(call.engine, _HIT)
        self.pending, self.current, self.blocked = None, call, False
        self.commands.append(call.command)
        if call.engine is EngineKind.STANDBY and self.connections.replica:
            self.connections.replica.look()
        if self.first_call is None:
            self.first_call, self.first_isolation = call, self.connections.database.isolation()
            self.first_mutexes = frozenset(self.mutexes)

    def leave_waiting(self, state: SubmissionState) -> None:
        """Called in the greenlet: hand control back until it is worth looking again."""
        self._leave(state)

    def _leave(self, state: SubmissionState) -> None:
        self.state = state
        self._hub.switch()
        if self.state is SubmissionState.DEAD:
            raise Crashed

    def _run(self) -> None:
        try:
            with self._tap.flow(Flow(self.id)):
                answer = self._told()
            if self._replies:
                self.at_reply, self.pending = True, None
                if not self._granted:
                    self._leave(SubmissionState.PARKED)
                self._granted = False
                self.current = REPLY
                answer = Answer.ERROR if self._is_hit else answer
            self.answer = answer
            self.state = SubmissionState.ENDED
        except Crashed:
            self.state = SubmissionState.DEAD

    def _told(self) -> Answer:
        try:
            answer = self._handle(self._request, self.connections.services)
        except Exception as error:  # noqa: BLE001  whatever it is, a caller is told something
            if self.state is SubmissionState.DEAD:
                raise Crashed from None  # what its own code, or a driver's, makes of a session that is gone
            problem = from_exception(error)
            self.failure = problem.detail if problem.kind in _FAILURES and fault_behind(error) is None else None
            return problem.answer
        if self.state is SubmissionState.DEAD:
            raise Crashed  # it was caught, and no `except` runs in a process that was killed
        return answer


_PLAIN = Isolation()
_FAILURES = {FAILED, NOT_APPLICABLE}
_HIT = Fault(FaultKind.ERROR)
_REFUSED = ([(False,)], [(0,)], [(None,)])
"""What a server answers who does not grant such a lock."""
REPLY = Call(Flow(""), 0, EngineKind.HTTP, "reply", ())
