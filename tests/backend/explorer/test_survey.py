"""The survey: a grid against known counts, what ends it early, files, and what changed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import comb
from pathlib import Path

import pytest

from backend.cli.survey import report_lines
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.explorer.explore import Explorer
from backend.explorer.survey import CellState, Combination, Scope, Survey, SurveyCell, SurveyProgress
from backend.explorer.survey_changes import ChangeKind, compare
from backend.explorer.survey_files import load, save
from backend.explorer.surveyor import Entry, entries, survey
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import Answer, OperationKey, Verdict
from backend.shop.operations import Request
from backend.strategies.base import Services
from tests.backend.explorer import codes

pytestmark = pytest.mark.exhaustive

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
ONCE, TWICE, LOST = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.LOST
DIRECT: Combination = (PLACE, "none", "direct")
SOUND: Combination = (PLACE, "token", "delete-first")
BROKEN: Combination = (PLACE, "token", "get-then-delete")
REFUSED: Combination = (PLACE, "pessimistic-lock", "lock-then-check")
PAIRS = {DIRECT, SOUND, BROKEN, REFUSED}


class Asking:
    """Asks the grid of a test on the session's engines, and keeps what it was told."""

    def __init__(self, database: RunningEngine, redis: RunningEngine) -> None:
        self.open_explorer = partial(Explorer, database.url, redis.url)
        self.cancelled = threading.Event()
        self.progress: list[SurveyProgress] = []
        self.cells: list[SurveyCell] = []
        self.take: Callable[[SurveyCell], None] = self.cells.append

    def ask(self, asked: Sequence[Entry], scope: Scope | None = None) -> Survey:
        return survey(
            scope or Scope(),
            self.open_explorer,
            on_progress=self.progress.append,
            on_cell=self.take,
            cancelled=self.cancelled,
            asked=asked,
        )


@pytest.fixture
def asking(postgresql: RunningEngine, valkey: RunningEngine) -> Asking:
    return Asking(postgresql, valkey)


def cells_of(found: Survey) -> dict[Combination, SurveyCell]:
    return {cell.pair: cell for cell in found.cells}


def loses_control(request: Request, services: Services) -> Answer:
    """Waits for a lock that nobody of the explorer holds, and never gets it."""
    with services.mutex(request.key), services.mutex(request.key):
        return Answer.CREATED


def test_the_grid_has_every_pair_with_the_counts_of_the_single_questions(asking: Asking) -> None:
    found = asking.ask(entries(PAIRS))

    assert found.cells == tuple(asking.cells)
    assert {pair: dict(cell.outcomes) for pair, cell in cells_of(found).items()} == {
        DIRECT: {TWICE: comb(4, 2)},
        SOUND: {ONCE: 6},
        BROKEN: {ONCE: 6, TWICE: 40},
        REFUSED: {},
    }
    assert [cell.state for cell in found.cells] == [
        CellState.COUNTEREXAMPLE, CellState.PROVEN, CellState.COUNTEREXAMPLE, CellState.NOT_GUARDED,
    ]  # fmt: skip
    assert "no row yet" in cells_of(found)[REFUSED].sentence
    assert not found.contradictions
    assert {(one.number, one.questions) for one in asking.progress} == {(1, 3), (2, 3), (3, 3)}
    assert asking.progress[0].seconds_left is None
    assert asking.progress[-1].schedules_in_all == 6 + 6 + 46
    text = "\n".join(report_lines(found))
    assert "duplicated 40/46" in text
    assert "!! " not in text.replace("!! marks", "")


def test_harm_done_by_what_is_declared_sound_is_shouted(asking: Asking) -> None:
    found = asking.ask(entries({SOUND}), Scope(requests=1, crashes=1))

    (cell,) = found.contradictions
    # A crash after DEL or after INSERT: nothing is committed, and the retry is told that it is a duplicate.
    assert dict(cell.outcomes) == {LOST: 2, ONCE: 2}
    assert any("!! lost 2/4" in line for line in report_lines(found))


def test_a_question_that_fails_is_told_in_its_cell_and_the_others_are_asked(asking: Asking) -> None:
    entry = Entry((PLACE, "test", "test"), codes.variant(loses_control))
    found = asking.ask([entry, *entries({BROKEN})], Scope(requests=1))

    failed, after = found.cells
    assert (failed.state, failed.schedules) == (CellState.FAILED, 0)
    assert failed.sentence == "All requests wait, and none of them can go on."
    assert after.state is CellState.PROVEN
    assert not found.stopped


def test_cancelling_and_limits_keep_what_was_found(asking: Asking) -> None:
    def cancel_after_first(cell: SurveyCell) -> None:
        asking.cells.append(cell)
        asking.cancelled.set()

    limited = asking.ask(entries({DIRECT, SOUND}), Scope(limit=5))
    asking.take = cancel_after_first
    cancelled = asking.ask(entries(PAIRS))

    assert [(cell.state, cell.schedules, cell.exhaustive) for cell in limited.cells] == [
        (CellState.COUNTEREXAMPLE, 5, False),
        (CellState.NOT_FINISHED, 5, False),
    ]
    assert cancelled.cancelled
    assert cancelled.cells[0].outcomes == {TWICE: 6}
    assert [cell.state for cell in cancelled.cells[1:]] == [
        CellState.NOT_ASKED,
        CellState.NOT_ASKED,
        CellState.NOT_GUARDED,
    ]


