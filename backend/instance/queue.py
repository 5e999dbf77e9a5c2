"""The queue: a stream, of the Redis-protocol server or of a broker, which the consumers of a lab read.

What the two ends of it agree on. A message asks for an intent, as a form or another service would; it stays pending
until a consumer acknowledges it, and is delivered again if nobody does within the visibility time-out (Redis
documentation: XREADGROUP, XPENDING, XCLAIM, XACK). Each run has a stream of its own, under a name that no other run of
any lab has: what a dead run has left behind is nobody's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

GROUP = "backend"
MOST_DELIVERIES = 5
"""After so many a message is given up, as a dead letter queue would."""
KEY_LIFE_SECONDS = 3600
"""What a run cannot clean up any more is gone after so long."""
_FIELD = "message"


@dataclass(frozen=True, slots=True)
class Queue:
    """The keys of one run."""

    run: str

    @property
    def stream(self) -> str:
        """The stream."""
        return f"submit-twice:{self.run}:queue"

    @property
    def reports(self) -> str:
        """A list in which consumers tell what became of each delivery."""
        return f"submit-twice:{self.run}:reports"

    @property
    def deliveries(self) -> str:
        """A hash in which consumers count the deliveries of each message, where the broker may forget them."""
        return f"submit-twice:{self.run}:deliveries"


class Message(msgspec.Struct, frozen=True, gc=False):
    """One delivery of an intent, before anybody got it."""

    submission_id: str
    intent_key: str
    path: str
    """As it would be posted over HTTP: ``/operations/{operation}?strategy=K&variant=K``."""
    body: bytes
    headers: dict[str, str]
    """The knobs of the submission, as over HTTP."""

    def fields(self) -> dict[Any, Any]:
        """The stream entry, in the wide type that redis-py asks for."""
        return {_FIELD: msgspec.json.encode(self)}

    @classmethod
    def from_fields(cls, fields: dict[bytes | str, bytes | str]) -> Message:
        """Read a stream entry."""
        found = {_text(name): value for name, value in fields.items()}
        return msgspec.json.decode(found[_FIELD], type=cls)


class Handled(msgspec.Struct, frozen=True, gc=False):
    """What became of one delivery of a message."""

    submission_id: str
    """That of the message."""
    delivery: int
    """1 for the first."""
    answer: str
    detail: dict[str, object] | None
    """The sentence about it as a document of `backend.model.sentence`, where there is one."""
    began_ns: int
    ended_ns: int


def delivery_id(submission_id: str, delivery: int) -> str:
    """A name for each delivery: the first has that of its message."""
    return submission_id if delivery == 1 else f"{submission_id}d{delivery}"


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
