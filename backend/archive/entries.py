"""What something was that was done, as plain data: settings, verdicts and evidence.

Instants of a kept run are nanoseconds since a zero of its own (`START_NS` is when it began), so that entries of several
machines and sessions lie on one time axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from backend.comparison.records import Comparison, worst_of
from backend.explorer.question import Exploration
from backend.model.catalogue import SourceCode
from backend.model.judgement import Judgement, Report
from backend.model.observed import LockWait, Reply, Row, Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, Source, Verdict
from backend.service.outside.model import Check, CheckPlan

START_NS = 1_000_000_000
"""Where a kept run begins on its time axis: 0 means "not yet" where an end is told."""

LAST_INSTANT = 253_402_300_799
"""The end of the year 9999, in Unix seconds."""


class Kind(StrEnum):
    """What was done."""

    RUN = "run"
    EXPLORATION = "exploration"
    COMPARISON = "comparison"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Where every knob of a run stood. `backend.archive.command_lines` writes it as a command line."""

    operation: OperationKey
    setup: Setup
    plan: Plan
    """Without its intents."""
    intents: int = 1
    item: str = ""
    """What is ordered; empty where each intent has an item of its own."""
    quantity: int = 1
    instances: int = 1
    database: str = "postgresql"
    """A key, or a URL without its password."""

    @property
    def normalised(self) -> RunSettings:
        """The same without what means nothing: an interval without that pace, what one broker has without it."""
        interval = round(self.plan.interval_ms) if self.plan.pace is Pace.INTERVAL else 0
        limit = self.plan.limit_ms and -(-self.plan.limit_ms // 1000) * 1000
        lag = self.setup.replica_lag_ms if self.setup.is_replicated else 0
        prefetch = self.setup.prefetch if self.plan.source is Source.RABBITMQ else 1
        window = self.setup.deduplication_ms if self.plan.source is Source.NATS else 0
        return replace(
            self,
            setup=replace(self.setup, deduplication_ms=window, prefetch=prefetch, replica_lag_ms=lag),
            plan=replace(self.plan, intents=(), interval_ms=interval, limit_ms=limit),
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a run had more of than is kept."""

    rows: int = 0
    replies: int = 0
    submissions: int = 0
    """Those whose steps are not kept."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run and what was seen of it."""

    settings: RunSettings
    report: Report
    rows: tuple[Row, ...] = ()
    """All effects of its intents, those of earlier runs of the same intents included."""
    replies: tuple[Reply, ...] = ()
    steps: tuple[Step, ...] = ()
    waits: tuple[LockWait, ...] = ()
    code: SourceCode | None = None
    """The code that ran."""
    left_out: LeftOut = LeftOut()
    earlier: int = 0
    """Submissions of the same intents before this run: its verdict is about all of them."""

    @property
    def judgement(self) -> Judgement:
        """What it came to, as a lab tells it."""
        report = self.report
        ended_early = report.cancelled or report.out_of_time or report.broken_off
        return Judgement(
            intents=report.intents,
            effects=report.effects,
            submissions=report.sent,
            held_back=sum(reply.held_back for reply in self.replies),
            verdicts=report.verdicts,
            answers=report.answers,
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            contradictions=report.contradictions,
            contradicting=report.contradicting,
            at_work=report.at_work,
            working=report.working,
            untraced=report.untraced,
            unheard=report.verdicts.get(Verdict.UNDECIDED, 0) if ended_early else 0,
        )


@dataclass(frozen=True, slots=True)
class ExplorationRecord:
    """An exploration and what it found."""

    found: Exploration


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """A comparison and what it found."""

    found: Comparison


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check of somebody's own service. The service's file is named in it, and not kept: it may hold secrets."""

    plan: CheckPlan
    faults: tuple[str, ...]
    found: Check


Content: TypeAlias = RunRecord | ExplorationRecord | ComparisonRecord | CheckRecord
CONTENTS: Mapping[Kind, type[Content]] = {
    Kind.RUN: RunRecord,
    Kind.EXPLORATION: ExplorationRecord,
    Kind.COMPARISON: ComparisonRecord,
    Kind.CHECK: CheckRecord,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done, and when."""

    began: float
    """Unix time in seconds."""
    content: Content

    @property
    def kind(self) -> Kind:
        """What was done."""
        return next(kind for kind, of_kind in CONTENTS.items() if isinstance(self.content, of_kind))

    @property
    def seconds(self) -> float:
        """How long it took."""
        content = self.content
        return content.report.seconds if isinstance(content, RunRecord) else content.found.seconds

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict; None where nothing was judged, and for a comparison, which is many at once."""
        match self.content:
            case RunRecord(report=report):
                return worst_of(report.verdicts)
            case ExplorationRecord(found=exploration):
                return worst_of(exploration.outcomes)
            case CheckRecord(found=check):
                return max(
                    (i.verdict for s in check.situations for i in s.intents),
                    key=lambda verdict: verdict.severity,
                    default=None,
                )
            case _:
                return None
