"""What is asked of the explorer, and what it answers, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.explorer.says import finding, scope_of
from backend.model.sentence import Sentence
from backend.model.vocabulary import EngineKind, GatewayKeys, OperationKey, Replication, Verdict

MOST_REQUESTS = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Which strategy, guarding what, against how many duplicates and mishaps."""

    operation: OperationKey
    strategy: str
    variant: str = ""
    """Empty for the default variant."""
    requests: int = 2
    crashes: int = 0
    """Most crashes in a schedule; each is followed by a retry."""
    expiries: int = 0
    """Most times that a lease runs out in a schedule."""
    gateway_keys: GatewayKeys = GatewayKeys.NONE
    """Matters only to an operation whose effect is at the gateway."""
    failovers: int = 0
    """Most times in a schedule that a replica of the Redis-protocol server is promoted which lacks the last writes."""
    service: str = ""
    """The file that describes somebody's own service. It stands for operation, strategy and variant, which then mean
    nothing."""
    errors: int = 0
    """Most exceptions in a schedule that a handler gets instead of carrying out a step; who is told so sends again."""
    database_failovers: int = 0
    """Most times in a schedule that the standby of PostgreSQL is promoted.

    Connections break, and a caller who is told so sends again.
    """
    replication: Replication = Replication.ASYNCHRONOUS
    """Whether that standby may lack the last commits. Matters only to a failover of the database."""

    @property
    def replies_are_steps(self) -> bool:
        """Whether the reply to a caller is a step of its own, before which its request may crash or fail."""
        return self.crashes > 0 or self.errors > 0

    @property
    def scope(self) -> Sentence:
        """What was allowed to happen, for brackets."""
        return scope_of(
            self.requests,
            self.crashes,
            self.expiries,
            self.failovers,
            self.errors,
            self.database_failovers,
            self.replication,
        )


def service_question(file: str, requests: int = 2, crashes: int = 0, expiries: int = 0) -> Question:
    """A question about somebody's own service."""
    return Question(OperationKey.PLACE_ORDER, "", "", requests, crashes, expiries, service=file)


class EventKind(StrEnum):
    """What happened in a schedule."""

    STEP = "step"
    CRASH = "crash"
    ERROR = "error"
    """A handler gets an exception where it wanted to carry out a step, or before it answers."""
    EXPIRE = "expire"
    FAILOVER = "failover"
    """A replica that has not got the last writes is the Redis-protocol server from now on."""
    PROMOTE = "promote"
    """The standby is the database from now on; every connection breaks."""
    APPLY = "apply"
    """The standby applies the next commit, just before somebody reads from it."""
    ANSWER = "answer"
    """A caller was told something (engine `http`), or a blocked step got its answer (any other engine)."""
    END = "end"
    """Nothing more happens, though a failover still might; no event."""

    __hash__ = str.__hash__  # that of an Enum is written in Python, and choices are looked up at each point

    @property
    def is_of_an_engine(self) -> bool:
        """Whether no request did it."""
        return self in {EventKind.EXPIRE, EventKind.FAILOVER, EventKind.PROMOTE, EventKind.APPLY}


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that makes a schedule: who steps, crashes or throws next, or what becomes of an engine."""

    kind: EventKind
    actor: str = ""
    """``A``, ``B``, ``C``; the retry of A is ``A'``. Empty for what no request does.

    With a promotion, whose COMMIT the standby has, and the answer to it was lost.
    """
    lost: int = 0
    """With a failover, how many of the last writes to Redis are gone; with a promotion, how many commits."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a strategy's code."""

    file: str = ""
    """Below the project; empty where no strategy's code is at work."""
    line: int = 0
    """From 1."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """Committed rows of a table that belong to the intent."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key of the intent in the Redis-protocol server, or a node of it in ZooKeeper."""

    name: str
    value: str
    has_lease: bool
    """Whether it will run out by itself; a node in ZooKeeper, whether it ends with its session."""
    engine: EngineKind = EngineKind.REDIS


