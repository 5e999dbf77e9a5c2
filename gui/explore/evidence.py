"""Beside the current event: what the engines held just after it, and the line of code that issued it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from backend.explorer.page_says import life_of
from backend.model.catalogue import SourceCode
from gui.theme import GRID, code_font
from gui.widgets.code import CodeView
from gui.widgets.text_box import text_box
from gui.wording.exploration import number
from gui.wording.live import put
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.explorer.question import Counterexample, Event, Place, Question, Snapshot
    from gui.theme import Theme


class Evidence(QSplitter):
    """Rows and keys at the left, code at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.state = text_box(
            "stateView",
            lambda: self.tr("Rows and keys just after the current event"),
            lambda: self.tr("Rows and keys, as they were just after the current event."),
        )
        self.code = CodeView(theme)
        self.code.setObjectName("stepCodeView")
        put(
            self.code.setPlaceholderText,
            lambda: self.tr("The line of the strategy's code that issued the current step."),
        )
        self.place = QLabel()
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setFont(code_font(0.9))
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        caption = QHBoxLayout()  # a label's own margins are the style sheet's
        caption.setContentsMargins(GRID, 4, GRID, 4)
        caption.addWidget(self.place)
        column.addLayout(caption)
        column.addWidget(self.code, 1)
        self.addWidget(self.state)
        self.addWidget(below)
        self.setSizes([260, 336])
        self._source: SourceCode | None = None

    @Slot(object)
    def show_example(self, example: Counterexample | None) -> None:
        """The counterexample from whose strategy the steps come; None where there is none."""
        put(self.state.setPlainText, "")
        put(self.place.setText, "")
        self.code.show_source(None)
        self._source = _source_of(example.question) if example else None

    @Slot(object)
    def show_event(self, event: Event) -> None:
        """Another event is the current one."""
        put(self.state.setPlainText, lambda: "\n".join(state_lines(event.after)))
        self._show_place(event.place)

    def _show_place(self, place: Place) -> None:
        source = self._source
        if not place.line or source is None:
            put(self.place.setText, lambda: self.tr("no line of the strategy is at work here"))
            return
        put(self.place.setText, f"{place.file}:{place.line}")
        if source.file == place.file:
            self.code.show_source(SourceCode(source.file, source.text, place.line, place.line))
            self.code.verticalScrollBar().setValue(max(0, place.line - 5))


def _source_of(question: Question) -> SourceCode:
    from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

    return Lab.source_code(question.strategy, question.variant)


def state_lines(after: Snapshot | None) -> Iterator[str]:
    """What the engines held, a line a row, a key or an open transaction."""
    if after is None:
        return
    for table in after.tables:
        none = QCoreApplication.translate("Evidence", "%1: no committed row")
        some = QCoreApplication.translate("Evidence", "%1, committed rows: %2")
        yield (some if table.rows else none).replace("%1", table.name).replace("%2", number(len(table.rows)))
        for row in table.rows:
            yield "  " + "  ".join(f"{name}={value}" for name, value in zip(table.columns, row, strict=True))
    for key in after.keys:
        yield f"{key.name} = {key.value}  ({speak(life_of(key))})"
    for lock in after.locks:
        if lock.holds:
            text = QCoreApplication.translate("Evidence", "%1 has an open transaction: %2")
            yield text.replace("%1", lock.actor).replace("%2", lock.holds)
        if lock.waits_for:
            text = QCoreApplication.translate("Evidence", "%1 waits for %2")
            yield text.replace("%1", lock.actor).replace("%2", ", ".join(lock.waits_for))
