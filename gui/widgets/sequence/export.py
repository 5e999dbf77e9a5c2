"""What was found as a file: the diagram as SVG, PNG or Mermaid text, the schedule, or all of it as one HTML page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from backend.files.output import write_document
from backend.model.errors import SubmitTwiceError
from gui.widgets.file_dialogs import ask_where_to_save
from gui.widgets.forms import describe
from gui.widgets.picture_files import write_picture
from gui.wording.live import filled, put, worded
from gui.wording.speech import language, speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.question import Exploration, Question
    from gui.widgets.sequence.view import SequenceView

NARROWEST = 900
"""Pixels that a diagram on paper is wide, at least."""


class ExportButton(QPushButton):
    """Disabled until something was found.

    Signals:
        failed: a sentence why a file could not be written.
    """

    failed = Signal(object)

    def __init__(self, diagram: SequenceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put(self.setText, lambda: self.tr("Export"))
        self.setObjectName("exportButton")
        self.setAutoDefault(False)
        describe(
            self, lambda: self.tr("Export"), lambda: self.tr("Save the diagram, the schedule, or all that was found")
        )
        self._diagram = diagram
        self._found: Exploration | None = None
        menu = QMenu(self)
        put(menu.setAccessibleName, lambda: self.tr("Export"))
        for text, ending in (
            (lambda: self.tr("Diagram as &SVG…"), "svg"),
            (lambda: self.tr("Diagram as &PNG…"), "png"),
            (lambda: self.tr("Diagram as &Mermaid text…"), "mmd"),
            (lambda: self.tr("S&chedule, to replay…"), "json"),
            (lambda: self.tr("&Everything as one HTML page…"), "html"),
        ):
            action = worded(QAction(menu), text)
            menu.addAction(action)
            action.setObjectName(f"export-{ending}")
            action.triggered.connect(partial(self._ask_where, ending))
        self.setMenu(menu)
        self.offer(None)

    def offer(self, found: Exploration | None) -> None:
        """This can be written; nothing, where it is None."""
        self._found = found
        has_example = found is not None and found.counterexample is not None
        self.setEnabled(found is not None)
        for action in self.menu().actions():
            action.setEnabled(has_example or action.objectName() == "export-html")

    def _ask_where(self, ending: str, _checked: bool = False) -> None:
        asked = self._found.question if self._found else None
        dialog = ask_where_to_save(self.window(), self.tr("Export"), f"{_name_of(asked)}.{ending}")
        dialog.fileSelected.connect(self.write)

    def write(self, name: str) -> None:
        """Write the file; its ending says what."""
        path, found = Path(name), self._found
        if found is None:
            return
        try:
            self._writer(path, found)()
        except SubmitTwiceError as error:
            self.failed.emit(partial(speak, error.sentence))
        except OSError as error:
            reason = error.strerror or str(error)
            self.failed.emit(filled(lambda: self.tr("%1 could not be written: %2."), path.name, reason))

    def _writer(self, path: Path, found: Exploration) -> Callable[[], object]:
        # These know the drivers of the engines, whose imports a window does not wait for.
        from backend.explorer.counterexample import save  # noqa: PLC0415, RUF100
        from backend.explorer.mermaid import mermaid  # noqa: PLC0415, RUF100
        from backend.explorer.web_page import exploration_html  # noqa: PLC0415, RUF100

        example = found.counterexample
        match path.suffix.lower():
            case ".svg" | ".png" if example:
                return partial(write_diagram, self._diagram, path)
            case ".mmd" if example:
                return lambda: write_document(path, mermaid(example, language()))
            case ".json" if example:
                return partial(save, example, path)
            case _:
                return lambda: write_document(path, exploration_html(found, language()))


def _name_of(asked: Question | None) -> str:
    if asked is None:
        return "exploration"
    return Path(asked.service).stem if asked.service else f"{asked.operation}-{asked.strategy}-{asked.variant}"


def write_diagram(diagram: SequenceView, path: Path) -> None:
    """Write the whole diagram, whatever is in sight of it.

    Raises:
        OSError: the file cannot be written.
    """
    size = diagram.whole_size(NARROWEST)
    write_picture(path, size, "Submit Twice", lambda painter: diagram.paint_whole(painter, size))
