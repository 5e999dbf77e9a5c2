"""Short words for jobs and what came of them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

from backend.lab.senders.client import Sender
from backend.lab.senders.http import build_request
from backend.lab.senders.messages import Delivery, Finished, Job, Outcome, Target
from backend.lab.senders.sending import Sending
from backend.model.vocabulary import Pace

LIMIT = 20.0
_numbers = itertools.count(1)


def request_to(target: Target, body: bytes = b"{}") -> bytes:
    return build_request("POST", "/x", host=target.host, port=target.port, token="t", headers={}, body=body)


def deliveries(target: Target, intents: str, index: int = 0) -> tuple[Delivery, ...]:
    """One delivery for each letter, which is the key of its intent; their ids are 0, 1, 2 and so on."""
    return tuple(
        Delivery(str(number), intent, index, request_to(target, str(number).encode()))
        for number, intent in enumerate(intents)
    )


def make_job(
    target: Target,
    intents: str,
    pace: Pace = Pace.SIMULTANEOUS,
    *,
    interval_ms: float = 0,
    timeout_ms: int = 20_000,
    connections: int = 200,
    disable_button: bool = False,
    once_per_intent: bool = False,
) -> Job:
    return Job(
        next(_numbers),
        (target,),
        deliveries(target, intents),
        pace,
        interval_ms,
        timeout_ms,
        connections,
        disable_button,
        once_per_intent,
    )


class Told:
    """What the sender said of one job."""

    def __init__(self, sender: Sender, job: Job) -> None:
        self.outcomes: list[Outcome] = []
        self.changed = threading.Condition()
        self.sending: Sending = sender.submit(job, self._take)

    def _take(self, outcomes: Sequence[Outcome]) -> None:
        with self.changed:
            self.outcomes += outcomes
            self.changed.notify_all()

    def end(self) -> Finished:
        return self.sending.wait(LIMIT)

    def wait_for_outcomes(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.outcomes) >= count, LIMIT)

    def ids(self, *, held_back: bool = False) -> list[str]:
        return sorted((o.submission_id for o in self.outcomes if o.held_back == held_back), key=int)

    def statuses(self) -> list[int]:
        return [outcome.status for outcome in self.outcomes]


def send(sender: Sender, job: Job) -> tuple[Told, Finished]:
    """Carry a job out."""
    told = Told(sender, job)
    return told, told.end()
