"""The Compare page: every strategy under the same load, what it lets through, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget

from backend.comparison.claims import surprises
from backend.comparison.picture import picture
from backend.comparison.says import CompareCode
from backend.comparison.words import never_begun, noisy, sentence_of, title_of
from backend.model.sentence import say
from gui.compare.chart import Chart, scrolled
from gui.compare.comparer import Comparer
from gui.compare.exports import ExportMenu
from gui.compare.question_panel import QuestionPanel
from gui.compare.table import ComparisonTable
from gui.theme import GRID
from gui.widgets.forms import button, describe
from gui.widgets.layouts import column, fill, side_by_side, stack
from gui.widgets.progress_bar import ProgressBar
from gui.widgets.sidebar import NARROW, Sidebar
from gui.wording.comparison import task_word, time_left
from gui.wording.live import Words, add_tab, filled, name_part, put, worded
from gui.wording.punctuation import one_after_the_other
from gui.wording.speech import speak

if TYPE_CHECKING:
    from backend.comparison.questions import ComparisonQuestion
    from backend.comparison.records import Comparison, ComparisonProgress
    from backend.model.vocabulary import OperationKey
    from gui.link.bridge import LabBridge
    from gui.theme import Theme


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
        self._found: Comparison | None = None
        self._before: Comparison | None = None
        """What the costs belong to that are measured again."""
        self._make_buttons()
        self._make_progress()
        self._lay_out()
        self._connect(bridge)
        self._refresh()

    def _make_buttons(self) -> None:
        self.start = button("compareButton", lambda: self.tr("Com&pare"), "primary")
        describe(
            self.start,
            lambda: self.tr("Compare"),
            lambda: self.tr("Run every strategy in each chosen situation, on real engines"),
        )
        self.start.setMinimumHeight(4 * GRID + 2)
        self.cancel = button("cancelCompareButton", lambda: self.tr("Ca&ncel"))
        describe(
            self.cancel,
            lambda: self.tr("Cancel the comparison"),
            lambda: self.tr("Stop, and keep what was measured so far"),
        )
        self.again = button("repeatCostButton", lambda: self.tr("&Measure costs again"))
        describe(
            self.again,
            lambda: self.tr("Measure costs again"),
            lambda: self.tr("Measure once more what was too noisy; what is there otherwise stays"),
        )
        self.again.setVisible(False)
        self.export = button("exportCompareButton", lambda: self.tr("&Export"))
        describe(
            self.export,
            lambda: self.tr("Export"),
            lambda: self.tr("Write the comparison as HTML, Markdown, CSV or JSON"),
        )
        self.export.setMenu(self.exports.menu)
        self.export.setEnabled(False)

    def _make_progress(self) -> None:
        self.status = worded(QLabel(), lambda: self.tr("Not measured yet."))
        self.status.setObjectName("compareStatus")
        self.status.setWordWrap(True)
        self.status.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        self.status.setMinimumHeight(2 * self.status.fontMetrics().lineSpacing() + 2 + 3 * GRID // 2)
        self.status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.estimate = QLabel()
        self.estimate.setObjectName("compareEstimate")
        self.estimate.setProperty("role", "caption")
        self.estimate.setWordWrap(True)
        self.bar = ProgressBar(lambda: self.tr("Progress of the comparison"))

    def _lay_out(self) -> None:
        asked = column(
            self.question,
            self.estimate,
            self.start,
            self.cancel,
            self.again,
            self.export,
            spacing=GRID + 2,
            margin=GRID,
        )
        fill(self, side_by_side(Sidebar(asked, least_width=NARROW), self._make_right()))

    def _make_right(self) -> QWidget:
        self.views = QTabWidget()
        self.views.setObjectName("compareViews")
        self.views.setDocumentMode(True)
        add_tab(self.views, self.table, lambda: self.tr("&Table"))
        add_tab(self.views, scrolled(self.chart), lambda: self.tr("P&icture"))
        self.views.currentChanged.connect(self._draw)
        put(self.views.setAccessibleName, lambda: self.tr("Table or picture"))
        name_part(self.views.tabBar, self.views.accessibleName)
        return stack(self.status, self.bar, self.views)

    def _connect(self, bridge: LabBridge) -> None:
        self.start.clicked.connect(self.compare)
        self.cancel.clicked.connect(self.comparer.cancel)
        self.again.clicked.connect(self.measure_costs_again)
        self.question.changed.connect(self._refresh)
        self.comparer.progressed.connect(self._show_progress)
        self.comparer.found.connect(self._show_found)
        self.comparer.failed.connect(self._show_failure)
        self.comparer.written.connect(self._show_written)
        self.comparer.closed.connect(self.closed, Qt.ConnectionType.QueuedConnection)
        self.exports.chosen.connect(self.comparer.write)
        self.table.opened.connect(self.lab_asked)
        self.table.explore_asked.connect(self.explore_asked)
        bridge.events.catalogue_ready.connect(self.question.fill)
        bridge.events.databases_ready.connect(self.question.fill_databases)

    def ask(self, operation: OperationKey, strategy: str) -> None:
        """Turn to a strategy, ready to be compared, unless a comparison is under way."""
        if not self.comparer.busy:
            self.question.show_choice(operation, strategy)
            self.start.setFocus()

    @Slot()
    def compare(self) -> None:
        """Begin what is asked, as the button does; nothing while that cannot be pressed."""
        if not self.start.isEnabled():
            return
        asked = self.question.question
        self._before = None
        self.table.cells.begin(asked.situations)
        self.chart.clear()
        self._begin(asked)

    def compare_again(self, asked: ComparisonQuestion) -> None:
        """Measure this; ignored while something is being measured."""
        if not self.comparer.busy:
            self._before = None
            self._begin(asked)

    @Slot()
    def measure_costs_again(self) -> None:
        """Measure the costs once more that were too noisy for a ratio."""
        found = self._found
        if found is None or self.comparer.busy or not (again := noisy(found.lines)):
            return
        self._before = found
        names = tuple(line.subject.name for line in again)
        self._begin(replace(found.asked, strategies=names, situations=(), cost=True, quick=False))

    def _begin(self, asked: ComparisonQuestion) -> None:
        self.bar.wait()
        put(self.status.setText, lambda: self.tr("Starting engines and two backend processes for the comparison…"))
        self.comparer.start(asked)
        self._refresh()
        self.cancel.setFocus()

    def close_comparer(self) -> None:
        """Cancel whatever is under way; `closed` tells the end."""
        self.comparer.close()

    @Slot(object)
    def _show_progress(self, progress: ComparisonProgress) -> None:
        self.bar.show_share(progress.done, progress.total)
        said = filled(
            lambda: self.tr("%1 of %2 measured, about %3 left. Now: %4, %5."),
            str(progress.done),
            str(progress.total),
            partial(time_left, progress.seconds_left),
            progress.line.subject.name,
            partial(task_word, progress.doing),
        )
        put(self.status.setText, said)
        put(self.bar.setAccessibleDescription, said)
        self.table.cells.show_line(progress.line, progress.number)
        if self.chart.isVisible():
            self._draw()

    @Slot(object)
    def _show_found(self, found: Comparison) -> None:
        complete = found.complete
        self._found = found = self._before.with_costs_of(found) if self._before else found
        self._before = None
        for line in found.lines:
            self.table.cells.show_line(line)
        self.exports.offer(found)
        self._say_what_was_found(found, complete=complete)
        self._draw()
        self._finish()

    def _say_what_was_found(self, found: Comparison, *, complete: bool) -> None:
        put(self.status.setText, partial(self._told, found, complete=complete))
        put(self.status.setToolTip, lambda: "\n".join(speak(sentence) for sentence in surprises(found)))

    def _told(self, found: Comparison, *, complete: bool) -> str:
        unexpected = [speak(sentence) for sentence in surprises(found)]
        said = [speak(sentence_of(found.lines))] if any(line.was_run for line in found.lines) else []
        if not complete:
            said = [self.tr("Cancelled; what was measured is kept."), *map(speak, never_begun(found)), *said]
        if again := len(noisy(found.lines)):
            said.append(speak(say(CompareCode.NOISY_COSTS, count=again)))
        return one_after_the_other((*said, *unexpected))

    @Slot(object)
    def _show_written(self, sentence: Words) -> None:
        put(self.status.setText, sentence)

    @Slot(object)
    def _show_failure(self, sentence: Words) -> None:
        put(self.status.setText, sentence)
        self._before = None
        self._finish()

    @Slot()
    def _draw(self) -> None:
        lines = [line for line in self.table.cells.lines if line.cells or line.cost]
        if lines:
            self.chart.show_picture(picture(title_of(lines[0]), lines))

    def _finish(self) -> None:
        self.bar.rest()
        focused = self.cancel.hasFocus()
        self._refresh()
        if focused:
            (self.table if self.table.cells.lines else self.start).setFocus()

    @Slot()
    def _refresh(self) -> None:
        busy, found = self.comparer.busy, self._found
        self.question.setEnabled(not busy)
        self.start.setEnabled(not busy and self.question.ready)
        self.cancel.setEnabled(busy)
        self.export.setEnabled(not busy and found is not None and bool(found.lines))
        again = found is not None and bool(noisy(found.lines))
        self.again.setVisible(again)
        self.again.setEnabled(again and not busy)
        put(self.estimate.setText, self._estimate if self.question.ready else "")

    def _estimate(self) -> str:
        """How long what is asked will take."""
        from backend.comparison.labs_at_once import seconds_of  # noqa: PLC0415, RUF100  (not needed for the first paint)

        minutes = max(1, round(seconds_of(self.question.question, self.comparer.options) / 60))
        return speak(say(CompareCode.WILL_TAKE, minutes=minutes))
