"""Every text of the Lab has a translation: found by speaking a language that nobody speaks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QTabWidget,
    QToolTip,
)

from backend.comparison.exhibits import EXHIBITS
from backend.model.judgement import Judgement
from backend.model.vocabulary import (
    Answer,
    GatewayKeys,
    Health,
    OperationKey,
    Verdict,
)
from gui.link.pending_run import PendingRun
from gui.wording.live import in_words
from tests.gui import pseudo
from tests.gui.driver import PATIENCE_MS
from tests.gui.reading import (
    SHOWN,
    Reader,
    check,
    open_reader,
    painted,
    pseudo_language,
    reader,
    show,
    unstarted,
)
from tests.tables import exhaustive_but, values

__all__ = ["open_reader", "painted", "pseudo_language", "reader", "unstarted"]


def test_the_pseudo_language_tells_what_is_translated_from_what_is_not() -> None:
    press, row, rows = (word.translate(pseudo.OTHER) for word in ("Press", "row", "rows"))
    assert press.isalpha()
    assert not press.isascii()
    assert pseudo.exchanged("<b>Press</b> &Press, %1 %n") == f"<b>{press}</b> &{press}, %1 %n"
    assert pseudo.exchanged_template("{n} {n:row|rows} {all:, }") == f"{{n}} {{n:{row}|{rows}}} {{all:, }}"
    texts = [("a", f"{press} Redis"), ("b", "Press"), ("c", f"{press} token/delete-first"), ("d", "x 3")]
    assert [line[0] for line in pseudo.untranslated(texts, ["Redis", "token/delete-first"])] == ["b"]


def test_a_window_without_its_lab_and_the_card_of_every_exhibit(unstarted: Reader) -> None:
    for page in range(unstarted.driver.find(QTabWidget, "pages").count()):
        show(unstarted, page)
        unstarted.read()
    read_cards(unstarted)
    check(unstarted)


@pytest.mark.parametrize("operation", exhaustive_but(OperationKey, values(OperationKey.PLACE_ORDER)))
def test_all_choices_of_the_pages(reader: Reader, operation: OperationKey) -> None:
    driver = reader.driver
    for source in ("clicks", "retry", "redelivery"):
        driver.choose("sourceCombo", source)
        reader.read()
    seen = set[tuple[str, str]]()
    for each in (operation, *OperationKey):
        driver.choose("operationCombo", each.value)
        reader.read(driver.window.lab.sidebar)  # with the reasons why it is not guarded by some
        read_variants(reader, seen)
    for number, page, box in (
        (1, driver.window.compare, "compareOperationCombo"),
        (2, driver.window.explore, "exploreOperationCombo"),
    ):
        show(reader, number)
        for each in (*OperationKey, operation):
            driver.choose(box, each.value)
            reader.read(page)
        reader.read()
    check(reader)


def read_variants(reader: Reader, seen: set[tuple[str, str]]) -> None:
    """Those that nobody has read yet."""
    driver = reader.driver
    strategies, variants = driver.combo("strategyCombo"), driver.combo("variantCombo")
    for index in range(strategies.count()):
        strategies.setCurrentIndex(index)
        new = [n for n in range(variants.count()) if (strategies.currentData(), variants.itemData(n)) not in seen]
        seen.update((strategies.currentData(), variants.itemData(number)) for number in new)
        for number in new:
            variants.setCurrentIndex(number)
            reader.read(driver.window.lab.sidebar)
            reader.read(driver.find(QTabWidget, "whyTabs"))
        if new:
            reader.read(driver.window.lab)


def read_wrong_faults(reader: Reader) -> None:
    """A wrong fault, and a button that is held back."""
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


@pytest.mark.parametrize("key", exhaustive_but(SHOWN, values(SHOWN[-1])))
def test_an_exhibit_with_its_rows_steps_and_timeline(reader: Reader, key: str) -> None:
    driver = reader.driver
    action = driver.window.findChild(QAction, f"exhibit-{key}")
    assert isinstance(action, QAction)
    driver.qtbot.waitUntil(action.isEnabled, timeout=PATIENCE_MS)
    finished = driver.bridge.events.run_finished
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


def read_cards(unstarted: Reader) -> None:
    """The card of every exhibit."""
    card, position = unstarted.driver.window.lab.exhibit, unstarted.driver.window.lab._knobs.position
    for exhibit in EXHIBITS:
        pending = PendingRun(exhibit.plan)
        card.present(exhibit, pending, position)
        unstarted.read(card)
        card.show_end(pending)
        unstarted.read(card)
        card.note_position(replace(position, instances=position.instances + 1))
        unstarted.read(card)


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


def test_every_banner_every_state_of_an_engine_wrong_faults_and_the_habits_of_the_gateway(reader: Reader) -> None:
    lab = reader.driver.window.lab
    read_wrong_faults(reader)
    read_habits_of_the_gateway(reader)
    for verdict in Verdict:
        for effects in (0, 1, 7):
            judgement = Judgement(
                2, effects, 9, verdicts={verdict: 2}, answers=dict.fromkeys(Answer, 1), p50_ms=1.0, p99_ms=2.0
            )
            for operation in OperationKey:
                lab.banner.show_judgement(judgement, {operation})
                lab.counters.show_judgement(judgement)
                reader.read(lab.banner)
                reader.read(lab.counters)
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
    driver.bridge.events.incident.connect(lambda words: heard.append(in_words(words)))
    for fault in ("kill@database", "kill@redis", "crash@sql:INSERT:before"):
        driver.edit("faultsEdit").setText(fault)
        with driver.qtbot.waitSignal(driver.bridge.events.run_finished, timeout=2 * PATIENCE_MS):
            driver.spam(5)
        driver.wait_until_quiet()
        reader.read()
        driver.click("newIntentButton")
    driver.qtbot.waitUntil(lambda: len(heard) >= 3, timeout=PATIENCE_MS)
    reader.painted += heard
    reader.read()
    check(reader)


def read_habits_of_the_gateway(reader: Reader) -> None:
    driver = reader.driver
    driver.choose("operationCombo", OperationKey.SEND_MESSAGE.value)
    for habit in GatewayKeys:
        driver.window.lab.backend.show_gateway_keys(habit)
        reader.read(driver.window.lab)
