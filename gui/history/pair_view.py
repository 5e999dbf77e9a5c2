"""Two entries side by side: both verdicts, the knobs that stood elsewhere, and two timelines on one axis."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from backend.archive.entries import Entry, RunRecord
from backend.archive.knobs import differences
from backend.archive.summary import subject
from gui.history.models import DifferencesModel, when_text
from gui.history.views import RunView, rename
from gui.theme import GRID
from gui.widgets.banner import Banner
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.forms import hairline
from gui.widgets.table import RecordTable
from gui.wording.live import Words, worded
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from gui.theme import Theme
    from gui.widgets.timeline.pane import Timeline
    from gui.widgets.timeline.view import TimelineView


MOST_LINES = 6
REST = 1000
"""Pixels that each timeline asks for; the splitter gives both what is left."""


class SharedAxis(QObject):
    """Keeps two timelines on the same stretch of time: what is done to one happens to the other."""

    def __init__(self, panes: tuple[Timeline, Timeline], parent: QObject) -> None:
        super().__init__(parent)
        self._panes = panes
        self._views = views = (panes[0].view, panes[1].view)
        self._by_hand = False
        """Whether somebody has zoomed or moved: then another size of the window changes nothing."""
        self._fitted = (0, 0)
        views[0].scaled.connect(self._follow_first)
        views[1].scaled.connect(self._follow_second)
        for view in views:
            view.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Before anything is painted, both have their size."""
        if event.type() is QEvent.Type.Paint and not self._by_hand and self._widths != self._fitted:
            self.fit()
        return False

    @property
    def _widths(self) -> tuple[int, int]:
        return self._views[0].scale.width, self._views[1].scale.width

    def fit(self) -> None:
        """All of both in sight."""
        self._fitted = self._widths
        extents = [pane.book.extent() for pane in self._panes]
        begin, end = min(extent.begin for extent in extents), max(extent.end for extent in extents)
        for view, extent in zip(self._views, extents, strict=True):
            view.show_stretch(view.scale.fitted(replace(extent, begin=begin, end=end)))

    @Slot()
    def _follow_first(self) -> None:
        self._by_hand = True
        self._follow(*self._views)

    @Slot()
    def _follow_second(self) -> None:
        self._by_hand = True
        self._follow(*reversed(self._views))

    @staticmethod
    def _follow(moved: TimelineView, other: TimelineView) -> None:
        now, wanted = other.scale, moved.scale
        if (now.left_ns, now.ns_per_pixel) != (wanted.left_ns, wanted.ns_per_pixel):
            other.show_stretch(replace(now, left_ns=wanted.left_ns, ns_per_pixel=wanted.ns_per_pixel))


class PairView(QWidget):
    """Two entries; their timelines, where both are runs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("historyPair")
        self._theme = theme
        self.sides: list[QWidget] = []
        self.axis: SharedAxis | None = None
        self.differences = DifferencesModel(self)
        self.table = RecordTable(
            "historyDifferences",
            lambda: self.tr("What differed in the settings"),
            self.differences,
            theme,
            lambda: self.tr("Every knob stood at the same place."),
        )
        self.table.follow_newest = False
        self._above = QHBoxLayout()
        self._above.setSpacing(GRID)
        self._below = QSplitter(Qt.Orientation.Vertical)
        self._below.setHandleWidth(1)
        self._below.setChildrenCollapsible(False)
        self._below.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._above)
        layout.addWidget(hairline())
        layout.addWidget(self._below, 1)

    def show_pair(self, first: Entry, second: Entry) -> None:
        """Show these two, the earlier one first; once."""
        entries = tuple(sorted((first, second), key=lambda entry: entry.began))
        self.differences.append(differences(*entries))
        self.sides = [self._side(entry) for entry in entries]
        for side in self.sides:
            self._above.addWidget(side, 1)
        runs = [side for side in self.sides if isinstance(side, RunView)]
        if len(runs) == len(self.sides):
            self._share(runs[0], runs[1])
        rename(self)

    def _side(self, entry: Entry) -> QWidget:
        made: QWidget
        if isinstance(entry.content, RunRecord):
            made = RunView(self._theme, brief=True)
            made.show_run(entry.content)
        else:
            banner = Banner(self._theme)
            word: Words = partial(verdict_word, entry.verdict) if entry.verdict else lambda: self.tr("No verdict")
            banner.say(entry.verdict, word, lambda: speak(subject(entry)))
            made = QWidget()
            column = QVBoxLayout(made)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(FixedSizeHost(banner))
        caption = worded(QLabel(), lambda: f"{when_text(entry.began)} \N{MIDDLE DOT} {speak(subject(entry))}")
        caption.setProperty("role", "caption")
        caption.setTextFormat(Qt.TextFormat.PlainText)
        caption.setWordWrap(True)
        caption.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        column_of = made.layout()
        assert isinstance(column_of, QVBoxLayout)  # noqa: S101  both are made here
        column_of.insertWidget(0, caption)
        return made

    def _share(self, first: RunView, second: RunView) -> None:
        for run in (first, second):
            self._below.addWidget(run.timeline)
            run.timeline.show()
        self._below.setStretchFactor(1, 1)
        self._below.setStretchFactor(2, 1)
        lines = 1 + min(len(self.differences.records), MOST_LINES)
        row = self.table.verticalHeader().defaultSectionSize()
        header = self.table.horizontalHeader().sizeHint().height()
        self._below.setSizes([header + lines * row, REST, REST])  # all else is for what happened
        self.axis = SharedAxis((first.timeline, second.timeline), self)
        self.axis.fit()
