"""Where the parts of the diagram stand, and how a person moves through it."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from backend.explorer.question import Event, EventKind
from backend.model.vocabulary import EngineKind, Verdict
from gui.theme import Theme, ThemeMode
from gui.widgets.sequence.diagram import LEAST_GAP, Columns, Span, cast_of, lives_of, waits_of
from gui.widgets.sequence.models import EventsModel, OutcomesModel
from gui.widgets.sequence.view import SequenceView

EVENTS = (
    Event("B", EventKind.STEP, "postgresql", "INSERT", "1"),
    Event("A", EventKind.STEP, "redis", "GET", "1"),
    Event("A", EventKind.STEP, "postgresql", "INSERT", "", blocked=True),
    Event("", EventKind.EXPIRE, "redis", "PEXPIRE 0", ""),
    Event("B", EventKind.CRASH, "process", "", ""),
    Event("A", EventKind.ANSWER, "postgresql", "INSERT", "2"),
    Event("B'", EventKind.STEP, "redis", "GET", "1"),
    Event("A", EventKind.ANSWER, "http", "reply", "created"),
)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> SequenceView:
    made = SequenceView(theme)
    qtbot.addWidget(made)
    made.resize(640, 260)
    made.show_events(EVENTS, "")
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    return made


def test_requests_stand_in_their_order_with_a_retry_after_its_request() -> None:
    cast = cast_of(EVENTS)
    assert cast.actors == ("A", "B", "B'")
    assert cast.engines == (EngineKind.POSTGRESQL, EngineKind.REDIS)


def test_a_life_goes_from_the_first_event_to_the_last_and_ends_with_a_crash() -> None:
    assert set(lives_of(EVENTS)) == {Span("A", 1, 7), Span("B", 0, 4), Span("B'", 6, 6)}


def test_a_blocked_step_waits_until_its_answer() -> None:
    assert waits_of(EVENTS) == (Span("A", 2, 5),)
    assert waits_of(EVENTS[:5]) == (Span("A", 2, 4),)


@pytest.mark.parametrize("width", [100, 640, 2000])
def test_lifelines_never_overlap_and_stay_inside(width: int) -> None:
    cast = cast_of(EVENTS)
    columns = Columns(cast, width)
    places = [columns.engine(EngineKind.HTTP), *map(columns.actor, cast.actors), *map(columns.engine, cast.engines)]
    assert places == sorted(set(places))
    assert places[0] > 0
    assert places[-1] < columns.width
    left, right = columns.gap
    assert right - left >= LEAST_GAP


def test_the_arrow_keys_step_and_stop_at_the_ends(view: SequenceView) -> None:
    steps: list[int] = []
    view.stepped.connect(steps.append)
    view.mark(0)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
    assert steps == [1, 2, 1, 0, 0]
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.current == 7
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current == 7
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current == 0


def test_the_current_event_is_in_sight_and_told_to_a_screen_reader(view: SequenceView) -> None:
    assert view.verticalScrollBar().maximum() > 0
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.verticalScrollBar().value() > 0
    assert view.accessibleDescription().endswith("created")
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.verticalScrollBar().value() == 0


def test_a_click_goes_to_the_event_below_it(view: SequenceView) -> None:
    middle = QPoint(300, view._header + view._row + view._row // 2)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.current == 1
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 3))
    assert view.current == 1


def test_the_painting_differs_by_event_and_by_theme(view: SequenceView, theme: Theme) -> None:
    pictures = []
    for number in (0, 1):
        view.mark(number)
        pictures.append(view.grab().toImage())
    theme.set_mode(ThemeMode.DARK)
    pictures.append(view.grab().toImage())
    theme.set_mode(ThemeMode.LIGHT)
    assert pictures[0] != pictures[1]
    assert pictures[1] != pictures[2]


def test_the_models_keep_the_rules_of_models(qtbot: QtBot) -> None:
    outcomes, moments = OutcomesModel(), EventsModel()
    testers = [QAbstractItemModelTester(model) for model in (outcomes, moments)]
    outcomes.show({Verdict.EXACTLY_ONCE: 6, Verdict.DUPLICATED: 40, Verdict.LOST: 0})
    moments.show(EVENTS)
    assert [one.verdict for one in outcomes.records] == [Verdict.DUPLICATED, Verdict.EXACTLY_ONCE]
    assert moments.rowCount() == len(EVENTS)
    moments.show(())
    assert moments.rowCount() == 0
    assert len(testers) == 2


def test_the_name_of_the_mistake_and_its_command_stand_beside_each_other(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "UPDATE goods SET count = count + 1 WHERE goods.item = 'book' RETURNING goods.count"
    events = (Event("A", EventKind.STEP, "postgresql", long, "1"), Event("B", EventKind.STEP, "postgresql", long, "1"))
    spans: dict[int, list[tuple[float, float]]] = {}
    paint = QPainter.drawText

    def record(painter: QPainter, *arguments: object) -> object:
        match arguments:
            case (int(left), int(baseline), str(text)):
                spans.setdefault(baseline, []).append((left, left + painter.fontMetrics().horizontalAdvance(text)))
        return paint(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", record)
    made = SequenceView(theme)
    qtbot.addWidget(made)
    made.show_events(events, "", mistake=1, mark="second effect committed")
    made.resize(640, 260)
    made.grab()
    together = [sorted(line) for line in spans.values() if len(line) > 1]
    assert together
    assert all(one[1] <= other[0] for line in together for one, other in itertools.pairwise(line))


def test_the_command_of_the_mistake_is_whole_also_where_there_is_little_room(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = tuple(
        Event(actor, EventKind.STEP, engine, command, "OK")
        for actor, engine, command in (
            ("A", "redis", "GET shop:token:tok-1"),
            ("B", "postgresql", "COMMIT"),
            ("A", "postgresql", "COMMIT"),
        )
    )
    written: list[str] = []
    paint = QPainter.drawText

    def record(painter: QPainter, *arguments: object) -> object:
        written.extend(text for text in arguments if isinstance(text, str))
        return paint(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", record)
    made = SequenceView(theme)
    qtbot.addWidget(made)
    made.show_events(events, "", mistake=2, mark="\N{WARNING SIGN} second effect committed")
    made.resize(480, 260)
    made.grab()
    assert made.horizontalScrollBar().maximum() == 0
    assert written.count("COMMIT") == 2
    assert "GET shop:token:tok-1" in written, "it may begin at its own lifeline"
