"""Situations on several labs at a time: what they find, how it is told, and what becomes of it if one of them fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from backend.comparison.compare import Help
from backend.comparison.labs_at_once import MOST_LABS, labs_for, seconds_of
from backend.comparison.on_a_lab import lab_of_its_own
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import CellState, Comparison, ComparisonProgress
from backend.comparison.runs import Laboratory, Replies
from backend.comparison.side_by_side import Jobs, Tell, side_by_side
from backend.comparison.tasks import stages_of, tasks_of
from backend.lab.lab import Lab, Run
from backend.model.errors import EngineError
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.sentence import plain
from backend.model.vocabulary import OperationKey
from tests.backend.comparison.conftest import Compare, worst
from tests.backend.own_lab import born_since, family, named

ASKED = ComparisonQuestion(
    strategies=("none/direct", "unique-index/on-conflict", "token/delete-first"),
    situations=(SituationKey.CLICKS, SituationKey.ONE_AFTER_ANOTHER, SituationKey.CRASH),
    quick=True,
    cost=False,
)


class Further:
    """A further lab, of which one knows what was run on it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.supervisor: psutil.Process | None = None
        self.closed = False
        self.on_run: Callable[[], None] = lambda: None
        self._there = threading.Event()

    def help(self) -> Help:
        return Help(lambda _stage: 2, self.start)

    def await_it(self, _progress: ComparisonProgress) -> None:
        """Nobody gets on before it is there: else the first lab might have done everything by then."""
        assert self._there.wait(60)

    @contextmanager
    def start(self, database: str) -> Iterator[tuple[Laboratory, Replies]]:
        others = family()
        try:
            with lab_of_its_own(LabOptions(), database) as (lab, replies):
                self.supervisor = named(born_since(others), "supervisor_process")
                self._listen_to(lab)
                self._there.set()
                yield lab, replies
        finally:
            self.closed = True

    def _listen_to(self, lab: Lab) -> None:
        start_run = lab.start_run

        def begin(setup: Setup, plan: Plan, *, judged: bool = True) -> Run:
            self.ran.append(f"{setup.strategy}/{setup.variant}")
            self.on_run()
            return start_run(setup, plan, judged=judged)

        lab.start_run = begin  # type: ignore[method-assign]


def states(found: Comparison) -> dict[str, list[CellState]]:
    return {line.subject.name: [cell.state for cell in line.cells] for line in found.lines}


@pytest.mark.exhaustive
def test_two_labs_find_what_one_finds(compare: Compare) -> None:
    further, told = Further(), list[tuple[ComparisonProgress, threading.Thread]]()

    def note(progress: ComparisonProgress) -> None:
        told.append((progress, threading.current_thread()))
        further.await_it(progress)

    found = compare(ASKED, note, help_=further.help())
    alone = compare(ASKED)
    assert further.ran
    assert set(further.ran) < {line.subject.name for line in found.lines}  # both have worked
    assert (worst(found), states(found)) == (worst(alone), states(alone))
    assert [line.subject for line in found.lines] == [line.subject for line in alone.lines]
    assert {tuple(cell.situation for cell in line.cells) for line in found.lines} == {ASKED.situations}
    assert found.complete
    assert further.closed
    assert {thread for _, thread in told} == {threading.current_thread()}
    assert_each_is_told_before_and_after([news for news, _ in told])


def assert_each_is_told_before_and_after(told: list[ComparisonProgress]) -> None:
    """Of each task, once before and once after it, with what is found of its line by then."""
    tasks = {(task.number, task.kind) for task in tasks_of(ASKED)}
    under_way: set[tuple[int, str]] = set()
    done: set[tuple[int, str]] = set()
    for news in told:
        task = (news.number, news.doing)
        if task in under_way:
            done.add(task)
            assert {(news.number, cell.situation.value) for cell in news.line.cells} == {
                other for other in done if other[0] == news.number
            }
        under_way.add(task)
        assert (news.done, news.total) == (len(done), len(tasks))
    assert done == under_way == tasks
    assert len(told) == 2 * len(tasks)


def test_cancelling_in_mid_work_ends_all_labs_and_keeps_what_was_measured(compare: Compare) -> None:
    further, cancelled = Further(), threading.Event()

    def stop(progress: ComparisonProgress) -> None:
        further.await_it(progress)
        if progress.done == 2:
            cancelled.set()

    found = compare(ASKED, stop, cancelled, help_=further.help())
    cells = [cell for line in found.lines for cell in line.cells]
    assert not found.complete
    measured = sum(cell.state is CellState.MEASURED for cell in cells)
    assert 2 <= measured <= 2 + 1, "what the other lab had just measured is kept as well"
    assert measured < len(tasks_of(ASKED))
    assert {cell.state for cell in cells} == {CellState.MEASURED, CellState.NEVER_RUN}
    assert len(found.lines) + len(found.never_begun) == len({task.number for task in tasks_of(ASKED)})
    assert further.closed
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lab-")]


