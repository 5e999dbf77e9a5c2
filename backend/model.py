"""The words of the project as enums and frozen dataclasses.

Every other module speaks in these. Nothing here imports anything of the project but `backend.sentence`.
Instants are nanoseconds of ``time.monotonic_ns()``, a clock that all processes of one machine share on Linux
and macOS; durations are milliseconds unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from backend.sentence import Sentence


class OperationKey(StrEnum):
    """The business operation that an intent asks for."""

    PLACE_ORDER = "place-order"
    PAY_ORDER = "pay-order"
    ADD_STOCK = "add-stock"
    CANCEL_ORDER = "cancel-order"
    SEND_MESSAGE = "send-message"

    @property
    def key_field(self) -> str:
        """Name of the business key in the request body and in the tables."""
        about_orders = self not in {OperationKey.ADD_STOCK, OperationKey.SEND_MESSAGE}
        return "order_no" if about_orders else "request_no"


class Source(StrEnum):
    """Where a second submission of the same intent comes from."""

    CLICKS = "clicks"
    RETRY = "retry"
    REDELIVERY = "redelivery"


class EngineKind(StrEnum):
    """An engine is whatever executes a step."""

    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"
    SQLITE = "sqlite"
    REDIS = "redis"
    ZOOKEEPER = "zookeeper"
    GATEWAY = "gateway"
    HTTP = "http"

    @property
    def is_database(self) -> bool:
        """Whether the engine stores the effects in tables."""
        return self in _DATABASES


_DATABASES = frozenset({EngineKind.POSTGRESQL, EngineKind.MARIADB, EngineKind.SQLITE})


class Health(StrEnum):
    """State of an engine as last seen."""

    STARTING = "starting"
    UP = "up"
    PAUSED = "paused"
    DOWN = "down"
    MISSING = "missing"


class Answer(StrEnum):
    """What a caller was told."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    REPLAYED = "replayed"
    BUSY = "busy"
    CONFLICT = "conflict"
    ERROR = "error"
    TIMEOUT = "timeout"

    @property
    def claims_done(self) -> bool:
        """Whether a caller who was told this believes that the intent is, or will be, carried out."""
        return self in {Answer.CREATED, Answer.DUPLICATE, Answer.REPLAYED}


class Verdict(StrEnum):
    """What became of one intent, judged from its effects and answers. Ordered from best to worst."""

    EXACTLY_ONCE = "exactly_once"
    UNDECIDED = "undecided"
    STUCK = "stuck"
    LOST = "lost"
    DUPLICATED = "duplicated"

    @property
    def severity(self) -> int:
        """0 for the best verdict; a higher number is worse."""
        return list(Verdict).index(self)


class OrderStatus(IntEnum):
    """Status of an order. The numbers grow along its life, so that ``status < :new`` guards a transition."""

    CREATED = 10
    PAID = 20
    CANCELLED = 30


class GatewayKeys(StrEnum):
    """What becomes of the Idempotency-Key of calls to the gateway."""

    NONE = "none"
    """None is sent."""
    IGNORED = "ignored"
    """One is sent, and the gateway does not care."""
    HONOURED = "honoured"
    """The gateway carries out the first call with a key, and answers the others as it answered the first."""


class Pace(StrEnum):
    """How the submissions of a run leave the sender."""

    SIMULTANEOUS = "simultaneous"
    INTERVAL = "interval"
    ONE_AFTER_ANOTHER = "one-after-another"


