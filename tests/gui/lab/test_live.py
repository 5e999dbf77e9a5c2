"""What the window shows while things change: a run that begins, rows that somebody deletes, work that is under way."""

from __future__ import annotations

import psycopg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QLabel

from backend.model.vocabulary import EngineKind
from gui.widgets.records import Tone
from tests.gui.driver import PATIENCE_MS, Driver


def pixels(driver: Driver, colour: QColor) -> int:
    """How many pixels of the timeline have a colour."""
    image = driver.window.lab.timeline.view.grab().toImage()
    wanted = colour.rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_from_the_click_on_steps_and_timeline_are_those_of_the_new_run(driver: Driver) -> None:
    lab = driver.window.lab
    database = lab._selection._timeline.view._theme.colours.engine(EngineKind.POSTGRESQL)
    driver.choose("strategyCombo", "none")
    driver.spam(5)
    driver.wait_for(5, "duplicated")
    driver.wait_until_quiet()
    driver.qtbot.waitUntil(lambda: lab.results.steps.rowCount() > 0, timeout=PATIENCE_MS)
    driver.qtbot.waitUntil(lambda: pixels(driver, database) > 0, timeout=PATIENCE_MS)
    lab.timeline.list_button.click()
    driver.qtbot.waitUntil(lambda: lab.timeline.facts.rowCount() > 0, timeout=PATIENCE_MS)
    driver.click("newIntentButton")
    driver.spin("processingDelaySpin").setValue(3_000)
    driver.click("submitButton")
    assert lab.results.steps.rowCount() == 0
    assert driver.find(QLabel, "stepsCaption").text() == "No submission selected"
    facts = lab.timeline.facts
    driver.qtbot.waitUntil(
        lambda: bool(facts.records) and {facts.highlight(fact) for fact in facts.records[:5]} == {Tone.EARLIER},
        timeout=PATIENCE_MS,
    )
    lab.timeline.list_button.click()
    assert pixels(driver, database) == 0
    driver.wait_for(6, "exactly_once")
    lab.timeline.list_button.click()
    driver.qtbot.waitUntil(
        lambda: any(facts.highlight(fact) != Tone.EARLIER for fact in facts.records), timeout=PATIENCE_MS
    )


def test_another_click_on_the_same_form_keeps_what_is_shown_and_so_does_a_run_of_which_nothing_comes(
    driver: Driver,
) -> None:
    book = driver.window.lab.timeline.book
    driver.choose("strategyCombo", "none")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    driver.wait_until_quiet()
    steps = driver.find(QAbstractItemView, "stepsView").model()
    driver.qtbot.waitUntil(lambda: steps.rowCount() > 0, timeout=PATIENCE_MS)
    driver.window.lab.timeline.begin_run()
    assert book.extent(newest=True).first == book.extent(newest=True).last
    driver.window.lab.timeline.end_run()
    assert book.extent(newest=True).first < book.extent(newest=True).last
    driver.click("submitButton")
    assert steps.rowCount() > 0
    driver.wait_for(2, "duplicated")


def test_rows_that_somebody_deletes_leave_the_table_and_the_others_are_numbered_anew(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.spam(3)
    driver.wait_for(3, "duplicated")
    driver.wait_until_quiet()
    lab = driver.bridge._lab
    assert lab is not None
    first, *others = driver.rows
    with psycopg.connect(str(lab.connection()["database"]).replace("+psycopg", "")) as connection:
        connection.execute("DELETE FROM orders WHERE id = %s", [first.id])
    driver.wait_for(2, "duplicated")
    assert [row.id for row in driver.rows] == [row.id for row in others] == driver.ids_in_database("orders")
    driver.qtbot.waitUntil(lambda: [row.ordinal for row in driver.rows] == [1, 2])
    driver.qtbot.waitUntil(lambda: driver.sentence == "1 order wanted, 2 rows: 1 duplicate", timeout=PATIENCE_MS)
    with psycopg.connect(str(lab.connection()["database"]).replace("+psycopg", "")) as connection:
        connection.execute("DELETE FROM orders")
    driver.qtbot.waitUntil(lambda: driver.shown == 0, timeout=PATIENCE_MS)


def test_work_under_way_has_a_lane_and_a_step_that_grow(driver: Driver) -> None:
    lab = driver.window.lab
    driver.choose("strategyCombo", "none")
    driver.spin("processingDelaySpin").setValue(4_000)
    driver.click("submitButton")
    book = lab.timeline.book
    driver.qtbot.waitUntil(lambda: book.is_under_way, timeout=PATIENCE_MS)
    note = driver.find(QLabel, "verdictNote")
    driver.qtbot.waitUntil(lambda: note.text().endswith(", at processing 4000 ms"), timeout=PATIENCE_MS)
    seen = book.extent(newest=True).end
    driver.qtbot.waitUntil(lambda: book.extent(newest=True).end > seen + 100_000_000, timeout=PATIENCE_MS)
    lab.timeline.view.submission_chosen.emit(book[0].submission)
    steps = lab.results.steps
    driver.qtbot.waitUntil(lambda: steps.rowCount() == 1, timeout=PATIENCE_MS)
    assert steps.index(0, 3).data() == "processing 4000 ms (under way)"
    assert steps.index(0, 1).data() == "\N{HORIZONTAL ELLIPSIS}"
    driver.qtbot.waitUntil(lambda: steps.rowCount() > 2, timeout=PATIENCE_MS)
    assert steps.index(0, 3).data() == "processing 4000 ms"
    driver.wait_until_quiet()
    assert not book.is_under_way
