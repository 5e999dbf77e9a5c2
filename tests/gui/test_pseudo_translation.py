"""Every text that the window shows has a translation: found by speaking a language that nobody speaks."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAction, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QTabWidget,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.comparison.exhibits import EXHIBITS
from backend.comparison.guidance.questions import QUESTIONS
from backend.comparison.questions import SituationKey
from backend.explorer.survey import Combination
from backend.lab.lab import Lab
from backend.model.judgement import Judgement
from backend.model.options import LabOptions
from backend.model.vocabulary import (
    Answer,
    EngineKind,
    FaultKind,
    GatewayKeys,
    Health,
    OperationKey,
    OrderStatus,
    Verdict,
)
from gui.advisor.dialog import GuidanceDialog
from gui.app.window import MainWindow
from gui.explore.survey import SurveyPane
from gui.lab.fault_field import READY
from gui.link.bridge import LabBridge
from gui.link.pending_run import PendingRun
from gui.service.reports import FORMS
from gui.settings import Settings
from gui.theme import Theme
from gui.wording.terms import ENGINE_NAMES
from tests.gui import pseudo
from tests.gui.driver import PATIENCE_MS, Driver

PRODUCTS = (
    *ENGINE_NAMES.values(),
    "Submit Twice", "Valkey", "HTML", "Markdown", "CSV", "JSON", "JUnit", "SVG", "PNG", "Mermaid", "English",
    "A'", "B'", "SIGKILL", "SIGSTOP", "SIGCONT", "Ctrl", "Shift", "Return", "Enter", "Esc",
)  # fmt: skip
SHOWN = ("double-click", "token-lost-order", "message-redelivered-to-an-index", "gateway-with-a-key")
"""Exhibits that between them have clicks, retries, redelivery, a crash, a held key and the gateway."""
PAINTED = "painted"
CELLS = "gui/widgets/table.py"
"""What is painted from there is cut to the width of its column, and is read from the model as a whole."""
CODE = {
    "codeView", "stepCodeView", "faultsEdit", "stateView",
    "serviceCurlEdit", "serviceCommandEdit", "serviceEffectsEdit", "serviceText", "serviceFileName",
}  # fmt: skip
"""Widgets that show code, rows or what somebody typed."""


class Reader:
    """Opens the window in the pseudo language, and reads all that can be read in it."""

    def __init__(self, driver: Driver, painted: list[str]) -> None:
        self.driver = driver
        self.painted = painted
        self.commands: set[str] = set()
        self._found: dict[str, None] = {}

    def read(self, widget: QWidget | None = None) -> None:
        """Read everything; what is not translated is told by `findings`."""
        widget = widget or self.driver.window
        widget.repaint()
        widget.grab()
        texts = [(where, text) for where, text in pseudo.texts_of_widget(widget) if where.partition(" ")[0] not in CODE]
        texts += [(PAINTED, text) for text in self.painted]
        self.painted.clear()
        self._found.update(dict.fromkeys(pseudo.untranslated(texts, self.allowed())))

    def allowed(self) -> list[str]:
        """What is the same in every language."""
        return [*PRODUCTS, *keys(), *self.commands, *self.of_the_lab()]

    def of_the_lab(self) -> list[str]:
        """Keys, commands and addresses of this lab."""
        window, lab = self.driver.window, self.driver.bridge._lab
        found = [window.lab.form.key.text(), window.lab.form.item.text()]
        for row in window.lab.results.rows.records:
            found += [row.key, row.item, row.table]
        if lab is not None:
            for engine in lab.engines():
                found += [engine.name, engine.version, engine.address] if engine.kind is not EngineKind.HTTP else []
            for reply in window.lab.results.replies.records:
                found += [reply.submission_id, reply.retry_of, *parts_of_an_id(reply.submission_id)]
                for step in lab.steps_of(reply.submission_id):
                    if step.engine is not EngineKind.HTTP:
                        found += [step.command, step.answer, step.error]
        return found

    @property
    def findings(self) -> list[str]:
        return list(self._found)


def parts_of_an_id(identifier: str) -> list[str]:
    """Its ends, as they are shown where there is no room for all of it."""
    return [identifier[number:] for number in range(1, len(identifier))]


def keys() -> list[str]:
    """Keys of the command line and of the API, which the window shows as they are."""
    strategies = Lab.strategies()
    names = [f"{strategy.key}/{variant.key}" for strategy in strategies for variant in strategy.variants]
    return [*names, *READY, *(kind.value + "@" for kind in FaultKind), *(status.name for status in OrderStatus)]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that a widget of ours paints itself."""
    texts: list[str] = []
    paint = QPainter.drawText

    def record(painter: QPainter, *arguments: object) -> object:
        if not sys._getframe(1).f_code.co_filename.endswith(CELLS):
            texts.extend(argument for argument in arguments if isinstance(argument, str))
        return paint(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", record)
    return texts


@pytest.fixture
def pseudo_language(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The window speaks the pseudo language, the backend too where it is asked for the window's language."""
    pseudo.speak_pseudo(monkeypatch)
    translator = pseudo.PseudoTranslator()
    assert qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def open_reader(
    qtbot: QtBot, theme: Theme, pseudo_language: None, painted: list[str]
) -> Iterator[Callable[[], Reader]]:
    opened: list[Driver] = []

    def open_one() -> Reader:
        bridge = LabBridge(LabOptions())
        window = MainWindow(bridge, theme, Settings())
        window.resize(1280, 800)
        driver = Driver(qtbot, window, bridge)
        opened.append(driver)
        with qtbot.waitExposed(window):
            window.show()
        return Reader(driver, painted)

    yield open_one
    for driver in opened:
        driver.close()
        driver.window.deleteLater()
        driver.bridge.deleteLater()


@pytest.fixture
def unstarted(open_reader: Callable[[], Reader]) -> Reader:
    """The window before its lab is there."""
    return open_reader()


@pytest.fixture
def reader(open_reader: Callable[[], Reader]) -> Reader:
    """The window with its lab."""
    reader = open_reader()
    reader.driver.bridge.start()
    reader.driver.wait_until_usable()
    return reader


def show(reader: Reader, page: int) -> None:
    pages = reader.driver.find(QTabWidget, "pages")
    pages.setCurrentIndex(page)
    reader.driver.qtbot.waitUntil(pages.currentWidget().isVisible)


def check(reader: Reader) -> None:
    if reader.findings:
        pytest.fail("not translated:\n" + "\n".join(reader.findings), pytrace=False)


def test_the_pseudo_language_tells_what_is_translated_from_what_is_not() -> None:
    press, row, rows = (word.translate(pseudo.OTHER) for word in ("Press", "row", "rows"))
    assert press.isalpha()
    assert not press.isascii()
    assert pseudo.exchanged("<b>Press</b> &Press, %1 %n") == f"<b>{press}</b> &{press}, %1 %n"
    assert pseudo.exchanged_template("{n} {n:row|rows} {all:, }") == f"{{n}} {{n:{row}|{rows}}} {{all:, }}"
    texts = [("a", f"{press} Redis"), ("b", "Press"), ("c", f"{press} token/delete-first"), ("d", "x 3")]
    assert [line[0] for line in pseudo.untranslated(texts, ["Redis", "token/delete-first"])] == ["b"]


def test_a_window_without_its_lab(unstarted: Reader) -> None:
    for page in range(unstarted.driver.find(QTabWidget, "pages").count()):
        show(unstarted, page)
        unstarted.read()
    check(unstarted)


def test_all_choices_of_the_pages(reader: Reader) -> None:
    driver = reader.driver
    for source in ("clicks", "retry", "redelivery"):
        driver.choose("sourceCombo", source)
        reader.read()
    for operation in OperationKey:
        driver.choose("operationCombo", operation.value)
        strategies = driver.combo("strategyCombo")
        for index in range(strategies.count()):
            strategies.setCurrentIndex(index)
            for variant in range(driver.combo("variantCombo").count()):
                driver.combo("variantCombo").setCurrentIndex(variant)
                reader.read(driver.window.lab)
        show(reader, 1)
        driver.choose("compareOperationCombo", operation.value)
        reader.read()
        show(reader, 2)
        driver.choose("exploreOperationCombo", operation.value)
        reader.read()
        show(reader, 0)
    check(reader)


def test_a_wrong_fault_and_a_button_that_is_held_back_say_why(reader: Reader) -> None:
    driver = reader.driver
    driver.edit("faultsEdit").setText("explode@sql")
    reader.commands.add("explode@sql")
    reader.read()
    driver.edit("faultsEdit").setText("crash@nowhere")
    reader.commands.add("crash@nowhere")
    reader.read()
    driver.edit("faultsEdit").setText("")
    driver.edit("orderNoEdit").setText("")
    reader.read()
    check(reader)


@pytest.mark.parametrize("key", SHOWN)
def test_an_exhibit_with_its_rows_steps_and_timeline(reader: Reader, key: str) -> None:
    driver = reader.driver
    action = driver.window.findChild(QAction, f"exhibit-{key}")
    assert isinstance(action, QAction)
    finished = driver.bridge.run_finished
    with driver.qtbot.waitSignal(finished, timeout=2 * PATIENCE_MS):
        action.trigger()
        reader.read()
    driver.wait_until_quiet()
    for reply in driver.window.lab.results.replies.records:
        driver.window.lab.results.submission_chosen.emit(reply.submission_id)
        driver.qtbot.waitUntil(lambda: driver.window.lab.results.steps.rowCount() > 0)
        reader.read()
    read_timeline(reader)
    check(reader)


def test_the_card_of_every_exhibit(unstarted: Reader) -> None:
    card, position = unstarted.driver.window.lab.exhibit, unstarted.driver.window.lab._knobs.position
    for exhibit in EXHIBITS:
        pending = PendingRun(exhibit.plan)
        card.present(exhibit, pending, position)
        unstarted.read(card)
        card.show_end(pending)
        unstarted.read(card)
        card.note_position(replace(position, instances=position.instances + 1))
        unstarted.read(card)
    check(unstarted)


def read_timeline(reader: Reader) -> None:
    """The list beside it, and what is said where somebody points."""
    view = reader.driver.window.lab.timeline.view
    for x in range(4, view.width(), 12):
        for y in range(4, view.height(), 12):
            QToolTip.hideText()
            where = QPoint(x, y)
            QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where)))
            reader.painted.append(pseudo.without_tags(QToolTip.text()))
    reader.read()


