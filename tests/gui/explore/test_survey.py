"""Explore all, by hand, on the real engines: a few pairs of the grid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QSpinBox, QTableView, QTabWidget
from pytestqt.qtbot import QtBot

from backend.explorer.question import Question
from backend.explorer.survey import CellState, Combination, Scope, SurveyCell
from backend.model.catalogue import StrategyInfo
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey, Verdict
from gui.explore.survey import SurveyPane
from gui.explore.survey_model import SurveyModel
from gui.explore.survey_table import SurveyTable
from gui.theme import Theme, ThemeMode
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import PATIENCE_MS

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
BROKEN: Combination = (PLACE, "token", "get-then-delete")
SOUND: Combination = (PLACE, "unique-index", "catch-violation")
REFUSED: Combination = (PLACE, "pessimistic-lock", "lock-only")
LOCKED: Combination = (PAY, "pessimistic-lock", "lock-only")
PAIRS = frozenset({BROKEN, SOUND, REFUSED, LOCKED})


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, english: None, catalogue: tuple[StrategyInfo, ...]) -> Iterator[SurveyPane]:
    made = SurveyPane(theme, LabOptions(), pairs=PAIRS)
    made.resize(1000, 500)
    made.fill(catalogue)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    with qtbot.waitSignal(made.closed, timeout=PATIENCE_MS):
        made.close_surveyor()
    made.close()
    made.deleteLater()


def press(pane: SurveyPane, name: str) -> None:
    button = pane.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def explore_all(qtbot: QtBot, pane: SurveyPane) -> None:
    press(pane, "exploreAllButton")
    qtbot.waitUntil(pane.start.isEnabled, timeout=3 * PATIENCE_MS)


def text_of(pane: SurveyPane, pair: Combination) -> str:
    return str(pane.model.index_of(pair).data())


def colour_of(model: SurveyModel, pair: Combination) -> str:
    return str(model.index_of(pair).data(Qt.ItemDataRole.BackgroundRole).name())


def choose_file(qtbot: QtBot, pane: SurveyPane, name: str, path: Path) -> None:
    press(pane, name)
    dialog = pane.findChild(QFileDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: pane.findChild(QFileDialog) is None)


def test_the_grid_is_explored_kept_and_compared(qtbot: QtBot, pane: SurveyPane, tmp_path: Path) -> None:
    path = tmp_path / "survey.json"
    explore_all(qtbot, pane)

    assert text_of(pane, BROKEN) == "\N{MULTIPLICATION SIGN}2 duplicated, 40/46"
    assert text_of(pane, SOUND) == "\N{CHECK MARK} exactly once, 4"
    assert text_of(pane, REFUSED) == "\N{EN DASH}"
    assert text_of(pane, LOCKED) == "\N{MULTIPLICATION SIGN}2 duplicated, 8/8"
    assert "no row yet to lock" in pane.model.index_of(REFUSED).data(Qt.ItemDataRole.ToolTipRole)
    assert pane.sentence.text().startswith(
        "1 exactly once, 2 with counterexamples, 1 not guarded; 58 interleavings in "
    )

    choose_file(qtbot, pane, "saveSurveyButton", path)
    assert pane.changes.text() == "Saved as survey.json."
    choose_file(qtbot, pane, "compareSurveyButton", path)
    assert pane.changes.text() == "Nothing changed since survey.json."
    path.write_text(json.dumps(altered(json.loads(path.read_text()))))
    choose_file(qtbot, pane, "compareSurveyButton", path)
    assert pane.changes.text().startswith("Changes since survey.json: 1, ")
    assert text_of(pane, BROKEN).endswith(" \N{GREEK CAPITAL LETTER DELTA}")
    assert "Exactly once no more: 46 exactly once; now 40 duplicated, 6 exactly once." in pane.model.index_of(
        BROKEN
    ).data(Qt.ItemDataRole.ToolTipRole)
    path.write_text("no survey")
    choose_file(qtbot, pane, "compareSurveyButton", path)
    assert "is no saved grid" in pane.changes.text()
    assert text_of(pane, BROKEN).endswith("40/46")


def altered(document: dict[str, Any]) -> dict[str, Any]:
    """As if the broken variant had been sound earlier."""
    for cell in document["survey"]["cells"]:
        if cell["variant"] == "get-then-delete":
            cell |= {"state": "proven", "outcomes": {"exactly_once": 46}, "counterexample": None}
    return document


def test_a_cancelled_survey_keeps_what_was_found_and_another_can_begin(qtbot: QtBot, pane: SurveyPane) -> None:
    pane.fields.crashes.setValue(1)
    press(pane, "exploreAllButton")
    assert not pane.start.isEnabled()
    qtbot.waitUntil(lambda: pane.status.text().startswith("Question 1 of 3: "), timeout=3 * PATIENCE_MS)
    press(pane, "cancelExploreAllButton")
    qtbot.waitUntil(pane.start.isEnabled, timeout=PATIENCE_MS)
    assert pane.sentence.text().startswith("Cancelled, so the grid is not complete.")
    assert pane.survey is not None
    asked = {cell.pair: cell for cell in pane.survey.cells}[BROKEN]
    assert asked.schedules > 0
    assert not asked.exhaustive
    assert text_of(pane, LOCKED) == "not asked"
    pane.fields.crashes.setValue(0)
    explore_all(qtbot, pane)
    assert text_of(pane, BROKEN).endswith("40/46")


def test_keys_walk_the_grid_and_open_a_question(qtbot: QtBot, pane: SurveyPane) -> None:
    asked: list[Question] = []
    pane.question_asked.connect(asked.append)
    pane.fields.expiries.setValue(1)
    pane.table.setFocus()
    pane.table.setCurrentIndex(pane.model.index_of(REFUSED))
    assert "no row yet to lock" in pane.detail.text()
    QTest.keyClick(pane.table, Qt.Key.Key_Return)
    QTest.keyClick(pane.table, Qt.Key.Key_Right)
    QTest.keyClick(pane.table, Qt.Key.Key_Return)
    assert asked == [Question(*LOCKED, requests=2, crashes=0, expiries=1)]
    assert [widget for widget in focusable(pane) if not widget.accessibleName()] == []


def test_harm_by_what_is_declared_sound_stands_out(theme: Theme, catalogue: tuple[StrategyInfo, ...]) -> None:
    model = SurveyModel(theme)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.fill(catalogue)
    model.clear(Scope())
    harm = {Verdict.EXACTLY_ONCE: 5, Verdict.DUPLICATED: 1}
    for pair, sound in ((BROKEN, False), (SOUND, True)):
        model.put(SurveyCell(*pair, sound, CellState.COUNTEREXAMPLE, True, 6, 6, harm))

    assert colour_of(model, BROKEN) == theme.colours.duplicated_tint
    assert colour_of(model, SOUND) == theme.colours.duplicated
    assert str(model.index_of(SOUND).data()).startswith("!! ")
    assert model.index_of(SOUND).data(Qt.ItemDataRole.FontRole).bold()
    assert "a contradiction" in model.index_of(SOUND).data(Qt.ItemDataRole.ToolTipRole)
    theme.set_mode(ThemeMode.DARK)
    assert colour_of(model, SOUND) == theme.colours.duplicated
    theme.set_mode(ThemeMode.LIGHT)


def test_a_cell_opens_its_question_on_the_page(open_shared: OpenWindow) -> None:
    driver = open_shared()
    driver.find(QTabWidget, "pages").setCurrentIndex(2)
    driver.find(QTabWidget, "exploreViews").setCurrentIndex(1)
    driver.qtbot.waitUntil(driver.button("exploreAllButton").isEnabled, timeout=PATIENCE_MS)
    driver.find(QSpinBox, "surveyRequestsSpin").setValue(1)
    table = driver.find(QTableView, "surveyTable")
    index = driver.window.explore.survey.model.index_of(SOUND)
    assert isinstance(index, QModelIndex)
    table.setCurrentIndex(index)
    table.scrollTo(index)
    middle = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    driver.qtbot.waitUntil(driver.button("exploreButton").isVisible)
    driver.qtbot.waitUntil(driver.button("exploreButton").isEnabled, timeout=3 * PATIENCE_MS)
    assert driver.window.explore.question.question == Question(*SOUND, requests=1)
    assert (
        driver.find(QLabel, "exploreLabel")
        .text()
        .startswith("In the only interleaving (1 request, no crash) it takes effect exactly once.")
    )
    driver.window.close()
    driver.qtbot.waitUntil(lambda: driver.window._closed, timeout=PATIENCE_MS)


def test_the_current_cell_is_framed_and_can_be_read(theme: Theme, catalogue: tuple[StrategyInfo, ...]) -> None:
    model = SurveyModel(theme)
    model.fill(catalogue)
    model.put(
        SurveyCell(*BROKEN, sound=False, state=CellState.NOT_FINISHED, schedules=6, outcomes={Verdict.EXACTLY_ONCE: 6})
    )
    table = SurveyTable(model)
    table.resize(1200, 900)
    table.fit_columns()
    table.setCurrentIndex(model.index_of(BROKEN))
    picture, box = table.grab().toImage(), table.visualRect(model.index_of(BROKEN))
    origin = table.viewport().pos()
    colours = {
        picture.pixelColor(origin.x() + x, origin.y() + y).name()
        for x in range(box.left() + 4, box.right() - 4)
        for y in (box.top() + 4, box.bottom() - 4)
    }
    assert colours == {colour_of(model, BROKEN)}
    assert picture.pixelColor(origin.x() + box.left() + 1, origin.y() + box.center().y()).name() not in colours


def test_the_current_cell_is_framed_and_what_it_says_can_be_seen(pane: SurveyPane, theme: Theme) -> None:
    box = pane.table.visualRect(pane.table.currentIndex())
    image = pane.table.viewport().grab().toImage()
    assert image.pixelColor(box.center()).name() == theme.colours.surface
    assert image.pixelColor(box.topLeft() + QPoint(1, 1)).name() == theme.colours.accent
