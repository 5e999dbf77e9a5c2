"""A check as a file, in the form that somebody chooses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QMenu, QPushButton

from backend.files.output import write_document
from gui.widgets.file_dialogs import ask_where_to_save
from gui.widgets.forms import describe
from gui.wording.live import Words, filled, put
from gui.wording.speech import language

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from backend.service.outside.model import Check


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a check can be written in."""

    name: str
    ending: str


FORMS = (Form("HTML", "html"), Form("Markdown", "md"), Form("JSON", "json"), Form("JUnit", "xml"))


def text_of(form: Form, check: Check, language: str) -> str:
    """A check in a form, in a language where it has words."""
    from backend.service.outside import reports  # noqa: PLC0415, RUF100  (not needed for the first paint)

    match form.ending:
        case "html":
            return reports.check_html(check, language)
        case "md":
            return reports.check_markdown(check, language)
        case "xml":
            return reports.check_junit(check, language)
        case _:
            return json.dumps(reports.check_document(check, language), ensure_ascii=False, indent=2) + "\n"


class ReportButton(QPushButton):
    """Disabled until something was found.

    Signals:
        chosen: a function that writes the file and returns a sentence about it; it is to run behind the scenes.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put(self.setText, lambda: self.tr("Save report"))
        self.setObjectName("serviceReportButton")
        self.setAutoDefault(False)
        describe(
            self,
            lambda: self.tr("Save report"),
            lambda: self.tr("Write the check as HTML, Markdown, JSON or JUnit XML"),
        )
        self._found: Check | None = None
        menu = QMenu(self)
        put(menu.setAccessibleName, lambda: self.tr("Save report"))
        for form in FORMS:
            action = menu.addAction(form.name)
            action.setObjectName(f"service-report-{form.ending}")
            action.triggered.connect(partial(self._ask_where, form))
        self.setMenu(menu)
        self.offer(None)

    def offer(self, found: Check | None) -> None:
        """This can be written; nothing, where it is None."""
        self._found = found
        self.setEnabled(found is not None and bool(found.situations))

    def _ask_where(self, form: Form, _checked: bool = False) -> None:
        name = f"submit-twice-check.{form.ending}"
        dialog = ask_where_to_save(self.window(), self.tr("Save the report of the check"), name, form.name)
        dialog.setObjectName("serviceReportDialog")
        dialog.fileSelected.connect(partial(self.write, form))

    def write(self, form: Form, name: str) -> None:
        """Have the file written."""
        if self._found is not None:
            self.chosen.emit(partial(write, form, self._found, Path(name), language()))


def write(form: Form, found: Check, path: Path, language: str) -> Words:
    """Write the file.

    Returns:
        A sentence that says so.

    Raises:
        SubmitTwiceError: it cannot be written; a file that was there is as it was.
    """
    write_document(path, text_of(form, found, language))
    return filled(lambda: QCoreApplication.translate("ReportButton", "Written to %1."), str(path))
