"""The text that describes a service: written from a pasted request, edited by hand, its mistakes told as it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from backend.service.asked import ServiceFile
from backend.service.new import Answers
from gui.theme import GRID, code_font
from gui.widgets.forms import add_item, button, combo, current_key, describe, hairline, plainly
from gui.wording.live import Words, filled, in_words, put, worded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

QUIET_MS = 250
"""The text is proofread when nobody has typed for so long."""
PROBLEM_LINES = 4


class TextBox(QPlainTextEdit):
    """Leaves files that are dropped on it to the page."""

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Text, but no files."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)


class FilePane(QWidget):
    """The request as curl, the text, and what is wrong with it.

    Signals:
        changed: another text, proofread or not.
        draft_asked: the Answers from which a text is to be made.
        proofreading_asked: the ServiceFile to look at.
        save_asked: write the text to its file.
    """

    changed = Signal()
    draft_asked = Signal(object)
    proofreading_asked = Signal(object)
    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("serviceFilePane")
        self._path: Path | None = None
        self._has_failed = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(QUIET_MS)
        self._typing.timeout.connect(self._ask_proofreading)
        self._make_text()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_answers())
        layout.addWidget(hairline())
        layout.addLayout(self._make_head())
        for widget, stretch in ((self.text, 1), (hairline(), 0), (self.problems, 0)):
            layout.addWidget(widget, stretch)
        self._note_change()

    def _make_text(self) -> None:
        self.text = TextBox()
        self.text.setObjectName("serviceText")
        self.text.setFont(code_font())
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        describe(self.text, lambda: self.tr("Text of the service's file"))
        put(
            self.text.setPlaceholderText,
            lambda: self.tr(
                "Open a file, drop one here, choose an example, or paste a request as curl above: the text that "
                "describes the service appears here and can be edited."
            ),
        )
        self.text.textChanged.connect(self._note_change)
        self.text.modificationChanged.connect(self._note_name)
        self.problems = QPlainTextEdit()
        self.problems.setObjectName("serviceProblems")
        self.problems.setReadOnly(True)
        self.problems.setTabChangesFocus(True)
        describe(self.problems, lambda: self.tr("What is wrong with the file"))
        self.problems.setFixedHeight(PROBLEM_LINES * self.problems.fontMetrics().lineSpacing() + 2 * GRID)

    def _make_answers(self) -> QGridLayout:
        usual = Answers()
        self.curl = self._edit("serviceCurlEdit", 'curl -X POST http://127.0.0.1:3000/orders -d \'{"order_no": "1"}\'')
        self.command = self._edit("serviceCommandEdit", "node server.js")
        self.effects = self._edit("serviceEffectsEdit", usual.effects)
        self.effects.setText(usual.effects)
        self.database = combo("serviceDatabaseCombo")
        self.database.setMinimumContentsLength(len("PostgreSQL") + 1)
        for name, key in (("PostgreSQL", "postgresql"), ("MariaDB", "mariadb"), (lambda: self.tr("none"), "none")):
            add_item(self.database, name, key)
        describe(self.database, lambda: self.tr("Database"), lambda: self.tr("The database that the service is given"))
        self.redis = QCheckBox("Redis")
        self.redis.setObjectName("serviceRedisCheck")
        describe(self.redis, "Redis", lambda: self.tr("Whether the service is given a server for the Redis protocol"))
        self.write = button("serviceWriteButton", lambda: self.tr("&Write the file"))
        describe(
            self.write,
            lambda: self.tr("Write the file"),
            lambda: self.tr("Make the text of the file from these fields"),
        )
        self.write.clicked.connect(self._ask_draft)
        self.curl.returnPressed.connect(self._ask_draft)
        grid = QGridLayout()
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        rows: tuple[tuple[Words, QLineEdit, Words], ...] = (
            (
                lambda: self.tr("Request as curl"),
                self.curl,
                lambda: self.tr("A curl command, as a browser or an API tool copies it"),
            ),
            (
                lambda: self.tr("Comman&d"),
                self.command,
                lambda: self.tr("Starts the service; empty if it runs already"),
            ),
            (
                lambda: self.tr("Effects (SQL)"),
                self.effects,
                lambda: self.tr("One number: how often the intent {key} took effect"),
            ),
        )
        for row, (caption, field, explanation) in enumerate(rows):
            label = worded(QLabel(), caption)
            label.setProperty("role", "caption")
            label.setBuddy(field)
            describe(field, plainly(caption), explanation)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        for row, beside in enumerate((self.database, self.redis, self.write)):
            grid.addWidget(beside, row, 2)
        grid.setColumnStretch(1, 1)
        return grid

    def _edit(self, name: str, example: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setFont(code_font(0.95))
        edit.setPlaceholderText(example)
        return edit

    def _make_head(self) -> QHBoxLayout:
        self.name = QLabel()
        self.name.setObjectName("serviceFileName")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.save = button("serviceSaveButton", lambda: self.tr("Save"))
        describe(self.save, lambda: self.tr("Save"), lambda: self.tr("Write the text to its file"))
        self.save.clicked.connect(self.save_asked)
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        head.addWidget(self.name, 1)
        head.addWidget(self.save)
        return head

    # The text

    @property
    def file(self) -> ServiceFile:
        """The text as it is now."""
        return ServiceFile(self.text.toPlainText(), self._path)

    @property
    def is_modified(self) -> bool:
        """Whether there is something that is in no file."""
        return self.text.document().isModified()

    def show_file(self, file: ServiceFile, *, modified: bool = False) -> None:
        """Another file."""
        self._path = file.path
        self.text.setPlainText(file.text)
        self.text.document().setModified(modified)
        self._note_name()

    def note_saved(self, file: ServiceFile) -> None:
        """A text was written; what was typed since is not in the file."""
        self._has_failed = False
        self._path = file.path
        self.text.document().setModified(self.text.toPlainText() != file.text)
        self._note_name()
        self._ask_proofreading()

    def show_draft(self, text: str) -> None:
        """A text that was made of the fields takes the place of what was there; that can be undone."""
        cursor = self.text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def show_problems(self, file: ServiceFile, problems: Sequence[Words]) -> None:
        """What is wrong with a text, unless it is another by now, or something was tried with it since that failed."""
        if file != self.file or self._has_failed:
            return
        sentences = problems or (lambda: self.tr("Nothing is wrong with the file."),)
        put(self.problems.setPlainText, lambda: "\n".join(map(in_words, sentences)))
        self.problems.setProperty("problems", len(problems))

    def show_failure(self, sentence: Words) -> None:
        """What was asked could not be done: that stands there until something else is done."""
        self._has_failed = True
        put(self.problems.setPlainText, sentence)
        self.problems.setProperty("problems", 1)

    @Slot()
    def _note_change(self) -> None:
        self._has_failed = False
        if self.text.document().isEmpty():
            self._typing.stop()
            put(self.problems.setPlainText, "")
            self.problems.setProperty("problems", 0)
        else:
            self._typing.start()
        self._note_name()
        self.changed.emit()

    @Slot()
    def _note_name(self) -> None:
        name: Words = str(self._path) if self._path else lambda: self.tr("Not saved yet")
        changed = self._path is not None and self.is_modified
        put(self.name.setText, filled(lambda: self.tr("%1 (changed)"), name) if changed else name)
        put(self.name.setToolTip, name)
        self.save.setEnabled(self.is_modified and not self.text.document().isEmpty())

    @Slot()
    def _ask_proofreading(self) -> None:
        self.proofreading_asked.emit(self.file)

    @Slot()
    def _ask_draft(self) -> None:
        self.draft_asked.emit(
            Answers(
                command=self.command.text().strip(),
                curl=self.curl.text().strip(),
                database=current_key(self.database),
                redis=self.redis.isChecked(),
                effects=self.effects.text().strip(),
            )
        )

    def stop(self) -> None:
        """Nothing is proofread any more."""
        self._typing.stop()
