"""The counterexample: its events as a list, and the current one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from backend.explorer.mistake import mistake_sentence
from gui.explore.evidence import Evidence
from gui.theme import GRID, code_font
from gui.widgets.forms import describe, hairline
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


class FindingPane(QSplitter):
    """Outcomes and events at the left, the diagram and the current event at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("resultsPane")
        self._theme = theme
        self._events: tuple[Event, ...] = ()
        self._mark = ""
        self.outcomes = OutcomesModel(self)
        self.moments = EventsModel(self)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(self._make_left())
        self.addWidget(self._make_right())
        self.setSizes([LEFT, RIGHT])
        self.setStretchFactor(1, 1)
        self.clear()

    def _make_left(self) -> QWidget:
        self.table = RecordTable(
            "exploreTable",
            self.tr("Verdicts of all interleavings"),
            self.outcomes,
            self._theme,
            self.tr("How many interleavings come to which verdict appears here while they run."),
        )
        header, row = (
            self.table.horizontalHeader().sizeHint().height(),
            self.table.verticalHeader().defaultSectionSize(),
        )
        self.table.setFixedHeight(header + 5 * row + 2)
        self._caption = self._make_caption()
        self.list = RecordTable(
            "eventsTable",
            self.tr("Events of the counterexample"),
            self.moments,
            self._theme,
            self.tr("The events of the counterexample appear here as a list, too."),
        )
        self.list.follow_newest = False
        self.list.selectionModel().currentRowChanged.connect(self._row_chosen)
        return self._column(self.table, hairline(), self._caption, self.list)

    def _make_right(self) -> QWidget:
        self.detail = QPlainTextEdit()
        self.detail.setObjectName("eventDetail")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFont(code_font(0.95))
        describe(self.detail, self.tr("The current event in full"))
        self.detail.setPlaceholderText(self.tr("The current event in full, with its command and its answer."))
        self.detail.setFixedHeight(3 * self.detail.fontMetrics().lineSpacing() + 2 * GRID)
        self.diagram = SequenceView(self._theme)
        self.diagram.stepped.connect(self.go_to)
        self.evidence = Evidence(self._theme)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.diagram)
        halves.addWidget(self._column(self.detail, hairline(), self.evidence))
        halves.setSizes([360, 260])
        halves.setStretchFactor(0, 1)
        return self._column(halves)

    def _make_caption(self) -> QLabel:
        caption = QLabel()
        caption.setFont(code_font(0.95))
        caption.setContentsMargins(GRID, 6, GRID, 6)
        caption.setTextFormat(Qt.TextFormat.PlainText)
        caption.setText(self.tr("Counterexample"))
        return caption

    def _column(self, *widgets: QWidget) -> QWidget:
        column = QWidget()
        column.setProperty("role", "surface")
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in widgets:
            layout.addWidget(widget)
        return column

    def clear(self) -> None:
        """Nothing was found yet."""
        self.outcomes.clear()
        self.show_counterexample(
            None,
            self.tr(
                "The shortest way to the worst verdict appears here as a sequence diagram: who sent what to which "
                "engine, and when. Press Explore; then step through it with the arrow keys."
            ),
        )

    def show_found(self, found: Exploration) -> None:
        """The outcomes and the counterexample."""
        self.outcomes.show(found.outcomes)
        none = (
            self.tr("No counterexample: in every interleaving it takes effect exactly once.")
            if found.exhaustive
            else self.tr("No counterexample so far; not every interleaving was explored.")
        )
        self.show_counterexample(found.counterexample, none)

    def show_counterexample(self, example: Counterexample | None, none: str) -> None:
        """The events, the first one current; where there are none, a sentence why."""
        self._events = example.events if example else ()
        self._mistake, self._mistake_text = (example.mistake, speak(mistake_sentence(example))) if example else (-1, "")
        self._mark = mistake_word(example.verdict) if example else ""
        self.moments.show(self._events, self._mistake, self._mark)
        self.detail.clear()
        self.evidence.show_question(example.question if example else None)
        self.diagram.show_events(self._events, none, self._mistake, self._mark)
        if example is None:
            self._caption.setText(self.tr("Counterexample"))
            return
        text = self.tr("Counterexample: %1, context switches: %2")
        self._caption.setText(text.replace("%1", verdict_word(example.verdict)).replace("%2", number(example.switches)))
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
        if current.isValid():
            self.diagram.mark(current.row())
            event = self._events[current.row()]
            mistake = f"{self._mark}: {self._mistake_text}\n" if current.row() == self._mistake else ""
            self.detail.setPlainText(mistake + event_text(event))
            self.evidence.show_event(event)
