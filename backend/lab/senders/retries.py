"""When an HTTP client sends again, and what it sends.

Unless a job wants something else, as ordinary clients do: after a time-out, after a connection that broke or could not
be opened, after a status of 500 or more, and after 409 where the answer is ``busy``, since another submission is under
way then. Every other answer is final; to a provider of webhooks only 2xx is (the rules of Stripe, GitHub and Shopify).
The n-th retry leaves ``backoff_ms * 2 ** (n - 1)`` milliseconds, at most a minute, after the attempt before has ended.
It goes to the next instance in turn, as a load balancer would send it, and the attempt before may still be running in
the backend.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from backend.instance.headers import CALLER_PORT_HEADER, SUBMISSION_HEADER
from backend.lab.senders.messages import Delivery, Job, Outcome
from backend.model.vocabulary import Answer, RetryCause

_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_CONFLICT = 409
_LONGEST_BACKOFF_MS = 60_000
_NO_PORT = "00000"
PORT_PLACE = {CALLER_PORT_HEADER: _NO_PORT}
"""A header with a place for the port of the connection."""


def invites_a_retry(outcome: Outcome, causes: Container[RetryCause]) -> bool:
    """Whether a client that sends again after these would do so after this."""
    return any(cause in causes for cause in _causes_of(outcome))


def _causes_of(outcome: Outcome) -> Iterator[RetryCause]:
    if outcome.held_back:
        return
    if outcome.timed_out:
        yield RetryCause.TIMEOUT
    elif not outcome.status:
        yield RetryCause.CONNECTION
    elif outcome.status >= _SERVER_ERROR:
        yield RetryCause.SERVER_ERROR
    elif outcome.status >= _CLIENT_ERROR:
        yield RetryCause.CLIENT_ERROR
        if outcome.status == _CONFLICT and _answer_of(outcome.body) == Answer.BUSY:
            yield RetryCause.BUSY


def backoff_seconds(job: Job, attempt: int) -> float:
    """How long a caller waits before this retry, which is 1 for the first."""
    doubled: int = job.backoff_ms << min(attempt - 1, 20)
    return min(doubled, _LONGEST_BACKOFF_MS) / 1000


def next_attempt(job: Job, delivery: Delivery) -> Delivery:
    """The same intent again, under a name that tells the first attempt: ``7.3r1`` comes after ``7.3``."""
    first = delivery.first_id or delivery.submission_id
    attempt = delivery.attempt + 1
    name = f"{first}r{attempt}"
    target = (delivery.target + 1) % len(job.targets)
    before, after = job.targets[delivery.target], job.targets[target]
    request = _with_header(delivery.request, SUBMISSION_HEADER, delivery.submission_id, name)
    request = _with_header(request, "Host", f"{before.host}:{before.port}", f"{after.host}:{after.port}")
    return Delivery(name, delivery.intent_key, target, request, attempt, first)


def with_port(request: bytes, port: int) -> bytes:
    """The request with the port of its connection in the place for it."""
    return _with_header(request, CALLER_PORT_HEADER, _NO_PORT, f"{port:05}")


def _with_header(request: bytes, name: str, before: str, after: str) -> bytes:
    return request.replace(f"\r\n{name}: {before}\r\n".encode(), f"\r\n{name}: {after}\r\n".encode(), 1)


def _answer_of(body: bytes) -> object:
    try:
        return msgspec.json.decode(body, type=dict[str, object]).get("answer")
    except msgspec.DecodeError:
        return None
