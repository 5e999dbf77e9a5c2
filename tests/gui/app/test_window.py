"""The real window on the real lab: PostgreSQL, Valkey, HTTP, rows read back."""

from __future__ import annotations

import re

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QPlainTextEdit,
    QTabWidget,
)

from backend.model.vocabulary import OperationKey
from gui.widgets.records import Tone
from tests.gui.driver import PATIENCE_MS, Driver
from tests.tables import exhaustive_but, values


def test_without_protection_twenty_clicks_make_twenty_rows_and_with_a_unique_index_one(driver: Driver) -> None:
    driver.choose("operationCombo", "place-order")
    driver.choose("strategyCombo", "none")
    driver.spam(20)
    driver.wait_for(20, "duplicated")
    driver.wait_to_say("1 order wanted, 20 rows: 19 duplicates")
    assert sorted(row.id for row in driver.rows) == driver.ids_in_database("orders")
    driver.choose("strategyCombo", "unique-index")
    driver.click("resetButton")
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    driver.wait_to_say("1 order wanted, 1 row: exactly once")
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
    driver.wait_to_say("1 order wanted, 1 row: exactly once")


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


@pytest.mark.exhaustive
def test_paying_twenty_times_with_a_status_guard_pays_once(driver: Driver) -> None:
    driver.choose("strategyCombo", "state-machine")
    assert driver.combo("operationCombo").currentData() == "pay-order"
    driver.spam(20)
    driver.wait_for(1, "exactly_once")
    driver.wait_to_say("1 payment wanted, 1 row: exactly once")
    assert len(driver.ids_in_database("payments")) == 1


def check_what_does_not_guard_the_operation(driver: Driver) -> None:
    """It is greyed out and says why."""
    driver.choose("operationCombo", "place-order")
    strategies = driver.combo("strategyCombo")
    index = strategies.findData("state-machine")
    assert not strategies.model().flags(strategies.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert len(strategies.itemData(index, Qt.ItemDataRole.ToolTipRole)) > 20
    driver.choose("operationCombo", "pay-order")
    assert strategies.model().flags(strategies.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_every_choice_of_boxes_is_one_that_can_be_submitted_and_others_say_why_not(driver: Driver) -> None:
    check_what_does_not_guard_the_operation(driver)
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
    assert re.fullmatch(r"A-[0-9A-Z]{6}-\d{4,}", before)
    driver.choose("strategyCombo", "token")
    assert number.text() != before
    number.clear()
    QTest.keyClicks(number, "MINE-1")
    driver.choose("strategyCombo", "unique-index")
    assert number.text() == "MINE-1"


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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("count", exhaustive_but([1_000, 20_000], values(1_000)))
def test_thousands_of_submissions_lose_no_row(driver: Driver, count: int) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(count)
    driver.qtbot.waitUntil(lambda: driver.shown == count, timeout=200_000)
    driver.wait_until_quiet()
    driver.wait_for(count, "duplicated")
    assert sorted(row.id for row in driver.rows) == driver.ids_in_database("orders")
    assert driver.window.lab.results.replies.rowCount() == count


def test_the_selected_step_stays_selected_when_more_steps_come(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    results = driver.window.lab.results
    driver.qtbot.waitUntil(lambda: len(results.steps.records) >= 3)
    submission, steps = results.steps.records[0].submission_id, tuple(results.steps.records)
    results.steps_table.setCurrentIndex(results.steps.index(1, 0))
    results.show_steps(submission, (*steps, structs.replace(steps[-1], number=99)))
    assert results.steps_table.currentIndex().row() == 1


def test_the_second_run_has_a_verdict_of_its_own_and_the_rows_of_the_first_are_history(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(20)
    driver.wait_for(20, "duplicated")
    driver.click("newIntentButton")
    driver.choose("strategyCombo", "unique-index")
    driver.spam(20)
    driver.wait_for(21, "exactly_once")
    driver.wait_to_say("1 order wanted, 1 row: exactly once")
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
