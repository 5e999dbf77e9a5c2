"""On stage: banner, rows and timeline only, in large type; exhibits by one key; the audience predicts."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from backend.comparison.exhibits import EXHIBITS
from backend.model.vocabulary import Verdict
from gui.app.stage import LARGEST, SMALLEST, STEP, USUAL
from gui.app.window import MainWindow
from gui.settings import Settings
from gui.theme import Theme, ThemeMode
from tests.gui.driver import PATIENCE_MS, Driver


def _press(driver: Driver, keys: str) -> None:
    QTest.keySequence(driver.window, QKeySequence(keys))


def focused() -> QWidget:
    """Who has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def _seen(driver: Driver) -> set[str]:
    names = ("sidebar", "verdictLabel", "rowsTable", "timelineView", "codeView", "whyTabs", "evidenceTabs")
    there = {name: driver.window.lab.findChild(QWidget, name) for name in names}
    return {name for name, widget in there.items() if isinstance(widget, QWidget) and widget.isVisible()}


def test_on_stage_there_are_banner_rows_and_timeline_and_everything_comes_back(driver: Driver) -> None:
    window = driver.window
    before, height = _seen(driver), window.lab.banner.height()
    row = window.lab.results.rows_table.verticalHeader().defaultSectionSize()
    _press(driver, "F11")
    driver.qtbot.waitUntil(window.isFullScreen, timeout=PATIENCE_MS)
    assert _seen(driver) == {"verdictLabel", "rowsTable", "timelineView", "evidenceTabs"}
    for hidden in (window.menuBar(), window.pages.tabBar(), window.engines):
        assert not hidden.isVisible()
    assert window.lab.banner.height() == round(height * USUAL / 100)
    assert window.lab.results.rows_table.verticalHeader().defaultSectionSize() > row
    _press(driver, "F11")
    driver.qtbot.waitUntil(lambda: not window.isFullScreen(), timeout=PATIENCE_MS)
    assert _seen(driver) == before
    assert window.lab.banner.height() == height
    assert window.lab.results.rows_table.verticalHeader().defaultSectionSize() == row


def test_type_grows_and_shrinks_within_bounds_and_is_remembered(driver: Driver) -> None:
    check_bounds(driver)
    check_heads_caption_and_legend(driver)


def check_bounds(driver: Driver) -> None:
    stage = driver.window.stage
    _press(driver, "Ctrl++")
    assert stage.percent == USUAL, "off stage the keys do nothing"
    _press(driver, "F11")
    for _ in range((LARGEST - USUAL) // STEP + 2):
        _press(driver, "Ctrl++")
    assert stage.percent == LARGEST
    for _ in range((LARGEST - SMALLEST) // STEP + 2):
        _press(driver, "Ctrl+-")
    assert stage.percent == SMALLEST
    _press(driver, "Ctrl++")
    assert Settings().number("stage/percent", 0) == SMALLEST + STEP
    _press(driver, "F11")


def check_heads_caption_and_legend(driver: Driver) -> None:
    """They grow with the type."""
    window, table = driver.window, driver.window.lab.results.rows_table
    legend = window.lab.timeline.legend

    def head() -> QFont:
        font = table.records.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.FontRole)
        assert isinstance(font, QFont)
        return font

    usual = (table.font().pointSizeF(), legend.font().pointSizeF())
    score = window.stage.prediction.score.font().pointSizeF()
    window.stage.toggle()
    for _ in range(20):
        window.stage.larger()
    assert (head().pointSizeF(), legend.font().pointSizeF()) == pytest.approx([2.5 * size for size in usual])
    column = next(number for number, each in enumerate(table.records.columns) if each.width == 12)
    assert table.columnWidth(column) - 12 >= table.fontMetrics().horizontalAdvance("09:33:28.047")
    window.stage.toggle()
    assert (head().pointSizeF(), legend.font().pointSizeF()) == pytest.approx(usual)
    assert window.stage.prediction.score.font().pointSizeF() == pytest.approx(score)


def check_other_themes(window: MainWindow, theme: Theme) -> None:
    """They leave the type as large as it is."""
    window.stage.enter()
    lab, curtain = window.lab, window.stage.prediction.curtain
    large = (lab.results.rows_table, lab.timeline.legend, curtain.question, *curtain.buttons.values())
    before = [widget.font().pointSizeF() for widget in large]
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT):
        theme.set_mode(mode)
        assert [widget.font().pointSizeF() for widget in large] == before
    window.stage.leave()


