"""Every text of the Service page has a translation: choices, problems of a file, results, and what goes wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMessageBox, QTabWidget

from backend.archive.entries import ExplorationRecord
from backend.model.observed import Step
from backend.model.vocabulary import Answer, EngineKind, Verdict
from backend.service.asked import Checked
from backend.service.outside.model import Check, CheckSituation, IntentResult, SituationResult
from tests.backend.archive.samples import exploration_entry
from tests.gui.driver import PATIENCE_MS
from tests.gui.reading import Reader, check, open_reader, painted, pseudo_language, reader, unstarted
from tests.gui.service.test_page import described
from tests.gui.test_pseudo_reports import UNFINISHED
from tests.tables import exhaustive_but, values

__all__ = ["open_reader", "painted", "pseudo_language", "reader", "unstarted"]

pytestmark = pytest.mark.usefixtures("forked_services")
STEPS = (
    Step("1.1", 0, 1, EngineKind.POSTGRESQL, "SELECT 1", "no row", "", 1, 2),
    Step("1.1", 1, 1, EngineKind.POSTGRESQL, "COMMIT", "2 rows", "", 3, 4),
)
TYPED = (".toml", "[service]", "[database]", "[request]", "[effects]", "sql", "method", "path", "json", "command",
         "before", "redis")  # fmt: skip
"""Tables and keys of a file, which are the same in every language."""


def complaint_of_tomllib(text: str) -> str:
    """What is wrong with the syntax is said by the library that reads it."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    return ""


def front(reader: Reader) -> None:
    reader.driver.find(QTabWidget, "pages").setCurrentWidget(reader.driver.window.service)
    reader.commands |= {*TYPED, "SELECT", "COMMIT", "curl"}


def wait_for_the_end(reader: Reader) -> None:
    examiner = reader.driver.window.service.examiner
    reader.driver.qtbot.waitUntil(lambda: not examiner.busy, timeout=6 * PATIENCE_MS)


def open_file(reader: Reader, file: Path) -> None:
    page = reader.driver.window.service
    page.open_file.open(file)
    reader.driver.qtbot.waitUntil(lambda: page.file.file.path == file, timeout=PATIENCE_MS)
    reader.commands |= {str(file), file.name}


def test_the_page_before_anything_was_opened_and_its_choices(unstarted: Reader) -> None:
    front(unstarted)
    page = unstarted.driver.window.service
    unstarted.read(page)
    for box in page.findChildren(QComboBox):
        for index in range(box.count()):
            box.setCurrentIndex(index)
            unstarted.read(page)
    for view in range(page.views.count()):
        page.views.setCurrentIndex(view)
        unstarted.read(page)
    for action in (*page.open_file.button.menu().actions(), *page.report.menu().actions()):
        assert isinstance(action, QAction)
        unstarted.painted.append(action.text())
    unstarted.read(page)
    check(unstarted)


@pytest.mark.parametrize(
    ("before", "after"),
    exhaustive_but(
        [
            ("[service]", "[servise]"),
            ('method = "POST"', 'method = "SEND"'),
            ("{key}", "{kee}"),
            ("[effects]", "[effects"),
        ],
        values("[service]", "[effects]"),
    ),
)
def test_what_is_wrong_with_a_file(unstarted: Reader, tmp_path: Path, before: str, after: str) -> None:
    front(unstarted)
    page = unstarted.driver.window.service
    file = described(tmp_path, "/check")
    text = file.read_text(encoding="utf-8").replace(before, after)
    file.write_text(text, encoding="utf-8")
    open_file(unstarted, file)
    unstarted.commands |= {
        complaint_of_tomllib(text),
        after,
        after.strip("[]{}"),
        before.strip("[]{}"),
        "SEND",
        "key",
        "kee",
    }
    box = page.file.problems
    unstarted.driver.qtbot.waitUntil(lambda: bool(box.toPlainText()), timeout=PATIENCE_MS)
    unstarted.read(page)
    check(unstarted)


