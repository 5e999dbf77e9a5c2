"""What an exploration found: the outcomes, and the counterexample as a diagram and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from backend.explorer.mistake import mistake_sentence
from gui.theme import GRID, code_font
from gui.widgets.forms import hairline
from gui.widgets.sequence.models import EventsModel, OutcomesModel
from gui.widgets.sequence.view import SequenceView
from gui.widgets.table import RecordTable
from gui.widgets.text_box import height_of, text_box
from gui.wording.exploration import event_text, mistake_word, number
from gui.wording.live import Words, filled, put
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from backend.explorer.question import Counterexample, Event, Exploration
    from gui.theme import Theme

LEFT, RIGHT = 402, 574
UPPER, LOWER = 360, 260
OUTCOME_ROWS, DETAIL_LINES = 5, 4


@dataclass(frozen=True, slots=True)
class Names:
    """Object names, those of the Explore page unless said."""

    outcomes: str = "exploreTable"
    events: str = "eventsTable"
    diagram: str = "counterexampleView"
    detail: str = "eventDetail"


class FindingPane(QSplitter):
    """Outcomes and events at the left, the diagram and the current event at the right.

    Signals:
        example_shown: the counterexample that is shown from now on; None where there is none.
        event_shown: the event that is the current one.

    Args:
        theme: for the colours.
        names: of its parts.
        invitation: what stands in place of the diagram before anything was found.
        below: more about the current event.
    """

    example_shown = Signal(object)
    event_shown = Signal(object)

    def __init__(
        self,
        theme: Theme,
        names: Names,
        invitation: Words,
        below: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._invitation = invitation
        self._events: tuple[Event, ...] = ()
        self._mistake = -1
        self._example: Counterexample | None = None
        self.outcomes = OutcomesModel(self)
        self.moments = EventsModel(self)
        self.diagram = SequenceView(theme)
        self.diagram.setObjectName(names.diagram)
        self.diagram.stepped.connect(self.go_to)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(self._make_left(names))
        self.addWidget(self._make_right(names, below))
        self.setSizes([LEFT, RIGHT])
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 3)
        self.clear()

    def add_beside_caption(self, control: QWidget) -> None:
        """A control at the right of the heading of the counterexample."""
        self._strip.addWidget(control)

    def _make_left(self, names: Names) -> QWidget:
        self.table = RecordTable(
            names.outcomes,
            lambda: self.tr("Verdicts of all interleavings"),
            self.outcomes,
            self._theme,
            lambda: self.tr("How many interleavings come to which verdict appears here while they run."),
        )
        header, rows = self.table.horizontalHeader().sizeHint().height(), self.table.verticalHeader()
        self.table.setFixedHeight(header + OUTCOME_ROWS * rows.defaultSectionSize() + 2)
        self.list = RecordTable(
            names.events,
            lambda: self.tr("Events of the counterexample"),
            self.moments,
            self._theme,
            lambda: self.tr("The events of the counterexample appear here as a list, too."),
        )
        self.list.follow_newest = False
        self.list.selectionModel().currentRowChanged.connect(self._row_chosen)
        return _column(self.table, hairline(), self._make_caption(), self.list)

    def _make_caption(self) -> QWidget:
        self.caption = QLabel()
        self.caption.setFont(code_font(0.95))
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        strip = QWidget()
        self._strip = QHBoxLayout(strip)
        self._strip.setContentsMargins(GRID, 4, GRID, 4)
        self._strip.addWidget(self.caption, 1)
        return strip

    def _make_right(self, names: Names, below: QWidget | None) -> QWidget:
        self.detail = text_box(
            names.detail,
            lambda: self.tr("The current event in full"),
            lambda: self.tr("The current event in full, with its command and its answer."),
        )
        self.detail.setFixedHeight(height_of(self.detail, DETAIL_LINES))
        if below is None:
            return _column(self.diagram, hairline(), self.detail)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.diagram)
        halves.addWidget(_column(self.detail, hairline(), below))
        halves.setSizes([UPPER, LOWER])
        halves.setStretchFactor(0, 1)
        return _column(halves)

    def clear(self) -> None:
        """Nothing was found yet."""
        self.outcomes.clear()
        self.show_counterexample(None, self._invitation)

    def show_found(self, found: Exploration) -> None:
        """The outcomes and the counterexample."""
        self.outcomes.show(found.outcomes)
        self.show_counterexample(
            found.counterexample,
            lambda: (
                self.tr("No counterexample: in every interleaving it takes effect exactly once.")
                if found.exhaustive
                else self.tr("No counterexample so far; not every interleaving was explored.")
            ),
        )

    def _mark(self) -> str:
        """What the mistake is called; empty where there is none."""
        return mistake_word(self._example.verdict) if self._example else ""

    def show_counterexample(self, example: Counterexample | None, none: Words) -> None:
        """The events, the first one current; where there are none, a sentence why."""
        self._example = example
        self._events = example.events if example else ()
        self._mistake = example.mistake if example else -1
        self.moments.show(self._events, self._mistake, self._mark)
        put(self.detail.setPlainText, "")
        self.diagram.show_events(self._events, none, self._mistake, self._mark)
        self.example_shown.emit(example)
        if example is None:
            put(self.caption.setText, lambda: self.tr("Counterexample"))
            return
        said = filled(
            lambda: self.tr("Counterexample: %1, context switches: %2"),
            partial(verdict_word, example.verdict),
            number(example.switches),
        )
        put(self.caption.setText, said)
        self.go_to(0)

    @property
    def current(self) -> int:
        """Number of the current event, from 0; -1 where there is none."""
        row = self.list.currentIndex().row()
        return self.moments.number_of(row) if row >= 0 else -1

    @Slot(int)
    def go_to(self, place: int) -> None:
        """Make an event the current one."""
        if (row := self.moments.row_at(place)) >= 0:
            self.list.setCurrentIndex(self.moments.index(row, 0))
        elif 0 <= place < len(self._events):
            self._show_event(place)  # of which the list shows nothing just now

    @Slot(QModelIndex)
    def _row_chosen(self, current: QModelIndex) -> None:
        if current.isValid():
            self._show_event(self.moments.number_of(current.row()))

    def _show_event(self, place: int) -> None:
        self.diagram.mark(place)
        event = self._events[place]
        put(self.detail.setPlainText, partial(self._told, event, is_mistake=place == self._mistake))
        self.event_shown.emit(event)

    def _told(self, event: Event, *, is_mistake: bool) -> str:
        example = self._example
        lines = [f"{self._mark()}: {speak(mistake_sentence(example))}"] if is_mistake and example else []
        lines.append(event_text(event))
        if event.after is not None:
            lines.append(self.tr("Effects by then: %1").replace("%1", number(event.after.effects)))
        return "\n".join(lines)


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    column.setProperty("role", "surface")
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return column
