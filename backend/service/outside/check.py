"""Checking a service from outside: all situations, intent by intent, judged from effects and answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.model.sentence import say
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer, Verdict
from backend.service.outside.attempts import Attempts, Tried
from backend.service.outside.model import Check, CheckProgress, IntentResult, SituationKey, SituationResult
from backend.service.outside.single_packet import speaks_http2
from backend.service.outside.situations import SITUATIONS, Situation, clicks_in_one_packet
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.observed import Step
    from backend.model.sentence import Sentence
    from backend.service.intents import ServiceIntent
    from backend.service.outside.model import CheckPlan
    from backend.service.outside.stand import Stand

_BATCH = 10
_SETTLE_S = 0.3
_AFTERWARDS_S = 1.0
_LOOK_S = 0.02
_MOST_QUIET_S = 5.0
_SAME = 2
"""So many readings in a row must agree of a service that nobody can look into."""
_LATE = 4
"""The service must be quiet so many times longer than it was seen to act after an answer."""
_WAITED = frozenset({SituationKey.RETRY, SituationKey.CRASH})
"""Situations in which something may be at work that no caller waits for."""


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
        self._never = threading.Event()
        self._done = 0
        self._intents: dict[str, ServiceIntent] = {}
        self._waits_for_told = True

    def check(self, service: str) -> Check:
        """Try every situation of the plan.

        Args:
            service: the file, as it was given.

        Raises:
            SubmitTwiceError: the service or an engine is away, or its effects cannot be read.
        """
        started = time.monotonic()
        results = []
        self._learn_quiet()
        for key in self._plan.situations:
            if self._cancelled.is_set():
                break
            results.append(self._situation(key))
        results = self._read_again(results)
        unattributed = self._stand.recorder.unattributed
        seconds = time.monotonic() - started
        return Check(service, tuple(results), self._cancelled.is_set(), unattributed, seconds)

    def _learn_quiet(self) -> None:
        """See how long the service works on after its answers, on an intent of its own."""
        if not self._stand.is_ours or self._cancelled.is_set():
            return
        tried = Tried(self._stand.intents.fresh())
        self._stand.recorder.disturber.spared.add(tried.intent.key)
        for _ in range(2):
            asyncio.run(self._attempts.one(tried))
        self._cancelled.wait(_AFTERWARDS_S)
        self._await_what_was_told([tried])

    def _situation(self, key: SituationKey) -> SituationResult:
        started = time.monotonic()
        submissions = self._plan.submissions if key is SituationKey.CLICKS else 2
        if key is SituationKey.CRASH and not self._stand.is_ours:
            return SituationResult(key, submissions, skipped=say(ServiceCode.CANNOT_KILL))
        situation, note = self._way(key)
        results: list[IntentResult] = []
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
        struck = self._stand.recorder.disturber.struck
        return tuple((str(fault), len(keys & struck[fault])) for fault in self._stand.faults)

    def _way(self, key: SituationKey) -> tuple[Situation, Sentence | None]:
        may_be_one = key is SituationKey.CLICKS and not self._attempts.loses_replies
        if may_be_one and asyncio.run(speaks_http2(self._stand.hosts[0])):
            return clicks_in_one_packet, say(ServiceCode.ONE_PACKET)
        return SITUATIONS[key], None

    def _batch(self, key: SituationKey, situation: Situation, count: int) -> list[IntentResult]:
        batch = [Tried(self._stand.intents.fresh()) for _ in range(count)]
        self._intents |= {tried.intent.key: tried.intent for tried in batch}
        asyncio.run(situation(self._stand, self._attempts, batch, self._plan))
        self._stand.require_well()
        is_quiet = self._settle(key, batch)
        results = [self._result(tried, is_quiet=is_quiet) for tried in batch]
        for tried in batch:
            for number in range(1, tried.next_number):
                self._stand.recorder.ended(f"{tried.intent.key}.{number}")
        return _with_steps(results, self._steps_of)

    def _settle(self, key: SituationKey, batch: Sequence[Tried]) -> bool:
        """Wait until nothing of these intents is at work; whether that came within the limit."""
        if self._stand.is_ours and not self._stand.wait_until_quiet(self._plan.limit_s):
            return False
        if not self._stand.is_ours or key in _WAITED:
            pause = max(_SETTLE_S, 3 * self._attempts.typical_s)
            if not self._stay(batch, pause, self._plan.limit_s):
                return False
        self._await_what_was_told(batch)
        return True

    def _stay(self, batch: Sequence[Tried], pause: float, limit_s: float) -> bool:
        """Read effects until they stay as they are; whether they did within the limit."""
        deadline = time.monotonic() + limit_s
        seen, same = self._effects(batch), 0
        while same < _SAME:
            if time.monotonic() > deadline:
                return False
            self._never.wait(pause)
            now = self._effects(batch)
            same = same + 1 if now == seen else 0
            seen = now
        return True

    def _await_what_was_told(self, batch: Sequence[Tried]) -> None:
        """Wait for effects that an answer spoke of and that are not there: some services act after they answer.

        How late they come is learned for what follows. A service whose effects have not come once is not waited for
        again: every intent is read once more in the end.
        """
        limit_s = min(_MOST_QUIET_S, self._plan.limit_s)
        deadline = time.monotonic() + limit_s
        while self._waits_for_told and self._is_owed(batch):
            self._waits_for_told = time.monotonic() < deadline and not self._cancelled.wait(_LOOK_S)
        last_ns = max(outcome.ended_ns for tried in batch for outcome in tried.outcomes)
        late_s = (self._stand.recorder.last_step_ns - last_ns) / 1e9
        self._stand.quiet_s = min(limit_s, max(self._stand.quiet_s, _LATE * late_s))

    def _is_owed(self, batch: Sequence[Tried]) -> bool:
        return any(
            not self._stand.intents.effects(tried.intent)
            for tried in batch
            if any(self._attempts.answer(outcome).claims_done for outcome in tried.outcomes)
        )

    def _read_again(self, results: Sequence[SituationResult]) -> list[SituationResult]:
        """Effects that came after their intent was judged are effects."""
        if not self._cancelled.is_set():
            self._never.wait(self._stand.quiet_s)
        return [replace(each, intents=tuple(map(self._again, each.intents))) for each in results]

    def _again(self, result: IntentResult) -> IntentResult:
        effects = self._stand.intents.effects(self._intents[result.key])
        if effects <= max(1, result.effects):
            return result  # the only effect may be that of the last submission, by which "stuck" is told from "lost"
        contradiction = _contradiction(result.answers, effects)
        return replace(result, effects=effects, verdict=Verdict.DUPLICATED, contradiction=contradiction)

    def _effects(self, batch: Sequence[Tried]) -> list[int]:
        return [self._stand.intents.effects(tried.intent) for tried in batch]

    def _result(self, tried: Tried, *, is_quiet: bool) -> IntentResult:
        answers = tuple(map(self._attempts.answer, tried.outcomes))
        effects = self._stand.intents.effects(tried.intent)
        barred = False
        if not effects:
            self._stand.recorder.disturber.spared.add(tried.intent.key)
            self._stand.ageing.pass_time(tried.intent)
            last = asyncio.run(self._attempts.one(tried))
            barred = not self._attempts.answer(last).claims_done and not self._stand.intents.effects(tried.intent)
        verdict = judge(Facts(effects, frozenset(answers), barred=barred))
        if not is_quiet and verdict is not Verdict.DUPLICATED:
            verdict = Verdict.UNDECIDED
        contradiction = _contradiction(answers, effects)
        return IntentResult(tried.intent.key, effects, answers, verdict, tried.is_reached, contradiction)

    def _steps_of(self, key: str) -> tuple[Step, ...]:
        found = [
            step for name, steps in self._stand.recorder.steps.items() if name.startswith(f"{key}.") for step in steps
        ]
        return tuple(sorted(found, key=lambda step: step.started_ns))


def _with_steps(results: list[IntentResult], steps_of: Callable[[str], tuple[Step, ...]]) -> list[IntentResult]:
    """The worst of these intents with its steps."""
    worst = max(results, key=lambda result: result.verdict.severity, default=None)
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
