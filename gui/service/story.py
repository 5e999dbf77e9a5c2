"""What an exploration of a service found: the outcomes, and the counterexample as a diagram and as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from backend.explorer.mistake import mistake_sentence
from gui.theme import GRID, code_font
from gui.widgets.forms import describe, hairline
from gui.widgets.sequence.export import ExportButton
from gui.widgets.sequence.models import EventsModel, OutcomesModel
from gui.widgets.sequence.view import SequenceView
from gui.widgets.table import RecordTable
from gui.wording.exploration import event_text, mistake_word, number
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from backend.explorer.question import Counterexample, Event, Exploration
    from gui.theme import Theme

LEFT, RIGHT = 380, 596
OUTCOME_ROWS, DETAIL_LINES = 5, 5


class ExplorePane(QSplitter):
    """Outcomes and events at the left, the diagram and the current event at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("serviceExplorePane")
        self._theme = theme
        self._events: tuple[Event, ...] = ()
        self._mistake, self._mark, self._mistake_text = -1, "", ""
        self.outcomes = OutcomesModel(self)
        self.moments = EventsModel(self)
        self.diagram = SequenceView(theme)
        self.diagram.setObjectName("serviceCounterexampleView")
        self.diagram.stepped.connect(self.go_to)
        self.export = ExportButton(self.diagram)
        self.export.setObjectName("serviceExportButton")
        self.export.setText(self.tr("Export"))  # its letter is that of Explore, which is on this page, too
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(self._make_left())
        self.addWidget(self._make_right())
        self.setSizes([LEFT, RIGHT])
        self.setStretchFactor(1, 1)
        self.clear()

    def _make_left(self) -> QWidget:
        self.table = RecordTable(
            "serviceOutcomesTable",
            self.tr("Verdicts of all interleavings"),
            self.outcomes,
            self._theme,
            self.tr("How many interleavings come to which verdict appears here while they run."),
        )
        header, row = self.table.horizontalHeader().sizeHint().height(), self.table.verticalHeader()
        self.table.setFixedHeight(header + OUTCOME_ROWS * row.defaultSectionSize() + 2)
        self.list = RecordTable(
            "serviceEventsTable",
            self.tr("Events of the counterexample"),
            self.moments,
            self._theme,
            self.tr("The events of the counterexample appear here as a list, too."),
        )
        self.list.follow_newest = False
        self.list.selectionModel().currentRowChanged.connect(self._row_chosen)
        return _column(self.table, hairline(), self._make_caption(), self.list)

    def _make_caption(self) -> QWidget:
        self.caption = QLabel()
        self.caption.setFont(code_font(0.95))
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        strip = QWidget()
        layout = QHBoxLayout(strip)
        layout.setContentsMargins(GRID, 4, GRID, 4)
        layout.addWidget(self.caption, 1)
        layout.addWidget(self.export)
        return strip

    def _make_right(self) -> QWidget:
        self.detail = QPlainTextEdit()
        self.detail.setObjectName("serviceEventDetail")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFont(code_font(0.95))
        describe(self.detail, self.tr("The current event in full"))
        self.detail.setPlaceholderText(self.tr("The current event in full, with its command and its answer."))
        self.detail.setFixedHeight(DETAIL_LINES * self.detail.fontMetrics().lineSpacing() + 2 * GRID)
        return _column(self.diagram, hairline(), self.detail)

    def clear(self) -> None:
        """Nothing was found yet."""
        self.outcomes.clear()
        self.export.offer(None)
        self._show(
            None,
            self.tr(
                "The shortest way to the worst verdict appears here as a sequence diagram: every statement that the "
                "service sent, and when. Press Explore; then step through it with the arrow keys."
            ),
        )

    def show_found(self, found: Exploration) -> None:
        """The outcomes and the counterexample."""
        self.outcomes.show(found.outcomes)
        self.export.offer(found)
        none = (
            self.tr("No counterexample: in every interleaving it takes effect exactly once.")
            if found.exhaustive
            else self.tr("No counterexample so far; not every interleaving was explored.")
        )
        self._show(found.counterexample, none)

    def _show(self, example: Counterexample | None, none: str) -> None:
        self._events = example.events if example else ()
        self._mistake = example.mistake if example else -1
        self._mark = mistake_word(example.verdict) if example else ""
        self._mistake_text = speak(mistake_sentence(example)) if example else ""
        self.moments.show(self._events, self._mistake, self._mark)
        self.detail.clear()
        self.diagram.show_events(self._events, none, self._mistake, self._mark)
        if example is None:
            self.caption.setText(self.tr("Counterexample"))
            return
        text = self.tr("Counterexample: %1, context switches: %2")
        self.caption.setText(text.replace("%1", verdict_word(example.verdict)).replace("%2", number(example.switches)))
        self.go_to(0)

    @property
    def current(self) -> int:
        """Number of the current event, from 0; -1 where there is none."""
        return self.list.currentIndex().row()

    @Slot(int)
    def go_to(self, place: int) -> None:
        """Make an event the current one."""
        if 0 <= place < len(self._events):
            self.list.setCurrentIndex(self.moments.index(place, 0))

    @Slot(QModelIndex)
    def _row_chosen(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        self.diagram.mark(current.row())
        event = self._events[current.row()]
        lines = [f"{self._mark}: {self._mistake_text}"] if current.row() == self._mistake else []
        lines.append(event_text(event))
        if event.after is not None:
            lines.append(self.tr("Effects by then: %1").replace("%1", number(event.after.effects)))
        self.detail.setPlainText("\n".join(lines))


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    column.setProperty("role", "surface")
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return column