def test_a_time_for_each_question_cuts_it_short_and_says_so(asking: Asking) -> None:
    found = asking.ask(entries({SOUND, BROKEN}), Scope(crashes=1, seconds=0.0))

    assert [(cell.schedules, cell.exhaustive) for cell in found.cells] == [(1, False), (1, False)]
    assert all(cell.sentence.startswith("Not finished, and so no proof: 1 interleaving ran") for cell in found.cells)
    assert not found.cancelled


def test_a_dead_engine_ends_the_survey_with_what_was_found(valkey: RunningEngine) -> None:
    with Supervisor() as supervisor:
        database = start_postgresql(supervisor)
        asking = Asking(database, valkey)

        def kill_after_first(cell: SurveyCell) -> None:
            assert database.child is not None
            if not asking.cells:
                database.child.kill()
            asking.cells.append(cell)

        asking.take = kill_after_first
        found = asking.ask(entries(PAIRS))

    assert "an engine is gone" in found.stopped
    assert [cell.state for cell in found.cells] == [
        CellState.COUNTEREXAMPLE, CellState.FAILED, CellState.NOT_ASKED, CellState.NOT_GUARDED,
    ]  # fmt: skip


def test_a_saved_survey_comes_back_and_tells_what_changed_in_the_code(asking: Asking, tmp_path: Path) -> None:
    path = tmp_path / "earlier.json"
    save(asking.ask(entries(PAIRS)), path)
    earlier = load(path)
    code = {entry.pair: entry.code for entry in entries()}
    changed = [
        Entry(SOUND, replace(code[BROKEN], key="delete-first", sound=True)),
        Entry(BROKEN, replace(code[SOUND], key="get-then-delete", sound=False)),
        Entry(DIRECT, replace(code[PLACE, "token", "delete-last"], key="direct")),
        *entries({(PAY, "none", "direct"), REFUSED}),
    ]
    later = asking.ask(changed)

    assert compare(earlier, earlier) == ()
    save(earlier, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
    assert {change.pair: change.kind for change in compare(earlier, later)} == {
        SOUND: ChangeKind.PROVEN_NO_MORE,
        BROKEN: ChangeKind.PROVEN_NOW,
        DIRECT: ChangeKind.OUTCOMES,
        (PAY, "none", "direct"): ChangeKind.APPEARED,
    }
    assert {change.kind for change in compare(later, earlier)} > {ChangeKind.VANISHED}
    assert [cell.pair for cell in later.contradictions] == [SOUND]
    with pytest.raises(SubmitTwiceError, match="cannot be compared"):
        compare(earlier, Survey(Scope(crashes=1)))


def test_counts_are_compared_only_where_they_say_something() -> None:
    cell = SurveyCell(PLACE, "token", "delete-first", True, CellState.PROVEN, True, 6, 6, {ONCE: 6})
    other = replace(cell, schedules=8, classes=8, outcomes={ONCE: 8})
    cut, longer = (replace(one, state=CellState.NOT_FINISHED, exhaustive=False) for one in (cell, other))

    def kinds(before: SurveyCell, after: SurveyCell) -> list[ChangeKind]:
        return [change.kind for change in compare(Survey(Scope(), (before,)), Survey(Scope(), (after,)))]

    assert kinds(cell, other) == [ChangeKind.COUNTS]
    assert kinds(cut, longer) == []
    assert kinds(cell, cut) == [ChangeKind.PROVEN_NO_MORE]
    assert kinds(cell, replace(cell, sound=False)) == [ChangeKind.DECLARATION]
    assert kinds(cell, replace(cell, seconds=9.0)) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no such JSON document"),
        (b"\xff\xfe", "no such JSON document"),
        (b'{"schedules": 3}', "its format is not"),
        (b'{"format": "submit-twice survey", "version": 99}', "version 99"),
        (b'{"format": "submit-twice survey", "version": 1}', "without its cells"),
        (b'{"format": "submit-twice survey", "version": 1, "survey": {"scope": 3}}', "cannot be read"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_in_words(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)

    with pytest.raises(SubmitTwiceError, match=why):
        load(path)
    with pytest.raises(SubmitTwiceError, match="cannot be read"):
        load(tmp_path / "none.json")


def test_the_file_is_plain_json_that_names_what_it_is(asking: Asking, tmp_path: Path) -> None:
    save(asking.ask(entries({BROKEN})), tmp_path / "one.json")
    document = json.loads((tmp_path / "one.json").read_text())

    assert document["format"] == "submit-twice survey"
    assert document["survey"]["cells"][0]["outcomes"] == {"exactly_once": 6, "duplicated": 40}
    assert document["survey"]["cells"][0]["counterexample"]["events"]
