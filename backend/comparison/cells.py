"""Getting a subject into a situation, on one lab: again with more time where it did not come about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.comparison.evidence import engines_of, had_time, proven, writes_before_work
from backend.comparison.records import FAILURES, ComparedCell, Part, PartResult
from backend.comparison.says import CompareCode
from backend.comparison.situations import LIMIT_MS, SITUATIONS, Extent, setup_of
from backend.model.errors import SubmitTwiceError
from backend.model.plan import Plan, Setup
from backend.model.sentence import say
from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from backend.comparison.questions import SituationKey, Subject
    from backend.comparison.runs import Outcome, Runs
    from backend.model.vocabulary import RedisTopology

_STRETCHES = (1, 2, 4)
"""A situation that did not come about is tried again with so much more time for it."""
_SOME_WORK_MS = 1
"""Enough for the trace to tell what comes before."""


class Cells:
    """Measures cells, one after the other.

    Args:
        runs: of the lab.
        quick: whether fewer intents will do.
    """

    def __init__(self, runs: Runs, *, quick: bool) -> None:
        self._runs = runs
        self._quick = quick
        self._topology: RedisTopology | None = None
        """Of the Redis-protocol servers that the latest failover was about."""

    def measure(self, subject: Subject, key: SituationKey) -> ComparedCell:
        """Get a subject into a situation.

        Raises:
            CancelledError: the comparison was cancelled.
            NotApplicableError: the engines in use cannot do what it asks for.
            SubmitTwiceError: a run cannot be carried out, or was not over in time.
        """
        situation = SITUATIONS[key]
        if situation.needs_lease and not subject.leased:
            return ComparedCell(subject, key, exempt=say(CompareCode.NO_LEASE))
        first = situation.parts(subject, Extent(self._quick))
        places = list(range(len(first)))
        if situation.disturbs:
            exposed = self._exposed(subject)
            places = [place for place in places if first[place].needs in exposed]
            if not places:
                return ComparedCell(subject, key, exempt=say(CompareCode.NO_ENGINE_FAILS_OVER))
        results = [self._until_reached(subject, key, place) for place in places]
        return ComparedCell(subject, key, tuple(result for result in results if result))

    def _exposed(self, subject: Subject) -> set[EngineKind]:
        """The engines whose failover may take something from it, as a submission shows that nobody disturbs.

        A failover comes while it works; what it has only looked at in Redis by then cannot be forgotten.

        Raises:
            SubmitTwiceError: it was disturbed all the same, and shows nothing.
        """
        self._runs.recover()
        outcome = self._undisturbed(subject)
        for reply in outcome.replies:
            if reply.answer in {Answer.ERROR, Answer.TIMEOUT}:
                raise SubmitTwiceError(reply.detail or say(CompareCode.BROKE_OFF))
        seen = outcome.intents
        return engines_of(seen) - (set() if writes_before_work(seen) else {EngineKind.REDIS})

    def _undisturbed(self, subject: Subject) -> Outcome:
        """A submission on the Redis-protocol servers of the failover before, so that they are not exchanged for it."""
        asked = Setup(subject.strategy, subject.variant, _SOME_WORK_MS, redis_topology=self._topology)
        return self._runs.carry_out(setup_of(subject, asked), Plan((), 1, limit_ms=LIMIT_MS), subject.operation, 1)

    def _until_reached(self, subject: Subject, key: SituationKey, place: int) -> PartResult | None:
        """The run that failed in the situation, else the one that reached it for most intents.

        None where there is nothing that it could disturb.
        """
        best: PartResult | None = None
        for tries, stretch in enumerate(_STRETCHES, 1):
            part = SITUATIONS[key].parts(subject, Extent(self._quick, stretch))[place]
            result = self._run_part(subject, part, tries)
            if result is None:
                return None
            told = best.contradictions if best else ()
            failed = result.reached and result.worst in FAILURES
            if best is None or failed or result.proven > best.proven:
                best = result
            best = replace(best, tries=tries, contradictions=(*told, *result.contradictions))
            if failed or result.had_time or result.proven == part.intents:
                break
        return best

    def _run_part(self, subject: Subject, part: Part, tries: int) -> PartResult | None:
        self._runs.recover()
        outcome = self._runs.carry_out(part.setup, part.plan, subject.operation, part.intents)
        self._topology = part.setup.redis_topology
        if part.needs and part.needs not in engines_of(outcome.intents):
            return None
        report = outcome.report
        return PartResult(
            part=part,
            verdicts=dict(report.verdicts),
            answers=dict(report.answers),
            effects=report.effects,
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            steps=dict(report.steps_per_submission),
            contradictions=outcome.contradictions,
            seconds=report.seconds,
            proven=proven(part.proof, outcome.intents, report.promoted_ns),
            tries=tries,
            had_time=had_time(part.proof, outcome.intents, part.setup.lease_ms),
        )
