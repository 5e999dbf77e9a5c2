"""The words of an exploration's reports: the HTML page, the diagram, the lines of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.question import Event, EventKind
from backend.model.sentence import Code, say, words
from backend.model.step_words import answer_sentence
from backend.model.terms import answer_term
from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from backend.explorer.question import KeyState, LockState
    from backend.model.sentence import Sentence


class PageCode(Code):
    """What stands on the page."""

    TITLE = "exploration.title"
    TITLE_OF_SERVICE = "exploration.title_of_service"
    EVERY = "exploration.every"
    EVERY_THAT_DIFFERS = "exploration.every_that_differs"
    NOT_EVERY = "exploration.not_every"
    HEAD = "exploration.head"
    OUTCOMES = "exploration.outcomes"
    VERDICT = "exploration.verdict"
    INTERLEAVINGS = "exploration.interleavings"
    SHARE = "exploration.share"
    WAY = "exploration.way"
    WAY_HEAD = "exploration.way_head"
    THEN = "exploration.then"
    HOLDS = "exploration.holds"
    HOLDS_AND_WAITS = "exploration.holds_and_waits"
    WAITS_FOR = "exploration.waits_for"
    AS_LONG_AS_SESSION = "exploration.as_long_as_session"
    OUTLASTS_SESSIONS = "exploration.outlasts_sessions"
    WITH_LEASE = "exploration.with_lease"
    NO_LEASE = "exploration.no_lease"
    CRASH = "exploration.crash"
    THROWS = "exploration.throws"
    SESSION_ENDS = "exploration.session_ends"
    LEASE_ENDS = "exploration.lease_ends"
    HOLDER_PAUSED = "exploration.holder_paused"
    FAILS_OVER = "exploration.fails_over"
    PROMOTES = "exploration.promotes"
    PROMOTES_LACKING = "exploration.promotes_lacking"
    PROMOTES_UNANSWERED = "exploration.promotes_unanswered"
    IS_TOLD = "exploration.is_told"
    GOES_ON = "exploration.goes_on"
    WAITS = "exploration.waits"
    CALLER = "exploration.caller"
    MUTEX = "exploration.mutex"
    REPLY = "exploration.reply"
    LINES = "exploration.lines"
    KIND_STEP = "exploration.kind_step"
    KIND_CRASH = "exploration.kind_crash"
    KIND_ERROR = "exploration.kind_error"
    KIND_EXPIRE = "exploration.kind_expire"
    KIND_FAILOVER = "exploration.kind_failover"
    KIND_PROMOTE = "exploration.kind_promote"
    KIND_APPLY = "exploration.kind_apply"
    APPLIES = "exploration.applies"
    KIND_ANSWER = "exploration.kind_answer"
    PROCESS = "exploration.process"
    NO_COUNTEREXAMPLE = "exploration.no_counterexample"


MUTEX_COMMAND = "wait for the mutex"
"""The command of a step that only waits for a mutex, as schedules keep it."""
RENEWED_EXPIRY = "PEXPIRE 0, holder paused"
"""The command of an expiry where leases are renewed, as schedules keep it."""
FAILOVER_COMMAND = "failover, last writes lost: {lost}"
"""The command of a failover, as schedules keep it."""
PROMOTION_COMMAND = "promote, last commits lost: {lost}"
"""The command of a failover of the database, as schedules keep it."""
UNANSWERED_COMMAND = "promote, COMMIT without an answer: {actor}"
"""The same, where the standby has a commit whose answer was lost."""
PROCESS = "process"
"""The engine of what happens in the process itself, as schedules keep it."""
_KINDS = {
    EventKind.STEP: PageCode.KIND_STEP,
    EventKind.CRASH: PageCode.KIND_CRASH,
    EventKind.ERROR: PageCode.KIND_ERROR,
    EventKind.EXPIRE: PageCode.KIND_EXPIRE,
    EventKind.FAILOVER: PageCode.KIND_FAILOVER,
    EventKind.PROMOTE: PageCode.KIND_PROMOTE,
    EventKind.APPLY: PageCode.KIND_APPLY,
    EventKind.ANSWER: PageCode.KIND_ANSWER,
}


def kind_term(kind: EventKind) -> Sentence:
    """What sort of event it is, in a word."""
    return say(_KINDS[kind])


def mishap(event: Event) -> Sentence:
    """A crash, an exception, a failover, the end of a lease or a session, or that the standby has got on."""
    if event.kind is EventKind.APPLY:
        return say(PageCode.APPLIES)
    if event.kind is EventKind.CRASH:
        return say(PageCode.CRASH)
    if event.kind is EventKind.ERROR:
        return say(PageCode.THROWS)
    if event.kind is EventKind.FAILOVER:
        return say(PageCode.FAILS_OVER, lost=int(event.command.rpartition(" ")[2]))
    if event.kind is EventKind.PROMOTE:
        return _promotion(event.command)
    if event.command == RENEWED_EXPIRY:
        return say(PageCode.HOLDER_PAUSED)
    return say(PageCode.SESSION_ENDS if event.engine == EngineKind.ZOOKEEPER else PageCode.LEASE_ENDS)


def _promotion(command: str) -> Sentence:
    last = command.rpartition(" ")[2]
    if not last.isdecimal():
        return say(PageCode.PROMOTES_UNANSWERED, actor=last)
    return say(PageCode.PROMOTES_LACKING, lost=int(last)) if int(last) else say(PageCode.PROMOTES)


def command_in(event: Event, language: str) -> str:
    """What was sent, as it was sent; waiting for a mutex is nothing that is sent, and a reply is named."""
    if event.kind is EventKind.ANSWER and event.engine == EngineKind.HTTP:
        return words(say(PageCode.REPLY), language)
    return words(say(PageCode.MUTEX), language) if event.command == MUTEX_COMMAND else event.command


def answer_in(event: Event, language: str) -> str:
    """What a caller was told, in a word; what an engine answered, as it did."""
    if event.kind is EventKind.ANSWER and event.engine == EngineKind.HTTP and event.answer in set(Answer):
        return words(answer_term(Answer(event.answer)), language)
    return words(answer_sentence(event.answer), language) if event.kind is EventKind.STEP else event.answer


def life_of(key: KeyState) -> Sentence:
    """Whether a key, or a node, goes away by itself."""
    if key.engine is EngineKind.ZOOKEEPER:
        return say(PageCode.AS_LONG_AS_SESSION if key.has_lease else PageCode.OUTLASTS_SESSIONS)
    return say(PageCode.WITH_LEASE if key.has_lease else PageCode.NO_LEASE)


def lock_sentence(lock: LockState) -> Sentence:
    """What a request has locked, and for whom it waits."""
    whom = ", ".join(lock.waits_for)
    if lock.holds and lock.waits_for:
        return say(PageCode.HOLDS_AND_WAITS, actor=lock.actor, what=lock.holds, whom=whom)
    if lock.holds:
        return say(PageCode.HOLDS, actor=lock.actor, what=lock.holds)
    return say(PageCode.WAITS_FOR, actor=lock.actor, whom=whom)
