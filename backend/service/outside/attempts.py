"""Attempts at an intent: requests that are named, sent, and told to whoever watches the wire."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from backend.model.vocabulary import Answer, FaultKind
from backend.service.engines import COMES_BACK_S
from backend.service.exchange import Host, answer_of, build
from backend.service.outside.client import HeldRequest, Outcome, send
from backend.service.outside.lingering import Lingering
from backend.service.outside.lossy_proxy import LossyProxy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.service.description import Request
    from backend.service.intents import ServiceIntent
    from backend.service.outside.lingering import Keep, Left
    from backend.service.outside.stand import Stand


@dataclass(slots=True)
class Tried:
    """An intent with all attempts at it."""

    intent: ServiceIntent
    outcomes: list[Outcome] = field(default_factory=list)
    instances: list[int] = field(default_factory=list)
    """To which each attempt went, from 1."""
    is_reached: bool = False
    """Whether what the situation is about did happen."""

    @property
    def next_number(self) -> int:
        """Of the next submission, from 1."""
        return len(self.instances) + 1


class Attempts:
    """Sends submissions to the instances of a stand.

    Args:
        stand: the service.
        timeout_s: how long a caller waits.
    """

    def __init__(self, stand: Stand, timeout_s: float) -> None:
        self._stand = stand
        self._timeout_s = timeout_s
        self._lost = tuple(fault for fault in stand.faults if fault.kind is FaultKind.LOST_REPLY and not fault.place)
        self.sent = 0
        """Submissions so far."""
        self.lingering = Lingering()
        """What callers wait for no longer, and the service still has."""
        self.latencies: list[float] = []
        """Seconds of whole answers so far."""

    @property
    def loses_replies(self) -> bool:
        """Whether a fault has callers not hear their answers."""
        return bool(self._lost)

    @property
    def typical_s(self) -> float:
        """The median latency."""
        ordered = sorted(self.latencies)
        return ordered[len(ordered) // 2] if ordered else 0.01

    def answer(self, outcome: Outcome) -> Answer:
        """What the caller of an attempt was told."""
        if outcome.response is not None:
            return answer_of(outcome.response, self._stand.description.answers)
        return Answer.TIMEOUT if outcome.gave_up else Answer.ERROR

    def keeper(self, tried: Tried, *, hangs_up: bool = False) -> Keep:
        """For the connection of a caller of this intent that waits no longer."""

        def keep(left: Left) -> None:
            if hangs_up:
                left.hang_up()
            self.lingering.keep(tried.intent.key, left)

        return keep

    async def until_all_serve(self) -> None:
        """Wait for instances that a fault has killed: their callers do."""
        await asyncio.to_thread(self._stand.await_instances)

    def instance_for(self, number: int) -> int:
        """Submissions take turns at the instances."""
        return (number - 1) % len(self._stand.hosts) + 1

    def name(self, tried: Tried) -> tuple[str, int, bytes]:
        """The next submission of an intent: its name, its instance and its bytes."""
        number = tried.next_number
        self.sent += 1
        instance = self.instance_for(number)
        tried.instances.append(instance)
        submission = f"{tried.intent.key}.{number}"
        host = self._stand.hosts[instance - 1]
        return submission, instance, build(self._stand.description.request, host, tried.intent.submission(number))

    async def one(self, tried: Tried, timeout_s: float | None = None, host: Host | None = None) -> Outcome:
        """Send the next submission and wait for its answer.

        Args:
            tried: the intent.
            timeout_s: how long its caller waits before it hangs up, where that is not the usual time.
            host: where to send it, where that is not the instance itself.
        """
        number = tried.next_number
        submission, instance, request = self.name(tried)
        self._stand.recorder.began(tried.intent.in_flight(submission, instance))
        async with AsyncExitStack() as proxies:
            to = host or await self._way(tried, number, instance, proxies)
            outcome = await send(
                to, request, timeout_s or self._timeout_s, self.keeper(tried, hangs_up=bool(timeout_s))
            )
        if not outcome.gave_up:
            self._stand.recorder.ended(submission)
        self._note(tried, outcome)
        if timeout_s is None:  # else the caller sends again at once
            await self._require_engines([outcome])
        return outcome

    async def together(self, tried: Tried, count: int) -> None:
        """Release many submissions of an intent in the same moment."""
        async with AsyncExitStack() as proxies:
            await self._together(tried, count, proxies)

    async def _together(self, tried: Tried, count: int, proxies: AsyncExitStack) -> None:
        first = tried.next_number
        named = [self.name(tried) for _ in range(count)]
        ways = [await self._way(tried, first + n, instance, proxies) for n, (_, instance, _) in enumerate(named)]
        opened = await asyncio.gather(
            *(HeldRequest.open(way, request) for way, (_, _, request) in zip(ways, named, strict=True)),
            return_exceptions=True,
        )
        for submission, instance, _ in named:
            self._stand.recorder.began(tried.intent.in_flight(submission, instance))
        held = [each for each in opened if isinstance(each, HeldRequest)]
        for each in held:
            each.release()
        outcomes = await asyncio.gather(*(each.outcome(self._timeout_s, self.keeper(tried)) for each in held))
        for submission, _, _ in named:
            self._stand.recorder.ended(submission)
        now = time.monotonic_ns()
        refused = [Outcome(None, now, now, error=str(each)) for each in opened if not isinstance(each, HeldRequest)]
        for outcome in [*outcomes, *refused]:
            self._note(tried, outcome)
        tried.is_reached = _overlap(outcomes)
        await self._require_engines(outcomes)

    async def in_one_packet(self, tried: Tried, count: int) -> None:
        """The same over HTTP/2, to one instance."""
        from backend.service.outside.single_packet import send_in_one_packet

        named = [self.name(tried) for _ in range(count)]
        for submission, _, _ in named:
            self._stand.recorder.began(tried.intent.in_flight(submission, 1))
        requests = [request for _, _, request in named]
        outcomes = await send_in_one_packet(self._stand.hosts[0], requests, self._timeout_s, self.keeper(tried))
        for submission, _, _ in named:
            self._stand.recorder.ended(submission)
        for outcome in outcomes:
            self._note(tried, outcome)
        tried.is_reached = _overlap(outcomes)
        await self._require_engines(outcomes)

    async def _require_engines(self, outcomes: Sequence[Outcome]) -> None:
        """Who is not answered is not tried again and again on engines that are no more, and do not come back."""
        if any(outcome.response is None for outcome in outcomes):
            await asyncio.to_thread(self._stand.engines.await_well, COMES_BACK_S)

    async def _way(self, tried: Tried, number: int, instance: int, proxies: AsyncExitStack) -> Host:
        """Where a submission goes: to its instance, or through a proxy that loses the answer where a fault says so."""
        target = self._stand.hosts[instance - 1]
        due = [fault for fault in self._lost if (1 if fault.nth is None else fault.nth) in {0, number}]
        if not due or tried.intent.key in self._stand.recorder.injector.spared:
            return target
        proxy = LossyProxy(target, self._timeout_s, self.keeper(tried))

        def note(*_: object) -> None:
            if any(kept.response is not None for kept in proxy.kept):
                for fault in due:
                    self._stand.recorder.injector.struck[fault].add(tried.intent.key)

        proxies.push(note)
        await proxies.enter_async_context(proxy)
        return proxy.host

    def _note(self, tried: Tried, outcome: Outcome) -> None:
        tried.outcomes.append(outcome)
        if outcome.response is not None:
            self.latencies.append(outcome.seconds)


def reordered(request: Request) -> Request:
    """The same request with the keys of its JSON in another order, as a provider may send it again."""
    if isinstance(request.json, dict):
        return msgspec.structs.replace(request, json=dict(reversed(request.json.items())))
    try:
        content = json.loads(request.body)
    except ValueError:
        return request
    if not isinstance(content, dict):
        return request
    return msgspec.structs.replace(request, body=json.dumps(dict(reversed(content.items()))))


def _overlap(outcomes: list[Outcome]) -> bool:
    """Whether every submission was sent before the first one was answered."""
    if len(outcomes) < 2:
        return False
    return max(outcome.sent_ns for outcome in outcomes) < min(outcome.ended_ns for outcome in outcomes)
