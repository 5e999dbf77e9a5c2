"""The history in the real window: what is run is kept, shown after a reset, done again, and dropped onto it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel

from backend.archive.entries import RunRecord
from backend.archive.files import save
from backend.archive.history import History
from backend.model.vocabulary import Verdict
from tests.backend.archive.samples import run_entry
from tests.gui.driver import PATIENCE_MS, Driver


def _kept(driver: Driver, count: int) -> list[RunRecord]:
    driver.qtbot.waitUntil(lambda: len(History().entries()) == count, timeout=PATIENCE_MS)
    found = [History().entry(each.number) for each in History().entries()]
    contents = [entry.content for entry in found if entry]
    assert all(isinstance(content, RunRecord) for content in contents)
    return [content for content in contents if isinstance(content, RunRecord)]


def test_a_run_is_kept_outlives_a_reset_and_is_run_again(driver: Driver) -> None:
    driver.choose("strategyCombo", "unique-index")
    driver.spin("processingDelaySpin").setValue(7)
    driver.edit("itemEdit").setText("tea")
    driver.spam(4)
    driver.wait_for(1, "exactly_once")
    (run,) = _kept(driver, 1)
    assert (len(run.rows), len(run.replies), run.settings.item) == (1, 4, "tea")
    assert {step.submission_id for step in run.steps} == {reply.submission_id for reply in run.replies}
    assert run.code is not None
    driver.click("resetButton")
    driver.qtbot.waitUntil(lambda: driver.shown == 0, timeout=PATIENCE_MS)
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(0)
    page = driver.window.history
    driver.trigger("undo-reset")
    driver.qtbot.waitUntil(lambda: page.entry is not None, timeout=PATIENCE_MS)
    assert page.entry is not None
    assert page.entry.content == run
    page.again.click()
    assert driver.window.pages.currentWidget() is driver.window.lab
    driver.wait_for(1, "exactly_once")
    again, before = _kept(driver, 2)
    assert again.settings == before.settings
    assert driver.combo("strategyCombo").currentData() == "unique-index"


def test_files_are_dropped_anywhere_onto_the_window(driver: Driver, tmp_path: Path) -> None:
    save(run_entry(Verdict.LOST), tmp_path / "it.submit-twice")
    _drop(driver, tmp_path / "it.submit-twice")
    page = driver.window.history
    driver.qtbot.waitUntil(lambda: page.entry == run_entry(Verdict.LOST), timeout=PATIENCE_MS)
    assert driver.window.pages.currentWidget() is page
    driver.qtbot.waitUntil(lambda: len(page.chosen) == 1, timeout=PATIENCE_MS)
    save(run_entry(Verdict.STUCK), tmp_path / "other.submit-twice")
    for _ in range(2):
        _drop(driver, tmp_path / "it.submit-twice", tmp_path / "other.submit-twice", tmp_path / "foreign.txt")
        driver.qtbot.waitUntil(lambda: page.entry == run_entry(Verdict.STUCK), timeout=PATIENCE_MS)
    driver.qtbot.waitUntil(lambda: len(page.summaries.shown) == 2, timeout=PATIENCE_MS)
    driver.qtbot.waitUntil(lambda: page.chosen == (page.summaries.shown[0].number,), timeout=PATIENCE_MS)
    assert len(History().entries()) == 2, "what is kept already is shown, and not kept twice"
    service = tmp_path / "service.toml"
    service.write_text('[service]\nurl = "http://127.0.0.1:1"\n', encoding="utf-8")
    _drop(driver, service)
    assert driver.window.pages.currentWidget() is driver.window.service


def _drop(driver: Driver, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    assert driver.window.acceptDrops()
    for event in (enter, drop):  # Qt sends these itself, and has no way to have them sent without a real drag
        assert driver.window.desk.eventFilter(driver.window, event)
        assert event.isAccepted()


def test_the_servers_in_use_can_be_opened_from_a_terminal(driver: Driver) -> None:
    driver.trigger("copy-database")
    assert QGuiApplication.clipboard().text().startswith("psql 'postgresql://submit_twice:")
    driver.trigger("copy-redis")
    assert QGuiApplication.clipboard().text().startswith("redis-cli -s ")
    driver.wait_for_message("redis-cli")
    assert "@" not in driver.find(QLabel, "messageLabel").text()


def test_a_run_that_is_under_way_when_the_window_is_closed_is_kept_as_undecided(own_driver: Driver) -> None:
    driver = own_driver
    driver.spin("processingDelaySpin").setValue(60_000)
    driver.edit("itemEdit").setText("tea")
    driver.spam(3)
    driver.qtbot.waitUntil(lambda: "3" in driver.window.lab.counters._flying.number.text(), timeout=PATIENCE_MS)
    driver.trigger("quit")
    driver.qtbot.waitUntil(lambda: driver.window._closed, timeout=PATIENCE_MS)
    (run,) = _kept(driver, 1)
    assert run.report.verdicts == {Verdict.UNDECIDED: 1}
    assert run.report.working == 3
    assert (run.settings.item, run.settings.plan.submissions) == ("tea", 3)
