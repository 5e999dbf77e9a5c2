"""A situation counts only where the engines and the trace show that it came about: real runs that reach or miss it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from backend.comparison.claims import standing
from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.evidence import proven
from backend.comparison.questions import ComparisonQuestion, SituationKey, Subject
from backend.comparison.records import CellState, ComparedCell, Comparison, Part, Proof
from backend.comparison.runs import NotOverError, Runs
from backend.comparison.situations import SITUATIONS, Extent, Situation
from backend.comparison.web_page import comparison_html
from backend.comparison.words import cell_word
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, Source
from backend.strategies import all_strategies
from tests.backend.comparison.conftest import Compare
from tests.tables import exhaustive_but, first_of_each

PLACE = OperationKey.PLACE_ORDER
GIVES_UP = Plan((), 1, Source.RETRY, timeout_ms=300, retries=1)
WAITS = Plan((), 1, Source.RETRY, timeout_ms=30_000, retries=1)
COMES_AGAIN = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=5)
ONE_MESSAGE = Plan((), 1, Source.REDELIVERY)
DIES = (parse_fault("crash@sql:COMMIT"),)
DIES_BEFORE_ACK = (parse_fault("crash@redis:XACK:before"),)
NEVER = (parse_fault("crash@sql:VACUUM"),)


@pytest.mark.parametrize(
    ("proof", "setup", "plan", "expected"),
    exhaustive_but(
        [
            (Proof.OVERLAP, Setup("none", "direct", 100), Plan((), 3), 1),
            (Proof.OVERLAP, Setup("none", "direct"), Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER), 0),
            (Proof.AFTER_ANSWER, Setup("none", "direct"), Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER), 1),
            (Proof.AFTER_ANSWER, Setup("none", "direct", 200), Plan((), 3), 0),
            (Proof.AFTER_ANSWER, Setup("front-end", "disable-button"), Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER), 1),
            (Proof.OVERLAP, Setup("front-end", "disable-button", 100), Plan((), 3), 1),
            (Proof.IN_PROCESSING, Setup("inbox", "same-transaction", 900), GIVES_UP, 1),
            (Proof.IN_PROCESSING, Setup("inbox", "same-transaction"), WAITS, 0),
            (Proof.LEASE_RAN_OUT, Setup("distributed-lock", "redis", 1_200, 200), GIVES_UP, 1),
            (Proof.LEASE_RAN_OUT, Setup("distributed-lock", "redis", 1_200, 60_000), GIVES_UP, 0),
            (Proof.LEASE_RAN_OUT, Setup("idempotency-key", "draft-07", 1_200, 200), GIVES_UP, 1),
            (Proof.LEASE_RAN_OUT, Setup("idempotency-key", "draft-07", 1_200, 60_000), GIVES_UP, 0),
            (Proof.CRASHED, Setup("none", "direct", faults=DIES), COMES_AGAIN, 1),
            (Proof.CRASHED, Setup("none", "direct", faults=NEVER), COMES_AGAIN, 0),
            (Proof.REDELIVERED, Setup("none", "direct", faults=DIES_BEFORE_ACK), ONE_MESSAGE, 1),
            (Proof.REDELIVERED, Setup("none", "direct"), ONE_MESSAGE, 0),
        ],
        first_of_each(lambda proof, _setup, _plan, expected: (proof, expected)),
    ),
)
def test_what_came_about_is_proved_and_what_did_not_is_not(
    runs: Runs, proof: Proof, setup: Setup, plan: Plan, expected: int
) -> None:
    runs.recover()
    outcome = runs.carry_out(setup, plan, PLACE, 1)
    assert proven(proof, outcome.intents) == expected


def test_a_run_that_is_not_over_in_time_has_no_verdict_but_a_reason(runs: Runs) -> None:
    with pytest.raises(NotOverError) as caught:
        runs.carry_out(Setup("none", "direct", processing_delay_ms=3_000), Plan((), 1, limit_ms=300), PLACE, 1)
    assert str(caught.value).startswith("It was not over after 0.3 s. Still at work: ")


def test_a_cell_whose_run_was_not_over_is_not_measured_and_the_next_one_is(
    compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = SITUATIONS[SituationKey.RETRY].parts

    def with_little_time(subject: Subject, extent: Extent) -> tuple[Part, ...]:
        return tuple(replace(part, plan=replace(part.plan, limit_ms=200)) for part in usual(subject, extent))

    situation = Situation(SituationKey.RETRY, with_little_time, 1.0)
    monkeypatch.setitem(SITUATIONS, SituationKey.RETRY, situation)
    situations = (SituationKey.RETRY, SituationKey.REDELIVERY)
    asked = ComparisonQuestion(strategies=("none/direct",), situations=situations, quick=True, cost=False)
    retry, redelivery = compare(asked).lines[0].cells
    assert (retry.state, retry.worst) == (CellState.NOT_MEASURED, None)
    assert "not over" in str(retry.failure)
    assert redelivery.state is CellState.MEASURED


LEASED = [f"{each.key}/{variant.key}" for each in all_strategies() for variant in each.variants if variant.leased]


DAMAGED = {
    "distributed-lock/redis", "distributed-lock/redis-blind-release", "distributed-lock/redis-no-check",
    "distributed-lock/redis-release-before-commit", "distributed-lock/redis-check-outside",
    "distributed-lock/redlock",
    "distributed-lock/redis-check-on-replica", "idempotency-key/two-writes",
}  # fmt: skip
RENEWED = {"distributed-lock/redis-renewed"}
OF_EACH_KIND = ("distributed-lock/redis", "distributed-lock/redis-renewed", "distributed-lock/redis-fenced")


@pytest.mark.parametrize("leased", [OF_EACH_KIND, pytest.param(tuple(LEASED), marks=pytest.mark.exhaustive)])
def test_the_lease_runs_out_for_every_variant_that_has_one_and_for_no_other(
    compare: Compare, leased: tuple[str, ...]
) -> None:
    others = ("inbox", "token/delete-first", "unique-index/on-conflict")
    asked = ComparisonQuestion(strategies=(*leased, *others), situations=(SituationKey.LEASE,), quick=True, cost=False)
    found = compare(asked)
    cells = {line.subject.name: line.cells[0] for line in found.lines}
    states = {name: cell.state for name, cell in cells.items()}
    assert {name for name, state in states.items() if state is CellState.MEASURED} == set(leased) - RENEWED
    assert {states[name] for name in RENEWED} == {CellState.NOT_REACHED}
    assert {state for name, state in states.items() if name not in leased} == {CellState.DOES_NOT_APPLY}
    assert {name for name, cell in cells.items() if cell.worst and not cell.survived} == DAMAGED & set(leased)


@pytest.fixture(scope="module")
def missed(compare: Compare) -> Comparison:
    """A comparison whose lease is much longer than the work, so that nothing runs out however often it is tried."""
    usual = SITUATIONS[SituationKey.LEASE].parts

    def with_a_long_lease(subject: Subject, extent: Extent) -> tuple[Part, ...]:
        parts = usual(subject, replace(extent, stretch=1))
        return tuple(replace(part, setup=replace(part.setup, lease_ms=60_000)) for part in parts)

    situation = Situation(SituationKey.LEASE, with_a_long_lease, 1.0, needs_lease=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SITUATIONS, SituationKey.LEASE, situation)
        return compare(
            ComparisonQuestion(
                strategies=("distributed-lock/redis", "unique-index/on-conflict"),
                situations=(SituationKey.CLICKS, SituationKey.LEASE),
                quick=True,
                cost=False,
            )
        )


def test_a_situation_that_does_not_come_about_is_tried_again_and_then_counts_neither_way(missed: Comparison) -> None:
    index, lock = missed.lines
    cell = lock.cell(SituationKey.LEASE)
    assert cell is not None
    assert (cell.state, cell.worst, cell.survived) == (CellState.NOT_REACHED, None, False)
    assert cell.parts[0].tries == 3
    assert cell_word(cell) == "\N{WHITE CIRCLE} not reached"
    assert (lock.survived, lock.reached, lock.broken_by) == (1, 1, ())
    assert str(standing(lock)) == "safe under concurrency: survives 1 of 1; not reached: Lease runs out"
    exempt = index.cell(SituationKey.LEASE)
    assert exempt is not None
    assert exempt.state is CellState.DOES_NOT_APPLY
    assert cell_word(exempt) == "\N{EN DASH} does not apply"
    assert str(standing(index)) == "safe under concurrency: survives 1 of 1"
    assert index.is_whole
    assert not lock.is_whole


@pytest.mark.parametrize(
    ("language", "word", "why"),
    [
        ("en", "not reached", "No lease ran out while its holder was still at work. Tried 3 times."),
        ("zh_CN", "未达到", "没有租约在持有者仍在处理时到期。"),
    ],
)
def test_every_report_says_what_was_not_reached_and_why(missed: Comparison, language: str, word: str, why: str) -> None:
    for text in (comparison_markdown(missed, language), comparison_html(missed, language)):
        assert word in text
        assert why in text
    assert why in comparison_csv(missed, language)
    assert "not-reached" in comparison_csv(missed, language)
    lines = json.loads(json.dumps(comparison_document(missed, language)))["lines"]
    told = next(cell for cell in lines[1]["cells"] if cell["situation"] == "lease")
    assert (told["state"], told["verdict"], told["proven"]) == ("not-reached", None, 0)
    assert why in told["why"]


def test_a_failure_that_was_reached_counts_although_another_part_was_not(missed: Comparison) -> None:
    cell = missed.lines[0].cells[0]
    whole = cell.parts[0]
    unreached = replace(whole, proven=0)
    assert ComparedCell(cell.subject, cell.situation, (whole, whole)).state is CellState.MEASURED
    assert ComparedCell(cell.subject, cell.situation, (whole, unreached)).state is CellState.NOT_REACHED
