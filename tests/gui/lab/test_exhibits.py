"""The menu of exhibits on the real window, and the knobs that they turn."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from backend.comparison.exhibits import EXHIBITS, find_exhibit
from backend.model.faults import of_server, parse_fault
from backend.model.vocabulary import FaultKind, RetryCause, Source
from gui.app.window import MainWindow
from gui.lab.fault_field import READY
from gui.lab.source_panel import SourcePanel
from gui.settings import Settings
from gui.theme import VERDICT_GLYPHS, Theme
from tests.gui.driver import PATIENCE_MS, Driver


def show(driver: Driver, key: str) -> str:
    action = driver.window.findChild(QAction, f"exhibit-{key}")
    assert isinstance(action, QAction)
    driver.qtbot.waitUntil(action.isEnabled, timeout=PATIENCE_MS)  # a moment after the window is usable
    action.trigger()
    outcome = driver.window.findChild(QLabel, "exhibitOutcome")
    assert isinstance(outcome, QLabel)
    driver.qtbot.waitUntil(lambda: "Observed" in outcome.text(), timeout=PATIENCE_MS)
    return outcome.text()


def test_one_choice_in_the_menu_turns_the_knobs_runs_and_says_what_came_of_it(driver: Driver) -> None:
    text = show(driver, "token-lost-order")
    assert "something else" not in text
    assert text.count("lost") == 2
    assert driver.combo("strategyCombo").currentData() == "token"
    assert driver.combo("sourceCombo").currentData() == "retry"
    assert driver.edit("faultsEdit").text() == "crash@redis:DEL"
    driver.click("closeExhibitButton")
    text = show(driver, "double-click")
    assert text.count("duplicated") == 2
    assert driver.edit("faultsEdit").text() == ""
    card = driver.find(QWidget, "exhibitCard")
    assert card.isVisible()
    driver.click("resetButton")
    assert not card.isVisible(), "what it tells of is gone"


def test_an_exhibit_takes_the_next_number(driver: Driver) -> None:
    """Whether somebody has typed one before or not."""
    set_up, key, shown = driver.window.lab.set_up, driver.edit("orderNoEdit"), []
    for typed in (False, True, False):
        if typed:
            key.setText("by hand")
        exhibit = find_exhibit("double-click")
        set_up.turn(exhibit.operation, exhibit.setup, exhibit.plan, exhibit.instances)
        shown.append(int(key.text().rpartition("-")[2]))
    assert shown == [shown[0], shown[0] + 1, shown[0] + 2]


def test_every_exhibit_can_be_shown_in_the_knobs(qtbot: QtBot) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    for exhibit in EXHIBITS:
        panel.show_knobs(exhibit.setup, exhibit.plan)
        assert set(panel.all_faults) == set(exhibit.setup.faults), exhibit.key
        assert panel.source_key is exhibit.plan.source
        assert (panel.retries.value(), panel.timeout.value()) == (exhibit.plan.retries, exhibit.plan.timeout_ms)


def test_every_exhibit_stands_in_the_knobs_of_its_queue_its_callers_and_its_servers(qtbot: QtBot) -> None:
    panel, again, settings = SourcePanel(), SourcePanel(), Settings()
    for made in (panel, again):
        qtbot.addWidget(made)
    for exhibit in EXHIBITS:
        panel.show_knobs(exhibit.setup, exhibit.plan)
        panel.save(settings)
        again.restore(settings)
        for shown in (panel, again):
            assert shown.retry_causes.causes == exhibit.plan.retry_on, exhibit.key
            assert shown.visibility_timeout.value() == exhibit.setup.visibility_timeout_ms, exhibit.key


def test_every_exhibit_stands_in_the_knobs_of_its_redis(driver: Driver) -> None:
    knobs, backend = driver.window.lab.set_up, driver.window.lab.backend
    for exhibit in EXHIBITS:
        knobs.turn(exhibit.operation, exhibit.setup, exhibit.plan, exhibit.instances)
        assert backend.persistence.mode is exhibit.setup.redis_persistence, exhibit.key
        assert backend.topology.topology is exhibit.setup.redis_topology, exhibit.key


def test_causes_that_are_not_on_offer_become_a_choice(qtbot: QtBot) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    causes = frozenset({RetryCause.BUSY, RetryCause.SERVER_ERROR})
    panel.retry_causes.show_causes(causes)
    assert panel.retry_causes.causes == causes
    assert panel.retry_causes.box.currentText() == "5xx, busy"


def test_the_menu_says_what_is_tried_and_not_what_comes_of_it(window: MainWindow) -> None:
    actions = [one for one in window.findChildren(QAction) if one.objectName().startswith("exhibit-")]
    assert len(actions) == len(EXHIBITS)
    for action in actions:
        exhibit = find_exhibit(action.objectName().removeprefix("exhibit-"))
        for text in (action.text(), action.toolTip()):
            assert not any(glyph in text for glyph in VERDICT_GLYPHS.values())
        assert action.text() == exhibit.title
        assert exhibit.look not in action.toolTip()


def test_ready_made_faults_can_be_read_and_others_are_refused_in_words(qtbot: QtBot) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    for text in READY:
        panel.faults.add(text)
    assert not panel.faults.complaint
    assert len(panel.all_faults) == len(READY)
    with qtbot.waitSignal(panel.changed):
        panel.faults.setText("explode@sql")
    assert panel.all_faults == ()
    assert "explode@sql" in panel.faults.complaint


def test_the_menu_of_ready_made_faults_says_what_each_of_them_does(qtbot: QtBot) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    entries = [
        action for action in panel.faults.menu_button.menu().actions() if "@" in action.text() or "=" in action.text()
    ]
    assert len(entries) == len(READY)
    for fault, action in zip(READY, entries, strict=True):
        name, _, told = action.text().partition("\t")
        assert name == fault
        assert " " in told
        panel.faults.clear()
        action.trigger()
        assert panel.faults.text() == fault


def test_a_fault_that_cannot_be_read_is_seen(qtbot: QtBot, theme: Theme) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    panel.resize(300, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    colours = {}
    for text in ("explode@sql", "crash@sql"):
        panel.faults.setText(text)
        picture = panel.faults.grab().toImage()
        colours[text] = picture.pixelColor(picture.width() // 2, 4).name()
    assert colours == {"explode@sql": theme.colours.alarm_tint, "crash@sql": theme.colours.surface}
    panel.hide()


def test_ready_made_faults_of_servers_name_their_moment() -> None:
    for text in READY:
        fault = parse_fault(text)
        if of_server(fault):
            assert fault.ms or fault.nth, f"{text} comes at another moment with another number of submissions"


def test_knobs_without_a_meaning_for_the_source_are_disabled(qtbot: QtBot) -> None:
    panel = SourcePanel()
    qtbot.addWidget(panel)
    enabled = {}
    for source in Source:
        panel.source.setCurrentIndex(panel.source.findData(source.value))
        enabled[source] = {spin.objectName() for spin in panel.findChildren(QSpinBox) if spin.isEnabled()} & {
            "retriesSpin",
            "backoffSpin",
            "timeoutSpin",
            "visibilityTimeoutSpin",
            "deduplicationSpin",
            "prefetchSpin",
        }
        assert panel.retry_causes.box.isEnabled() == (source is Source.RETRY)
    assert enabled[Source.CLICKS] == {"timeoutSpin"}
    assert enabled[Source.RETRY] == {"retriesSpin", "backoffSpin", "timeoutSpin"}
    assert enabled[Source.REDELIVERY] == {"visibilityTimeoutSpin"}
    assert enabled[Source.RABBITMQ] == {"prefetchSpin"}
    assert enabled[Source.NATS] == {"visibilityTimeoutSpin", "deduplicationSpin"}


def test_the_knobs_are_remembered(qtbot: QtBot) -> None:
    panel, again, settings = SourcePanel(), SourcePanel(), Settings()
    for made in (panel, again):
        qtbot.addWidget(made)
    exhibit = find_exhibit("reply-lost")
    panel.show_knobs(exhibit.setup, exhibit.plan)
    panel.save(settings)
    again.restore(settings)
    assert again.all_faults == panel.all_faults
    assert again.all_faults[0].kind is FaultKind.LOST_REPLY
    assert again.source_key is Source.RETRY
    assert again.lost_reply.isChecked()
