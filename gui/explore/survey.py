"""*Explore all*: every variant with every operation in one go, as a grid that can be kept and compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from backend.explorer.survey import Scope
from gui.explore.saved_grids import SavedGrids
from gui.explore.scope_fields import ScopeFields
from gui.explore.survey_model import SurveyModel
from gui.explore.survey_table import SurveyTable
from gui.explore.surveyor import Surveyor
from gui.theme import GRID
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.forms import button, describe, hairline
from gui.widgets.layouts import column
from gui.widgets.progress_bar import ProgressBar
from gui.wording.live import Words, follow_language, put, worded
from gui.wording.survey import progress_sentence, survey_sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from backend.explorer.survey import Combination, Survey, SurveyCell, SurveyProgress
    from backend.model.catalogue import StrategyInfo
    from backend.model.options import LabOptions
    from gui.theme import Theme


class SurveyPane(QWidget):
    """Asks everything, follows, and shows what was found.

    Args:
        theme: the colours.
        options: of the lab; the survey's own servers step back as much for others.
        pairs: ask about these only; None for all.

    Signals:
        question_asked: a Question that somebody wants to look at closely.
        closed: nothing of a survey is running any more.
    """

    question_asked = Signal(object)
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        options: LabOptions,
        parent: QWidget | None = None,
        *,
        pairs: Collection[Combination] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("surveyPane")
        self.surveyor = Surveyor(options, self, pairs)
        self.model = SurveyModel(theme, self, pairs)
        self.table = SurveyTable(self.model)
        self.survey: Survey | None = None
        """What was found last."""
        self._asked = Scope()
        self._strategies: tuple[StrategyInfo, ...] = ()
        self.fields = ScopeFields()
        self.files = SavedGrids(self)
        self._make_buttons()
        self._make_texts()
        self._lay_out()
        self._connect()
        self._refresh()
        follow_language(self, self._show_detail)

    # Building

    def _make_buttons(self) -> None:
        self.start = button("exploreAllButton", lambda: self.tr("Ex&plore all"), "primary")
        describe(
            self.start,
            lambda: self.tr("Explore all"),
            lambda: self.tr("Explore every variant with every operation that it guards"),
        )
        self.cancel = button("cancelExploreAllButton", lambda: self.tr("Ca&ncel"))
        describe(
            self.cancel,
            lambda: self.tr("Cancel exploring all"),
            lambda: self.tr("Stop, and keep what was found so far"),
        )

    def _make_texts(self) -> None:
        self.sentence = worded(
            QLabel(),
            lambda: self.tr(
                "Nothing explored yet. With two requests it takes some minutes, most of them for ZooKeeper."
            ),
        )
        self.sentence.setObjectName("surveyLabel")
        self.changes = QLabel()
        self.changes.setObjectName("surveyChangesLabel")
        self.legend = worded(
            QLabel(),
            lambda: self.tr(
                "On grey: not finished, or declared broken and not refuted by this. 6/48: six of 48 interleavings came "
                "to it; 48+: there are more."
            ),
        )
        self.legend.setObjectName("surveyLegend")
        self.legend.setProperty("role", "caption")
        self.detail = QLabel()
        self.detail.setObjectName("surveyDetailLabel")
        for label in (self.sentence, self.changes, self.legend, self.detail):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.detail.setFixedHeight(4 * self.detail.fontMetrics().lineSpacing())
        self.changes.hide()
        self.status = QLabel()
        self.status.setObjectName("surveyProgressLabel")
        self.status.setProperty("role", "caption")
        self.bar = ProgressBar(lambda: self.tr("Progress of exploring all"), "surveyProgressBar")
        self.bar.setFixedHeight(GRID)
        self._show_no_progress()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.fields)
        top.addStretch(1)
        for push in (self.start, self.cancel, self.files.keep, self.files.compare):
            top.addWidget(push)
        progress = column(self.status, self.bar, spacing=GRID // 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        for part in (FixedSizeHost(progress), self.sentence, self.changes):
            layout.addWidget(part)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.legend)
        layout.addWidget(hairline())
        layout.addWidget(self.detail)

    def _connect(self) -> None:
        self.start.clicked.connect(self.explore_all)
        self.cancel.clicked.connect(self._cancel)
        self.files.told.connect(self._show_changes)
        self.files.compared.connect(self.model.show_changes)
        self.table.activated.connect(self._open_question)
        self.table.current_changed.connect(self._show_detail)
        self.model.dataChanged.connect(self._show_detail)
        self.surveyor.progressed.connect(self._show_progress)
        self.surveyor.cell_found.connect(self._show_cell)
        self.surveyor.found.connect(self._show_found)
        self.surveyor.failed.connect(self._show_failure)
        self.surveyor.closed.connect(self.closed, Qt.ConnectionType.QueuedConnection)

    # What the page calls

    def fill(self, strategies: Sequence[StrategyInfo]) -> None:
        """Lay the grid out; what was found stays if there is nothing new."""
        if self._strategies == tuple(strategies):
            return
        self._strategies = tuple(strategies)
        self.model.fill(strategies)
        self._refresh()

    def close_surveyor(self) -> None:
        """Cancel whatever is under way; `closed` tells the end. Returns at once."""
        self.surveyor.close()

    # A survey

    @Slot()
    def explore_all(self) -> None:
        """Begin."""
        if not self.start.isEnabled():
            return
        self._asked, self.survey = self.fields.scope, None
        self.model.clear(self._asked)
        self.changes.hide()
        self._say(lambda: self.tr("Exploring everything, one question after the other."))
        put(self.status.setText, lambda: self.tr("Starting the engines…"))
        self.bar.wait()
        self.surveyor.start(self._asked)
        self._refresh()
        self.cancel.setFocus()

    @Slot()
    def _cancel(self) -> None:
        self.surveyor.cancel()

    @Slot(object)
    def _show_progress(self, progress: SurveyProgress) -> None:
        self.bar.show_share(progress.number - 1, progress.questions)
        put(self.status.setText, partial(progress_sentence, progress, self.model.title_of))
        put(self.bar.setAccessibleDescription, self.status.text)
        self.model.mark_running(progress.pair)

    @Slot(object)
    def _show_cell(self, cell: SurveyCell) -> None:
        self.model.put(cell)

    @Slot(object)
    def _show_found(self, survey: Survey) -> None:
        self.survey = survey
        self._say(partial(survey_sentence, survey))
        self._finish()

    @Slot(object)
    def _show_failure(self, sentence: Words) -> None:
        self._say(sentence)
        self._finish()

    def _say(self, text: Words) -> None:
        put(self.sentence.setText, text)
        put(self.sentence.setAccessibleName, text)

    def _finish(self) -> None:
        focused = self.cancel.hasFocus()
        self.model.mark_running(None)
        self._show_no_progress()
        self._refresh()
        if focused:
            self.table.setFocus()

    def _show_no_progress(self) -> None:
        self.status.setText("")
        self.bar.rest()

    @Slot()
    def _refresh(self) -> None:
        busy = self.surveyor.busy
        self.fields.setEnabled(not busy)
        self.start.setEnabled(not busy and self.model.rowCount() > 0)
        self.cancel.setEnabled(busy)
        self.files.offer(None if busy else self.survey)

    # A cell

    @Slot()
    def _show_detail(self) -> None:
        index = self.table.currentIndex()
        text = self.model.explanation(index)
        where = f"{self.model.title(index.row())}\n" if text else ""
        self.detail.setText(where + text)
        self.detail.setAccessibleName(where + text)

    @Slot(QModelIndex)
    def _open_question(self, index: QModelIndex) -> None:
        pair = self.model.pair_at(index)
        if pair is not None and self.model.is_guarded(pair):
            scope = self._asked if self.model.cell_at(index) else self.fields.scope
            self.question_asked.emit(scope.question(pair))

    @Slot(object)
    def _show_changes(self, text: Words) -> None:
        put(self.changes.setText, text)
        put(self.changes.setAccessibleName, text)
        self.changes.show()
