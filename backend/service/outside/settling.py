"""When a service counts as done: it has answered, nothing of its work is seen, and what it spoke of is there."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from backend.model.sentence import say
from backend.service.outside.attempts import Attempts, Tried
from backend.service.outside.model import CheckSituation
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.sentence import Sentence
    from backend.service.outside.model import CheckPlan
    from backend.service.outside.stand import Stand

_SETTLE_S = 0.3
_LEARN_S = 1.0
_LOOK_S = 0.02
_MOST_QUIET_S = 5.0
_MOST_LOOKS, _SLOWER = 16, 1.35
"""Looks at effects that something is still to come of, each after so many times the pause before; 16 of them take more
than five seconds from 20 ms on. Whoever is asked over HTTP is not asked without an end."""
MOST_LAST_LOOKS = 4
"""Looks at all effects in the end, each after a silence: one more where they have changed though nothing was seen."""
MOST_READINGS = 2 * (_MOST_LOOKS + 1) + 2 + MOST_LAST_LOOKS
"""Of one intent's effects, in one situation: here, when it is judged, and in the end."""
_SAME = 2
"""So many readings in a row must agree of a service that nobody can look into."""
_LATE = 4
"""The service must be quiet so many times longer than it was seen to act after an answer."""
_WAITED = frozenset({CheckSituation.RETRY, CheckSituation.CRASH})
"""Situations in which something may be at work that no caller waits for."""


class Settling:
    """Waits until a service is done, and learns how long it works on after its answers.

    Args:
        stand: the service, running.
        attempts: at its intents.
        plan: of the check.
        cancelled: set it from anywhere.
        given_up: set when nothing is waited for any more.
    """

    def __init__(
        self,
        stand: Stand,
        attempts: Attempts,
        plan: CheckPlan,
        cancelled: threading.Event,
        given_up: threading.Event,
    ) -> None:
        self._stand = stand
        self._attempts = attempts
        self._plan = plan
        self._cancelled = cancelled
        self._given_up = given_up
        self._waits_for_told = True
        self.at_work: tuple[Sentence, ...] = ()
        """What was at work all the time when the end was awaited in vain, as an open transaction is."""

    def learn(self) -> None:
        """See how long the service works on after its answers, on an intent of its own."""
        if not self._stand.is_ours or self._cancelled.is_set():
            return
        tried = Tried(self._stand.intents.fresh())
        self._stand.recorder.injector.spared.add(tried.intent.key)
        for _ in range(2):
            asyncio.run(self._attempts.one(tried))
        self._cancelled.wait(_LEARN_S)
        self._await_what_was_told([tried])

    def settle(self, key: CheckSituation, batch: Sequence[Tried]) -> bool:
        """Wait until nothing of these intents is at work, as far as it is seen; whether that came within the limit.

        What the service has not let go of by then is told by `Attempts.lingering`.
        """
        intents = [tried.intent.key for tried in batch]
        self._attempts.lingering.wait(intents, self._plan.limit_s, self._cancelled)
        if self._stand.is_ours and not self._stand.wait_until_quiet(self._plan.limit_s, self._given_up):
            return False
        if not self._stand.is_ours or key in _WAITED:
            pause = max(_SETTLE_S, 3 * self._attempts.typical_s)
            if not self._stay(batch, pause, self._plan.limit_s):
                return False
        self._await_what_was_told(batch)
        return True

    def await_the_end(self) -> float:
        """Wait until the service has done nothing for as long as the plan says; how long that was, in seconds."""
        self.at_work = ()
        if self._cancelled.is_set():
            return 0.0
        afterwards_s = max(self._plan.afterwards_s, self._stand.quiet_s)
        began = free = time.monotonic()
        while time.monotonic() < began + max(self._plan.limit_s, afterwards_s):
            is_at_work = self._stand.is_at_work
            left_s = afterwards_s - self._stand.silent_s
            if not is_at_work:
                free = time.monotonic()
                if left_s <= 0:
                    return afterwards_s
            if self._cancelled.wait(min(0.2, max(_LOOK_S, left_s))):
                return 0.0
        if time.monotonic() > free + _LEARN_S:  # a heartbeat is over sooner
            self.at_work = self._stand.unseen.found or (say(ServiceCode.OPEN),)
        return self._stand.silent_s

    def _stay(self, batch: Sequence[Tried], pause: float, limit_s: float) -> bool:
        """Read effects until they stay as they are; whether they did within the limit."""
        deadline = time.monotonic() + limit_s
        seen, same = self._effects(batch), 0
        for look in range(_MOST_LOOKS):
            if same >= _SAME:
                return True
            if time.monotonic() > deadline or self._given_up.wait(pause * _SLOWER**look):
                return False
            now = self._effects(batch)
            same = same + 1 if now == seen else 0
            seen = now
        return same >= _SAME

    def _effects(self, batch: Sequence[Tried]) -> list[int]:
        return [self._stand.intents.effects(tried.intent) for tried in batch]

    def _await_what_was_told(self, batch: Sequence[Tried]) -> None:
        """Wait for effects that an answer spoke of and that are not there: some services act after they answer.

        How late they come is learned for what follows. A service whose effects have not come once is not waited for
        again: every intent is read once more in the end.
        """
        limit_s = min(_MOST_QUIET_S, self._plan.limit_s)
        deadline = time.monotonic() + limit_s
        for look in range(_MOST_LOOKS):
            if not (self._waits_for_told and self._is_owed(batch)):
                break
            self._waits_for_told = time.monotonic() < deadline and not self._cancelled.wait(_LOOK_S * _SLOWER**look)
        last_ns = max(outcome.ended_ns for tried in batch for outcome in tried.outcomes)
        late_s = (self._stand.recorder.last_step_ns - last_ns) / 1e9
        self._stand.quiet_s = min(limit_s, max(self._stand.quiet_s, _LATE * late_s))

    def _is_owed(self, batch: Sequence[Tried]) -> bool:
        return any(
            not self._stand.intents.effects(tried.intent)
            for tried in batch
            if any(self._attempts.answer(outcome).claims_done for outcome in tried.outcomes)
        )
