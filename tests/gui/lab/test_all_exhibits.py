"""Exhibits on the real window, one after the other, in random order: each from whatever state the one before left."""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QTabWidget, QWidget

from backend.comparison.exhibits import EXHIBITS, Exhibit, find_exhibit
from backend.model.vocabulary import EngineKind, Verdict
from gui.theme import VERDICT_GLYPHS
from gui.widgets.records import Tone
from gui.wording.terms import answer_text, answer_word, short, verdict_word
from tests.gui.conftest import OpenWindow
from tests.gui.driver import PATIENCE_MS, Driver
from tests.tables import exhaustive_but

SEED = int(os.environ.get("EXHIBITS_SEED", random.SystemRandom().randrange(1_000_000)))
"""A failure names it; set EXHIBITS_SEED to it to see that order again."""


def dice() -> random.Random:
    return random.Random(SEED)  # noqa: S311  nothing is kept secret by it


def show(driver: Driver, exhibit: Exhibit) -> str:
    """Choose an exhibit in the menu, as soon as that can be done, and wait for what came of it."""
    action = driver.window.findChild(QAction, f"exhibit-{exhibit.key}")
    assert isinstance(action, QAction)
    driver.qtbot.waitUntil(action.isEnabled, timeout=2 * PATIENCE_MS)
    action.trigger()
    outcome = driver.find(QLabel, "exhibitOutcome")
    assert driver.window.lab.exhibit.exhibit is exhibit
    driver.qtbot.waitUntil(lambda: "Observed" in outcome.text(), timeout=3 * PATIENCE_MS)
    driver.wait_until_quiet()
    return outcome.text()


def expected(exhibit: Exhibit) -> str:
    verdict = f"{VERDICT_GLYPHS[exhibit.promises]} {verdict_word(exhibit.promises)}"
    return f"Expected: {verdict}. Observed: {verdict}."


def disarrange(driver: Driver, rng: random.Random) -> None:
    """Turn knobs as somebody might who plays around between two exhibits."""
    for _ in range(rng.randrange(4)):
        name, key = rng.choice([("strategyCombo", "none"), ("strategyCombo", "state-machine"), ("sourceCombo", "retry"),
                                ("strategyCombo", "front-end"), ("operationCombo", "send-message"),
                                ("gatewayKeysCombo", "ignored"), ("databaseCombo", "sqlite")])  # fmt: skip
        driver.choose(name, key)
    if rng.random() < 0.5:
        driver.spin("leaseSpin").setValue(rng.randrange(1, 20_000))
        driver.spin("processingDelaySpin").setValue(rng.randrange(3_000))
        driver.spin("instancesSpin").setValue(rng.randrange(1, 4))
        driver.edit("faultsEdit").setText(rng.choice(["", "crash@sql:COMMIT", "nonsense"]))
        driver.edit("itemEdit").setText(rng.choice(["", "book"]))
        for box in ("lostReplyCheck", "reloadCheck", "editCheck"):
            driver.find(QCheckBox, box).setChecked(rng.random() < 0.5)
    driver.find(QTabWidget, "pages").setCurrentIndex(rng.randrange(3))


def check(driver: Driver, exhibit: Exhibit, outcome: str) -> None:
    assert outcome == expected(exhibit), exhibit.key
    wanted = driver.edit("orderNoEdit").text()

    def told() -> None:
        own = [row for row in driver.rows if row.key == wanted]
        counted = driver.window.lab.counters._effects.number.text()
        state = (driver.verdict, counted, driver.failures)
        assert state == (exhibit.promises.value, str(len(own)), []), f"{exhibit.key}: the window shows {state}"

    driver.qtbot.waitUntil(told, timeout=PATIENCE_MS)
    model = driver.window.lab.results.rows
    for row in model.records:
        assert (model.highlight(row) is Tone.EARLIER) == (row.key != wanted)
    if exhibit.promises is Verdict.DUPLICATED:
        assert sum(row.key == wanted for row in driver.rows) >= 2
    check_card(driver)
    driver.qtbot.waitUntil(lambda: not untrue(driver, exhibit), timeout=PATIENCE_MS)


def untrue(driver: Driver, exhibit: Exhibit) -> list[str]:
    """What the card says callers were told, or responses say, and what neither counters nor steps bear out."""
    counters, lab = driver.window.lab.counters, driver.bridge._lab
    told = {answer_word(answer) for answer, counter in counters._answers.items() if counter.number.text() != "0"}
    assert lab is not None
    wanted = driver.edit("orderNoEdit").text()
    names = [reply.submission_id for reply in driver.window.lab.results.replies.records if reply.intent_key == wanted]
    steps = [step for name in names for step in lab.steps_of(name) if step.engine is EngineKind.HTTP]
    said = {answer_text(step) for step in steps if step.command.startswith("reply ")}
    missing = [f"told {word}" for word in re.findall("told “(.+?)”", exhibit.look) if word not in told]
    return missing + [f"response {word}" for word in re.findall("response “(.+?)”", exhibit.look) if word not in said]


def check_card(driver: Driver) -> None:
    """Nothing of the card is cut off."""
    card = driver.find(QWidget, "exhibitCard")
    for name in ("exhibitText", "exhibitOutcome"):
        label = driver.find(QLabel, name)
        QTest.qWaitForWindowExposed(driver.window)
        needed = label.heightForWidth(label.width()) if label.hasHeightForWidth() else label.sizeHint().height()
        assert label.height() >= needed, f"{name} has {label.height()} of {needed} pixels"
        assert label.geometry().bottom() <= card.height()
    if not driver.find(QLabel, "exhibitOutcome").hasHeightForWidth():
        outcome = driver.find(QLabel, "exhibitOutcome")
        assert outcome.sizeHint().width() <= outcome.width()


