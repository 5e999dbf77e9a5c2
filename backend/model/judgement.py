"""What it came to: the judgement of intents, and the report of a run."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from backend.model.observed import AtWork
from backend.model.plan import Fault, Setup
from backend.model.sentence import Sentence
from backend.model.vocabulary import (
    Answer,
    EngineKind,
    OperationKey,
    RetryCause,
    Source,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All intents since the last reset, judged from the rows read back; or, as `run`, those of the current run."""

    intents: int = 0
    effects: int = 0
    submissions: int = 0
    """Those that are over: answered, given up or cut off. Clicks that were held back are not among them."""
    in_flight: int = 0
    """Those that were asked for and are not over."""
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
    unheard: int = 0
    """Intents of which not all was heard, or could be read back, when a run ended: more may come of them."""
    run: Judgement | None = None
    """The same of the current run alone. Runs that share an intent count as one (each click is a run). Its effects are
    all of its intents' since they were announced, whoever made them. None before the first run."""
    untraced: int = 0
    """Submissions whose steps are not kept any more (`backend.model.kept`): of all runs since the last reset, in `run`
    as well, as what one run leaves makes room for the next."""
    wanted: Set[tuple[str, str]] = frozenset()
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
    """What one run came to. `backend.model.report` writes it as the JSON of the command line."""

    operation: OperationKey
    setup: Setup
    source: Source
    intents: int
    submissions: int
    """Submissions per intent, as asked for."""
    sent: int
    """Submissions that left for the backend, or tried to and got no connection. Where the sender was killed, those of
    which an answer or a step was heard: at least so many have left."""
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
    lost: tuple[str, ...] = ()
    """The business keys of the intents that are lost."""
    missed_faults: tuple[Fault, ...] = ()
    """Faults of the setup that did not come about: the step or the moment never came."""
    ended_ns: int = 0
    """When it was reported."""
    promoted_ns: int = 0
    """When a standby began to take the place of the database meanwhile; 0 if none did."""
    untraced: int = 0
    """Submissions whose steps are not kept any more (`backend.model.kept`); `steps_per_submission` is of all."""
    retry_on: frozenset[RetryCause] = frozenset()
    """After what its callers sent again; empty where they never do."""
    broken_off: Sentence | None = None
    """Why it ended before it was over, where nobody ended it. An intent of which not all had been heard and read back
    by then is undecided, unless it is duplicated already."""
