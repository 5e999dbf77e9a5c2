"""The Explore page in the real window, exploring on the real engines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPlainTextEdit, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import PATIENCE_MS, Driver


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, bridge: LabBridge) -> Driver:
    """The window with the Explore page in front; it needs the catalogue, not the lab."""
    driver = Driver(qtbot, window, bridge)
    driver.find(QTabWidget, "pages").setCurrentIndex(2)
    driver.qtbot.waitUntil(driver.button("exploreButton").isEnabled, timeout=PATIENCE_MS)
    return driver


def ask(driver: Driver, operation: str, strategy: str, variant: str) -> None:
    driver.choose("exploreOperationCombo", operation)
    driver.choose("exploreStrategyCombo", strategy)
    driver.choose("exploreVariantCombo", variant)


def explore(driver: Driver) -> None:
    driver.click("exploreButton")
    assert not driver.button("exploreButton").isEnabled()
    driver.qtbot.waitUntil(driver.button("exploreButton").isEnabled, timeout=6 * PATIENCE_MS)


def wait_until_under_way(driver: Driver) -> None:
    def there() -> None:
        assert texts(driver, "exploreTable"), finding(driver)

    driver.qtbot.waitUntil(there, timeout=6 * PATIENCE_MS)


def finding(driver: Driver) -> str:
    return driver.find(QLabel, "exploreLabel").text()


def texts(driver: Driver, name: str) -> list[list[str]]:
    model = driver.find(QAbstractItemView, name).model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_token_that_is_read_and_then_deleted_is_refuted_by_forty_of_forty_six_orders(
    page: Driver, subtests: pytest.Subtests
) -> None:
    ask(page, "place-order", "token", "get-then-delete")
    explore(page)
    with subtests.test("what was found"):
        check_what_was_found(page)
    with subtests.test("stepping in the diagram moves the list and the text too"):
        check_stepping(page)
    with subtests.test("the current event is told in full"):
        check_events_in_full(page)


def check_what_was_found(page: Driver) -> None:
    assert finding(page) == (
        "In 40 of 46 interleavings (2 requests, no crash) it takes effect more than once; "
        "in 6 it takes effect exactly once."
    )
    assert page.find(QLabel, "exploreLabel").property("verdict") == "duplicated"
    rows = texts(page, "exploreTable")
    assert [row[1:] for row in rows] == [["40", "87.0 %"], ["6", "13.0 %"]]
    assert "duplicated" in rows[0][0]
    assert "exactly once" in rows[1][0]
    assert "Interleavings: 46" in page.window.explore.progress.text
    events = texts(page, "eventsTable")
    assert len(events) == 10
    assert {event[1] for event in events} == {"A", "B"}
    assert sum(event[3].startswith("INSERT INTO orders") for event in events) == 2
    assert sum(event[4] == "created" for event in events) == 2


def check_proof(page: Driver) -> None:
    ask(page, "place-order", "unique-index", "catch-violation")
    explore(page)
    assert finding(page).startswith("In all ")
    assert finding(page).endswith(" interleavings (2 requests, no crash) it takes effect exactly once.")
    assert [row[2] for row in texts(page, "exploreTable")] == ["100.0 %"]
    assert texts(page, "eventsTable") == []


def test_a_cancelled_exploration_is_not_finished_and_another_can_begin(page: Driver) -> None:
    ask(page, "place-order", "token", "get-then-delete")
    page.spin("exploreCrashesSpin").setValue(1)
    page.click("exploreButton")
    wait_until_under_way(page)
    page.click("cancelExploreButton")
    page.qtbot.waitUntil(page.button("exploreButton").isEnabled, timeout=PATIENCE_MS)
    assert finding(page).startswith("Not finished, ")
    assert "roven" not in finding(page)
    page.spin("exploreCrashesSpin").setValue(0)
    explore(page)
    assert finding(page).startswith("In 40 of 46 interleavings ")


def test_what_does_not_guard_the_operation_is_greyed_out_and_says_why(page: Driver) -> None:
    page.choose("exploreOperationCombo", "place-order")
    strategies = page.combo("exploreStrategyCombo")
    index = strategies.findData("optimistic-lock")
    assert not strategies.model().flags(strategies.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert len(strategies.itemData(index, Qt.ItemDataRole.ToolTipRole)) > 20


def check_events_in_full(page: Driver) -> None:
    detail = page.find(QPlainTextEdit, "eventDetail")
    QTest.keyClick(page.find(QWidget, "counterexampleView"), Qt.Key.Key_Home)
    assert detail.toPlainText().startswith("A \N{RIGHTWARDS ARROW} Redis: GET ")
    events = page.find(QAbstractItemView, "eventsTable")
    for _ in range(9):
        QTest.keyClick(events, Qt.Key.Key_Down)
    assert (
        detail.toPlainText()
        == "A \N{RIGHTWARDS ARROW} caller: response\n\N{LEFTWARDS ARROW} created\nEffects by then: 2"
    )


def check_stepping(page: Driver) -> None:
    diagram = page.find(QWidget, "counterexampleView")
    events = page.find(QAbstractItemView, "eventsTable")
    QTest.keyClick(diagram, Qt.Key.Key_Down)
    assert events.currentIndex().row() == 1
    assert page.find(QPlainTextEdit, "eventDetail").toPlainText().startswith("B \N{RIGHTWARDS ARROW} Redis: GET ")
    QTest.keyClick(events, Qt.Key.Key_Down)
    assert diagram.accessibleDescription().startswith("B \N{RIGHTWARDS ARROW} Redis: DEL ")
    assert diagram.accessibleName()


def test_closing_in_the_middle_of_an_exploration_is_clean_and_quick(page: Driver, qtbot: QtBot) -> None:
    page.spin("exploreCrashesSpin").setValue(1)
    page.click("exploreButton")
    wait_until_under_way(page)
    page.window.close()
    assert not page.window.isVisible()
    qtbot.waitUntil(lambda: page.window._closed, timeout=2_500)
    assert page.window.explore.explorer.wait_until_closed(5)


def test_everything_that_takes_focus_has_a_name(page: Driver) -> None:
    widgets = focusable(page.find(QWidget, "explorePage"))
    assert len(widgets) > 10
    assert [widget.objectName() for widget in widgets if not widget.accessibleName()] == []


def test_the_mistake_is_marked_with_rows_and_code_beside_it_until_a_unique_index_is_proven(
    page: Driver,
) -> None:
    ask(page, "place-order", "none", "check-then-act")
    explore(page)
    commands = [row[3] for row in texts(page, "eventsTable")]
    marked = [number for number, command in enumerate(commands) if "second effect committed" in command]
    assert [commands[number].startswith("COMMIT: ") for number in marked] == [True]
    diagram = page.find(QWidget, "counterexampleView")
    for _ in range(marked[0]):
        QTest.keyClick(diagram, Qt.Key.Key_Right)
    state, code = page.find(QPlainTextEdit, "stateView"), page.find(QPlainTextEdit, "stepCodeView")
    assert state.toPlainText().startswith("orders, committed rows: 2")
    assert "services.database.begin()" in code.textCursor().block().text()
    QTest.keyClick(diagram, Qt.Key.Key_Left)
    assert state.toPlainText().startswith("orders, committed rows: 1")

    check_proof(page)
    assert (state.toPlainText(), code.toPlainText()) == ("", ""), "no counterexample, and nothing of an earlier one"


def test_an_exception_is_named_where_the_command_is_cut(page: Driver) -> None:
    ask(page, "place-order", "token", "delete-first")
    page.spin("exploreErrorsSpin").setValue(1)
    explore(page)
    commands = [row[3] for row in texts(page, "eventsTable")]
    assert [command.startswith("exception") for command in commands if "exception" in command] == [True]


def test_the_question_is_asked_again_in_the_next_session(open_shared: OpenWindow) -> None:
    first = open_shared()
    first.qtbot.waitUntil(first.button("exploreButton").isEnabled, timeout=PATIENCE_MS)
    ask(first, "add-stock", "optimistic-lock", "version-read-by-server")
    first.spin("exploreCrashesSpin").setValue(1)
    asked = first.window.explore.question.question
    first.window.save()
    first.close()

    second = open_shared()
    second.qtbot.waitUntil(second.button("exploreButton").isEnabled, timeout=PATIENCE_MS)
    assert second.window.explore.question.question == asked
