"""The Compare page: every strategy under the same load, what it lets through, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from backend.comparison.claims import surprises
from backend.comparison.picture import picture
from backend.comparison.words import title_of
from gui.compare.chart import Chart, scrolled
from gui.compare.comparer import Comparer
from gui.compare.exports import ExportMenu
from gui.compare.question_panel import QuestionPanel
from gui.compare.table import ComparisonTable
from gui.compare.words import sentence_of, task_word, time_left
from gui.forms import button, describe
from gui.theme import GRID

if TYPE_CHECKING:
    from backend.comparison.records import Comparison, ComparisonProgress
    from backend.model import OperationKey
    from gui.bridge import LabBridge
    from gui.theme import Theme

SIDEBAR = 38 * GRID


class ComparePage(QWidget):
    """Asks, follows, and shows what was measured.

    Signals:
        lab_asked: a Cell that somebody wants to see in the Lab.
        explore_asked: a Cell that somebody wants to have explored.
        closed: nothing of a comparison is running any more.
    """

    lab_asked = Signal(object)
    explore_asked = Signal(object)
    closed = Signal()

    def __init__(self, bridge: LabBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparePage")
        self.comparer = Comparer(replace(bridge.options, data_dir=None, port=None), self)
        self.question = QuestionPanel()
        self.table = ComparisonTable(theme)
        self.chart = Chart(theme)
        self.exports = ExportMenu(self)
        self._make_buttons()
        self._make_progress()
        self._lay_out()
        self._connect(bridge)
        self._refresh()

    def _make_buttons(self) -> None:
        self.start = button("compareButton", self.tr("Com&pare"), "primary")
        describe(
            self.start, self.tr("Compare"), self.tr("Run every strategy in each chosen situation, on real engines")
        )
        self.start.setMinimumHeight(4 * GRID + 2)
        self.cancel = button("cancelCompareButton", self.tr("Ca&ncel"))
        describe(self.cancel, self.tr("Cancel the comparison"), self.tr("Stop, and keep what was measured so far"))
        self.export = button("exportCompareButton", self.tr("&Export"))
        describe(self.export, self.tr("Export"), self.tr("Write the comparison as HTML, Markdown, CSV or JSON"))
        self.export.setMenu(self.exports.menu)
        self.export.setEnabled(False)

    def _make_progress(self) -> None:
        self.status = QLabel(self.tr("Not measured yet."))
        self.status.setObjectName("compareStatus")
        self.status.setWordWrap(True)
        self.status.setMinimumHeight(2 * self.status.fontMetrics().lineSpacing() + 2)
        self.status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1)
        describe(self.bar, self.tr("Progress of the comparison"))
        self.bar.setToolTip("")

    def _lay_out(self) -> None:
        side = QWidget()
        side.setObjectName("sidebar")
        column = QVBoxLayout(side)
        column.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID)
        column.setSpacing(GRID + 2)
        for part in (self.question, self.start, self.cancel, self.export):
            column.addWidget(part)
        column.addStretch(1)
        self._side = side
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(side)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setHandleWidth(1)
        across.setChildrenCollapsible(False)
        across.addWidget(scroll)
        across.addWidget(self._make_right())
        across.setStretchFactor(1, 1)
        across.setSizes([SIDEBAR, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(across)

    def _make_right(self) -> QWidget:
        self.views = QTabWidget()
        self.views.setObjectName("compareViews")
        self.views.setDocumentMode(True)
        self.views.addTab(self.table, self.tr("&Table"))
        self.views.addTab(scrolled(self.chart), self.tr("P&icture"))
        for part in (self.views, self.views.tabBar()):
            part.setAccessibleName(self.tr("Table or picture"))
        head = QVBoxLayout()
        head.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        head.addWidget(self.status)
        right = QWidget()
        stack = QVBoxLayout(right)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(head)
        stack.addWidget(self.bar)
        stack.addWidget(self.views, 1)
        return right

    def _connect(self, bridge: LabBridge) -> None:
        self.start.clicked.connect(self.compare)
        self.cancel.clicked.connect(self.comparer.cancel)
        self.question.changed.connect(self._refresh)
        self.comparer.progressed.connect(self._show_progress)
        self.comparer.found.connect(self._show_found)
        self.comparer.failed.connect(self._show_failure)
        self.comparer.written.connect(self.status.setText)
        self.comparer.closed.connect(self.closed, Qt.ConnectionType.QueuedConnection)
        self.exports.chosen.connect(self.comparer.write)
        self.table.opened.connect(self.lab_asked)
        self.table.explore_asked.connect(self.explore_asked)
        bridge.catalogue_ready.connect(self.question.fill)
        bridge.databases_ready.connect(self.question.fill_databases)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The side bar is never narrower than its fields, whose width is known now that they have their style."""
        super().showEvent(event)
        self._scroll.setMinimumWidth(max(SIDEBAR, self._side.minimumSizeHint().width()))

    def ask(self, operation: OperationKey, strategy: str) -> None:
        """Turn to a strategy, ready to be compared, unless a comparison is under way."""
        if not self.comparer.busy:
            self.question.show_choice(operation, strategy)
            self.start.setFocus()

    @Slot()
    def compare(self) -> None:
        """Begin."""
        if not self.start.isEnabled():
            return
        asked = self.question.question
        self.table.cells.begin(asked.situations)
        self.chart.clear()
        self.bar.setRange(0, 0)
        self.status.setText(self.tr("Starting engines and two backend processes for the comparison…"))
        self.comparer.start(asked)
        self._refresh()
        self.cancel.setFocus()

    def close_comparer(self) -> None:
        """Cancel whatever is under way; `closed` tells the end."""
        self.comparer.close()

    @Slot(object)
    def _show_progress(self, progress: ComparisonProgress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        text = self.tr("%1 of %2 measured, about %3 left. Now: %4, %5.")
        values = (
            str(progress.done), str(progress.total), time_left(progress.seconds_left), progress.line.subject.name,
            task_word(progress.doing),
        )  # fmt: skip
        for number, value in enumerate(values, 1):
            text = text.replace(f"%{number}", value)
        self.status.setText(text)
        self.table.cells.show_line(progress.line)
        self._draw()

    @Slot(object)
    def _show_found(self, found: Comparison) -> None:
        self.exports.offer(found)
        self.export.setEnabled(bool(found.lines))
        sentence = sentence_of(list(found.lines))
        if not found.complete:
            sentence = self.tr("Cancelled; what was measured is kept. %1").replace("%1", sentence)
        unexpected = surprises(found)
        self.status.setText("  ".join((sentence, *unexpected)))
        self.status.setToolTip("\n".join(unexpected))
        self._draw()
        self._finish()

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        self.status.setText(sentence)
        self._finish()

    def _draw(self) -> None:
        lines = [line for line in self.table.cells.lines if line.cells or line.cost]
        if lines:
            self.chart.show_picture(picture(title_of(lines[0]), lines))

    def _finish(self) -> None:
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        focused = self.cancel.hasFocus()
        self._refresh()
        if focused:
            (self.table if self.table.cells.lines else self.start).setFocus()

    @Slot()
    def _refresh(self) -> None:
        busy = self.comparer.busy
        self.question.setEnabled(not busy)
        self.start.setEnabled(not busy and self.question.ready)
        self.cancel.setEnabled(busy)
        if busy:
            self.export.setEnabled(False)
