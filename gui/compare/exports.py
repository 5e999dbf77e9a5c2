"""A comparison as a file, in the form that somebody chooses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.web_page import comparison_html
from backend.files.output import write_document
from gui.widgets.file_dialogs import ask_where_to_save
from gui.wording.live import Words, filled
from gui.wording.speech import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.comparison.records import Comparison


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a comparison can be written in."""

    name: str
    ending: str
    text: Callable[[Comparison, str], str]
    """Of a comparison, in a language."""


def _as_json(found: Comparison, language: str) -> str:
    return json.dumps(comparison_document(found, language), ensure_ascii=False, indent=2) + "\n"


FORMS = (
    Form("HTML", "html", comparison_html),
    Form("Markdown", "md", comparison_markdown),
    Form("CSV", "csv", comparison_csv),
    Form("JSON", "json", _as_json),
)


class ExportMenu(QObject):
    """A menu with an entry for each form.

    Signals:
        chosen: a function that writes the file and returns a sentence about it; it is to run behind the scenes.
    """

    chosen = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._found: Comparison | None = None
        self.menu = QMenu(owner)
        for form in FORMS:
            action = self.menu.addAction(form.name)
            action.setObjectName(f"export-{form.ending}")
            action.triggered.connect(partial(self._ask_where, form))

    def offer(self, found: Comparison) -> None:
        """This can be written."""
        self._found = found

    def _ask_where(self, form: Form, _checked: bool = False) -> None:
        name = f"submit-twice-comparison.{form.ending}"
        dialog = ask_where_to_save(self._owner, self.tr("Export the comparison"), name, form.name)
        dialog.fileSelected.connect(partial(self._write, form))

    @Slot(str)
    def _write(self, form: Form, name: str) -> None:
        if self._found is not None:
            self.chosen.emit(partial(write, form, self._found, Path(name)))


def write(form: Form, found: Comparison, path: Path) -> Words:
    """Write the file.

    Returns:
        A sentence that says so.

    Raises:
        SubmitTwiceError: it cannot be written; a file that was there is as it was.
    """
    write_document(path, form.text(found, language()))
    return filled(lambda: QCoreApplication.translate("Compare", "Written to %1."), str(path))