def test_changes_that_are_in_no_file_are_asked_about(unstarted: Reader, tmp_path: Path) -> None:
    front(unstarted)
    page = unstarted.driver.window.service
    file = described(tmp_path, "/check")
    open_file(unstarted, file)
    page.file.text.insertPlainText("# ")
    page.open_file.open(file)
    box = unstarted.driver.window.findChild(QMessageBox, "serviceUnsavedBox")
    assert isinstance(box, QMessageBox)
    unstarted.read(box)
    unstarted.read(page)
    box.reject()
    check(unstarted)


@pytest.mark.exhaustive
def test_a_check_and_an_exploration_of_a_real_service(reader: Reader, tmp_path: Path) -> None:
    front(reader)
    page = reader.driver.window.service
    open_file(reader, described(tmp_path, "/check"))
    for key, box in page.knobs.situations.items():
        box.setChecked(key in {CheckSituation.CLICKS, CheckSituation.CRASH})
    page.check_button.click()
    reader.read(page)
    wait_for_the_end(reader)
    result = page.check_pane._results
    for situation, found in result.items():
        page.check_pane.show_situation(situation)
        allow_steps(reader, found.worst.steps if found.worst else ())
        reader.commands |= {intent.key for intent in found.intents}
        page.check_pane.output.clear()  # the service's own words
        reader.read(page)
    page.explore_button.click()
    reader.read(page)
    wait_for_the_end(reader)
    reader.commands |= {event.command for event in page.story._events if event.engine != EngineKind.HTTP}
    for number in range(len(page.story._events)):
        page.story.go_to(number)
        reader.read(page.story)
    reader.read(page)
    check(reader)


def allow_steps(reader: Reader, steps: Iterable[Step]) -> None:
    for step in steps:
        reader.commands |= {step.command, step.error, step.submission_id}
        reader.commands |= {step.answer} if "row" not in step.answer else set()


def test_a_check_in_every_state_and_what_was_explored(unstarted: Reader) -> None:
    front(unstarted)
    page = unstarted.driver.window.service
    page.views.setCurrentWidget(page.check_pane)
    allow_steps(unstarted, STEPS)
    intents = tuple(
        IntentResult(f"K-{number}", number, (*Answer,), verdict, number % 2 == 0, UNFINISHED, STEPS)
        for number, verdict in enumerate(Verdict)
    )
    unstarted.commands |= {intent.key for intent in intents}
    for situations in (
        [SituationResult(key, 2, intents, note=UNFINISHED) for key in CheckSituation],
        [SituationResult(key, 2, skipped=UNFINISHED) for key in CheckSituation],
        [SituationResult(key, 2, (intent,)) for key, intent in zip(CheckSituation, intents, strict=False)],
    ):
        page.check_pane.begin(list(CheckSituation))
        found = Checked(Check("s.toml", tuple(situations), is_cancelled=True, unattributed=2), ())
        page._show_found(found)
        for key in CheckSituation:
            page.check_pane.show_situation(key.value)
            unstarted.read(page.check_pane)
        unstarted.read(page)
    read_an_exploration(unstarted)
    check(unstarted)


def read_an_exploration(reader: Reader) -> None:
    page, content = reader.driver.window.service, exploration_entry().content
    assert isinstance(content, ExplorationRecord)
    page.views.setCurrentWidget(page.story)
    page._show_found(content.found)
    reader.commands |= {event.command for event in page.story._events}
    reader.read(page)
    for number in range(len(page.story._events)):
        page.story.go_to(number)
        reader.read(page.story)


def test_a_service_that_does_not_start(reader: Reader, tmp_path: Path) -> None:
    front(reader)
    page = reader.driver.window.service
    open_file(reader, described(tmp_path, "/check", **{"plain.py": "nothing-there.py"}))
    for begin in (page.check_button, page.explore_button):
        begin.click()
        reader.read(page)
        wait_for_the_end(reader)
        page.check_pane.output.clear()  # the interpreter's own words
        reader.read(page)
    check(reader)
