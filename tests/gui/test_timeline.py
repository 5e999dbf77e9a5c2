"""The timeline in the real window, on real runs."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from backend.model import EngineKind
from gui.lab.timeline import Timeline
from gui.lab.timeline_export import export
from gui.lab.timeline_painter import DETAIL_PIXELS
from gui.lab.timeline_view import TimelineView
from gui.theme import Theme
from tests.gui.driver import Driver
from tests.gui.test_timeline_lanes import MS, reply, step


def spot_of(view: TimelineView, submission: str, instant: int) -> QPointF:
    """Where an instant of a submission's lane is on the widget."""
    lane = view._book.find(submission)
    assert lane is not None
    y = view._painter.header + view.scale.y_of(view._book.place_of(lane) + 0.3)
    return QPointF(view._painter.gutter + view.scale.x_of(instant), y)


def test_a_run_is_on_the_timeline_and_a_selection_is_shared(driver: Driver, tmp_path: Path) -> None:
    lab = driver.window.lab
    pane, view = lab.timeline, driver.find(TimelineView, "timelineView")
    driver.choose("strategyCombo", "distributed-lock")
    driver.spam(6)
    driver.wait_until_quiet()
    driver.qtbot.waitUntil(lambda: len(pane.book) == 6, timeout=5000)
    lanes = [pane.book[place] for place in range(6)]
    driver.qtbot.waitUntil(lambda: all(lane.reply for lane in lanes), timeout=5000)
    sent = [lane.reply.sent_ns for lane in lanes if lane.reply]
    assert sent == sorted(sent)
    for lane in lanes:
        assert lane.reply is not None
        assert lane.steps[-1].engine is EngineKind.HTTP
        assert all(lane.reply.sent_ns <= one.started_ns for one in lane.steps)
    holder = next(lane for lane in lanes if pane.book.leases(lane))
    assert pane.book.leases(holder)[0].released_by == holder.submission

    view.fit()
    other = lanes[0] if lanes[0] is not holder else lanes[1]
    chosen = holder.steps[1]
    spot = spot_of(view, holder.submission, (chosen.started_ns + chosen.ended_ns) // 2)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert lab.results.replies_table.current_submission() == holder.submission
    driver.qtbot.waitUntil(
        lambda: [one.submission_id for one in lab.results.steps.records[:1]] == [holder.submission], timeout=5000
    )
    marked = lab.results.steps.records[lab.results.steps_table.currentIndex().row()]
    assert marked.number == chosen.number

    lab.results.replies_table.setCurrentIndex(
        lab.results.replies.index(lab.results.replies.row_of(other.submission), 0)
    )
    assert view.selected == other.submission
    assert "caller waits" in view.accessibleDescription()

    driver.button("timelineListButton").click()
    driver.qtbot.waitUntil(lambda: pane.facts.rowCount() >= sum(len(lane.steps) + 1 for lane in lanes))
    driver.button("timelineListButton").click()

    assert export(view, tmp_path / "timeline.svg")
    drawing = ET.parse(tmp_path / "timeline.svg").getroot()  # noqa: S314  we have just written it
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and text.startswith(holder.submission) for text in texts)
    assert export(view, tmp_path / "timeline.png")
    assert QImage(str(tmp_path / "timeline.png")).width() == 2 * view.width()

    driver.click("resetButton")
    driver.qtbot.waitUntil(lambda: len(pane.book) == 0)
    assert view.selected == ""


def make_pane(theme: Theme, lanes: int) -> Timeline:
    pane = Timeline(theme)
    pane.resize(900, 300)
    pane.add_steps([step(f"1.{n}", n * MS, (n + 2) * MS) for n in range(lanes)])
    pane.add_replies([reply(f"1.{n}", n * MS, (n + 3) * MS) for n in range(lanes)])
    pane.show()
    return pane


def test_keyboard(theme: Theme) -> None:
    pane = make_pane(theme, 40)
    view = pane.view
    view.fit()
    fitted = view.scale
    told: list[str] = []
    pane.submission_chosen.connect(told.append)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale.ns_per_pixel < fitted.ns_per_pixel
    here = view.scale
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.scale.left_ns > here.left_ns
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.scale.width - 20 < view.scale.x_of(42 * MS) < view.scale.width
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.scale.x_of(0) >= 0
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.scale == fitted
    assert view.following
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert told == ["1.0", "1.1"]
    pane.close()


def test_dragging_moves_and_does_not_select(theme: Theme) -> None:
    pane = make_pane(theme, 40)
    view = pane.view
    view.fit()
    view.zoom(4)
    before = view.scale
    told: list[str] = []
    pane.submission_chosen.connect(told.append)
    middle = view.rect().center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(view, middle + QPointF(-60, 0).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPointF(-60, 0).toPoint())
    assert abs(before.left_ns + 60 * before.ns_per_pixel - view.scale.left_ns) <= before.ns_per_pixel
    assert told == []
    pane.close()


def test_many_lanes_become_a_raster_without_losing_one(theme: Theme) -> None:
    pane = make_pane(theme, 3000)
    view = pane.view
    view.fit()
    assert view.scale.lane_pixels < DETAIL_PIXELS
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    blue = theme.colours.engine(EngineKind.POSTGRESQL).rgb()
    painter = QPainter(image)
    view.paint_whole(painter)
    painter.end()
    for submission in ("1.0", "1.1500", "1.2999"):
        spot = spot_of(view, submission, (int(submission[2:]) + 1) * MS).toPoint()
        near = [image.pixel(spot.x() + dx, min(spot.y() + dy, view.height() - 1)) for dx in (-1, 0, 1) for dy in (0, 1)]
        assert blue in near, f"{submission} is not in the picture at {spot}"
    pane.close()


def test_the_list_is_a_well_behaved_model(theme: Theme, qtbot: QtBot) -> None:
    pane = make_pane(theme, 120)
    tester = QAbstractItemModelTester(pane.facts, QAbstractItemModelTester.FailureReportingMode.Warning)
    pane.list_button.setChecked(True)
    qtbot.waitUntil(lambda: pane.facts.rowCount() == 240)
    first = [str(pane.facts.index(0, column).data()) for column in range(6)]
    assert first == ["1.0", "0.000", "3.000", "", "caller waits for the answer", "created, HTTP 201"]
    del tester
    pane.close()