@dataclass(frozen=True, slots=True)
class LockState:
    """What a request has locked in its open transaction, and for whom it waits."""

    actor: str
    holds: str
    """What it touched, as the explorer knows it."""
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The engines as they were just after an event. Uncommitted changes are not in it: nobody else can see them."""

    effects: int
    """Committed effects of the intent."""
    tables: tuple[TableRows, ...] = ()
    keys: tuple[KeyState, ...] = ()
    locks: tuple[LockState, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a schedule, in the order in which it happened."""

    actor: str
    kind: EventKind
    engine: str
    command: str
    answer: str
    blocked: bool = False
    """Whether a step waits for another request. Its answer comes with an event of its own."""
    place: Place = Place()
    """The strategy's line that issued it."""
    after: Snapshot | None = None
    """The engines just after it; None where it was not recorded."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A schedule that comes to a bad verdict: `choices` make it run again, `events` tell what happened."""

    question: Question
    verdict: Verdict
    switches: int
    """How often another request than the one before has its turn."""
    choices: tuple[Choice, ...]
    events: tuple[Event, ...]
    mistake: int = -1
    """Number of the event, from 0, with which the verdict became certain; -1 where that is not known."""
    mistake_text: str = ""
    """A sentence about it, in English; `backend.explorer.mistake` has it in other languages."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an exploration is."""

    schedules: int
    outcomes: Mapping[Verdict, int]
    seconds: float

    @property
    def per_second(self) -> float:
        """Schedules per second so far."""
        return self.schedules / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Exploration:
    """What an exploration found."""

    question: Question
    exhaustive: bool
    """Whether every schedule ran. Only then the outcomes are a proof."""
    schedules: int
    """Schedules run to their end. For three requests, one of each class and up to renaming the requests."""
    classes: int
    """Schedules that differ in more than the order of steps that have nothing to do with each other."""
    outcomes: Mapping[Verdict, int] = field(default_factory=dict)
    counterexample: Counterexample | None = None
    """The shortest way to the worst verdict; None if every schedule came to exactly one effect."""
    examples: Mapping[Verdict, Counterexample] = field(default_factory=dict)
    """The shortest way to each verdict, the good one included."""
    seconds: float = 0.0
    notes: tuple[Sentence, ...] = ()
    """What this exploration cannot show."""

    @property
    def finding(self) -> Sentence:
        """What was found, in a sentence, the worst first."""
        asked = self.question
        return finding(self.outcomes, asked.scope, exhaustive=self.exhaustive, requests=asked.requests)


def exploration_document(found: Exploration) -> dict[str, object]:
    """The JSON document of ``explore --json``."""
    asked, example = found.question, found.counterexample
    return {
        **_subject(asked),
        "requests": asked.requests,
        "crashes": asked.crashes,
        "expiries": asked.expiries,
        **({"failovers": asked.failovers} if asked.failovers else {}),
        **({"errors": asked.errors} if asked.errors else {}),
        **_failovers_of_database(asked),
        **({"gateway_keys": asked.gateway_keys.value} if asked.operation is OperationKey.SEND_MESSAGE else {}),
        "exhaustive": found.exhaustive,
        "schedules": found.schedules,
        "classes": found.classes,
        "outcomes": {verdict.value: count for verdict, count in found.outcomes.items()},
        "counterexample": example and example_document(example),
        "seconds": round(found.seconds, 3),
    }


def _subject(asked: Question) -> dict[str, object]:
    if asked.service:
        return {"service": asked.service}
    return {"operation": asked.operation.value, "strategy": asked.strategy, "variant": asked.variant}


def _failovers_of_database(asked: Question) -> dict[str, object]:
    if not asked.database_failovers:
        return {}
    return {"database_failovers": asked.database_failovers, "replication": asked.replication.value}


def example_document(example: Counterexample) -> dict[str, object]:
    """A counterexample as the JSON of ``explore --json`` has it."""
    return {
        "verdict": example.verdict.value,
        "switches": example.switches,
        "events": [
            {
                "actor": event.actor,
                "event": event.kind.value,
                "engine": event.engine,
                "command": event.command,
                "answer": event.answer,
                "blocked": event.blocked,
            }
            for event in example.events
        ],
    }
