"""Strategies and their code as plain data: what can be chosen, what is claimed of it, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.model.sentence import Sentence, plain
from backend.model.vocabulary import EngineKind, OperationKey, Verdict


class SituationKey(StrEnum):
    """How a submission arrives twice."""

    CLICKS = "clicks"
    ONE_AFTER_ANOTHER = "one-after-another"
    RETRY = "retry"
    LEASE = "lease"
    REDELIVERY = "redelivery"
    CRASH = "crash"
    FAILOVER = "failover"


class Effect(StrEnum):
    """What a duplicate would do twice."""

    INSERT = "insert"
    STATUS = "status"
    AMOUNT = "amount"
    OUTSIDE = "outside"


class Key(StrEnum):
    """By what a duplicate can be recognised."""

    NATURAL = "natural"
    CLIENT = "client"
    NONE = "none"


class Arrival(StrEnum):
    """Who submits."""

    FORM = "form"
    PROGRAM = "program"
    QUEUE = "queue"


class Again(StrEnum):
    """How late a duplicate can come."""

    MINUTES = "minutes"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Fit:
    """When a variant is worth choosing: what it needs, how long it remembers, its price. No run can tell that."""

    place: int
    """The simpler and the more robust, the smaller: variants that fit are ranked by it."""
    why: Sentence
    """What speaks for it."""
    mind: Sentence
    """What to mind all the same."""
    keys: frozenset[Key] = frozenset({Key.NATURAL, Key.CLIENT})
    arrivals: frozenset[Arrival] = frozenset(Arrival)
    first_for: frozenset[Effect | Key | Arrival] = frozenset()
    """Answers that make it the natural choice."""
    remembers: Again = Again.DAYS
    elsewhere: bool = False
    """Whether it keeps its lock at another server, for a lease or a session."""
    honoured: bool = False
    """Whether it fits only where the service outside honours keys."""
    crash: Verdict = Verdict.DUPLICATED
    """What a crash comes to where it is not survived."""

    def forgets(self, again: Again) -> bool:
        """Whether a duplicate that comes so late is not recognised any more."""
        return again is Again.DAYS and self.remembers is not Again.DAYS


@dataclass(frozen=True, slots=True)
class Prose:
    """What is said of a variant."""

    title: Sentence
    summary: Sentence
    """One line for the panel."""
    guarantees: Sentence
    breaks: Sentence
    """What breaks it."""
    choose_when: Sentence


_NOTHING = plain("")
UNTOLD = Prose(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)
"""Of a variant that nobody is to read about."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What is claimed of a variant; runs say whether it is so."""

    admits: frozenset[SituationKey] = frozenset()
    """Situations that it does not survive although it is sound."""
    needs_overlap: bool = False
    """Whether it breaks only where two transactions overlap."""
    misinforms: bool = False
    """Whether it is broken only in what it tells its callers: it takes effect once at most, and answers with errors."""
    needs_exception: bool = False
    """Whether it breaks only where a handler throws: no situation of a comparison does that."""
    spared_by: frozenset[EngineKind] = frozenset()
    """Databases that do not let happen what breaks it."""
    one_process: bool = False
    """Whether it is right where there is one process only."""
    fit: Fit | None = None
    """Where guidance may recommend it."""


NOTHING_CLAIMED = Claims()


@dataclass(frozen=True, slots=True)
class VariantInfo:
    """A variant as the window shows it: plain data, no code to call."""

    key: str
    sound: bool
    """False where the variant is popular but broken."""
    prose: Prose
    claims: Claims
    guards: frozenset[OperationKey]
    refusals: Mapping[OperationKey, Sentence]
    """For each operation that is not guarded, the reason."""
    engines: frozenset[EngineKind] = frozenset()
    """Engines that it needs besides the database and the Redis-protocol server."""
    missing: Sentence | None = None
    """What to install, where one of them is not there."""
    sources: tuple[str, ...] = ()
    """Where what is said of its strategy is known from."""


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy as the window shows it."""

    key: str
    title: Sentence
    variants: tuple[VariantInfo, ...]


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The source of a strategy, taken from the module that runs."""

    file: str
    """Path below the project, such as ``backend/strategies/token.py``, or below the folder of somebody's own."""
    text: str
    """The whole file."""
    first_line: int
    """First line of the selected variant's function, from 1."""
    last_line: int
