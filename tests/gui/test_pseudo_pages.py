"""Every text of the other pages and of the dialogs has a translation, too."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.comparison.guidance.questions import QUESTIONS
from backend.comparison.questions import SituationKey
from backend.explorer.survey import Combination
from backend.lab.lab import Lab
from backend.model.vocabulary import (
    EngineKind,
    OperationKey,
)
from gui.advisor.dialog import GuidanceDialog
from gui.explore.survey import SurveyPane
from gui.service.reports import FORMS
from gui.theme import Theme
from tests.gui.driver import PATIENCE_MS
from tests.gui.reading import (
    Reader,
    check,
    open_reader,
    painted,
    pseudo_language,
    reader,
    show,
    unstarted,
)
from tests.tables import exhaustive_but

__all__ = ["open_reader", "painted", "pseudo_language", "reader", "unstarted"]


def test_a_comparison(reader: Reader) -> None:
    driver = reader.driver
    show(reader, 1)
    driver.choose("compareStrategyCombo", "none")
    driver.find(QCheckBox, "compareCostCheck").setChecked(False)
    for key in SituationKey:
        driver.find(QCheckBox, f"situation-{key}").setChecked(key is SituationKey.CLICKS)
    driver.click("compareButton")
    reader.read()
    driver.qtbot.waitUntil(driver.button("compareButton").isEnabled, timeout=4 * PATIENCE_MS)
    reader.read()
    driver.window.compare.views.setCurrentIndex(1)
    driver.qtbot.waitUntil(driver.window.compare.chart.isVisible)
    reader.read()
    check(reader)


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "crashes", "expiries"),
    exhaustive_but(
        [
            ("place-order", "token", "get-then-delete", 0, 0),
            ("place-order", "token", "delete-first", 1, 0),
            ("place-order", "distributed-lock", "redis", 0, 1),
            ("pay-order", "pessimistic-lock", "lock-only", 0, 0),
            ("place-order", "unique-index", "on-conflict", 0, 0),
            ("send-message", "none", "direct", 0, 0),
        ],
        lambda *row: row[2] == "redis",
    ),
)
def test_an_exploration(
    reader: Reader, operation: str, strategy: str, variant: str, crashes: int, expiries: int
) -> None:
    driver = reader.driver
    show(reader, 2)
    driver.choose("exploreOperationCombo", operation)
    driver.choose("exploreStrategyCombo", strategy)
    driver.choose("exploreVariantCombo", variant)
    driver.spin("exploreCrashesSpin").setValue(crashes)
    driver.spin("exploreExpiriesSpin").setValue(expiries)
    found: list[object] = []
    driver.window.explore.explorer.found.connect(found.append)
    driver.click("exploreButton")
    reader.read()
    driver.qtbot.waitUntil(driver.button("exploreButton").isEnabled, timeout=4 * PATIENCE_MS)
    for event in driver.window.explore.story._events:
        if event.engine != EngineKind.HTTP:
            reader.commands |= {event.command, event.answer, event.command.partition(" ")[0]}
        else:
            reader.commands |= {line for line in event.answer.splitlines() if line.startswith("{")}
    reader.read()
    for number in range(len(driver.window.explore.story._events)):
        driver.window.explore.story.go_to(number)
        reader.read(driver.window.explore.story)
    check(reader)


def test_a_survey(qtbot: QtBot, reader: Reader, theme: Theme) -> None:
    pairs: set[Combination] = {
        (OperationKey.PLACE_ORDER, "none", "direct"),
        (OperationKey.PLACE_ORDER, "unique-index", "on-conflict"),
        (OperationKey.PLACE_ORDER, "pessimistic-lock", "lock-only"),
    }
    pane = SurveyPane(theme, reader.driver.bridge.options, pairs=pairs)
    qtbot.addWidget(pane)
    pane.resize(1200, 700)
    pane.show()
    pane.fill(Lab.strategies())
    reader.read(pane)
    pane.start.click()
    qtbot.waitUntil(lambda: not pane.surveyor.busy, timeout=4 * PATIENCE_MS)
    for row in range(pane.model.rowCount()):
        for column in range(pane.model.columnCount()):
            pane.table.setCurrentIndex(pane.model.index(row, column))
            reader.read(pane)
    pane.close_surveyor()
    assert pane.surveyor.wait_until_closed(10)
    check(reader)


def test_the_guidance(reader: Reader) -> None:
    reader.driver.window.guide.open()
    dialog = reader.driver.window.findChild(GuidanceDialog, "guidanceDialog")
    assert isinstance(dialog, GuidanceDialog)
    reader.read(dialog)
    for question in QUESTIONS:
        for choice in question.choices:
            button = dialog.findChild(QWidget, f"guide-{question.key}-{choice.value}")
            assert button is not None
            button.click()  # type: ignore[attr-defined]
            reader.read(dialog)
    dialog.close()
    check(reader)


def test_help_about_and_messages(reader: Reader) -> None:
    window = reader.driver.window
    for command in ("about", "shortcuts", "palette"):
        window.findChildren(QAction, command)[0].trigger()
        box = window.findChildren(QDialog)[-1]
        reader.read(box)
        box.close()
    window.use_language("en")
    reader.read()
    check(reader)


def test_the_dialogs_that_ask_for_a_file(unstarted: Reader) -> None:
    window = unstarted.driver.window
    timeline, service = window.lab.timeline, window.service
    asking: list[Callable[[], object]] = [
        partial(timeline._ask_for_file, timeline.export_button.menu().actions()[0]),
        *(action.trigger for action in window.compare.exports.menu.actions()),
        partial(window.explore.export._ask_where, "svg"),
        window.explore.survey.files.ask_where_to_save,
        window.explore.survey.files.ask_what_to_compare_with,
        service.open_file.button.ask_for_file,
        partial(service.open_file.button.ask_where_to_save, "s.toml", Path()),
        partial(service.report._ask_where, FORMS[0]),
    ]
    for ask in asking:
        ask()
        dialog = window.findChildren(QFileDialog)[-1]
        texts = [dialog.windowTitle(), *dialog.nameFilters(), *(each.text() for each in dialog.findChildren(QLabel))]
        texts += [each.text() for each in dialog.findChildren(QAbstractButton)]
        unstarted.painted += [re.sub(r"\*\.\w+", "", text) for text in texts]
        dialog.close()
        dialog.deleteLater()
        unstarted.driver.qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
        unstarted.read()
    check(unstarted)
