"""The event with which a schedule goes wrong, found in what was recorded and answered, not in the strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.question import EventKind
from backend.model.sentence import Code, say
from backend.model.terms import answer_term
from backend.model.vocabulary import Answer, EngineKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.explorer.question import Counterexample, Event
    from backend.model.sentence import Sentence

_WRITES = ("INSERT", "UPDATE", "DELETE")


class MistakeCode(Code):
    """What went wrong with an event, and its mark."""

    SECOND_EFFECT = "mistake.second_effect"
    LEFT_LOCKED = "mistake.left_locked"
    LEFT_BEHIND = "mistake.left_behind"
    DIES_BEFORE = "mistake.dies_before"
    CLAIMS = "mistake.claims"
    FORGOTTEN = "mistake.forgotten"
    REFUSED = "mistake.refused"
    MARK_DUPLICATED = "mistake.mark_duplicated"
    MARK_STUCK = "mistake.mark_stuck"
    MARK_LOST = "mistake.mark_lost"
    MARK_UNDECIDED = "mistake.mark_undecided"


_MARKS = {
    Verdict.DUPLICATED: MistakeCode.MARK_DUPLICATED,
    Verdict.STUCK: MistakeCode.MARK_STUCK,
    Verdict.LOST: MistakeCode.MARK_LOST,
    Verdict.UNDECIDED: MistakeCode.MARK_UNDECIDED,
}


def mistake_mark(verdict: Verdict) -> Sentence | None:
    """What is written at the event, in a few words; None where nothing went wrong."""
    code = _MARKS.get(verdict)
    return say(code) if code else None


def mistake_sentence(example: Counterexample) -> Sentence | None:
    """What went wrong with the event that is marked; None where none is."""
    return find_mistake(example.verdict, example.events)[1] if example.mistake >= 0 else None


def find_mistake(verdict: Verdict, events: Sequence[Event]) -> tuple[int, Sentence | None]:
    """Number of the event, from 0, and a sentence about it; -1 and None where there is none."""
    match verdict:
        case Verdict.DUPLICATED:
            return _second_effect(events)
        case Verdict.STUCK:
            return _left_behind(events)
        case Verdict.LOST:
            return _no_way_back(events)
        case Verdict.UNDECIDED:
            number = max((n for n, event in enumerate(events) if _is_reply(event)), default=-1)
            return number, say(MistakeCode.REFUSED) if number >= 0 else None
        case _:
            return -1, None


def _second_effect(events: Sequence[Event]) -> tuple[int, Sentence | None]:
    for number, event in enumerate(events):
        if event.after and event.after.effects > 1:
            what = event.command.split(" ", 1)[0]
            return number, say(MistakeCode.SECOND_EFFECT, actor=event.actor, command=what)
    return -1, None


def _left_behind(events: Sequence[Event]) -> tuple[int, Sentence | None]:
    """The last crash or answer from which on the key without a lease, or a session's lock, is nobody's to remove."""
    last = events[-1].after if events else None
    stuck = {key.name for key in last.keys if not key.has_lease} if last else set()
    error = next((n for n, event in enumerate(events) if event.kind is EventKind.ERROR), -1)
    if not stuck and error >= 0:
        return error, say(MistakeCode.LEFT_LOCKED, actor=events[error].actor)
    since = next((n for n, e in enumerate(events) if e.after and stuck & {key.name for key in e.after.keys}), -1)
    crash = next((n for n in range(max(since, 0), len(events)) if events[n].kind is EventKind.CRASH), since)
    return crash, say(MistakeCode.LEFT_BEHIND, name=", ".join(sorted(stuck))) if crash >= 0 else None


def _no_way_back(events: Sequence[Event]) -> tuple[int, Sentence | None]:
    """The failover that has lost it, or the last crash if nobody writes to the database after it.

    Else the first answer that claims what is not there.
    """
    forgotten = _last_with_effect(events) + 1
    if 0 < forgotten < len(events) and events[forgotten].kind is EventKind.PROMOTE:
        return forgotten, say(MistakeCode.FORGOTTEN)
    crash = max((n for n, event in enumerate(events) if event.kind is EventKind.CRASH), default=-1)
    if crash >= 0 and not any(event.command.startswith(_WRITES) for event in events[crash + 1 :]):
        return crash, say(MistakeCode.DIES_BEFORE, actor=events[crash].actor)
    for number, event in enumerate(events):
        if _is_reply(event) and Answer(event.answer).claims_done and event.after and not event.after.effects:
            return number, say(MistakeCode.CLAIMS, actor=event.actor, answer=answer_term(Answer(event.answer)))
    return -1, None


def _last_with_effect(events: Sequence[Event]) -> int:
    """Number of the last event after which there was an effect, where there is none in the end; -1 where none was."""
    return max((n for n, event in enumerate(events) if event.after and event.after.effects), default=-1)


def _is_reply(event: Event) -> bool:
    return event.kind is EventKind.ANSWER and event.engine == EngineKind.HTTP