class FaultKind(StrEnum):
    """What is done to a run on purpose."""

    CRASH = "crash"
    """The backend process kills itself (SIGKILL) at a step."""
    RESET = "reset"
    """The connections to the database and to the caller are dropped at a step."""
    LOST_REPLY = "lost-reply"
    """The work is done, and the caller's connection is closed instead of an answer."""
    DELAY = "delay"
    """A wait before or after a step."""
    NETWORK = "network"
    """A wait on the way to the backend, and another one on the way back."""
    LEASE = "lease"
    """Locks and in-flight records live so long."""
    PAUSE = "pause"
    """A process is stopped (SIGSTOP) and continued (SIGCONT) later."""
    KILL = "kill"
    """A server is killed (SIGKILL) in mid-run and started again."""
    RESTART = "restart"
    """A server is stopped in an orderly way in mid-run and started again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One disturbance of a run. `backend.faults` reads it from a text; ``str`` writes that text."""

    kind: FaultKind
    place: str = ""
    """``sql``, ``redis``, ``gateway``, ``zookeeper`` or ``reply`` for a step, ``database`` or ``redis`` for a server;
    empty where the kind says it all."""
    command: str = ""
    """First words of the step's command, in capitals; empty for any step of that engine."""
    before: bool = False
    """Just before the step instead of right after it."""
    ms: int = 0
    """How long, or since when, in milliseconds."""
    nth: int | None = None
    """At a step: it hits the n-th submission of each intent that comes to it, 0 for all of them; None is the first.
    To a server: after so many answers; None is after half of the submissions that were asked for."""

    def __str__(self) -> str:
        where = f"@{self.place}" if self.place else ""
        command = f":{self.command}" if self.command else ""
        before = ":before" if self.before else ""
        amount = f"={self.ms}" if self.ms else ""
        nth = "" if self.nth is None else f"#{self.nth or '*'}"
        return f"{self.kind}{where}{command}{before}{amount}{nth}"


