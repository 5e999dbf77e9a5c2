"""The real window on the real lab: PostgreSQL, Valkey, HTTP, rows read back."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.model.options import LabOptions
from backend.model.sentence import plain
from backend.model.vocabulary import OperationKey
from gui.app.window import room_for_window
from gui.settings import Settings
from gui.theme import ThemeMode
from gui.widgets.records import Tone
from gui.widgets.sidebar import Sidebar
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import named, newest_lab
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import PATIENCE_MS, Driver


def test_without_protection_twenty_clicks_make_twenty_rows_and_with_a_unique_index_one(driver: Driver) -> None:
    driver.choose("operationCombo", "place-order")
    driver.choose("strategyCombo", "none")
    driver.spam(20)
    driver.wait_for(20, "duplicated")
    assert driver.sentence == "1 order wanted, 20 rows: 19 duplicates"
    assert sorted(row.id for row in driver.rows) == driver.ids_in_database("orders")
    driver.choose("strategyCombo", "unique-index")
    driver.click("resetButton")
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    assert driver.sentence == "1 order wanted, 1 row: exactly once"
    assert [row.id for row in driver.rows] == driver.ids_in_database("orders")


def test_one_click_is_one_submission_and_the_same_form_submitted_again_is_the_same_intent(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    driver.click("submitButton")
    driver.wait_for(2, "duplicated")
    driver.click("newIntentButton")
    assert driver.sentence == "1 order wanted, 2 rows: 1 duplicate"
    driver.click("submitButton")
    driver.wait_for(3, "exactly_once")
    assert driver.sentence == "1 order wanted, 1 row: exactly once"


def test_reset_and_spam_at_once_are_carried_out_in_their_order(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.edit("orderNoEdit").clear()
    QTest.keyClicks(driver.edit("orderNoEdit"), "MINE-7")
    for count in (5, 3, 4):
        driver.click("resetButton")
        driver.spam(count)
    driver.wait_until_quiet()
    driver.wait_for(4, "duplicated")
    assert {row.key for row in driver.rows} == {"MINE-7"}
    assert driver.edit("orderNoEdit").text() == "MINE-7"
    assert sorted(row.id for row in driver.rows) == driver.ids_in_database("orders")


def test_paying_twenty_times_with_a_status_guard_pays_once(driver: Driver) -> None:
    driver.choose("strategyCombo", "state-machine")
    assert driver.combo("operationCombo").currentData() == "pay-order"
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    assert driver.sentence == "1 payment wanted, 1 row: exactly once"
    assert len(driver.ids_in_database("payments")) == 1


def test_what_does_not_guard_the_operation_is_greyed_out_and_says_why(driver: Driver) -> None:
    driver.choose("operationCombo", "place-order")
    strategies = driver.combo("strategyCombo")
    index = strategies.findData("pessimistic-lock")
    assert not strategies.model().flags(strategies.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert len(strategies.itemData(index, Qt.ItemDataRole.ToolTipRole)) > 20
    driver.choose("operationCombo", "pay-order")
    assert strategies.model().flags(strategies.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_every_choice_of_boxes_is_one_that_can_be_submitted(driver: Driver) -> None:
    for operation in OperationKey:
        driver.choose("operationCombo", operation.value)
        for strategy in driver.window.lab.backend.catalogue.strategies:
            driver.choose("strategyCombo", strategy.key)
            assert driver.combo("strategyCombo").currentData() == strategy.key
            info = driver.window.lab.backend.info
            assert info is not None
            assert info.key == driver.combo("variantCombo").currentData()
            assert OperationKey(driver.combo("operationCombo").currentData()) in info.guards
            assert driver.button("submitButton").isEnabled()


def test_another_strategy_is_another_intent_unless_the_number_was_typed(driver: Driver) -> None:
    number = driver.edit("orderNoEdit")
    before = number.text()
    assert re.fullmatch(r"A-[0-9A-F]{4}-\d{4}", before)
    driver.choose("strategyCombo", "token")
    assert number.text() != before
    number.clear()
    QTest.keyClicks(number, "MINE-1")
    driver.choose("strategyCombo", "unique-index")
    assert number.text() == "MINE-1"


def test_an_order_number_that_cannot_be_submitted_disables_the_buttons(driver: Driver) -> None:
    driver.edit("orderNoEdit").clear()
    assert not driver.button("submitButton").isEnabled()
    assert not driver.button("spamButton").isEnabled()
    driver.click("newIntentButton")
    assert driver.button("submitButton").isEnabled()


def test_the_button_is_disabled_while_a_submission_is_in_flight(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.find(QCheckBox, "disableCheck").click()
    driver.spin("processingDelaySpin").setValue(300)
    driver.click("submitButton")
    assert not driver.button("submitButton").isEnabled()
    assert not driver.button("spamButton").isEnabled()
    driver.wait_for(1, "exactly_once")
    driver.wait_until_usable()


def test_the_front_end_strategy_holds_clicks_back(driver: Driver) -> None:
    driver.choose("strategyCombo", "front-end")
    assert driver.find(QCheckBox, "disableCheck").isChecked()
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    assert driver.window.lab.results.replies.rowCount() == 20
    assert not driver.button("submitButton").isEnabled()
    driver.click("newIntentButton")
    assert driver.button("submitButton").isEnabled()


def test_a_selected_row_shows_the_steps_of_its_submission_everywhere(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.spam(5)
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    row = driver.rows[0]
    driver.table.setCurrentIndex(driver.table.model().index(0, 0))
    steps = driver.find(QAbstractItemView, "stepsView")
    driver.qtbot.waitUntil(
        lambda: (
            any("INSERT INTO orders" in str(steps.model().index(n, 3).data()) for n in range(steps.model().rowCount()))
            and steps.model().index(0, 0).data(Qt.ItemDataRole.UserRole) == row.submission_id
        )
    )
    answers = driver.find(QAbstractItemView, "repliesTable")
    assert answers.currentIndex().data(Qt.ItemDataRole.UserRole) == row.submission_id
    assert row.key in driver.find(QPlainTextEdit, "stepDetail").toPlainText()


def test_a_submission_without_a_row_can_be_selected_by_its_answer(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.spam(5)
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    replies = driver.window.lab.results.replies
    loser = next(number for number, reply in enumerate(replies.records) if reply.answer.value == "duplicate")
    driver.find(QAbstractItemView, "repliesTable").setCurrentIndex(replies.index(loser, 0))
    steps = driver.window.lab.results.steps
    wanted = replies.records[loser].submission_id
    driver.qtbot.waitUntil(lambda: bool(steps.records) and steps.records[0].submission_id == wanted)
    assert any("duplicate key" in step.error for step in steps.records)
    assert not driver.table.selectionModel().hasSelection()


def test_the_code_pane_shows_the_code_of_the_chosen_variant(driver: Driver) -> None:
    driver.find(QTabWidget, "whyTabs").setCurrentIndex(1)
    code = driver.find(QPlainTextEdit, "codeView")
    driver.choose("strategyCombo", "unique-index")
    driver.choose("variantCombo", "on-conflict")
    driver.qtbot.waitUntil(lambda: code.textCursor().block().text().startswith("def on_conflict"))


def test_another_database_takes_over_without_a_restart(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(3)
    driver.wait_for(3, "duplicated")
    driver.choose("databaseCombo", "sqlite")
    driver.spam(2)
    driver.wait_for(2, "duplicated")
    names = [label.text() for label in driver.find(QWidget, "engineStrip").findChildren(QLabel)]
    assert any(name.startswith("SQLite") for name in names)
    assert len(driver.rows) == 2


def test_with_two_instances_a_lock_in_the_process_lets_duplicates_through(driver: Driver) -> None:
    driver.choose("strategyCombo", "local-lock")
    driver.spin("processingDelaySpin").setValue(400)
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    driver.click("resetButton")
    driver.spin("instancesSpin").setValue(2)
    driver.spam(20)
    driver.wait_until_quiet()
    driver.wait_for(2, "duplicated")


def test_a_server_and_a_backend_process_that_die_are_told_until_the_next_run(driver: Driver) -> None:
    message = driver.find(QLabel, "messageLabel")
    driver.choose("strategyCombo", "unique-index")
    for word, expected in (("valkey-server", "runs again"), ("backend.instance", "Backend instance 1 has ended")):
        os.kill(named(newest_lab(), word).pid, signal.SIGKILL)
        driver.wait_for_message(expected)
        driver.wait_until_all_are_up()
        driver.click("resetButton")
        driver.spam(5)
        driver.wait_for(1, "exactly_once")
        assert not message.isVisible()
    assert driver.failures == []


def test_a_lab_whose_supervisor_was_killed_can_be_started_again_from_the_window(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.choose("variantCombo", "on-conflict")
    driver.spam(3)
    driver.wait_for(1, "exactly_once")
    retry = driver.button("retryButton")
    os.kill(named(newest_lab(), "supervisor_process").pid, signal.SIGKILL)
    driver.qtbot.waitUntil(retry.isVisible, timeout=PATIENCE_MS)
    assert not driver.button("submitButton").isEnabled()
    driver.click("retryButton")
    driver.wait_until_usable()
    assert not retry.isVisible()
    assert driver.combo("variantCombo").currentData() == "on-conflict"
    assert driver.shown == 0
    driver.spam(3)
    driver.wait_for(1, "exactly_once")


def test_what_happened_during_two_runs_is_told_until_both_are_over(driver: Driver) -> None:
    message = driver.find(QLabel, "messageLabel")
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(3_000)
    driver.click("submitButton")
    driver.click("newIntentButton")  # runs that share an intent are over together
    driver.spin("processingDelaySpin").setValue(0)
    driver.click("submitButton")
    driver.bridge._listener.incident(plain("something happened."))
    driver.wait_for_message("Something happened.")
    driver.qtbot.waitUntil(lambda: driver.shown == 1, timeout=PATIENCE_MS)
    driver.qtbot.waitUntil(lambda: len(driver.bridge._runs) == 1, timeout=PATIENCE_MS)
    assert message.isVisible()
    driver.wait_until_quiet()
    assert message.isVisible()
    driver.click("submitButton")
    assert not message.isVisible()


def test_a_crash_on_purpose_is_told_with_the_submission_that_it_hit(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.edit("faultsEdit").setText("crash@sql:INSERT")
    driver.click("submitButton")
    pages = driver.find(QTabWidget, "pages")
    before = pages.geometry()
    driver.wait_for_message("in the middle of submission 1.1;")
    assert pages.geometry() == before, "the page moved"


def test_a_click_a_retry_and_a_caller_from_outside_meet_on_one_intent(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.choose("sourceCombo", "retry")
    driver.spin("timeoutSpin").setValue(200)
    driver.spin("retriesSpin").setValue(1)
    driver.spin("processingDelaySpin").setValue(600)
    driver.click("submitButton")
    answers = driver.window.lab.results.replies
    driver.qtbot.waitUntil(lambda: answers.rowCount() == 1, timeout=PATIENCE_MS)  # it gave up, and tries again
    driver.choose("sourceCombo", "clicks")
    driver.spin("timeoutSpin").setValue(5_000)
    driver.click("submitButton")
    assert driver.bridge._lab is not None
    outside = caller_of(driver.bridge._lab).submit("place-order", "none", order_no=driver.edit("orderNoEdit").text(),
                                                   item=driver.edit("itemEdit").text(), quantity=1)  # fmt: skip
    assert outside.status == 201
    driver.wait_for(4, "duplicated")
    driver.wait_until_quiet()
    assert driver.sentence == "1 order wanted, 4 rows: 3 duplicates"
    assert [row.id for row in driver.rows] == driver.ids_in_database("orders")


def test_a_run_can_be_cancelled_and_what_was_sent_is_judged(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.choose("paceCombo", "interval")
    driver.spin("intervalSpin").setValue(20)
    driver.spam(10_000)
    driver.qtbot.waitUntil(lambda: driver.shown >= 3, timeout=PATIENCE_MS)
    QTest.keyClick(driver.window, Qt.Key.Key_Escape)
    driver.wait_until_quiet()
    driver.qtbot.waitUntil(lambda: driver.shown == len(driver.ids_in_database("orders")), timeout=PATIENCE_MS)
    assert 3 <= driver.shown < 10_000
    assert driver.verdict == "duplicated"
    assert driver.button("submitButton").isEnabled()


def test_closing_in_the_middle_of_a_run_is_clean_and_quick(driver: Driver, qtbot: QtBot) -> None:
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(20)
    driver.spam(5_000)
    qtbot.waitUntil(lambda: driver.shown > 10, timeout=PATIENCE_MS)
    driver.window.close()
    assert not driver.window.isVisible()
    qtbot.waitUntil(lambda: driver.window._closed, timeout=2_500)


def test_closing_while_the_engines_start_is_clean(open_window: OpenWindow, qtbot: QtBot) -> None:
    driver = open_window()
    driver.window.close()
    qtbot.waitUntil(lambda: driver.window._closed, timeout=5_000)


def test_a_start_that_fails_says_why_in_one_sentence_and_can_be_tried_again(open_window: OpenWindow) -> None:
    driver = open_window(LabOptions(redis="redis://127.0.0.1:1/0"))
    message = driver.find(QLabel, "messageLabel")
    retry = driver.button("retryButton")
    for _ in range(2):
        driver.qtbot.waitUntil(retry.isVisible, timeout=PATIENCE_MS)
        assert "127.0.0.1:1" in message.text()
        assert "\n" not in message.text()
        assert not driver.button("submitButton").isEnabled()
        driver.click("retryButton")
        assert not retry.isVisible()
    driver.qtbot.waitUntil(retry.isVisible, timeout=PATIENCE_MS)


def test_the_keyboard_alone_is_enough(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    window = driver.window
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(1, "exactly_once")
    driver.spin("spamCountSpin").setValue(4)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    driver.wait_for(5, "duplicated")
    before = driver.edit("orderNoEdit").text()
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert driver.edit("orderNoEdit").text() != before
    QTest.keyClick(driver.edit("orderNoEdit"), Qt.Key.Key_Return)
    driver.wait_for(6, "exactly_once")  # the verdict is that of this run
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(0, "")


def test_everything_that_takes_focus_has_a_name(driver: Driver) -> None:
    widgets = focusable(driver.window)
    assert len(widgets) > 25
    nameless = [f"{type(w).__name__} {w.objectName()} in {w.parent()}" for w in widgets if not w.accessibleName()]
    assert not nameless


def test_the_fixed_names_are_there(driver: Driver) -> None:
    for name in ("pages", "labPage", "comparePage", "explorePage", "servicePage",
                 "operationCombo", "strategyCombo", "variantCombo",
                 "databaseCombo", "orderNoEdit", "itemEdit", "quantitySpin", "newIntentButton", "submitButton",
                 "disableCheck", "spamButton", "spamCountSpin", "sourceCombo", "instancesSpin", "timeoutSpin",
                 "processingDelaySpin", "leaseSpin", "resetButton", "rowsTable", "verdictLabel", "stepsView",
                 "codeView"):  # fmt: skip
        driver.find(QWidget, name)
    assert driver.window.objectName() == "mainWindow"
    assert driver.window.windowTitle() == "Submit Twice"
    for box in driver.window.findChildren(QComboBox):
        assert all(isinstance(box.itemData(index), str) for index in range(box.count()))


def test_no_two_controls_or_commands_share_a_shortcut(driver: Driver) -> None:
    shortcuts = [action.shortcut().toString() for action in driver.window.findChildren(QAction)]
    used = [shortcut for shortcut in shortcuts if shortcut]
    assert len(used) == len(set(used))
    lab = driver.window.lab
    texts = [action.text() for action in driver.window.menuBar().actions()]
    texts += [label.text() for label in lab.findChildren(QLabel) if label.buddy() is not None]
    texts += [control.text() for control in lab.findChildren(QAbstractButton)]
    texts += [driver.window.pages.tabText(index) for index in range(4)]
    letters = [found.group(1).lower() for text in texts if (found := re.search(r"&(\w)", text))]
    assert sorted(letters) == sorted(set(letters))


def test_choices_and_theme_come_back_in_the_next_session(open_window: OpenWindow) -> None:
    first = open_window()
    first.wait_until_usable()
    first.choose("strategyCombo", "token")
    first.choose("variantCombo", "get-then-delete")
    first.spin("spamCountSpin").setValue(7)
    first.spin("leaseSpin").setValue(1234)
    first.window.use_theme(ThemeMode.DARK)
    first.close()
    assert Settings().theme is ThemeMode.DARK
    second = open_window()
    second.wait_until_usable()
    assert second.combo("strategyCombo").currentData() == "token"
    assert second.combo("variantCombo").currentData() == "get-then-delete"
    assert (second.spin("spamCountSpin").value(), second.spin("leaseSpin").value()) == (7, 1234)
    second.window.use_theme(ThemeMode.LIGHT)


@pytest.mark.timeout(300)
def test_twenty_thousand_submissions_lose_no_row(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(20_000)
    driver.qtbot.waitUntil(lambda: driver.shown == 20_000, timeout=200_000)
    driver.wait_until_quiet()
    driver.wait_for(20_000, "duplicated")
    assert sorted(row.id for row in driver.rows) == driver.ids_in_database("orders")
    assert driver.window.lab.results.replies.rowCount() == 20_000


def test_commands_act_on_the_page_that_is_shown(driver: Driver) -> None:
    window, pressed = driver.window, list[str]()
    starts = {"lab": window.lab.form.submit, "compare": window.compare.start, "explore": window.explore.start,
              "service": window.service.start, "survey": window.explore.survey.start}  # fmt: skip
    for name, start in starts.items():
        start.clicked.disconnect()
        start.clicked.connect(lambda _=False, name=name: pressed.append(name))
        start.setEnabled(True)
    stops = {"lab": window.lab.form.cancel, "compare": window.compare.cancel, "explore": window.explore.cancel,
             "service": window.service.cancel}  # fmt: skip
    for name, stop in stops.items():
        stop.clicked.disconnect()
        stop.clicked.connect(lambda _=False, name=name: pressed.append(f"cancel {name}"))
        stop.setEnabled(True)
    for number, name in enumerate(stops):
        window.pages.setCurrentIndex(number)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert pressed == [name, f"cancel {name}"]
        pressed.clear()
    window.pages.setCurrentWidget(window.explore)
    window.explore.views.setCurrentWidget(window.explore.survey)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["survey"]


def test_commands_of_the_lab_do_nothing_on_other_pages(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    number = driver.edit("orderNoEdit").text()
    driver.window.pages.setCurrentIndex(1)
    for key in (Qt.Key.Key_R, Qt.Key.Key_N):
        QTest.keyClick(driver.window, key, Qt.KeyboardModifier.ControlModifier)
    assert driver.edit("orderNoEdit").text() == number
    assert driver.bridge._waiting_work == 0
    assert driver.shown == 1


def test_the_window_leaves_room_for_its_title_bar() -> None:
    for screen in (QSize(1280, 800), QSize(1440, 900), QSize(1920, 1080)):
        room = room_for_window(screen)
        assert room.height() + 40 <= screen.height()
        assert room.width() <= screen.width()


def test_every_knob_is_in_sight_at_1280_by_800(driver: Driver) -> None:
    sidebar = driver.window.lab.findChild(Sidebar)
    assert sidebar is not None
    driver.qtbot.waitUntil(lambda: sidebar.viewport().height() > 600)
    box = driver.find(QCheckBox, "editCheck")
    bottom = box.mapTo(sidebar.viewport(), box.rect().bottomLeft()).y()
    assert bottom <= sidebar.viewport().height()


def test_why_nothing_can_be_submitted_is_told(driver: Driver) -> None:
    driver.edit("itemEdit").clear()
    for name in ("submitButton", "spamButton"):
        button = driver.button(name)
        assert not button.isEnabled()
        assert "Item: 1 to 64" in button.toolTip()
        assert "Item: 1 to 64" in button.accessibleDescription()
    assert "Item: 1 to 64" in driver.find(QLabel, "whyNotLabel").text()
    driver.edit("itemEdit").setText("book")
    assert "Item: 1 to 64" not in driver.button("submitButton").toolTip()
    assert driver.find(QLabel, "whyNotLabel").text() == ""


def test_the_selected_step_stays_selected_when_more_steps_come(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    results = driver.window.lab.results
    driver.qtbot.waitUntil(lambda: len(results.steps.records) >= 3)
    submission, steps = results.steps.records[0].submission_id, tuple(results.steps.records)
    results.steps_table.setCurrentIndex(results.steps.index(1, 0))
    results.show_steps(submission, (*steps, replace(steps[-1], number=99)))
    assert results.steps_table.currentIndex().row() == 1


def test_another_start_keeps_what_is_chosen(driver: Driver) -> None:
    driver.choose("strategyCombo", "token")
    driver.choose("variantCombo", "get-then-delete")
    driver.window.lab._fill_catalogue(driver.window.lab.backend.catalogue.strategies)
    assert driver.combo("strategyCombo").currentData() == "token"
    assert driver.combo("variantCombo").currentData() == "get-then-delete"


def test_the_second_run_has_a_verdict_of_its_own_and_the_rows_of_the_first_are_history(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(20)
    driver.wait_for(20, "duplicated")
    driver.click("newIntentButton")
    driver.choose("strategyCombo", "unique-index")
    driver.spam(20)
    driver.wait_for(21, "exactly_once")
    assert driver.sentence == "1 order wanted, 1 row: exactly once"
    rows = driver.window.lab.results.rows
    assert [rows.highlight(row) is Tone.EARLIER for row in rows.records] == [True] * 20 + [False]
    assert driver.window.lab.counters._effects.number.accessibleName() == "rows: 1"


def test_from_the_click_on_nothing_says_what_the_run_before_came_to(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    driver.click("newIntentButton")
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(1_500)
    seen = []
    driver.spam(20)

    def looked() -> bool:
        seen.append((driver.verdict, driver.window.lab.counters._effects.number.accessibleName()))
        return driver.verdict == "duplicated"

    driver.qtbot.waitUntil(looked, timeout=PATIENCE_MS)
    assert seen[0] == ("", "rows: 0")
    assert {verdict for verdict, _ in seen} <= {"", "duplicated"}


def test_who_is_still_at_work_is_shown_and_cancel_leaves_the_intent_undecided(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(12_000)
    driver.click("submitButton")
    note = driver.find(QLabel, "verdictNote")
    driver.qtbot.waitUntil(lambda: note.text().startswith("Still at work: "), timeout=PATIENCE_MS)
    assert "in instance 1 for " in note.text()
    assert driver.verdict == ""
    seen = note.text()
    driver.qtbot.waitUntil(lambda: note.text() != seen)
    QTest.keyClick(driver.window, Qt.Key.Key_Escape)
    driver.wait_until_quiet()
    driver.qtbot.waitUntil(lambda: driver.verdict == "undecided", timeout=PATIENCE_MS)
    assert driver.sentence == "1 order wanted, 0 rows: 1 undecided, still at work"
    driver.wait_for(1, "exactly_once")
    assert note.text() == ""
