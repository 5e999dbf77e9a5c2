"""Files of what was found, from the page."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from backend.explorer import counterexample
from backend.explorer.question import Choice, Counterexample, Event, EventKind, Exploration, Question
from backend.model.vocabulary import OperationKey, Verdict
from gui.theme import Theme
from gui.widgets.picture_files import PNG_SCALE
from gui.widgets.sequence.export import ExportButton
from gui.widgets.sequence.view import SequenceView
from gui.wording.live import in_words

EXAMPLE = Counterexample(
    Question(OperationKey.PLACE_ORDER, "none", "direct"),
    Verdict.DUPLICATED,
    1,
    (Choice(EventKind.STEP, "A"), Choice(EventKind.STEP, "B")),
    (
        Event("A", EventKind.STEP, "postgresql", "INSERT INTO orders", "row 1"),
        Event("B", EventKind.STEP, "postgresql", "INSERT INTO orders", "row 2"),
        Event("A", EventKind.ANSWER, "http", "reply", "created"),
    ),
)
FOUND = Exploration(EXAMPLE.question, True, 6, 6, {Verdict.DUPLICATED: 6}, EXAMPLE)


@pytest.fixture
def button(qtbot: QtBot, theme: Theme) -> ExportButton:
    view = SequenceView(theme)
    view.show_events(EXAMPLE.events, "")
    made = ExportButton(view, view)
    qtbot.addWidget(view)
    made.offer(FOUND)
    return made


def write(button: ExportButton, path: Path) -> Path:
    button.write(str(path))
    assert path.stat().st_size > 0
    return path


def test_the_diagram_as_a_picture(button: ExportButton, tmp_path: Path) -> None:
    root = ET.parse(write(button, tmp_path / "a.svg")).getroot()  # noqa: S314  our own file
    assert root.tag.endswith("svg")
    assert "INSERT INTO orders" in "".join(root.itertext())
    image = QImage(str(write(button, tmp_path / "a.png")))
    assert image.width() >= 900 * PNG_SCALE


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("a.mmd", lambda path: "sequenceDiagram" in path.read_text("utf-8")),
        ("a.json", lambda path: counterexample.load(path) == EXAMPLE),
        ("a.html", lambda path: "shortest way" in path.read_text("utf-8")),
    ],
)
def test_texts(button: ExportButton, tmp_path: Path, name: str, holds: Callable[[Path], bool]) -> None:
    assert holds(write(button, tmp_path / name))


def test_what_cannot_be_written_is_told(button: ExportButton, qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("a.html", "a.png", "a.svg"):
        with qtbot.waitSignal(button.failed) as told:
            button.write(str(tmp_path / "missing" / name))
        assert told.args
        assert name in in_words(told.args[0])


def test_without_a_counterexample_there_is_only_the_page(button: ExportButton) -> None:
    button.offer(Exploration(EXAMPLE.question, True, 6, 6, {Verdict.EXACTLY_ONCE: 6}))
    assert [a.objectName() for a in button.menu().actions() if a.isEnabled()] == ["export-html"]
    button.offer(None)
    assert not button.isEnabled()