def test_every_banner_and_every_state_of_an_engine(reader: Reader) -> None:
    lab = reader.driver.window.lab
    for verdict in Verdict:
        for effects in (0, 1, 7):
            judgement = Judgement(
                2, effects, 9, verdicts={verdict: 2}, answers=dict.fromkeys(Answer, 1), p50_ms=1.0, p99_ms=2.0
            )
            for operation in OperationKey:
                lab.banner.show_judgement(judgement, {operation})
                lab.counters.show_judgement(judgement)
                reader.read(lab)
    open_lab = reader.driver.bridge._lab
    assert open_lab is not None
    for health in Health:
        for engine in open_lab.engines():
            reader.driver.window.engines.show_engines((replace(engine, health=health),))
            reader.read(reader.driver.window.engines)
    check(reader)


def test_a_killed_server_and_a_killed_instance(reader: Reader) -> None:
    driver = reader.driver
    heard: list[str] = []
    driver.bridge.incident.connect(heard.append)
    for fault in ("kill@database", "kill@redis", "crash@sql:INSERT:before"):
        driver.edit("faultsEdit").setText(fault)
        with driver.qtbot.waitSignal(driver.bridge.run_finished, timeout=2 * PATIENCE_MS):
            driver.spam(5)
        driver.wait_until_quiet()
        reader.read()
        driver.click("newIntentButton")
    driver.qtbot.waitUntil(lambda: len(heard) >= 3, timeout=PATIENCE_MS)
    reader.painted += heard
    reader.read()
    check(reader)


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
    [
        ("place-order", "token", "get-then-delete", 0, 0),
        ("place-order", "token", "delete-first", 1, 0),
        ("place-order", "distributed-lock", "redis", 0, 1),
        ("pay-order", "pessimistic-lock", "lock-only", 0, 0),
        ("place-order", "unique-index", "on-conflict", 0, 0),
        ("send-message", "none", "direct", 0, 0),
    ],
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
        reader.read(driver.window.explore)
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
    for ask in (window._show_shortcuts, window._show_about):
        ask()
        box = window.findChildren(QMessageBox)[-1]
        reader.read(box)
        box.close()
    window._use_language("en")
    reader.read()
    check(reader)


def test_the_dialogs_that_ask_for_a_file(unstarted: Reader) -> None:
    window = unstarted.driver.window
    timeline, service = window.lab.timeline, window.service
    asking: list[Callable[[], object]] = [
        partial(timeline._ask_for_file, timeline.export_button.menu().actions()[0]),
        *(action.trigger for action in window.compare.exports.menu.actions()),
        partial(window.explore.export._ask_where, "svg"),
        window.explore.survey._ask_where_to_save,
        window.explore.survey._ask_what_to_compare_with,
        service.open.ask_for_file,
        partial(service.open.ask_where_to_save, "s.toml", Path()),
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


def test_the_habits_of_the_gateway(reader: Reader) -> None:
    driver = reader.driver
    driver.choose("operationCombo", OperationKey.SEND_MESSAGE.value)
    for habit in GatewayKeys:
        driver.window.lab.backend.show_gateway_keys(habit)
        reader.read(driver.window.lab)
    check(reader)