def go_through(driver: Driver, exhibits: list[Exhibit]) -> None:
    rng, shown = dice(), list[str]()
    for exhibit in exhibits:
        shown.append(exhibit.key)
        try:
            check(driver, exhibit, show(driver, exhibit))
        except AssertionError as error:
            raise AssertionError(f"EXHIBITS_SEED={SEED}, after {shown}: {error}") from error
        disarrange(driver, rng)


@pytest.mark.exhaustive
@pytest.mark.timeout(1_200)
def test_all_exhibits_keep_their_promise_twice_in_random_order(driver: Driver) -> None:
    rng = dice()
    go_through(driver, [*rng.sample(EXHIBITS, len(EXHIBITS)), *rng.sample(EXHIBITS, len(EXHIBITS))])


QUICK = {"token-lost-order"}


@pytest.mark.timeout(300)
def test_some_exhibits_keep_their_promise_in_random_order(driver: Driver) -> None:
    rng = dice()
    go_through(driver, [*rng.sample(EXHIBITS, 1), find_exhibit("gateway-with-a-key")])


@pytest.mark.parametrize(
    "exhibit",
    exhaustive_but([one for one in EXHIBITS if "“" in one.look], lambda one: one.key in QUICK),
    ids=lambda one: one.key,
)
def test_answers_that_a_card_speaks_of_were_given(driver: Driver, exhibit: Exhibit) -> None:
    check(driver, exhibit, show(driver, exhibit))


def test_exhibits_cannot_be_chosen_while_the_engines_start(open_shared: OpenWindow) -> None:
    may_start = threading.Event()
    driver = open_shared(may_start=may_start)
    action = driver.window.findChild(QAction, "exhibit-double-click")
    assert isinstance(action, QAction)
    assert not action.isEnabled()
    driver.find(QTabWidget, "pages").setCurrentIndex(1)
    action.trigger()
    assert driver.find(QTabWidget, "pages").currentIndex() == 1
    assert driver.window.lab.exhibit.exhibit is None
    may_start.set()
    driver.wait_until_usable()
    assert action.isEnabled()


def test_a_card_says_when_knobs_have_changed_since_and_goes_with_the_next_run(driver: Driver) -> None:
    card, outcome = driver.find(QWidget, "exhibitCard"), driver.find(QLabel, "exhibitOutcome")
    show(driver, find_exhibit("double-click"))
    assert "Knobs changed" not in outcome.text()
    driver.choose("strategyCombo", "unique-index")
    assert "Knobs changed" in outcome.text()
    driver.choose("strategyCombo", "none")
    assert "Knobs changed" not in outcome.text()
    turns: list[Callable[[], None]] = [
        lambda: driver.spin("leaseSpin").setValue(1_234),
        lambda: driver.choose("operationCombo", "add-stock"),
        lambda: driver.edit("faultsEdit").setText("lost-reply"),
        lambda: driver.find(QCheckBox, "editCheck").setChecked(True),
    ]
    for turn in turns:
        turn()
        assert "Knobs changed" in outcome.text()
        show(driver, find_exhibit("double-click"))
        assert "Knobs changed" not in outcome.text()
    driver.click("submitButton")
    assert card.isHidden()


def test_what_is_chosen_while_something_runs_is_answered_with_a_sentence(driver: Driver) -> None:
    lab = driver.window.lab
    driver.spin("processingDelaySpin").setValue(1_500)
    driver.click("submitButton")
    exhibit = find_exhibit("double-click")
    lab.try_out(exhibit.operation, exhibit.setup)
    assert driver.failures
    assert "under way" in driver.failures[0]
    driver.wait_until_quiet()


def test_the_instance_of_a_submission_stands_above_its_steps(driver: Driver) -> None:
    show(driver, find_exhibit("local-lock-on-two-instances"))
    caption = driver.find(QLabel, "stepsCaption")
    named = set()
    for number in (0, 1):
        driver.table.setCurrentIndex(driver.table.model().index(number, 0))
        chosen = driver.rows[number].submission_id
        text = re.compile(rf"Submission {re.escape(short(chosen))}.* instance \d")
        driver.qtbot.waitUntil(lambda text=text: bool(text.search(caption.text())))  # type: ignore[misc]
        named.add(caption.text().split(" \N{MIDDLE DOT} ")[-1])
    assert named == {"instance 1", "instance 2"}


def test_knobs_go_back_to_what_the_readme_begins_with_from_any_state(driver: Driver) -> None:
    rng = dice()
    show(driver, find_exhibit("stale-holder-refused"))
    for _ in range(3):
        disarrange(driver, rng)
    driver.find(QTabWidget, "pages").setCurrentIndex(0)
    back = next(
        action for action in driver.window.findChildren(QAction) if action.text() == "&Knobs as at the first start"
    )
    driver.qtbot.waitUntil(lambda: driver.window.lab.ready, timeout=PATIENCE_MS)
    back.trigger()
    assert driver.button("spamButton").text().endswith(" 20")
    driver.click("spamButton")
    wanted = driver.edit("orderNoEdit").text()
    driver.qtbot.waitUntil(lambda: sum(row.key == wanted for row in driver.rows) == 20, timeout=PATIENCE_MS)
    driver.wait_until_quiet()
    driver.qtbot.waitUntil(lambda: driver.verdict == "duplicated", timeout=PATIENCE_MS)
    assert driver.sentence == "1 order wanted, 20 rows: 19 duplicates"
