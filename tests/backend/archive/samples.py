"""Entries of every kind, made without engines."""

from __future__ import annotations

from backend.archive.entries import (
    START_NS,
    CheckRecord,
    ComparisonRecord,
    Entry,
    ExplorationRecord,
    RunRecord,
    RunSettings,
)
from backend.comparison.cost_records import Cost
from backend.comparison.questions import ComparisonQuestion, Subject
from backend.comparison.questions import SituationKey as ComparedSituation
from backend.comparison.records import ComparedCell, Comparison, Line, Part, PartResult, Proof, Surroundings
from backend.explorer.question import (
    Choice,
    Counterexample,
    Event,
    EventKind,
    Exploration,
    Question,
    Snapshot,
    TableRows,
)
from backend.model.catalogue import SourceCode
from backend.model.judgement import Report
from backend.model.observed import AtWork, LockWait, Reply, Row, Step
from backend.model.plan import Fault, Intent, Plan, Setup
from backend.model.sentence import Sentence, plain, say
from backend.model.verdict import ContradictionCode
from backend.model.vocabulary import Answer, EngineKind, FaultKind, OperationKey, Replication, Source, Verdict
from backend.service.outside.model import Check, CheckPlan, CheckSituation, IntentResult, SituationResult
from backend.strategies import find

BEGAN = 1_764_000_000.5
MS = 1_000_000
REFUSED = say(ContradictionCode.DENIED_WITH_ROW, submission="r-1.2", answer=plain("busy"), effects=2)


def settings(strategy: str = "none", variant: str = "direct", **changes: object) -> RunSettings:
    setup = Setup(strategy, variant, faults=(Fault(FaultKind.DELAY, "sql", "INSERT", ms=20),))
    return RunSettings(OperationKey.PLACE_ORDER, setup, Plan((), 2), item="book", **changes)  # type: ignore[arg-type]


def report(verdict: Verdict = Verdict.DUPLICATED, contradictions: tuple[Sentence, ...] = ()) -> Report:
    return Report(
        operation=OperationKey.PLACE_ORDER,
        setup=settings().setup,
        source=Source.CLICKS,
        intents=1,
        submissions=2,
        sent=2,
        instances=1,
        effects=2,
        verdicts={verdict: 1},
        answers={Answer.CREATED: 2},
        p50_ms=12.5,
        p99_ms=20.0,
        steps_per_submission={EngineKind.POSTGRESQL: 2.0},
        contradictions=contradictions,
        seconds=0.25,
        at_work=(AtWork("r-1.2", "A-1", 1, START_NS),),
        ended_ns=START_NS + 90 * MS,
    )


def replies(count: int = 2, key: str = "A-1", run: str = "r-1") -> tuple[Reply, ...]:
    return tuple(
        Reply(
            f"{run}.{n}",
            key,
            Answer.CREATED,
            201,
            None if n % 2 else REFUSED,
            START_NS + n * MS,
            START_NS + 30 * n * MS,
        )
        for n in range(1, count + 1)
    )


def steps(submission: str = "r-1.1", count: int = 3) -> tuple[Step, ...]:
    begin = START_NS + 2 * MS
    return tuple(
        Step(
            submission, n, 1, EngineKind.POSTGRESQL, "UPDATE goods SET count = 1", "1 row", "",
            begin + n * MS, begin + (n + 1) * MS,
        )
        for n in range(count)
    )  # fmt: skip


def rows(count: int = 2, key: str = "A-1") -> tuple[Row, ...]:
    return tuple(Row("orders", n, key, "book", 1, f"r-1.{n}", BEGAN + n / 1000, n) for n in range(1, count + 1))


def intent(key: str = "A-1") -> Intent:
    return Intent(OperationKey.PLACE_ORDER, key, "book", 1)


def run_entry(verdict: Verdict = Verdict.DUPLICATED, began: float = BEGAN, strategy: str = "none") -> Entry:
    variant = "direct" if strategy == "none" else "catch-violation"
    record = RunRecord(
        settings(strategy, variant),
        report(verdict, (REFUSED,)),
        rows(),
        replies(),
        (*steps("r-1.1"), *steps("r-1.2")),
        (LockWait("r-1.2", START_NS + 5 * MS, START_NS + 9 * MS, ("r-1.1",)),),
        SourceCode("backend/strategies/none.py", "def direct():\n    pass\n", 1, 2),
    )
    return Entry(began, record)


def exploration_entry() -> Entry:
    question = Question(OperationKey.PLACE_ORDER, "none", "direct")
    snapshot = Snapshot(1, (TableRows("orders", ("id", "order_no"), (("1", "A"),)),))
    events = (
        Event("A", EventKind.STEP, "postgresql", "INSERT", "row 1", after=snapshot),
        Event("B", EventKind.STEP, "postgresql", "INSERT", "row 2"),
    )
    choices = (Choice(EventKind.STEP, "A"), Choice(EventKind.STEP, "B"))
    example = Counterexample(question, Verdict.DUPLICATED, 1, choices, events, 1, "A second row.")
    outcomes = {Verdict.DUPLICATED: 2}
    examples = {Verdict.DUPLICATED: example}
    return Entry(BEGAN, ExplorationRecord(Exploration(question, True, 2, 2, outcomes, example, examples, 0.5)))


def comparison_entry(strategy: str = "none", variant: str = "direct") -> Entry:
    _, claimed = find(strategy, variant)
    subject = Subject(
        OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, strategy, variant, claimed.sound, claims=claimed.claims
    )
    part = Part(Setup("none", "direct"), Plan((), 5), 1, 3, Proof.OVERLAP, plain("at once"))
    result = PartResult(part, {Verdict.DUPLICATED: 3}, {Answer.CREATED: 15}, 15, 1.0, 2.0, {}, (REFUSED,), 0.5, 3)
    cell = ComparedCell(subject, ComparedSituation.CLICKS, (result,))
    line = Line(subject, (cell,), Cost(subject, failure=plain("too busy")))
    found = Comparison(
        ComparisonQuestion(situations=(ComparedSituation.CLICKS,), replication=Replication.SYNCHRONOUS), (line,),
        Surroundings(plain("a machine"), ("PostgreSQL 18",), BEGAN), 9.5, True,
    )  # fmt: skip
    return Entry(BEGAN, ComparisonRecord(found))


def check_entry() -> Entry:
    worst = IntentResult("K-1", 2, (Answer.CREATED, Answer.CREATED), Verdict.DUPLICATED, True, REFUSED, steps())
    situation = SituationResult(CheckSituation.CLICKS, 5, (worst,), note=plain("in one packet"))
    found = Check("submit-twice.toml", (situation,), submitted=10, seconds=2.5)
    return Entry(BEGAN, CheckRecord(CheckPlan(), ("crash@sql:COMMIT:before",), found))


def every_entry() -> tuple[Entry, ...]:
    return run_entry(), exploration_entry(), comparison_entry(), check_entry()