def test_where_a_further_lab_cannot_be_started_the_first_does_all(compare: Compare) -> None:
    asked = replace(ASKED, situations=(SituationKey.CLICKS,))

    def start(_database: str) -> AbstractContextManager[tuple[Laboratory, Replies]]:
        raise EngineError(plain("no room"))

    found = compare(asked, help_=Help(lambda _stage: 3, start))
    assert found.complete
    assert {state for line in states(found).values() for state in line} == {CellState.MEASURED}


def test_where_a_lab_is_lost_in_mid_work_the_others_do_the_rest(compare: Compare) -> None:
    further = Further()

    def kill() -> None:
        """Its supervisor, and with it all that it has started."""
        if len(further.ran) == 2:
            assert further.supervisor
            further.supervisor.kill()

    further.on_run = kill
    asked = replace(ASKED, situations=(SituationKey.CLICKS, SituationKey.ONE_AFTER_ANOTHER))
    found = compare(asked, further.await_it, help_=further.help())
    cells = [cell for line in found.lines for cell in line.cells]
    assert found.complete
    assert further.closed
    assert [cell.state for cell in cells].count(CellState.NOT_MEASURED) == 1
    assert {cell.state for cell in cells} == {CellState.MEASURED, CellState.NOT_MEASURED}


def test_what_the_listener_raises_comes_out_when_all_labs_have_ended(compare: Compare) -> None:
    further = Further()

    def stumble(progress: ComparisonProgress) -> None:
        further.await_it(progress)
        if progress.done == 1:
            raise LookupError("stumbled")

    with pytest.raises(LookupError, match="stumbled"):
        compare(ASKED, stumble, help_=further.help())
    assert further.closed


@pytest.mark.parametrize(
    ("options", "database", "several"),
    [
        (LabOptions(), "postgresql", True),
        (LabOptions(), "sqlite", True),
        (LabOptions(), "postgresql://somebody@127.0.0.1/theirs", False),
        (LabOptions(redis="redis://127.0.0.1:6379"), "postgresql", False),
        (LabOptions(zookeeper="127.0.0.1:2181"), "postgresql", False),
        (LabOptions(data_dir=Path("kept")), "postgresql", False),
    ],
)
def test_there_are_several_labs_only_where_nothing_is_shared(
    options: LabOptions, database: str, several: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.comparison.labs_at_once._more_that_fit", lambda: MOST_LABS)
    asked = ComparisonQuestion(databases=(database,))
    (stage,) = stages_of(asked)
    labs = labs_for(stage, asked, options)
    assert (labs > 1) is several
    assert labs <= MOST_LABS


def test_in_a_window_there_is_one_lab_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process hears all of them, and paints."""
    monkeypatch.setattr("backend.comparison.labs_at_once._more_that_fit", lambda: MOST_LABS)
    monkeypatch.setattr("backend.comparison.labs_at_once._cores", lambda: 2)
    asked = ComparisonQuestion()
    (stage,) = stages_of(asked)
    assert [labs_for(stage, asked, LabOptions(niceness=nice)) for nice in (0, 10)] == [3, 2]


def test_one_line_is_worth_one_lab_and_little_memory_allows_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    one = ComparisonQuestion(strategies=("none/direct",), situations=(SituationKey.CRASH,))
    assert labs_for(stages_of(one)[0], one, LabOptions()) == 1
    monkeypatch.setattr("backend.comparison.labs_at_once._more_that_fit", lambda: 0)
    many = ComparisonQuestion()
    assert labs_for(stages_of(many)[0], many, LabOptions()) == 1
    alone = seconds_of(many, LabOptions())
    monkeypatch.setattr("backend.comparison.labs_at_once._more_that_fit", lambda: MOST_LABS)
    assert seconds_of(many, LabOptions()) < alone


def test_lines_that_read_from_a_standby_share_no_baseline_with_others() -> None:
    asked = ComparisonQuestion(operations=(OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER), situations=())
    (stage,) = stages_of(asked)
    for group in stage.costs:
        assert len({(task.operation, task.on_standby) for task in group}) == 1
        assert len(group) <= 4
    assert any(group[0].on_standby for group in stage.costs)
    assert sorted(task.number for task in stage.tasks) == list(range(len(stage.tasks)))


def test_a_job_that_nobody_else_would_do_cannot_be_left() -> None:
    jobs = Jobs([[1, 2], [3]])
    jobs.join()
    assert jobs.take() == [1, 2]
    assert not jobs.leave([2])
    jobs.join()
    assert jobs.leave([2])
    assert [jobs.take(), jobs.take(), jobs.take()] == [[2], [3], None]


def test_what_a_worker_raises_ends_the_others_and_comes_out() -> None:
    cancelled, told = threading.Event(), []

    def waits(_tell: Tell) -> None:
        assert cancelled.wait(60)

    def fails(tell: Tell) -> None:
        tell(lambda: told.append(threading.current_thread()))
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        side_by_side([waits, fails], cancelled)
    assert told == [threading.current_thread()]
