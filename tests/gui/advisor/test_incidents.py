"""Incidents in the real window: found by a word, run twice and explored twice, with both sides in one view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabWidget

from backend.comparison.exhibit import Cause
from backend.comparison.exhibits import EXHIBITS
from backend.comparison.incidents import all_incidents
from gui.advisor.incidents_dialog import IncidentsDialog
from gui.app.window import MainWindow
from tests.gui.driver import PATIENCE_MS, Driver


def opened(driver: Driver) -> IncidentsDialog:
    QTest.keyClick(driver.window, Qt.Key.Key_F3)
    driver.qtbot.waitUntil(lambda: driver.window.findChild(IncidentsDialog, "incidentsDialog") is not None)
    dialog = driver.window.findChild(IncidentsDialog, "incidentsDialog")
    assert isinstance(dialog, IncidentsDialog)
    driver.qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_words_of_a_report_find_it_in_english_and_chinese(driver: Driver) -> None:
    dialog = opened(driver)
    assert dialog.list.count() == len(all_incidents())
    for query, key in (("Gap Lock", "gap-lock"), ("间隙锁", "gap-lock"), ("redisson", "lock-released-before-commit")):
        dialog.search.setText(query)
        assert dialog.incident is not None
        assert dialog.incident.key == key
        assert dialog.incident.reports[0] in dialog.view.toPlainText()
    dialog.search.setText("no such report")
    assert dialog.incident is None
    assert dialog.view.toPlainText() == "No incident has these words."
    assert not dialog.run.isEnabled()
    total = len(all_incidents())
    assert dialog.count.text() == f"0 of {total} shown"
    dialog.list.setFocus()
    QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.search.hasFocus()
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.count.text() == f"{total} of {total} shown"


def test_both_sides_are_run_and_explored_and_stand_beside_each_other(driver: Driver) -> None:
    dialog = opened(driver)
    dialog.search.setText("deferrable")
    assert "not run yet" in dialog.view.toPlainText()
    assert "not explored yet" in dialog.view.toPlainText()
    driver.qtbot.waitUntil(dialog.run.isEnabled, timeout=PATIENCE_MS)
    dialog.run.click()
    assert driver.find(QTabWidget, "pages").currentWidget() is driver.window.lab
    driver.qtbot.waitUntil(lambda: "not run yet" not in dialog.view.toPlainText(), timeout=PATIENCE_MS)
    told = dialog.view.toPlainText()
    assert told.index("error: 1") < told.index("With the cure") < told.index("duplicate: 1")
    dialog.prove.click()
    assert driver.find(QTabWidget, "pages").currentWidget() is driver.window.explore
    driver.qtbot.waitUntil(lambda: "not explored yet" not in dialog.view.toPlainText(), timeout=2 * PATIENCE_MS)
    assert "IntegrityError" in dialog.view.toPlainText()
    driver.qtbot.waitUntil(lambda: dialog.run.isEnabled() and dialog.prove.isEnabled(), timeout=PATIENCE_MS)
    assert driver.failures == []


def test_exhibits_are_grouped_by_their_causes(window: MainWindow) -> None:
    menus = {menu.title(): menu for menu in window.menuBar().findChildren(QMenu)}
    groups = [
        [action.objectName().removeprefix("exhibit-") for action in menu.actions()]
        for title, menu in menus.items()
        if menu.actions() and all(action.objectName().startswith("exhibit-") for action in menu.actions())
    ]
    expected = [[exhibit.key for exhibit in EXHIBITS if exhibit.cause is cause] for cause in Cause]
    assert sorted(groups) == sorted(group for group in expected if group)
