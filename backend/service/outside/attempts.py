"""Attempts at an intent: requests that are named, sent, and told to whoever watches the wire."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from backend.model.vocabulary import Answer
from backend.service.exchange import Host, answer_of, build
from backend.service.outside.client import HeldRequest, Outcome, send
from backend.service.wire.recorder import InFlight

if TYPE_CHECKING:
    from backend.service.description import Request
    from backend.service.intents import ServiceIntent
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
        self.latencies: list[float] = []
        """Seconds of whole answers so far."""

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

    def instance_for(self, number: int) -> int:
        """Submissions take turns at the instances."""
        return (number - 1) % len(self._stand.hosts) + 1

    def name(self, tried: Tried) -> tuple[str, int, bytes]:
        """The next submission of an intent: its name, its instance and its bytes."""
        number = tried.next_number
        instance = self.instance_for(number)
        tried.instances.append(instance)
        submission = f"{tried.intent.key}.{number}"
        host = self._stand.hosts[instance - 1]
        return submission, instance, build(self._stand.description.request, host, tried.intent.submission(number))

    async def one(self, tried: Tried, timeout_s: float | None = None, host: Host | None = None) -> Outcome:
        """Send the next submission and wait for its answer.

        Args:
            tried: the intent.
            timeout_s: how long its caller waits, where that is not the usual time.
            host: where to send it, where that is not the instance itself.
        """
        submission, instance, request = self.name(tried)
        self._stand.recorder.began(InFlight(submission, instance, tried.intent.key))
        try:
            outcome = await send(host or self._stand.hosts[instance - 1], request, timeout_s or self._timeout_s)
        except OSError as error:
            now = time.monotonic_ns()
            outcome = Outcome(None, now, now, error=str(error))
        if not outcome.gave_up:
            self._stand.recorder.ended(submission)
        self._note(tried, outcome)
        return outcome

    async def together(self, tried: Tried, count: int) -> None:
        """Release many submissions of an intent in the same moment."""
        named = [self.name(tried) for _ in range(count)]
        opened = await asyncio.gather(
            *(HeldRequest.open(self._stand.hosts[instance - 1], request) for _, instance, request in named),
            return_exceptions=True,
        )
        for submission, instance, _ in named:
            self._stand.recorder.began(InFlight(submission, instance, tried.intent.key))
        held = [each for each in opened if isinstance(each, HeldRequest)]
        for each in held:
            each.release()
        outcomes = await asyncio.gather(*(each.outcome(self._timeout_s) for each in held))
        for submission, _, _ in named:
            self._stand.recorder.ended(submission)
        now = time.monotonic_ns()
        refused = [Outcome(None, now, now, error=str(each)) for each in opened if not isinstance(each, HeldRequest)]
        for outcome in [*outcomes, *refused]:
            self._note(tried, outcome)
        tried.is_reached = _overlap(outcomes)

    async def in_one_packet(self, tried: Tried, count: int) -> None:
        """The same over HTTP/2, to one instance."""
        from backend.service.outside.single_packet import send_in_one_packet

        named = [self.name(tried) for _ in range(count)]
        for submission, _, _ in named:
            self._stand.recorder.began(InFlight(submission, 1, tried.intent.key))
        requests = [request for _, _, request in named]
        outcomes = await send_in_one_packet(self._stand.hosts[0], requests, self._timeout_s)
        for submission, _, _ in named:
            self._stand.recorder.ended(submission)
        for outcome in outcomes:
            self._note(tried, outcome)
        tried.is_reached = _overlap(outcomes)

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
