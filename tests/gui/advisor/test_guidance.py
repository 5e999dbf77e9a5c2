"""Which one for me, in the real window: by menu and keyboard, to the pages and back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QRadioButton, QTabWidget

from backend.comparison.cost_records import Cost
from backend.comparison.guidance.advice import recommend
from backend.comparison.guidance.questions import QUESTIONS, Effect, Key, Needs
from backend.comparison.guidance.says import about_choice
from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import ComparedCell, Line, PartResult
from backend.comparison.situations import SITUATIONS, Extent
from backend.explorer.survey import CellState
from backend.explorer.survey import SurveyCell as SurveyCell
from backend.lab.lab import Lab
from backend.model.vocabulary import EngineKind, GatewayKeys, OperationKey, Verdict
from gui.advisor.dialog import GuidanceDialog
from gui.advisor.words import explored_text, measured_text
from gui.wording.speech import speak
from tests.gui.driver import PATIENCE_MS, Driver


def opened(driver: Driver) -> GuidanceDialog:
    action = next(a for a in driver.window.findChildren(QAction) if a.text() == "&Which one for me?")
    action.trigger()
    driver.qtbot.waitUntil(lambda: driver.window.findChild(GuidanceDialog, "guidanceDialog") is not None)
    dialog = driver.window.findChild(GuidanceDialog, "guidanceDialog")
    assert isinstance(dialog, GuidanceDialog)
    driver.qtbot.waitUntil(dialog.isVisible)
    return dialog


def follow(dialog: GuidanceDialog, link: str) -> None:
    assert f'href="{link}"' in dialog.ranking.toHtml()
    dialog.ranking.anchorClicked.emit(QUrl(link))


def test_an_answer_by_keyboard_changes_the_ranking_and_is_remembered(driver: Driver) -> None:
    dialog = opened(driver)
    check_names(dialog)
    assert dialog.ranking.toPlainText().startswith("1.  Unique index")
    radio = dialog.findChild(QRadioButton, "guide-effect-insert")
    assert isinstance(radio, QRadioButton)
    radio.setFocus()
    QTest.keyClick(radio, Qt.Key.Key_Down)
    assert dialog.questions.needs == Needs(Effect.STATUS)
    assert "1.  State machine" in dialog.ranking.toPlainText()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert driver.window._settings.text("guidance/effect") == "status"


def test_the_links_of_an_advice_lead_to_the_pages_with_everything_set(driver: Driver) -> None:
    dialog = opened(driver)
    pages = driver.find(QTabWidget, "pages")
    follow(dialog, "compare:0")
    assert pages.currentWidget() is driver.window.compare
    assert driver.find(QComboBox, "compareStrategyCombo").currentData() == "unique-index"
    assert not dialog.isVisible()
    opened(driver)
    follow(dialog, "lab:2")
    assert pages.currentWidget() is driver.window.lab
    assert driver.combo("strategyCombo").currentData() == "advisory-lock"
    assert driver.combo("variantCombo").currentData() == "transaction"
    driver.click("spamButton")
    driver.wait_for(1, "exactly_once")
    opened(driver)
    follow(dialog, "explore:0")
    assert pages.currentWidget() is driver.window.explore
    driver.qtbot.waitUntil(
        lambda: driver.window.explore.banner.sentence.property("verdict") == "exactly_once", timeout=PATIENCE_MS
    )


def test_where_nothing_fits_the_dialog_says_what_to_do(driver: Driver) -> None:
    dialog = opened(driver)
    for name in ("guide-key-none", "guide-arrival-program"):
        radio = dialog.findChild(QRadioButton, name)
        assert isinstance(radio, QRadioButton)
        radio.click()
    text = dialog.ranking.toPlainText()
    assert text.startswith("Nothing can work: a retry looks like a new order.")
    follow(dialog, "way-out:0")
    assert dialog.questions.needs.key is Key.CLIENT
    assert dialog.ranking.toPlainText().startswith("1.  Idempotency key")
    assert dialog.isVisible()


def test_trying_a_queue_sets_every_knob_of_a_redelivery(driver: Driver) -> None:
    dialog = opened(driver)
    radio = dialog.findChild(QRadioButton, "guide-arrival-queue")
    assert isinstance(radio, QRadioButton)
    radio.click()
    follow(dialog, "lab:0")
    assert driver.combo("sourceCombo").currentData() == "redelivery"
    assert [str(fault) for fault in driver.window.lab.source.all_faults] == ["crash@redis:XACK:before"]
    assert driver.spin("spamCountSpin").value() == 1


def test_trying_something_outside_that_honours_keys_sends_the_keys(driver: Driver) -> None:
    dialog = opened(driver)
    for name in ("guide-effect-outside", "guide-receiver-honours"):
        radio = dialog.findChild(QRadioButton, name)
        assert isinstance(radio, QRadioButton)
        radio.click()
    follow(dialog, "lab:0")
    assert driver.combo("operationCombo").currentData() == "send-message"
    assert driver.window.lab.backend.gateway_keys_key is GatewayKeys.HONOURED


def test_what_was_measured_and_explored_is_said_and_what_was_not_as_well() -> None:
    advice = recommend(Needs(key=Key.NATURAL), Lab.strategies()).ranking[0]
    assert measured_text(advice, []) == "Not measured yet."
    assert explored_text(advice, []) == "Not explored yet."
    subject = Subject(advice.operation, EngineKind.POSTGRESQL, advice.strategy, advice.variant, sound=True)
    part = SITUATIONS[SituationKey.CLICKS].parts(subject, Extent(quick=True))[0]
    result = PartResult(part, {Verdict.EXACTLY_ONCE: 3}, {}, 3, None, None, {}, (), 0.1, proven=3)
    line = Line(
        subject,
        (ComparedCell(subject, SituationKey.CLICKS, (result,)),),
        Cost(subject, ratios=(0.9, 0.8, 0.85), itself=(1.0, 1.05)),
    )
    assert measured_text(advice, [line]) == (
        "Measured: survives 1 of 1 situations, 0.85 of the throughput without protection."
    )
    cell = SurveyCell(
        OperationKey.PLACE_ORDER, advice.strategy, advice.variant, True, CellState.PROVEN, True, 4, 4,
        {Verdict.EXACTLY_ONCE: 4},
    )  # fmt: skip
    assert "exactly once, 4" in explored_text(advice, [cell])


def check_names(dialog: GuidanceDialog) -> None:
    """Every question has its answers."""
    for question in QUESTIONS:
        for choice in question.choices:
            radio = dialog.findChild(QRadioButton, f"guide-{question.key}-{choice}")
            assert isinstance(radio, QRadioButton)
            assert radio.accessibleName()
            assert radio.accessibleDescription() == speak(about_choice(question.key, choice))
