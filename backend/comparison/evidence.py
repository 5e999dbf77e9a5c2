"""Whether a situation came about: read from the trace and from what callers and queue saw, never from the plan.

A run that was set up for a situation may miss it: a retry comes late on a busy machine, a lease outlives the work. What
such a run ends in says nothing about the situation, however good it looks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from backend.comparison.records import Proof
from backend.explorer.redis_keys import only_reads
from backend.model.observed import Reply, Step
from backend.model.vocabulary import EngineKind
from backend.tap.processing import PROCESSING

_CRASH, _REPLY = "crash", "reply"
_DELIVERED = re.compile(r"times_delivered'?: (\d+)")
"""In the answer to XPENDING with which each delivery begins (Redis documentation: the fourth element)."""

_GRANTS = {"SET": "OK", "DEL": "1"}
"""What Redis answers to the one who gets a lock, or uses up a token."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission, as its caller and the trace tell of it."""

    reply: Reply
    steps: tuple[Step, ...]

    @property
    def work(self) -> tuple[Step, ...]:
        """Its steps, the reply left out."""
        return tuple(step for step in self.steps if not _is_mark(step, _REPLY))

    @property
    def begin_ns(self) -> int:
        """When its first step began."""
        return min(step.started_ns for step in self.work)

    @property
    def end_ns(self) -> int:
        """When its last step before the reply ended."""
        return max(step.ended_ns for step in self.work)

    @property
    def processing(self) -> Step | None:
        """The time that it worked, after its claim and before its effect."""
        return next((step for step in self.steps if _is_mark(step, PROCESSING)), None)

    @property
    def crash(self) -> Step | None:
        """The mark that its process left when it died."""
        return next((step for step in self.steps if _is_mark(step, _CRASH)), None)

    @property
    def times_delivered(self) -> int:
        """How often the queue says that it has delivered the message by now; 0 where there is no queue."""
        counts = (found for step in self.steps if (found := _DELIVERED.search(step.answer)))
        return max((int(found[1]) for found in counts), default=0)


def attempts_of(replies: Iterable[Reply], steps_of: Callable[[str], tuple[Step, ...]]) -> dict[str, list[Attempt]]:
    """What happened to each intent, by its key, in the order in which its submissions were sent."""
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    for reply in sorted(replies, key=lambda reply: reply.sent_ns):
        found[reply.intent_key].append(Attempt(reply, steps_of(reply.submission_id)))
    return dict(found)


def proven(proof: Proof, intents: Mapping[str, Sequence[Attempt]], promoted_ns: int = 0) -> int:
    """For how many intents the proof is there.

    Args:
        proof: what must be seen.
        intents: what happened to each.
        promoted_ns: when a standby of the database began to take over; 0 if none did.
    """
    if proof is Proof.TOOK_OVER:
        return sum(_was_left_behind(attempts, promoted_ns) for attempts in intents.values())
    return sum(_PROOFS[proof](attempts) for attempts in intents.values())


def had_time(proof: Proof, intents: Mapping[str, Sequence[Attempt]], lease_ms: int) -> bool:
    """Whether all that had to come about did, at the right time: what was not proved would not be with more time."""
    if proof is Proof.FAILED_OVER:
        return all(map(_met_the_promoted, intents.values()))
    if proof is Proof.LEASE_RAN_OUT:
        return all(_came_after_the_lease(attempts, lease_ms) for attempts in intents.values())
    return False


def engines_of(intents: Mapping[str, Sequence[Attempt]]) -> set[EngineKind]:
    """The engines that submissions came to."""
    return {step.engine for attempts in intents.values() for each in attempts for step in each.steps}


def writes_before_work(intents: Mapping[str, Sequence[Attempt]]) -> bool:
    """Whether a submission has written to Redis before its work: what it holds there may be forgotten."""
    return any(_claims(each) for attempts in intents.values() for each in _by_begin(attempts))


def _claims(attempt: Attempt) -> bool:
    begin_ns = attempt.processing.started_ns if attempt.processing else attempt.end_ns
    asked = (step for step in attempt.work if step.engine is EngineKind.REDIS and step.ended_ns <= begin_ns)
    return any(not only_reads(step.command.partition(" ")[0]) for step in asked)


def _overlapped(attempts: Sequence[Attempt]) -> bool:
    if any(each.reply.held_back for each in attempts):
        return True
    worked = [each for each in attempts if each.work]
    return any(a.begin_ns < b.end_ns and b.begin_ns < a.end_ns for a, b in combinations(worked, 2))