def test_on_stage_a_message_covers_nothing_and_another_theme_changes_no_type(
    window: MainWindow, theme: Theme, qtbot: QtBot, subtests: pytest.Subtests
) -> None:
    with subtests.test("a message"):
        check_message(window, qtbot)
    with subtests.test("another theme"):
        check_other_themes(window, theme)


def check_message(window: MainWindow, qtbot: QtBot) -> None:
    """It covers nothing and gives its room back."""
    window.stage.enter()
    qtbot.waitUntil(window.isFullScreen)
    bar, lab = window.messages, window.lab
    qtbot.waitUntil(lambda: lab.right.height() == window.height())
    before = lab.right.geometry()
    bar.show_incident("Backend instance 1 was killed.")
    assert bar.sentence.font().pointSizeF() == pytest.approx(bar.font().pointSizeF() * USUAL / 100)
    qtbot.waitUntil(lambda: lab.right.height() < before.height())
    for part in (lab.banner, lab.results, lab.timeline):
        assert not QRect(part.mapTo(window, QPoint()), part.size()).intersects(bar.geometry()), part.objectName()
    assert window.rect().contains(bar.geometry())
    bar.dismiss.click()
    qtbot.waitUntil(lambda: lab.right.geometry() == before)
    bar.show_incident("Backend instance 1 was killed.")
    window.stage.leave()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert lab.right.mapTo(lab, lab.right.rect().bottomLeft()).y() == lab.rect().bottom()
    assert bar.geometry().bottom() <= window.pages.tabBar().mapTo(window, QPoint(0, window.pages.tabBar().height())).y()


def test_what_is_large_is_clicked_where_it_is_seen(driver: Driver) -> None:
    driver.spam(2)
    driver.wait_until_quiet()
    _press(driver, "F11")
    view = driver.window.lab.timeline.view
    driver.qtbot.waitUntil(lambda: view.scale.width < view.width() / 1.4, timeout=PATIENCE_MS)
    lane = view._book[1]
    spot = view._painter.header + view.scale.y_of(1) + view.scale.lane_pixels / 2
    large = driver.window.stage.percent / 100
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(40, int(spot * large)))
    assert view.selected == lane.submission
    _press(driver, "F11")


def test_exhibits_follow_each_other_by_one_key(driver: Driver) -> None:
    card = driver.window.lab.exhibit
    _press(driver, "F8")
    assert card.exhibit is EXHIBITS[0]
    driver.wait_for(2, "duplicated")
    driver.wait_until_quiet()
    caption = driver.find(QLabel, "stageCaption")
    assert not caption.isVisible()
    _press(driver, "F11")
    assert caption.isVisible()
    assert caption.text().startswith(EXHIBITS[0].title)
    _press(driver, "PgDown")
    assert card.exhibit is EXHIBITS[1]
    assert caption.text().startswith(EXHIBITS[1].title)
    driver.wait_until_quiet()
    _press(driver, "PgUp")
    assert card.exhibit is EXHIBITS[0]
    driver.wait_until_quiet()
    _press(driver, "F11")
    assert card.exhibit is EXHIBITS[0]


