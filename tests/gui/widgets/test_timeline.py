"""The timeline in the real window, on real runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from msgspec import structs
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from backend.model.vocabulary import Answer, EngineKind
from gui.theme import Theme
from gui.widgets.timeline.lane import Mishap, Sight
from gui.widgets.timeline.painter import DETAIL_PIXELS
from gui.widgets.timeline.pane import Timeline
from gui.widgets.timeline.view import TimelineView
from gui.wording.terms import short
from tests.gui.driver import Driver
from tests.gui.widgets.test_timeline_lanes import MS, reply, step


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
    driver.qtbot.waitUntil(lambda: len(pane.book) == 6, timeout=30_000)
    lanes = [pane.book[place] for place in range(6)]
    driver.qtbot.waitUntil(lambda: all(lane.reply for lane in lanes), timeout=30_000)
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
    chosen = max(holder.steps, key=lambda one: one.ended_ns - one.started_ns)  # a short one may share its pixel
    spot = spot_of(view, holder.submission, (chosen.started_ns + chosen.ended_ns) // 2)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert lab.results.replies_table.current_submission() == holder.submission
    driver.qtbot.waitUntil(
        lambda: [one.submission_id for one in lab.results.steps.records[:1]] == [holder.submission], timeout=30_000
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

    pane._save(str(tmp_path / "timeline.svg"))
    drawing = ET.parse(tmp_path / "timeline.svg").getroot()  # noqa: S314  we have just written it
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and text.startswith(short(holder.submission)) for text in texts)
    pane._save(str(tmp_path / "timeline.png"))
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


def shown(qtbot: QtBot, theme: Theme, lanes: int, height: int = 260) -> Timeline:
    pane = Timeline(theme)
    qtbot.addWidget(pane)
    pane.resize(900, height)
    pane.add_steps([step(f"1.{number}", number * MS, (number + 5) * MS) for number in range(lanes)])
    pane.add_replies([reply(f"1.{number}", number * MS, (number + 6) * MS) for number in range(lanes)])
    with qtbot.waitExposed(pane):
        pane.show()
    qtbot.waitUntil(lambda: pane.view.scale.right_ns >= (lanes + 5) * MS)
    return pane


def names_beside_lanes(view: TimelineView, theme: Theme) -> list[int]:
    """The lanes in sight, as a whole, that have something written beside them."""
    picture, header = view.grab().toImage(), view._painter.header
    named = []
    for place in view.scale.places(len(view._book)):
        top, bottom = (round(header + view.scale.y_of(each)) for each in (place, place + 1))
        if header <= top and bottom <= picture.height():
            ys, xs = range(top, bottom), range(4, view._painter.gutter - 8)
            if any(picture.pixelColor(x, y).name() != theme.colours.surface for x in xs for y in ys):
                named.append(place)
    return named


def test_each_of_twenty_lanes_has_its_name_and_they_are_scrolled(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 20)
    view, bar = pane.view, pane.view._bar
    assert view.scale.lane_pixels >= 14
    assert bar.isVisible()
    first = names_beside_lanes(view, theme)
    assert first[0] == 0
    assert first == list(range(len(first)))
    bar.setValue(bar.maximum())
    last = names_beside_lanes(view, theme)
    assert last[-1] == 19
    assert last == list(range(last[0], 20))
    assert bar.geometry().left() >= view._painter.gutter + view.scale.x_of(pane.book.extent().end)
    pane.hide()


def test_a_lane_that_is_selected_stays_in_sight_while_more_comes(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 20)
    pane.choose("1.19")
    pane.add_replies([reply("1.19", 19 * MS, 60 * MS)])
    qtbot.waitUntil(lambda: pane.view.scale.right_ns >= 60 * MS)
    assert pane.view.scale.y_of(20) <= pane.view.scale.height
    pane.hide()


def test_many_lanes_have_no_bar_as_long_as_they_are_an_overview(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 400)
    assert not pane.view._bar.isVisible()
    pane.hide()


def test_times_in_the_list_count_from_the_begin_of_their_own_run(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 2)
    later = 20_000 * MS
    pane.add_steps([step("2.1", later, later + 5 * MS)])
    pane.add_replies([reply("2.1", later, later + 6 * MS)])
    pane.list_button.click()
    qtbot.waitUntil(lambda: pane.facts.rowCount() == 6)
    begins = [float(pane.facts._begin_text(fact)) for fact in pane.facts.records]
    assert min(begins) == 0
    assert max(begins) < 10
    pane.hide()


def test_processing_is_drawn_and_is_no_fault(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 1)
    pane.add_steps([structs.replace(step("1.0", 6 * MS, 90 * MS, "processing 84 ms"), engine=EngineKind.HTTP)])
    pane.view.fit()
    qtbot.waitUntil(lambda: pane.view.scale.right_ns >= 90 * MS)
    lane = pane.book[0]
    y = pane.view._painter.header + pane.view.scale.y_of(0) + 6
    x = pane.view._painter.gutter + pane.view.scale.x_of(80 * MS)
    colour = pane.view.grab().toImage().pixelColor(int(x), int(y)).name()
    assert colour == theme.colours.hairline
    assert Sight.PROCESSING in pane.book.sights
    assert Sight.FAULT not in pane.book.sights
    assert lane.mishap is Mishap.NONE
    pane.hide()


def test_the_legend_names_all_that_was_seen_and_nothing_else_however_narrow(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 1)

    def texts() -> list[str]:
        return [text for _, _, text, _ in pane.legend._places()]

    qtbot.waitUntil(lambda: texts() == ["PostgreSQL", "caller waits"])
    pane.add_replies([reply("1.7", 0, 9 * MS, Answer.TIMEOUT, 0), reply("1.8", 0, 9 * MS, Answer.ERROR, 0)])
    pane.add_steps([step("1.8", MS, 2 * MS, "SET k v NX PX 300"), step("1.8", 3 * MS, 3 * MS, "crash")])
    qtbot.waitUntil(lambda: texts()[-3:] == ["crash", "connection breaks", "time-out"])
    wide = pane.legend.height()
    for width in (1200, 500, 300):
        pane.resize(width, 260)
        qtbot.waitUntil(lambda width=width: pane.legend.width() < width)  # type: ignore[misc]
        places = list(pane.legend._places())
        assert [text for _, _, text, _ in places][-3:] == ["crash", "connection breaks", "time-out"]
        line = pane.legend.fontMetrics().height()
        assert (1 + max(number for number, _, _, _ in places)) * line <= pane.legend.height()
    assert pane.legend.height() > wide
    assert pane.legend.accessibleDescription().endswith("crash, connection breaks, time-out")
    pane.hide()


def test_the_legend_shrinks_to_the_lanes_in_sight(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 1)
    later = 10_000 * MS
    pane.add_steps([step("1.8", MS, 2 * MS, "crash")])
    qtbot.waitUntil(lambda: "crash" in pane.legend.accessibleDescription())
    pane.view.begin_run(later)
    pane.add_steps([step(f"2.{number}", later + MS, later + 2 * MS) for number in range(40)])
    qtbot.waitUntil(lambda: pane.view.scale.top >= 2 and "crash" not in pane.legend.accessibleDescription())
    pane.view.fit_all()
    qtbot.waitUntil(lambda: "crash" in pane.legend.accessibleDescription())
    pane.hide()


def test_the_legend_names_a_held_lease_a_failed_step_and_a_retry(qtbot: QtBot, theme: Theme) -> None:
    pane = shown(qtbot, theme, 1)
    pane.add_steps(
        [step("1.7", MS, 2 * MS, "SET k v NX PX 300"), structs.replace(step("1.7", 3 * MS, 4 * MS), error="23505")]
    )
    pane.add_replies([reply("1.7", 0, 5 * MS), replace(reply("1.7r1", 6 * MS, 7 * MS), retry_of="1.7")])
    wanted = {"holds a lease", "failed", "is sent again"}
    qtbot.waitUntil(lambda: wanted <= set(pane.legend.accessibleDescription().split(", ")))
    assert {Sight.LEASE, Sight.FAILED, Sight.RETRY} <= pane.book.sights
    pane.hide()
