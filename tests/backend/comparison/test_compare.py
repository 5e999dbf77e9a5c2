"""Comparisons on the real engines: what they find, and how they end."""

from __future__ import annotations

import itertools
import json
import threading
from itertools import groupby

import pytest

from backend.cli.compare import summary
from backend.comparison.claims import standing, surprises
from backend.comparison.cost_records import BUSY_SHARE, Finding
from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import CellState, ComparisonProgress
from backend.comparison.runs import Replies, Runs
from backend.comparison.says import CompareCode
from backend.comparison.tasks import check, tasks_of
from backend.comparison.web_page import comparison_html
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import SubmitTwiceError, UnknownKeyError
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.comparison.conftest import Compare, worst
from tests.backend.conftest import Laboratory
from tests.busy import busy_loops


def test_cancelling_keeps_what_was_measured(compare: Compare) -> None:
    cancelled = threading.Event()
    seen: list[ComparisonProgress] = []

    def stop_after_the_first(progress: ComparisonProgress) -> None:
        seen.append(progress)
        if progress.done == 1:
            cancelled.set()

    asked = ComparisonQuestion(strategies=("unique-index",), situations=(SituationKey.CLICKS,), quick=True, cost=False)
    found = compare(asked, stop_after_the_first, cancelled)
    assert not found.complete
    assert worst(found) == {"unique-index/catch-violation": [Verdict.EXACTLY_ONCE]}
    assert [str(name) for name in found.never_begun] == [
        "unique-index/on-conflict",
        "unique-index/deferred",
        "unique-index/deferred-caught",
    ]
    assert "Never begun: unique-index/on-conflict, unique-index/deferred, unique-index/" in comparison_markdown(found)
    assert (seen[0].done, seen[0].total) == (0, 4)
    assert seen[0].seconds_left > 0


def test_a_line_that_was_cancelled_says_which_situations_were_never_run(compare: Compare) -> None:
    cancelled = threading.Event()

    def stop_after_the_clicks(progress: ComparisonProgress) -> None:
        if progress.line.cells:
            cancelled.set()

    situations = (SituationKey.CLICKS, SituationKey.CRASH, SituationKey.FAILOVER)
    found = compare(
        ComparisonQuestion(strategies=("none/direct",), situations=situations, quick=True),
        stop_after_the_clicks,
        cancelled,
    )
    (line,) = found.lines
    assert line.cost
    assert [cell.state for cell in line.cells] == [CellState.MEASURED, CellState.NEVER_RUN, CellState.NEVER_RUN]
    assert str(standing(line)) == "broken by design; fails: Clicks; never run: Crash, Failover"
    assert not line.is_whole
    for text in (comparison_markdown(found), comparison_html(found), comparison_csv(found), "\n".join(summary(found))):
        assert text.count("never run") + text.count("never-run") >= len(situations) - 1
    (document,) = json.loads(json.dumps(comparison_document(found)))["lines"]
    assert [cell["state"] for cell in document["cells"]] == ["measured", "never-run", "never-run"]


def test_costs_come_first_and_what_wants_other_servers_last() -> None:
    asked = ComparisonQuestion(
        operations=(OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER),
        strategies=("none/direct", "unique-index/on-conflict"),
        situations=(SituationKey.CLICKS, SituationKey.CRASH, SituationKey.FAILOVER),
    )
    tasks = tasks_of(asked)
    kinds = [kind for kind, _ in groupby(task.kind for task in tasks)]
    assert kinds == ["cost", *["clicks", "crash"] * 4, "failover"]
    assert [task.number for task in tasks if task.kind == "failover"] == [0, 1, 2, 3]


