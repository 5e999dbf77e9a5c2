"""The Service page in the real window, with a real small service on real engines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QPlainTextEdit, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from backend.service.outside.model import CheckSituation
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.service.reports import FORMS
from tests.backend.engines.helpers import command_of
from tests.backend.service.conftest import FILE, SERVICES
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import PATIENCE_MS, Driver
from tests.gui.explore.test_page import texts
from tests.services.forking import COMMAND
from tests.tables import exhaustive_but, values

pytestmark = pytest.mark.usefixtures("forked_services")
CLICKS, RETRY = CheckSituation.CLICKS, CheckSituation.RETRY


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, bridge: LabBridge) -> Driver:
    """The window with the Service page in front; it needs no lab."""
    driver = Driver(qtbot, window, bridge)
    driver.find(QTabWidget, "pages").setCurrentWidget(driver.window.service)
    return driver


def described(folder: Path, path: str, *, command: Sequence[str] = COMMAND, **changes: str) -> Path:
    """A file about one way of the plain service, anywhere."""
    text = FILE.format(command=[*command, str(SERVICES / "plain.py")], path=path)
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    file = folder / "plain.toml"
    file.write_text(text, encoding="utf-8")
    return file


def open_file(driver: Driver, file: Path) -> None:
    driver.window.service.open_file.open(file)
    wait_for_text(driver, "serviceFileName", str(file))


def choose(driver: Driver, *wanted: CheckSituation) -> None:
    for key, check in driver.window.service.knobs.situations.items():
        check.setChecked(key in wanted)


def problems(driver: Driver) -> str:
    return driver.find(QPlainTextEdit, "serviceProblems").toPlainText()


def wait_for_problem(driver: Driver, part: str) -> None:
    driver.qtbot.waitUntil(lambda: part in problems(driver), timeout=PATIENCE_MS)


def wait_for_text(driver: Driver, name: str, text: str) -> None:
    label = driver.find(QLabel, name)
    driver.qtbot.waitUntil(lambda: label.text() == text, timeout=PATIENCE_MS)


def finding(driver: Driver) -> tuple[str, str]:
    label = driver.find(QLabel, "serviceLabel")
    return str(label.property("verdict")), label.text()


def wait_for_the_end(driver: Driver) -> None:
    driver.qtbot.waitUntil(lambda: not driver.window.service.examiner.busy, timeout=6 * PATIENCE_MS)


def test_a_check_finds_what_clicks_do_to_check_then_act_and_shows_the_steps(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/check"))
    page.qtbot.waitUntil(lambda: problems(page) == "Nothing is wrong with the file.", timeout=PATIENCE_MS)
    choose(page, CLICKS)
    page.spin("serviceSubmissionsSpin").setValue(5)  # of two, one may be over before the other begins, ten times
    page.click("serviceCheckButton")
    wait_for_the_end(page)
    verdict, sentence = finding(page)
    assert verdict == "duplicated", sentence
    assert sentence.startswith("Not exactly once: ")
    (row,) = texts(page, "serviceTable")
    assert row[0] == "Simultaneous submissions"
    assert "duplicated" in row[1]
    assert int(row[2]) > 10
    assert "created" in row[3]
    assert row[4] == "10/10"
    commands = [step[3] for step in texts(page, "serviceStepsTable")]
    assert sum(command.startswith("INSERT INTO orders") for command in commands) >= 2
    assert len(page.window.service.check_pane.timeline.book) == 5


def test_a_unique_index_is_exactly_once_and_its_report_can_be_read(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/unique"))
    choose(page, CLICKS)
    start = page.window.findChild(QAction, "service-start")
    assert start
    page.qtbot.waitUntil(start.isEnabled, timeout=PATIENCE_MS)
    QTest.keyClick(page.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for_the_end(page)
    assert finding(page) == ("exactly_once", "Exactly once, for all 10 intents.")
    report = page.window.service.report
    for form in FORMS:
        target = tmp_path / f"check.{form.ending}"
        report.write(form, str(target))
        wait_for_text(page, "serviceStatus", f"Written to {target}.")
    assert json.loads((tmp_path / "check.json").read_text())["exactly_once"] is True


def test_an_exploration_shows_the_counterexample(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/check"))
    page.click("serviceExploreButton")
    wait_for_the_end(page)
    verdict, sentence = finding(page)
    assert verdict == "duplicated"
    assert sentence == (
        "In 18 of 20 interleavings (2 requests, no crash) it takes effect more than once; "
        "in 2 it takes effect exactly once."
    )
    assert [row[1] for row in texts(page, "serviceOutcomesTable")] == ["18", "2"]
    events = texts(page, "serviceEventsTable")
    assert sum(event[3].startswith("INSERT INTO orders") for event in events) == 2
    diagram = page.find(QWidget, "serviceCounterexampleView")
    QTest.keyClick(diagram, Qt.Key.Key_Down)
    assert page.find(QAbstractItemView, "serviceEventsTable").currentIndex().row() == 1
    assert "INSERT INTO orders" in page.find(QPlainTextEdit, "serviceEventDetail").toPlainText()
    export = page.window.service.export
    for ending in ("html", "mmd", "svg", "json"):
        export.write(str(tmp_path / f"found.{ending}"))
        assert (tmp_path / f"found.{ending}").stat().st_size > 100
    assert "<title>plain.toml: every interleaving</title>" in (tmp_path / "found.html").read_text(encoding="utf-8")


def test_mistakes_are_told_while_somebody_types(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/check"))
    text = page.find(QPlainTextEdit, "serviceText")
    whole = text.toPlainText()
    for wrong, told in (
        (whole.replace("kind =", "kinds ="), "[database]"),
        (whole.replace("[effects]", "[effect]"), "[effects]"),
        (whole.replace('path = "/check"', "path = "), "plain.toml"),
        (whole.replace("{key} 1", "{kay} 1"), "{kay}"),
    ):
        text.setPlainText(wrong)
        wait_for_problem(page, told)


def test_a_file_that_is_wrong_is_not_started(page: Driver, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("[service]\n", encoding="utf-8")
    open_file(page, file)
    page.click("serviceCheckButton")
    wait_for_the_end(page)
    assert finding(page)[0] == ""
    assert "[request]" in finding(page)[1]


def test_what_a_service_wrote_before_it_died_is_shown(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/check", **{str(SERVICES / "plain.py"): str(SERVICES / "nothing.py")}))
    page.click("serviceCheckButton")
    wait_for_the_end(page)
    assert finding(page) == ("", "Instance 1 of the service ended before it was ready")
    output = page.find(QPlainTextEdit, "serviceOutput")
    assert output.isVisible()
    assert "can't open file" in output.toPlainText()


def test_a_file_that_is_not_there_is_one_sentence(page: Driver, tmp_path: Path) -> None:
    page.window.service.open_file.open(tmp_path / "nowhere.toml")
    page.qtbot.waitUntil(lambda: problems(page).startswith("The file cannot be read: "), timeout=PATIENCE_MS)


def test_a_cancelled_check_keeps_what_was_measured(page: Driver, tmp_path: Path) -> None:
    open_file(page, described(tmp_path, "/unique"))
    choose(page, CLICKS, RETRY)
    page.spin("serviceIntentsSpin").setValue(1000)
    page.click("serviceCheckButton")
    table = page.window.service.check_pane.situations
    page.qtbot.waitUntil(lambda: table.records[0].worst is not None, timeout=6 * PATIENCE_MS)
    QTest.keyClick(page.window, Qt.Key.Key_Escape)
    wait_for_the_end(page)
    verdict, sentence = finding(page)
    assert verdict == ""
    assert sentence.startswith("Exactly once, for all ")
    assert page.window.service.banner.note.text().startswith("Cancelled")
    assert 0 < int(texts(page, "serviceTable")[0][2].replace(",", "")) < 1000
    assert page.button("serviceCheckButton").isEnabled()


@pytest.mark.parametrize(
    "begin", exhaustive_but(["serviceCheckButton", "serviceExploreButton"], values("serviceCheckButton"))
)
def test_a_service_that_never_becomes_ready_can_be_cancelled(page: Driver, tmp_path: Path, begin: str) -> None:
    script = tmp_path / "idle.py"
    script.write_text("import threading\nthreading.Event().wait()\n", encoding="utf-8")
    file = described(tmp_path, "/check", command=[sys.executable], **{str(SERVICES / "plain.py"): str(script)})
    open_file(page, file)
    page.click(begin)
    page.qtbot.waitUntil(lambda: _runs(script), timeout=PATIENCE_MS)
    page.click("cancelServiceButton")
    page.qtbot.waitUntil(lambda: not page.window.service.examiner.busy, timeout=PATIENCE_MS)
    assert not _runs(script)
    assert finding(page)[0] == ""


def _runs(script: Path) -> bool:
    """Whether something that this test has started runs the script: other tests may be running it as well."""
    own = psutil.Process().children(recursive=True)
    return any(str(script) in command_of(process) for process in own)


def test_a_window_closed_in_mid_check_leaves_no_process(page: Driver, tmp_path: Path, qtbot: QtBot) -> None:
    open_file(page, described(tmp_path, "/check", command=[sys.executable]))
    page.spin("serviceIntentsSpin").setValue(1000)
    page.click("serviceCheckButton")
    table = page.window.service.check_pane.situations
    qtbot.waitUntil(lambda: table.records[0].worst is not None, timeout=6 * PATIENCE_MS)
    script = SERVICES / "plain.py"
    assert _runs(script)
    page.window.close()
    assert not page.window.isVisible()
    qtbot.waitUntil(lambda: page.window._closed, timeout=PATIENCE_MS)
    assert page.window.service.examiner.wait_until_closed(60)
    assert not _runs(script)


def test_a_file_is_written_from_a_curl_command(page: Driver, tmp_path: Path) -> None:
    page.edit("serviceCurlEdit").setText("""curl http://127.0.0.1:3000/orders -d '{"order_no": "7"}'""")
    page.edit("serviceCommandEdit").setText("node server.js")
    page.click("serviceWriteButton")
    text = page.find(QPlainTextEdit, "serviceText")
    page.qtbot.waitUntil(lambda: 'command = ["node", "server.js"]' in text.toPlainText(), timeout=PATIENCE_MS)
    assert 'path = "/orders"' in text.toPlainText()
    assert '{"order_no": "{key}"}' in text.toPlainText()
    target = tmp_path / "mine.toml"
    page.window.service.open_file.save_to(str(target))
    page.qtbot.waitUntil(target.exists, timeout=PATIENCE_MS)
    page.qtbot.waitUntil(lambda: not page.button("serviceSaveButton").isEnabled(), timeout=PATIENCE_MS)
    assert target.read_text(encoding="utf-8") == text.toPlainText()
    assert target.resolve() in page.window.service.open_file.button.recent
    page.edit("serviceCurlEdit").setText("wget http://127.0.0.1/")
    page.click("serviceWriteButton")
    page.qtbot.waitUntil(lambda: "curl" in problems(page), timeout=PATIENCE_MS)
    with page.qtbot.waitSignal(page.window.service.open_file.proofread, timeout=PATIENCE_MS):  # the text from before
        page.window.service.open_file.pane.proofreading_asked.emit(page.window.service.open_file.file)
    assert "curl" in problems(page)