def test_the_audience_predicts_before_the_verdict_shows_and_is_scored(driver: Driver) -> None:
    curtain = driver.window.stage.prediction.curtain
    driver.trigger("predict")
    driver.spam(2)
    assert curtain.isVisible()
    driver.qtbot.waitUntil(lambda: driver.shown == 2, timeout=PATIENCE_MS)
    assert curtain.isVisible(), "the rows are there, and nobody sees them"
    driver.wait_until_quiet()
    QTest.mouseClick(driver.find(QPushButton, "predict-duplicated"), Qt.MouseButton.LeftButton)
    assert not curtain.isVisible()
    score = driver.find(QLabel, "predictScore")
    assert "1 of 1" in score.text()
    driver.click("newIntentButton")
    driver.spam(2)
    QTest.keyClick(curtain, Qt.Key.Key_1)
    driver.qtbot.waitUntil(lambda: "1 of 2" in score.text(), timeout=PATIENCE_MS)
    driver.qtbot.waitUntil(lambda: driver.verdict == Verdict.DUPLICATED.value, timeout=PATIENCE_MS)
    driver.trigger("predict")
    assert not score.isVisible()


def test_the_curtain_says_what_is_about_to_happen_and_gives_the_keyboard_back(driver: Driver) -> None:
    curtain, spam = driver.window.stage.prediction.curtain, driver.button("spamButton")
    driver.trigger("predict")
    spam.setFocus()
    driver.spam(2)
    assert curtain.about.text() == "No protection: Direct"
    assert curtain.isAncestorOf(focused())
    driver.wait_until_quiet()
    QTest.keyClick(curtain, Qt.Key.Key_5)
    driver.qtbot.waitUntil(curtain.isHidden, timeout=PATIENCE_MS)
    assert focused() is spam
    driver.trigger("next-exhibit")
    assert curtain.about.text() == f"{EXHIBITS[0].title}\nNo protection: Direct"
    driver.wait_until_quiet()
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert not curtain.isVisible(), "nobody has to predict"
    assert focused() is spam
    driver.trigger("predict")


def test_esc_takes_away_what_lies_over_the_page_and_leaves_the_stage(window: MainWindow, qtbot: QtBot) -> None:
    balloon, bar, place = window.tour.balloon, window.messages, window.lab.source.source
    place.setFocus()

    def escape() -> None:
        QTest.keyClick(focused(), Qt.Key.Key_Escape)

    window.tour.begin()
    assert balloon.isAncestorOf(focused())
    bar.show_incident("Backend instance 1 was killed.")
    escape()
    assert (balloon.isVisible(), bar.isVisible()) == (False, True)
    assert focused() is place
    escape()
    assert not bar.isVisible()
    window.tour.begin()
    window.stage.enter()
    qtbot.waitUntil(window.isFullScreen)
    assert not balloon.isVisible(), "it is about what is not there any more"
    escape()
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert not window.stage.is_on
    assert focused() is place
    window.tour.begin()
    window.pages.setCurrentIndex(1)
    assert not balloon.isVisible()


def test_a_page_is_a_page_where_nobody_is_on_stage(driver: Driver) -> None:
    for key in ("PgDown", "PgUp"):
        _press(driver, key)
        assert driver.window.lab.exhibit.exhibit is None


def _says(label: QLabel, text: str) -> bool:
    return text in label.text()


@pytest.mark.exhaustive
def test_a_talk_of_ten_steps_by_keyboard_alone(driver: Driver) -> None:
    """Up the stage, larger type, three exhibits with a prediction each, one again, and down."""
    card, score = driver.window.lab.exhibit, driver.find(QLabel, "predictScore")
    curtain = driver.window.stage.prediction.curtain
    _press(driver, "F11")
    _press(driver, "Ctrl++")
    _press(driver, "F9")
    for number, keys in enumerate(("PgDown", "PgDown", "PgDown", "PgUp"), 1):
        driver.qtbot.waitUntil(lambda: driver.window.lab.ready, timeout=PATIENCE_MS)
        _press(driver, keys)
        assert curtain.isVisible()
        assert card.exhibit is not None
        QTest.keyClicks(curtain, str(list(Verdict).index(card.exhibit.promises) + 1))
        driver.qtbot.waitUntil(curtain.isHidden, timeout=PATIENCE_MS)
        right = f"{number} of {number}"
        driver.qtbot.waitUntil(partial(_says, score, right), timeout=4 * PATIENCE_MS)
    _press(driver, "F9")
    _press(driver, "F11")
    assert not driver.window.stage.is_on
    assert driver.window.lab.sidebar.isVisible()