def _came_after_the_answer(attempts: Sequence[Attempt]) -> bool:
    """Also where the client held the later one back: that is its protection at work."""
    replies = [each.reply for each in attempts]
    return any(before.status and before.received_ns <= after.sent_ns for before in replies for after in replies)


def _came_in_mid_processing(attempts: Sequence[Attempt]) -> bool:
    worked = [each for each in attempts if each.work]
    return any(worked[0].begin_ns < each.begin_ns < worked[0].end_ns for each in worked[1:])


def _lease_ran_out(attempts: Sequence[Attempt]) -> bool:
    """Both work at a time, each after a claim that only one can hold: an engine has let the second one in."""
    spans = sorted((work.started_ns, work.ended_ns) for each in attempts if (work := each.processing))
    return any(second < end for (_, end), (second, _) in pairwise(spans))


def _was_redelivered(attempts: Sequence[Attempt]) -> bool:
    done = any(each.crash and _did_its_work(each) for each in attempts)
    return done and any(each.times_delivered > 1 for each in attempts)


def _did_its_work(attempt: Attempt) -> bool:
    """Whether the process died when a COMMIT, or a call outside, was behind it."""
    done = [step for step in attempt.steps if not step.error and (step.command == "COMMIT" or _is_call(step))]
    return attempt.crash is not None and any(step.ended_ns <= attempt.crash.started_ns for step in done)


def _crashed_and_came_again(attempts: Sequence[Attempt]) -> bool:
    died = [each.crash.ended_ns for each in attempts if each.crash]
    return bool(died) and any(each.work and each.begin_ns >= min(died) for each in attempts)


def _failed_over(attempts: Sequence[Attempt]) -> bool:
    """Two were told the same good news about a key, the second one while the first had yet to end its work."""
    worked = _by_begin(attempts)
    return any(
        news in _good_news(second) and _good_news(second)[news] < first.end_ns
        for first, second in combinations(worked, 2)
        for news, told_ns in _good_news(first).items()
        if told_ns < first.end_ns
    )


def _by_begin(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Those that worked, the first one first."""
    return sorted((each for each in attempts if each.work), key=lambda each: each.begin_ns)


def _met_the_promoted(attempts: Sequence[Attempt]) -> bool:
    """Somebody found Redis dead, and somebody after that found it alive, while the first one was still at work."""
    worked = _by_begin(attempts)
    if not worked:
        return False
    first, *others = worked
    asked = [step for each in others for step in each.work if step.engine is EngineKind.REDIS]
    in_time = [step for step in asked if step.ended_ns < first.end_ns]
    died_ns = min((step.started_ns for step in in_time if step.error), default=None)
    return died_ns is not None and any(step.started_ns > died_ns for step in in_time if not step.error)


def _came_after_the_lease(attempts: Sequence[Attempt], lease_ms: int) -> bool:
    """Somebody came when what the first one had claimed before its work must have run out, unless it was renewed."""
    worked = _by_begin(attempts)
    if not worked or worked[0].processing is None:
        return False
    work = worked[0].processing
    due_ns = work.started_ns + lease_ms * 1_000_000
    return any(due_ns < each.begin_ns < work.ended_ns for each in worked[1:])


def _was_left_behind(attempts: Sequence[Attempt], promoted_ns: int) -> bool:
    """Somebody had begun to commit on the primary that was killed then."""
    commits = (step for each in attempts for step in each.work if step.command == "COMMIT" and step.engine.is_database)
    return any(step.started_ns < promoted_ns for step in commits)


def _good_news(attempt: Attempt) -> Mapping[tuple[str, str], int]:
    """What Redis has granted, by command and key, with when: a key set that was not there, or taken that was."""
    found = {}
    for step in attempt.work:
        words = step.command.split(" ", 2)
        granted = words[0] in _GRANTS and step.answer == _GRANTS[words[0]] and not step.error
        if step.engine is EngineKind.REDIS and granted and len(words) > 1:
            found[words[0], words[1]] = step.ended_ns
    return found


def _is_mark(step: Step, word: str) -> bool:
    return step.engine is EngineKind.HTTP and step.command.startswith(word)


def _is_call(step: Step) -> bool:
    return step.engine is EngineKind.GATEWAY


_PROOFS: Mapping[Proof, Callable[[Sequence[Attempt]], bool]] = {
    Proof.OVERLAP: _overlapped,
    Proof.AFTER_ANSWER: _came_after_the_answer,
    Proof.IN_PROCESSING: _came_in_mid_processing,
    Proof.LEASE_RAN_OUT: _lease_ran_out,
    Proof.REDELIVERED: _was_redelivered,
    Proof.CRASHED: _crashed_and_came_again,
    Proof.FAILED_OVER: _failed_over,
}