def test_a_description_can_be_dropped_on_the_page(page: Driver, tmp_path: Path) -> None:
    file = described(tmp_path, "/check")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, under = Qt.DropAction.CopyAction, page.find(QPlainTextEdit, "serviceText").viewport()
    QApplication.sendEvent(under, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(under, QDropEvent(QPointF(5, 5), copy, data, left, none))
    wait_for_text(page, "serviceFileName", str(file))
    assert not page.find(QPlainTextEdit, "serviceText").canInsertFromMimeData(data)


def test_an_example_opens_with_one_click(page: Driver) -> None:
    menu = page.button("serviceFileButton").menu()
    menu.aboutToShow.emit()
    examples = [action for action in menu.findChildren(QAction) if action.objectName().startswith("service-open-")]
    assert len(examples) >= 2
    for action in examples:
        action.trigger()
        wait_for_text(page, "serviceFileName", action.toolTip())
        page.qtbot.waitUntil(lambda: problems(page) == "Nothing is wrong with the file.", timeout=PATIENCE_MS)


def test_choices_and_text_are_there_again_in_the_next_session(open_shared: OpenWindow, tmp_path: Path) -> None:
    first = open_shared()
    file = described(tmp_path, "/check")
    open_file(first, file)
    choose(first, RETRY)
    first.spin("serviceIntentsSpin").setValue(7)
    first.spin("serviceLimitSpin").setValue(12)
    first.find(QPlainTextEdit, "serviceText").appendPlainText("# not saved")
    first.close()
    again = open_shared()
    page = again.window.service
    assert page.knobs.chosen == (RETRY,)
    assert (page.knobs.intents.value(), page.interleavings.limit.value()) == (7, 12)
    assert page.file.file.text.endswith("# not saved")
    assert page.file.file.path == file
    assert page.file.is_modified
    assert page.open_file.button.recent == (file.resolve(),)


def test_everything_that_takes_focus_has_a_name(page: Driver) -> None:
    widgets = focusable(page.find(QWidget, "servicePage"))
    assert len(widgets) > 25
    assert [widget.objectName() for widget in widgets if not widget.accessibleName()] == []