def test_what_cannot_be_measured_says_why_and_the_rest_goes_on(compare: Compare) -> None:
    asked = ComparisonQuestion(
        databases=("postgresql://nobody:secret@127.0.0.1:1/none", "postgresql"),
        strategies=("none/direct",),
        situations=(SituationKey.ONE_AFTER_ANOTHER,),
        quick=True,
        cost=False,
    )
    found = compare(asked)
    broken, whole = (line.cells[0] for line in found.lines)
    assert broken.failure
    assert broken.state is CellState.NOT_MEASURED
    assert "secret" not in str(broken.failure)
    assert broken.worst is None
    assert whole.worst is Verdict.DUPLICATED


def test_for_a_database_that_stays_away_nobody_waits_again_and_again(
    compare: Compare, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.comparison.runs._RECOVERY_SECONDS", 1.0)
    with Supervisor() as supervisor:
        url = start_postgresql(supervisor).client_url

        def end_it(progress: ComparisonProgress) -> None:
            if progress.done == 1:
                supervisor.close()

        asked = ComparisonQuestion(
            databases=(url,),
            strategies=("none/direct",),
            situations=(SituationKey.ONE_AFTER_ANOTHER, SituationKey.CLICKS, SituationKey.RETRY),
            quick=True,
            cost=False,
        )
        found = compare(asked, end_it)
    assert [cell.failure is None for line in found.lines for cell in line.cells] == [True, False, False]
    assert found.broken_off is not None
    assert found.broken_off.code is CompareCode.STAYS_AWAY
    assert "PostgreSQL" in str(found.broken_off)

    seconds = itertools.count()
    runs = Runs(laboratory.lab, Replies(), threading.Event(), lambda: next(seconds))
    looks = []
    for _ in range(2):
        with pytest.raises(SubmitTwiceError, match="in vain"):
            runs.recover()
        looks.append(next(seconds))
    assert looks == [3, 6], "until when, and two looks; until now, and one"


def test_beside_a_busy_loop_on_each_core_no_ratio_is_given(compare: Compare) -> None:
    asked = ComparisonQuestion(strategies=("unique-index/on-conflict",), situations=(), quick=True)
    with busy_loops():
        found = compare(asked)
    costs = [line.cost for line in found.lines if line.cost]
    assert [(cost.finding, cost.ratio) for cost in costs] == [(Finding.NOISY, None)]
    assert all(cost.others and cost.others.during > BUSY_SHARE * cost.others.cores for cost in costs)
    assert "\N{EN DASH}" in comparison_markdown(found)
    assert "noisy" in comparison_markdown(found)
    told = list(summary(found))
    assert any("processors while it was measured" in line for line in told)
    assert any(
        "main.py compare --cost-only --operation place-order --strategy unique-index/on-conflict" in line
        for line in told
    )


def test_what_does_not_exist_or_does_not_fit_is_refused() -> None:
    with pytest.raises(UnknownKeyError):
        check(ComparisonQuestion(strategies=("magic",)))
    with pytest.raises(UnknownKeyError):
        check(ComparisonQuestion(operations=(OperationKey.PLACE_ORDER,), strategies=("optimistic-lock",)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("database", ["mariadb", "sqlite"])
def test_other_databases_keep_what_is_said_of_the_variants_or_say_why_not(compare: Compare, database: str) -> None:
    found = compare(
        ComparisonQuestion(
            databases=(database,),
            strategies=("none/check-then-act", "unique-index/catch-violation", "distributed-lock/redis-fenced"),
            situations=(SituationKey.CLICKS, SituationKey.RETRY),
            quick=True,
            cost=False,
        )
    )
    words = {line.subject.name: str(standing(line)) for line in found.lines}
    assert surprises(found) == ()
    safe = "safe under concurrency: survives 2 of 2"
    assert words["unique-index/catch-violation"] == words["distributed-lock/redis-fenced"] == safe
    if database == "sqlite":
        # SQLite refuses whoever wants to write after another one has written since: often all of them at once.
        assert words["none/check-then-act"].startswith("not broken here: SQLite runs one transaction at a time")
    else:
        assert words["none/check-then-act"].startswith("broken by design; fails: Clicks")
