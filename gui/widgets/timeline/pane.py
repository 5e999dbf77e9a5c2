"""The timeline's pane: caption, legend, buttons, and the same facts as a list."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFont, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.theme import GRID
from gui.widgets.file_dialogs import ask_where_to_save
from gui.widgets.forms import button, describe
from gui.widgets.picture_files import write_picture
from gui.widgets.table import RecordTable
from gui.widgets.timeline.facts import FactsModel, facts_of
from gui.widgets.timeline.lanes import LaneBook
from gui.widgets.timeline.legend import Legend
from gui.widgets.timeline.view import TimelineView
from gui.wording.live import filled, follow_language, put, worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.observed import LockWait, Reply, Step
    from gui.theme import Theme

QUIET_MS = 300
"""The list is made anew when nothing has changed for so long."""
LANES_AT_ONCE = 50


class Timeline(QWidget):
    """What every submission did, and when.

    Signals:
        submission_chosen: somebody chose this submission here.
        step_chosen: the submission and the number of the step that was clicked.
        failed: a sentence about a file that could not be written.
    """

    submission_chosen = Signal(str)
    step_chosen = Signal(str, int)
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelinePane")
        self.book = LaneBook()
        self.view = TimelineView(self.book, theme)
        self.facts = FactsModel(self)
        self.list = RecordTable(
            "timelineList",
            lambda: self.tr("Timeline as a list"),
            self.facts,
            theme,
            lambda: self.tr("One line for each step, wait and mishap of each submission."),
        )
        self.list.follow_newest = False
        self.legend = Legend(self.book, theme, self._lanes_in_sight)
        self._lanes_listed = 0
        self._listing = QTimer(self)
        self._listing.setSingleShot(True)
        self._listing.timeout.connect(self._list_more)
        self._lay_out()
        for chooser in (self.view, self.list):
            chooser.submission_chosen.connect(self.submission_chosen)
        self.view.step_chosen.connect(self.step_chosen)
        self.view.scaled.connect(self.legend.note_changes)

    def _lanes_in_sight(self) -> range:
        return self.view.scale.places(len(self.book))

    def _lay_out(self) -> None:
        self._caption = caption = worded(QLabel(), lambda: self.tr("Timeline"))
        caption.setProperty("role", "heading")
        self.fit_button = button("timelineFitButton", lambda: self.tr("Fit"), "quiet")
        describe(
            self.fit_button,
            lambda: self.tr("Fit the timeline"),
            lambda: self.tr(
                "Show all of the newest submissions (F); everything since the last reset with Shift+F. "
                "The wheel zooms, dragging moves."
            ),
        )
        self.fit_button.clicked.connect(self.view.fit)
        self.list_button = button("timelineListButton", lambda: self.tr("List"), "quiet")
        describe(
            self.list_button, lambda: self.tr("Timeline as a list"), lambda: self.tr("Show the same facts as a table")
        )
        self.list_button.setCheckable(True)
        follow_language(self, self._list_again)
        self.list_button.toggled.connect(self._show_list)
        self.export_button = button("timelineExport", lambda: self.tr("Export"), "quiet")
        describe(
            self.export_button,
            lambda: self.tr("Export the timeline"),
            lambda: self.tr("Save what is in sight as SVG or PNG"),
        )
        self.export_button.setMenu(self._make_menu())
        strip = QHBoxLayout()
        strip.setContentsMargins(GRID, 2, GRID, 2)
        strip.setSpacing(GRID)
        strip.addWidget(caption)
        strip.addWidget(self.legend, 1)
        for widget in (self.fit_button, self.list_button, self.export_button):
            strip.addWidget(widget)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(strip)
        layout.addWidget(self._stack, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self.export_button)
        put(menu.setAccessibleName, lambda: self.tr("Export the timeline"))
        for text, ending in ((lambda: self.tr("As SVG…"), "svg"), (lambda: self.tr("As PNG…"), "png")):
            action = worded(QAction(menu), text)
            action.setData(ending)
            menu.addAction(action)
        menu.triggered.connect(self._ask_for_file)
        return menu

    # Feeding

    @Slot(object)
    def add_steps(self, steps: Sequence[Step]) -> None:
        """Steps of any submissions."""
        self.book.add_steps(steps)
        self._changed()

    @Slot(object)
    def add_replies(self, replies: Sequence[Reply]) -> None:
        """What callers saw."""
        self.book.add_replies(replies)
        self._changed()

    @Slot(object)
    def add_waits(self, waits: Sequence[LockWait]) -> None:
        """Waits for locks, as the database told."""
        self.book.add_waits(waits)
        self._changed()

    def begin_run(self) -> None:
        """A run is asked for: what is in sight is of the past from now on."""
        self.view.begin_run(time.monotonic_ns())
        self._changed()

    def end_run(self) -> None:
        """No run is under way any more."""
        self.view.end_run()
        self._changed()

    def end_work(self) -> None:
        """Nothing is at work any more."""
        if self.book.is_under_way:
            self.book.end_work()
            self._changed()

    @Slot()
    def clear(self) -> None:
        """Nothing happened yet."""
        self.book.clear()
        self.facts.clear()
        self.view.selected = ""
        self.view.fit()
        self.view.update()
        self._changed()

    def _changed(self) -> None:
        self.view.note_changes()
        self.legend.note_changes()
        if self.list_button.isChecked() and self.isVisible():
            self._lanes_listed = 0
            self._listing.start(QUIET_MS)

    # Selection

    def choose(self, submission: str) -> None:
        """Mark a submission without telling anybody."""
        self.view.choose(submission)
        self.list.choose(submission)

    # The list

    @Slot(bool)
    def _show_list(self, shown: bool) -> None:
        self._stack.setCurrentWidget(self.list if shown else self.view)
        self._lanes_listed = 0
        if shown:
            self._listing.start(0)
        else:
            self._listing.stop()
            self.facts.clear()

    def magnify(self, factor: float) -> None:
        """Show everything so many times as large."""
        self.view.magnify(factor)
        font = QFont(self.font())
        font.setPointSizeF(self.font().pointSizeF() * factor)
        for each in (self._caption, self.legend):
            each.setFont(font)
        self.legend.fit()

    def _list_again(self) -> None:
        if self._stack.currentWidget() is self.list:
            self._show_list(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody reads the list."""
        super().hideEvent(event)
        self._listing.stop()
        self.legend.rest()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What came meanwhile."""
        super().showEvent(event)
        self._changed()

    @Slot()
    def _list_more(self) -> None:
        """Some lanes now, the others in a moment, so that the window never waits."""
        if self._lanes_listed == 0:
            self.facts.clear()
            self.facts.zeros = {}
            self.facts.earlier = set()
        until = min(self._lanes_listed + LANES_AT_ONCE, len(self.book))
        lanes = [self.book[place] for place in range(self._lanes_listed, until)]
        self.facts.zeros.update({lane.submission: self.book.burst_at(lane.begin) for lane in lanes})
        self.facts.earlier |= {lane.submission for lane in lanes if self.book.is_earlier(lane)}
        self.facts.append([fact for lane in lanes for fact in facts_of(self.book, lane)])
        self._lanes_listed = until
        if until < len(self.book):
            self._listing.start(1)
        else:
            self.list.choose(self.view.selected)

    # Export

    @Slot(QAction)
    def _ask_for_file(self, action: QAction) -> None:
        ending = str(action.data())
        dialog = ask_where_to_save(self, self.tr("Export the timeline"), f"timeline.{ending}")
        dialog.setObjectName("timelineFileDialog")
        dialog.fileSelected.connect(self._save)

    @Slot(str)
    def _save(self, path: str) -> None:
        title = self.tr("Submit Twice: timeline")
        try:
            write_picture(Path(path), self.view.size(), title, self.view.paint_whole)
        except OSError:
            self.failed.emit(filled(lambda: self.tr("The timeline could not be written to %1."), path))
