"""The window through starts, deaths, cancels and ends: PostgreSQL, Valkey, HTTP, rows read back."""

from __future__ import annotations

import os
import re
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.model.options import LabOptions
from backend.model.sentence import plain
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import named, newest_lab
from tests.gui.conftest import OpenWindow
from tests.gui.driver import PATIENCE_MS, Driver


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


@pytest.mark.exhaustive
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


def test_a_server_and_a_backend_process_that_die_are_told_until_the_next_run(own_driver: Driver) -> None:
    message = own_driver.find(QLabel, "messageLabel")
    own_driver.choose("strategyCombo", "unique-index")
    for word, expected in (("valkey-server", "runs again"), ("backend.instance", "Backend instance 1 has ended")):
        os.kill(named(newest_lab(), word).pid, signal.SIGKILL)
        own_driver.wait_for_message(expected)
        own_driver.wait_until_all_are_up()
        own_driver.click("resetButton")
        own_driver.spam(5)
        own_driver.wait_for(1, "exactly_once")
        assert not message.isVisible()
    assert own_driver.failures == []


def test_a_lab_whose_supervisor_was_killed_can_be_started_again_from_the_window(own_driver: Driver) -> None:
    own_driver.choose("strategyCombo", "unique-index")
    own_driver.choose("variantCombo", "on-conflict")
    own_driver.spam(3)
    own_driver.wait_for(1, "exactly_once")
    retry = own_driver.button("retryButton")
    os.kill(named(newest_lab(), "supervisor_process").pid, signal.SIGKILL)
    own_driver.qtbot.waitUntil(retry.isVisible, timeout=PATIENCE_MS)
    assert not own_driver.button("submitButton").isEnabled()
    own_driver.click("retryButton")
    own_driver.wait_until_usable()
    assert not retry.isVisible()
    assert own_driver.combo("variantCombo").currentData() == "on-conflict"
    assert own_driver.shown == 0
    own_driver.spam(3)
    own_driver.wait_for(1, "exactly_once")


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
    driver.qtbot.waitUntil(lambda: len(driver.bridge.runs.pending) == 1, timeout=PATIENCE_MS)
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
    driver.wait_for_message("in the middle of submission ")
    assert re.search(r" in the middle of submission \d+\.1;", driver.find(QLabel, "messageLabel").text())
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
    qtbot.waitUntil(lambda: driver.window._closed, timeout=30_000)


def test_a_start_that_fails_says_why_in_one_sentence_and_can_be_tried_again(open_window: OpenWindow) -> None:
    driver = open_window(LabOptions(redis="redis://127.0.0.1:1/0"))
    message = driver.find(QLabel, "messageLabel")
    retry = driver.button("retryButton")
    for number in range(2):
        driver.qtbot.waitUntil(retry.isVisible, timeout=PATIENCE_MS)
        assert "127.0.0.1:1" in message.text()
        assert "\n" not in message.text()
        assert not driver.button("submitButton").isEnabled()
        if not number:
            driver.click("retryButton")
            assert not retry.isVisible()


def test_another_start_keeps_what_is_chosen(driver: Driver) -> None:
    driver.choose("strategyCombo", "token")
    driver.choose("variantCombo", "get-then-delete")
    driver.window.lab.set_up.fill_catalogue(driver.window.lab.backend.catalogue.strategies)
    assert driver.combo("strategyCombo").currentData() == "token"
    assert driver.combo("variantCombo").currentData() == "get-then-delete"


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
