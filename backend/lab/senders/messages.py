"""What the lab and the sender process say to each other."""

from __future__ import annotations

import msgspec

from backend.lab.senders import says  # noqa: F401  whoever reads an outcome has to know its codes
from backend.model.plan import USUAL_RETRY_CAUSES
from backend.model.sentence import Sentence, from_document
from backend.model.vocabulary import Pace, RetryCause


class Target(msgspec.Struct, frozen=True, array_like=True):
    """One instance."""

    host: str
    port: int


class Delivery(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One submission, ready to be written to a socket."""

    submission_id: str
    intent_key: str
    target: int
    """Index into the targets of its job."""
    request: bytes
    """The whole HTTP request."""
    attempt: int = 0
    """0 for the first, then the number of the retry."""
    first_id: str = ""
    """The submission id of the first attempt, where this is a retry."""


class Job(msgspec.Struct, frozen=True, array_like=True, tag="job"):
    """Deliveries, and how they leave."""

    job_id: int
    targets: tuple[Target, ...]
    deliveries: tuple[Delivery, ...]
    pace: Pace = Pace.SIMULTANEOUS
    interval_ms: float = 0.0
    timeout_ms: int = 30_000
    connections: int = 200
    """Most submissions under way at the same time; others wait for their turn, those of an interval too."""
    disable_button: bool = False
    """Hold a delivery back if one of the same intent is in flight at the moment of its click."""
    once_per_intent: bool = False
    """Send nothing more for an intent that was answered with success: the page has moved on."""
    retries: int = 0
    """How often a delivery is sent again that got no answer, or one that invites it; see `retries`."""
    retry_on: frozenset[RetryCause] = USUAL_RETRY_CAUSES
    """What invites it."""
    backoff_ms: int = 100
    """Wait before the first retry; it doubles each time."""
    network_ms: int = 0
    """Time that a request takes to the backend, and its answer back, on top of the loopback's."""
    awaits_instances: bool = False
    """Keep knocking, for a while, where an instance refuses connections: it is being started again."""
    more: bool = False
    """Whether further deliveries follow when they are wanted: there may be more than should be in memory at once."""
    names_ports: bool = False
    """Write the port of the connection into the requests, which have a place for it."""


class More(msgspec.Struct, frozen=True, array_like=True, tag="more"):
    """Further deliveries of a job."""

    job_id: int
    deliveries: tuple[Delivery, ...]
    more: bool
    """Whether still further ones follow."""


class Cancel(msgspec.Struct, frozen=True, array_like=True, tag="cancel"):
    """Send no more deliveries of a job; those in flight are awaited."""

    job_id: int


class Outcome(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What became of a delivery."""

    submission_id: str
    intent_key: str
    status: int = 0
    """HTTP status; 0 where no response arrived."""
    body: bytes = b""
    replayed: bool = False
    """Whether the response carried ``Idempotent-Replayed: true``."""
    sent_ns: int = 0
    """Taken just before the request was written; for what was never written, when that was clear."""
    received_ns: int = 0
    held_back: bool = False
    timed_out: bool = False
    error: dict[str, object] | None = None
    """Why there is no response, as a document of `backend.model.sentence`."""
    retry_of: str = ""
    """The submission id of the first attempt, where this was a retry."""
    retried: bool = False
    """Whether another attempt follows."""
    target: int = 0
    """Index into the targets of its job."""
    was_sent: bool = True
    """Whether it may have reached the backend, which it has not only if no byte of it was handed to the system."""
    lingers: bool = False
    """Whether the backend may still handle it although its caller has given up: `LetGo` tells when not any more."""

    @property
    def reason(self) -> Sentence | None:
        """Why there is no response."""
        return from_document(self.error)


class Outcomes(msgspec.Struct, frozen=True, array_like=True, tag="outcomes"):
    """Some more deliveries of a job have ended."""

    job_id: int
    outcomes: list[Outcome]


class LetGo(msgspec.Struct, frozen=True, array_like=True, tag="let-go"):
    """The backend has answered these, or hung up, after their callers had given up."""

    job_id: int
    submission_ids: list[str]


class Flying(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A delivery that has left, and that the backend has not let go of."""

    submission_id: str
    intent_key: str
    target: int
    sent_ns: int


class Cancelled(msgspec.Struct, frozen=True, array_like=True, tag="cancelled"):
    """Nothing more of a job leaves; these have, and are awaited."""

    job_id: int
    flying: list[Flying]


class Wanting(msgspec.Struct, frozen=True, array_like=True, tag="wanting"):
    """Few deliveries of a job are left, and further ones are wanted."""

    job_id: int


class Finished(msgspec.Struct, frozen=True, array_like=True, tag="finished"):
    """All deliveries of a job have ended or were cancelled; some may linger."""

    job_id: int
    sent: int
    """Deliveries that left, or tried to and got no connection."""
    held_back: int
    cancelled: int
    """Deliveries that were handed over and never left, because the job was cancelled."""
    release_ns: int
    """From before the first to after the last write of a simultaneous release; 0 for other paces."""


ToProcess = Job | More | Cancel
FromProcess = Outcomes | LetGo | Cancelled | Wanting | Finished