@dataclass(frozen=True, slots=True)
class Intent:
    """What the user wants once."""

    operation: OperationKey
    key: str
    """The business key: ``order_no``, or ``request_no`` for a stock change and a message."""
    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Step:
    """One command to an engine, as the tap saw it."""

    submission_id: str
    number: int
    """Position among the steps of its submission, from 0."""
    instance: int
    engine: EngineKind
    command: str
    """The command as the engine got it, with its parameters."""
    answer: str
    """What the engine answered, shortened to one line; empty if the step failed."""
    error: str
    """Why the step failed, in one line; empty if it did not."""
    started_ns: int
    ended_ns: int
    server_pid: int = 0
    """Process of the database server behind the connection; 0 where the engine has none or does not tell."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """A step that was seen waiting for a lock, as the database server says; measured, not deduced."""

    submission_id: str
    started_ns: int
    """When it began to wait, by the server's own account."""
    ended_ns: int
    """When it was first seen not waiting any more, or when the step ended, whichever was earlier: late by a few
    milliseconds at most."""
    blockers: tuple[str, ...]
    """The submissions that held the lock or stood before it in its queue; ``pid 123`` for one that is not ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller of one submission saw."""

    submission_id: str
    intent_key: str
    answer: Answer
    status: int
    """HTTP status; 0 where no response arrived."""
    detail: Sentence | None
    """The sentence of the problem document, or why there is none; None where the request succeeded."""
    sent_ns: int
    received_ns: int
    held_back: bool = False
    """True for a click that the client did not send because the button was disabled. Such a click got no answer."""
    retry_of: str = ""
    """Id of the first attempt or delivery, where this is a later one of the same."""

    @property
    def latency_ms(self) -> float:
        """Milliseconds from just before the request was written to the whole response read."""
        return (self.received_ns - self.sent_ns) / 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One effect, read back from the database."""

    table: str
    """``orders``, ``payments``, ``stock_changes``, ``order_deletions``, or ``messages`` of the gateway's ledger."""
    id: int
    key: str
    """The business key that the row belongs to."""
    item: str
    quantity: int
    """Pieces ordered, pieces added; for a payment, the amount."""
    submission_id: str
    created_at: float
    """Unix time in seconds, from the database's clock."""
    ordinal: int
    """1 for the first effect of its intent; 2 and more are duplicates."""

    @property
    def is_duplicate(self) -> bool:
        """Whether the intent already had an effect before this row."""
        return self.ordinal > 1


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine as the status strip shows it."""

    kind: EngineKind
    name: str
    """Product name, such as ``PostgreSQL`` or ``Valkey``."""
    version: str
    address: str
    """Where it listens, without any password."""
    embedded: bool
    """Whether we started it."""
    health: Health
    note: Sentence | None = None
    """Where something is worth saying: what to install, what does not work."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything on the backend's side of a run."""

    strategy: str = "none"
    variant: str = ""
    """Empty for the default variant of the strategy."""
    processing_delay_ms: int = 0
    """Time that a handler works between what it reads and what it writes."""
    lease_ms: int = 10_000
    """Life of a lock or an in-flight record."""
    faults: tuple[Fault, ...] = ()
    """What is done to the run on purpose."""
    gateway_keys: GatewayKeys = GatewayKeys.NONE
    """Matters only to an operation whose effect is at the gateway."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything on the caller's side of a run: which submissions of which intents, and how they leave."""

    intents: tuple[Intent, ...]
    submissions: int
    """Submissions per intent; with source `retry`, callers who retry independently of each other."""
    source: Source = Source.CLICKS
    pace: Pace = Pace.SIMULTANEOUS
    interval_ms: float = 0.0
    timeout_ms: int = 30_000
    """How long a caller waits for its answer."""
    disable_button: bool = False
    """Hold a click back while another one of the same intent is in flight."""
    retries: int = 3
    """How often a caller of source `retry` sends the same intent again: after a time-out, a broken or refused
    connection, a status of 500 or more, and after 409 where it means that another submission is under way."""
    backoff_ms: int = 100
    """Wait before the first retry. It doubles each time: the n-th retry leaves ``backoff_ms * 2 ** (n - 1)`` after the
    answer, or its lack, to the attempt before."""
    reload: bool = False
    """Whether each submission of an intent comes from a form opened anew, as after a reload of the page."""
    edit: bool = False
    """Whether the user changes the quantity between the submissions of a form: one more each time."""
    limit_ms: int | None = None
    """When the run ends at the latest, with what is still at work undecided; None lets it take what it takes."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A submission that may still have an effect: a backend process handles it, or has yet to begin."""

    submission_id: str
    """The attempt or the delivery."""
    intent_key: str
    """Empty where it is not known."""
    instance: int
    """Number of the backend process, from 11 for a consumer of the queue."""
    since_ns: int
    """When that process began to handle it; where it has not begun yet, when it was sent."""
    step: str = ""
    """The command that it is at, or was at last; empty where none is known."""
    begun: bool = True
    """False while it waits in front of the process: sent, and not taken up yet."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All intents since the last reset, judged from the rows read back; or, as `run`, those of the current run."""

    intents: int = 0
    effects: int = 0
    submissions: int = 0
    """Submissions sent; clicks that were held back are not among them."""
    in_flight: int = 0
    held_back: int = 0
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    answers: Mapping[Answer, int] = field(default_factory=dict)
    p50_ms: float | None = None
    p99_ms: float | None = None
    contradictions: tuple[Sentence, ...] = ()
    """About answers that do not fit the rows, at most a handful."""
    contradicting: int = 0
    """How many such answers there are in all."""
    final: bool = True
    """False while submissions are in flight or at work, or rows are still being read."""
    at_work: tuple[AtWork, ...] = ()
    """What is still at work, the longest first, at most a handful."""
    working: int = 0
    """How many are at work in all, also those of callers from outside."""
    run: Judgement | None = None
    """The same of the current run alone. Runs that share an intent count as one (each click is a run). Its effects are
    all of its intents' since they were announced, whoever made them. None before the first run."""
    wanted: frozenset[tuple[str, str]] = frozenset()
    """Of a run: table of the effect and business key of each of its intents; `Row` has both."""

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict among the intents; None where there is no intent yet."""
        return max(self.verdicts, key=lambda verdict: verdict.severity, default=None)

    @property
    def duplicates(self) -> int:
        """Effects beyond the first of each intent."""
        return self.effects - sum(
            n for v, n in self.verdicts.items() if v in {Verdict.EXACTLY_ONCE, Verdict.DUPLICATED}
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What one run came to. `backend.report` writes it as the JSON of the command line."""

    operation: OperationKey
    setup: Setup
    source: Source
    intents: int
    submissions: int
    """Submissions per intent, as asked for."""
    sent: int
    """Submissions that really left for the backend."""
    instances: int
    effects: int
    verdicts: Mapping[Verdict, int]
    answers: Mapping[Answer, int]
    p50_ms: float | None
    p99_ms: float | None
    steps_per_submission: Mapping[EngineKind, float]
    contradictions: tuple[Sentence, ...]
    seconds: float
    cancelled: bool = False
    out_of_time: bool = False
    """Whether the limit of its plan ended it."""
    at_work: tuple[AtWork, ...] = ()
    """What was still at work when it was cancelled or its limit was reached, the longest first, at most a handful.
    An intent that any of it belongs to is undecided, unless it is duplicated already."""
    working: int = 0
    """How many were at work in all."""
    contradicting: int = 0
    """How many answers do not fit the rows in all; `contradictions` has examples."""
    missed_faults: tuple[Fault, ...] = ()
    """Faults of the setup that did not come about: the step or the moment never came."""
    ended_ns: int = 0
    """When it was reported."""
