"""Checking a service from outside: all situations, intent by intent, judged from effects and answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer, Verdict
from backend.service.outside.attempts import Attempts, Tried
from backend.service.outside.giving_up import GivingUp
from backend.service.outside.model import (
    Check,
    CheckProgress,
    CheckSituation,
    IntentResult,
    SituationResult,
    worst_intent,
)
from backend.service.outside.settling import MOST_LAST_LOOKS, Settling
from backend.service.outside.single_packet import speaks_http2
from backend.service.outside.situations import SITUATIONS, Situation, clicks_in_one_packet
from backend.service.says import ServiceCode
from backend.service.wire.attribution import is_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.observed import Step
    from backend.model.sentence import Sentence
    from backend.service.intents import ServiceIntent
    from backend.service.outside.model import CheckPlan
    from backend.service.outside.stand import Stand

_BATCH = 10
_IDLE = frozenset({Answer.BUSY, Answer.CONFLICT, Answer.DUPLICATE, Answer.REPLAYED})
"""Answers to a submission that does nothing itself."""


class Checker:
    """Checks one service.

    Args:
        stand: the service, running.
        plan: what to try.
        on_progress: told after each batch.
        cancelled: set it from anywhere; what was measured is kept.
    """

    def __init__(
        self,
        stand: Stand,
        plan: CheckPlan,
        on_progress: Callable[[CheckProgress], None],
        cancelled: threading.Event,
    ) -> None:
        self._stand = stand
        self._plan = plan
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._attempts = Attempts(stand, plan.timeout_s)
        self._giving_up = GivingUp(cancelled, stand.intents.stop_reading)
        self._settling = Settling(stand, self._attempts, plan, cancelled, self._giving_up.now)
        self._results: list[SituationResult] = []
        self._done = 0
        self._intents: dict[str, ServiceIntent] = {}
        self._read: dict[str, tuple[int, int]] = {}
        """The effects of each intent as they were last read, and when that was."""

    def check(self, service: str) -> Check:
        """Try every situation of the plan.

        Args:
            service: the file, as it was given.

        Raises:
            SubmitTwiceError: the service or an engine does not answer, or its effects cannot be read, before a
                situation is over. Where one is, the check is broken off and says why.
        """
        started = time.monotonic()
        afterwards_s = 0.0
        at_work: tuple[Sentence, ...] = (say(ServiceCode.NOT_READ_AGAIN),)
        broken_off: Sentence | None = None
        try:
            with self._giving_up, self._giving_up.leaves_off(), self._stand.engines.named_if_away():
                self._try_all()
                afterwards_s, at_work = self._last_looks()
        except SubmitTwiceError as error:
            if not self._results:
                raise
            broken_off, at_work = error.sentence, ()
        finally:
            self._attempts.lingering.close()
        is_open = bool(at_work or broken_off)
        return Check(
            service,
            tuple(
                replace(each, intents=tuple(self._again(intent, is_open=is_open) for intent in each.intents))
                for each in self._results
            ),
            self._cancelled.is_set(),
            self._stand.recorder.unattributed,
            afterwards_s,
            at_work,
            broken_off,
            self._attempts.sent,
            self._stand.asked,
            time.monotonic() - started,
        )

    def _try_all(self) -> None:
        self._settling.learn()
        for key in self._plan.situations:
            if self._cancelled.is_set():
                break
            if key is CheckSituation.CRASH and self._results:
                self._settling.await_the_end()  # or what the service still owes would be killed with it
            self._results.append(self._situation(key))

    def _last_looks(self) -> tuple[float, tuple[Sentence, ...]]:
        """Read all effects in the end, until they stay; how long all was quiet before that, and what still is at work.

        What changes while no step is seen is done by somebody who cannot be seen, and may not be done yet.
        """
        for _ in range(MOST_LAST_LOOKS):
            afterwards_s = self._settling.await_the_end()
            self._stand.require_well()
            changed = [key for key in self._read if self._has_changed_unseen(key)]
            if not changed or self._settling.at_work:
                return afterwards_s, self._settling.at_work
            if self._cancelled.is_set():
                break
            self._stand.recorder.noticed()
        return 0.0, (say(ServiceCode.CHANGING),)

    def _has_changed_unseen(self, key: str) -> bool:
        """Read the effects of an intent once more."""
        before, read_ns = self._read[key]
        effects = self._effects(self._intents[key])
        return effects != before and self._stand.recorder.last_step_ns < read_ns

    def _effects(self, intent: ServiceIntent) -> int:
        read_ns = time.monotonic_ns()
        effects = self._stand.intents.effects(intent)
        self._read[intent.key] = effects, read_ns
        return effects

    def _situation(self, key: CheckSituation) -> SituationResult:
        started = time.monotonic()
        submissions = self._plan.submissions if key is CheckSituation.CLICKS else 2
        if key is CheckSituation.CRASH and not self._stand.is_ours:
            return SituationResult(key, submissions, skipped=say(ServiceCode.CANNOT_KILL))
        situation, note = self._way(key)
        results: list[IntentResult] = []
        with self._giving_up.leaves_off():
            while len(results) < self._plan.intents and not self._cancelled.is_set():
                count = min(_BATCH, self._plan.intents - len(results))
                results += self._batch(key, situation, count)
                self._done += count
                total = self._plan.intents * len(self._plan.situations)
                verdicts = Counter(result.verdict for result in results)
                self._on_progress(CheckProgress(key, self._done, total, verdicts))
        seconds = time.monotonic() - started
        struck = self._struck(results)
        return SituationResult(key, submissions, tuple(results), note=note, struck=struck, seconds=seconds)

    def _struck(self, results: Sequence[IntentResult]) -> tuple[tuple[str, int], ...]:
        keys = {result.key for result in results}
        struck = self._stand.recorder.injector.struck
        return tuple((str(fault), len(keys & struck[fault])) for fault in self._stand.faults)

    def _way(self, key: CheckSituation) -> tuple[Situation, Sentence | None]:
        may_be_one = key is CheckSituation.CLICKS and not self._attempts.loses_replies
        if may_be_one and asyncio.run(speaks_http2(self._stand.hosts[0], self._plan.submissions)):
            return clicks_in_one_packet, say(ServiceCode.ONE_PACKET)
        return SITUATIONS[key], None

    def _batch(self, key: CheckSituation, situation: Situation, count: int) -> list[IntentResult]:
        batch = [Tried(self._stand.intents.fresh()) for _ in range(count)]
        self._intents |= {tried.intent.key: tried.intent for tried in batch}
        asyncio.run(situation(self._stand, self._attempts, batch, self._plan))
        self._stand.require_well()
        is_quiet = self._settling.settle(key, batch)
        self._stand.require_well()
        results: list[IntentResult] = []
        with self._giving_up.leaves_off():
            for tried in batch:
                results.append(self._result(tried, is_quiet=is_quiet))  # noqa: PERF401  those before one that fails
        for tried in batch:
            for number in range(1, tried.next_number):
                self._stand.recorder.ended(f"{tried.intent.key}.{number}")
        return _with_steps(results, self._steps_of)

    def _again(self, result: IntentResult, *, is_open: bool) -> IntentResult:
        """What counts was there in the end: effects may have come since their intent was judged, or have gone.

        Args:
            result: as it was judged.
            is_open: whether nobody knows what will come, as something is still at work, or could not be looked at.
        """
        effects, _ = self._read[result.key]
        if effects != result.known_effects:
            verdict, contradiction = _verdict_again(result, effects), _contradiction(result.answers, effects)
            result = replace(result, effects=effects, verdict=verdict, contradiction=contradiction)
        if is_open and result.verdict is not Verdict.DUPLICATED:
            result = replace(result, verdict=Verdict.UNDECIDED, is_open=True)
        return result

    def _result(self, tried: Tried, *, is_quiet: bool) -> IntentResult:
        answers = tuple(map(self._attempts.answer, tried.outcomes))
        known = effects = self._effects(tried.intent)
        last = None
        if not effects:
            last = self._last_answer(tried)
            self._stand.require_well()
            known = self._effects(tried.intent)
        # of a service that is not ours nobody knows what runs out by itself
        barred = last is not None and not last.claims_done and not known and self._stand.is_ours
        is_open = not is_quiet or self._attempts.lingering.has(tried.intent.key)
        verdict = judge(Facts(effects, frozenset(answers), barred=barred, at_work=is_open))
        return IntentResult(
            tried.intent.key,
            effects,
            answers,
            verdict,
            tried.is_reached,
            _contradiction(answers, effects),
            known_effects=known,
            last_did_nothing=last in _IDLE,
            is_open=is_open,
        )

    def _last_answer(self, tried: Tried) -> Answer:
        """What one more submission is told when all that can run out by itself has run out, and no fault happens."""
        self._stand.recorder.injector.spared.add(tried.intent.key)
        self._stand.ageing.pass_time(tried.intent, self._stand.recorder.leases_of(tried.intent.key))
        return self._attempts.answer(asyncio.run(self._attempts.one(tried)))

    def _steps_of(self, key: str) -> tuple[Step, ...]:
        found = [
            step
            for name, steps in self._stand.recorder.steps.items()
            if name.startswith(f"{key}.") and not is_asked(name)
            for step in steps
        ]
        return tuple(sorted(found, key=lambda step: step.started_ns))


def _verdict_again(result: IntentResult, effects: int) -> Verdict:
    """The verdict on an intent that other effects were read of than when it was judged."""
    if effects < result.known_effects:
        undecided = result.verdict is Verdict.UNDECIDED
        return judge(Facts(effects, frozenset(result.answers), at_work=undecided))
    if effects > 1:
        return Verdict.DUPLICATED
    if result.is_open:
        return Verdict.UNDECIDED
    # the only one, and it may be that of the last submission, unless that did nothing
    return Verdict.EXACTLY_ONCE if result.last_did_nothing else Verdict.UNDECIDED


def _with_steps(results: list[IntentResult], steps_of: Callable[[str], tuple[Step, ...]]) -> list[IntentResult]:
    """The worst of these intents with its steps."""
    worst = worst_intent(results)
    return [replace(result, steps=steps_of(result.key)) if result is worst else result for result in results]


def _contradiction(answers: Sequence[Answer], effects: int) -> Sentence | None:
    """Answers that do not fit the effects."""
    told = next((answer for answer in answers if answer.claims_done), None)
    if told is not None and not effects:
        return say(ServiceCode.TOLD_DONE, answer=told.value)
    unheard = any(answer in {Answer.TIMEOUT, Answer.ERROR} for answer in answers)
    if effects and told is None and not unheard:
        return say(ServiceCode.TOLD_NOTHING, effects=effects)
    return None
