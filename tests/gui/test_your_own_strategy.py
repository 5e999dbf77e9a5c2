"""Somebody's own strategy in the window: chosen, said, shown as code, submitted to, explored and compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QTabWidget, QTextBrowser

from backend.model.options import LabOptions
from tests.gui.conftest import OpenWindow
from tests.your_own import folder, yours

__all__ = ["folder", "yours"]


def keys_of(combo: QComboBox) -> list[object]:
    return [combo.itemData(index) for index in range(combo.count())]


def test_the_window_has_it(open_window: OpenWindow, yours: Path) -> None:
    driver = open_window(LabOptions(database="sqlite"))
    driver.qtbot.waitUntil(lambda: driver.button("submitButton").isEnabled(), timeout=30_000)
    driver.choose("strategyCombo", "claim")
    assert keys_of(driver.combo("variantCombo")) == ["with-the-effect", "before-the-effect"]
    assert driver.combo("variantCombo").itemText(1) == "Before the effect (broken)"
    driver.spam(5)
    driver.qtbot.waitUntil(lambda: driver.verdict == "exactly_once", timeout=30_000)
    assert driver.shown == 1
    assert "The table of the effect cannot have an index" in driver.find(QTextBrowser, "whyView").toPlainText()
    assert "Sources" not in driver.find(QTextBrowser, "whyView").toPlainText()
    driver.choose("strategyCombo", "idempotency-key")
    assert "docs.stripe.com/api/idempotent_requests" in driver.find(QTextBrowser, "whyView").toPlainText()
    driver.choose("strategyCombo", "claim")
    driver.find(QTabWidget, "whyTabs").setCurrentIndex(1)
    code = driver.find(QPlainTextEdit, "codeView")
    driver.qtbot.waitUntil(lambda: code.textCursor().block().text().startswith("def with_the_effect"))
    for page in ("exploreStrategyCombo", "compareStrategyCombo"):
        assert "claim" in keys_of(driver.combo(page))
