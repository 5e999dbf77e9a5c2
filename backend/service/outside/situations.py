"""The situations in which a service gets the same request twice, each tried on a batch of intents."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from backend.model.vocabulary import Answer
from backend.service.outside.attempts import Attempts, Tried, reordered
from backend.service.outside.lossy_proxy import LossyProxy
from backend.service.outside.model import CheckSituation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from backend.service.outside.model import CheckPlan
    from backend.service.outside.stand import Stand

_SEQUENCE = 3
_MOST_DELIVERIES = 5
_BACKOFF_S = 0.02
_RETRIES = 10
_RETRY_S = 0.3
_SUCCESS = range(200, 300)
_TRY_AGAIN = frozenset({Answer.ERROR, Answer.TIMEOUT, Answer.BUSY})
_EARLIEST, _LATEST = 0.15, 0.85
"""Of a typical latency: when a caller gives up, or an instance dies."""


Situation: TypeAlias = "Callable[[Stand, Attempts, Sequence[Tried], CheckPlan], Coroutine[object, object, None]]"
"""A way in which a second submission comes about: it submits every intent of a batch, and notes which it reached."""


async def clicks(_stand: Stand, attempts: Attempts, batch: Sequence[Tried], plan: CheckPlan) -> None:
    """Many submissions of an intent leave in the same moment."""
    for tried in batch:
        await attempts.until_all_serve()
        await attempts.together(tried, plan.submissions)


async def clicks_in_one_packet(_stand: Stand, attempts: Attempts, batch: Sequence[Tried], plan: CheckPlan) -> None:
    """The same in one packet, where the service speaks HTTP/2."""
    for tried in batch:
        await attempts.until_all_serve()
        await attempts.in_one_packet(tried, plan.submissions)


async def one_after_another(_stand: Stand, attempts: Attempts, batch: Sequence[Tried], _plan: CheckPlan) -> None:
    """Each submission follows the answer to the one before."""
    for tried in batch:
        await attempts.until_all_serve()
        for _ in range(_SEQUENCE):
            await attempts.one(tried)
        tried.is_reached = tried.outcomes[0].response is not None


async def retry(_stand: Stand, attempts: Attempts, batch: Sequence[Tried], _plan: CheckPlan) -> None:
    """The caller gives up in mid-processing, hangs up, and sends again at once."""
    await _learn_latency(attempts, batch[:1])
    for tried in batch:
        patience = max(0.001, attempts.typical_s * random.uniform(_EARLIEST, _LATEST))  # noqa: S311  no secret
        first = await attempts.one(tried, patience)
        tried.is_reached = tried.is_reached or first.gave_up
        await _until_success(attempts, tried)


async def lost_reply(stand: Stand, attempts: Attempts, batch: Sequence[Tried], plan: CheckPlan) -> None:
    """The work is done and answered, and the answer is lost on its way; the caller sends again."""
    for tried in batch:
        instance = attempts.instance_for(tried.next_number)
        async with LossyProxy(stand.hosts[instance - 1], plan.timeout_s, attempts.keeper(tried)) as proxy:
            await attempts.one(tried, host=proxy.host)
            tried.is_reached = any(kept.response is not None for kept in proxy.kept)
        await _until_success(attempts, tried)


async def redelivery(stand: Stand, attempts: Attempts, batch: Sequence[Tried], _plan: CheckPlan) -> None:
    """A webhook's provider sends until it hears 2xx, and once more by hand, with the body in another order."""
    usual = stand.description
    for tried in batch:
        await _until_2xx(attempts, tried)
        tried.is_reached = any(outcome.response is not None for outcome in tried.outcomes)
        stand.description = msgspec.structs.replace(usual, request=reordered(usual.request))
        try:
            await _until_2xx(attempts, tried)
        finally:
            stand.description = usual


async def crash(stand: Stand, attempts: Attempts, batch: Sequence[Tried], _plan: CheckPlan) -> None:
    """An instance is killed while it works on the first submissions; their callers try again until it is back."""
    await _learn_latency(attempts, batch[:1])
    victim = attempts.instance_for(1)
    moment = attempts.typical_s * random.uniform(_EARLIEST, _LATEST)  # noqa: S311  no secret
    first = [asyncio.create_task(attempts.one(tried)) for tried in batch if not tried.outcomes]
    await asyncio.sleep(moment)
    unanswered = [tried for tried in batch if not tried.outcomes]
    await asyncio.to_thread(stand.kill, victim)
    for tried in unanswered:
        tried.is_reached = True
    again = asyncio.create_task(asyncio.to_thread(stand.start_again, victim))
    await asyncio.gather(*first)
    await again
    for tried in batch:
        tried.is_reached = tried.is_reached and any(outcome.response is None for outcome in tried.outcomes)
        await _until_success(attempts, tried)


def most_submissions(plan: CheckPlan, *, is_ours: bool) -> int:
    """The most submissions that a plan can send, that by which "stuck" is told from "lost" included."""
    each = {
        CheckSituation.CLICKS: plan.submissions,
        CheckSituation.ONE_AFTER_ANOTHER: _SEQUENCE,
        CheckSituation.REDELIVERY: 2 * _MOST_DELIVERIES,
    }
    tried = [key for key in plan.situations if is_ours or key is not CheckSituation.CRASH]
    learned = sum(key in {CheckSituation.RETRY, CheckSituation.CRASH} for key in tried) + 2 * is_ours
    return learned + plan.intents * sum(each.get(key, 1 + _RETRIES) + 1 for key in tried)


async def _until_success(attempts: Attempts, tried: Tried) -> None:
    """Send again as a client does, until it hears that it is done, or gives up for good."""
    for turn in range(_RETRIES):
        outcome = await attempts.one(tried)
        if attempts.answer(outcome) not in _TRY_AGAIN:
            return
        await attempts.until_all_serve()
        await asyncio.sleep(min(_RETRY_S, _BACKOFF_S * 2**turn))


async def _until_2xx(attempts: Attempts, tried: Tried) -> None:
    """Deliver as a provider of webhooks does, which knows nothing but success."""
    for turn in range(_MOST_DELIVERIES):
        outcome = await attempts.one(tried)
        if outcome.response is not None and outcome.response.status in _SUCCESS:
            return
        await attempts.until_all_serve()
        await asyncio.sleep(_BACKOFF_S * 2**turn)


async def _learn_latency(attempts: Attempts, batch: Sequence[Tried]) -> None:
    """One intent is submitted in peace, where nobody knows yet how long an answer takes."""
    if attempts.latencies:
        return
    for tried in batch:
        await attempts.one(tried)


SITUATIONS: Mapping[CheckSituation, Situation] = {
    CheckSituation.CLICKS: clicks,
    CheckSituation.ONE_AFTER_ANOTHER: one_after_another,
    CheckSituation.RETRY: retry,
    CheckSituation.LOST_REPLY: lost_reply,
    CheckSituation.REDELIVERY: redelivery,
    CheckSituation.CRASH: crash,
}
