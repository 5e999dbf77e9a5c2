"""The Compare page in the real window, comparing on real engines."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from backend.comparison.cost_records import Cost, Load, OtherLoad
from backend.comparison.questions import SituationKey
from backend.comparison.records import Line
from backend.model.vocabulary import EngineKind
from gui.compare.exports import FORMS, write
from gui.wording.comparison import ratio
from tests.busy import busy_loops
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import PATIENCE_MS, Driver


def ask(driver: Driver, strategy: str, *situations: SituationKey) -> None:
    driver.choose("compareStrategyCombo", strategy)
    driver.find(QCheckBox, "compareCostCheck").setChecked(False)
    for key in SituationKey:
        driver.find(QCheckBox, f"situation-{key}").setChecked(key in situations)


def in_front(driver: Driver) -> None:
    driver.find(QTabWidget, "pages").setCurrentIndex(1)
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=PATIENCE_MS)


def texts(driver: Driver) -> list[list[str]]:
    model = driver.window.compare.table.cells
    return [[str(model.index(row, column).data()) for column in range(3)] for row in range(model.rowCount())]


def test_two_variants_are_compared_exported_and_opened_elsewhere(driver: Driver, tmp_path: Path) -> None:
    in_front(driver)
    page = driver.window.compare
    ask(driver, "local-lock")
    assert not driver.button("compareButton").isEnabled()  # nothing is asked
    ask(driver, "unique-index", SituationKey.CLICKS)
    driver.click("compareButton")
    assert driver.button("cancelCompareButton").isEnabled()
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    variants = ["catch-violation", "on-conflict", "deferred", "deferred-caught"]
    assert [row[0] for row in texts(driver)] == [f"unique-index/{variant}" for variant in variants]
    assert ["exactly once" in row[2] for row in texts(driver)] == [True] * 4
    assert driver.find(QLabel, "compareStatus").text() == "4 of 4 stayed exactly-once everywhere."
    assert "unique-index/on-conflict: safe under concurrency: survives 1 of 1" in page.chart.accessibleDescription()

    found = page.exports._found
    assert found is not None
    for form in FORMS:
        with driver.qtbot.waitSignal(page.comparer.written, timeout=PATIENCE_MS):
            page.exports.chosen.emit(lambda form=form: write(form, found, tmp_path / f"x.{form.ending}"))
    assert len(json.loads((tmp_path / "x.json").read_text("utf-8"))["lines"]) == 4

    page.table.setCurrentIndex(page.table.cells.index(1, 2))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert driver.window.pages.currentWidget() is driver.window.lab
    assert driver.combo("variantCombo").currentData() == "on-conflict"
    assert (driver.spin("spamCountSpin").value(), driver.spin("instancesSpin").value()) == (5, 2)
    assert driver.spin("processingDelaySpin").value() > 0
    assert driver.shown == 0


def ask_for_a_cost(driver: Driver) -> None:
    in_front(driver)
    ask(driver, "front-end", SituationKey.ONE_AFTER_ANOTHER)
    driver.find(QCheckBox, "compareCostCheck").setChecked(True)
    assert re.fullmatch(r"About \d+ min\.", driver.find(QLabel, "compareEstimate").text())


def check_offer(driver: Driver) -> Line:
    page = driver.window.compare
    assert ratio(page.table.cells.lines[0]) == "noisy"
    assert "1 cost was too noisy for a ratio" in driver.find(QLabel, "compareStatus").text()
    assert driver.button("repeatCostButton").isVisible()
    return page.table.cells.lines[0]


def test_a_noisy_cost_offers_to_be_measured_again_and_only_that_begins(driver: Driver) -> None:
    """That a cost beside busy loops is noisy, and that another takes its place, tests of the backend measure."""
    ask_for_a_cost(driver)
    page = driver.window.compare
    driver.find(QCheckBox, "compareCostCheck").setChecked(False)
    with driver.qtbot.waitSignal(page.comparer.found, timeout=4 * PATIENCE_MS) as told:
        driver.click("compareButton")
    assert told.args is not None
    (found,) = told.args
    (line,) = found.lines
    load = Load(720, 0, 1_801.9, 21.3, 40.8, {EngineKind.POSTGRESQL: 2.0})
    cost = Cost(line.subject, load, load, (0.9,) * 12, (1.0,) * 12, OtherLoad(2, 0.1, 1.9))
    page.comparer.found.emit(replace(found, lines=(replace(line, cost=cost),)))
    before, status = check_offer(driver), driver.find(QLabel, "compareStatus")
    driver.click("repeatCostButton")
    driver.qtbot.waitUntil(lambda: f"Now: {line.subject.name}, " in status.text(), timeout=2 * PATIENCE_MS)
    assert status.text().startswith("0 of 1 measured")
    driver.click("cancelCompareButton")
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    assert page.table.cells.lines[0].cells == before.cells


@pytest.mark.exhaustive
def test_a_cost_beside_busy_loops_offers_to_be_measured_again(driver: Driver) -> None:
    ask_for_a_cost(driver)
    with busy_loops():
        driver.click("compareButton")
        driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    page, before = driver.window.compare, check_offer(driver)
    driver.click("repeatCostButton")
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    assert page.table.cells.lines[0].cells == before.cells
    assert page.table.cells.lines[0].cost != before.cost


def test_the_keyboard_starts_and_cancels_on_this_page(driver: Driver) -> None:
    in_front(driver)
    page = driver.window.compare
    ask(driver, "unique-index", SituationKey.CRASH)
    QTest.keyClick(driver.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.comparer.busy
    driver.qtbot.waitUntil(lambda: bool(page.table.cells.lines), timeout=PATIENCE_MS)
    assert "left. Now: unique-index/" in driver.find(QLabel, "compareStatus").text()
    assert page.bar.accessibleDescription() == driver.find(QLabel, "compareStatus").text()
    QTest.keyClick(driver.window, Qt.Key.Key_Escape)
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    assert driver.find(QLabel, "compareStatus").text().startswith("Cancelled; what was measured is kept.")


def test_closing_in_the_middle_of_a_comparison_is_clean(open_shared: OpenWindow, qtbot: QtBot) -> None:
    driver = open_shared()
    in_front(driver)
    ask(driver, "unique-index", SituationKey.CLICKS, SituationKey.CRASH)
    driver.click("compareButton")
    qtbot.waitUntil(lambda: driver.window.compare.table.cells.rowCount() > 0, timeout=PATIENCE_MS)
    names = [widget.objectName() for widget in focusable(driver.find(QWidget, "comparePage"))
             if not widget.accessibleName()]  # fmt: skip
    assert names == []
    driver.window.close()
    qtbot.waitUntil(lambda: driver.window._closed, timeout=PATIENCE_MS)
    assert driver.window.compare.comparer.wait_until_closed(10)
