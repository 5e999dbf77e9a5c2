"""*Explore all*: every variant with every operation in one go, as a grid that can be kept and compared."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from backend.explorer.question import MOST_REQUESTS
from backend.explorer.survey import Scope
from backend.explorer.survey_changes import compare
from backend.model.errors import SubmitTwiceError
from gui.explore.survey_model import SurveyModel
from gui.explore.survey_table import SurveyTable
from gui.explore.surveyor import Surveyor
from gui.theme import GRID
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.forms import button, describe, hairline, plain, spin
from gui.wording.exploration import number
from gui.wording.speech import speak
from gui.wording.survey import CHANGED, change_sentence, progress_sentence, short_operation, survey_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from PySide6.QtWidgets import QSpinBox

    from backend.explorer.survey import Combination, Survey, SurveyCell, SurveyProgress
    from backend.model.catalogue import StrategyInfo
    from backend.model.options import LabOptions
    from gui.theme import Theme

LIMIT = 10_000
MOST_SCHEDULES = 1_000_000
SUFFIX = "json"


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
        self._make_fields()
        self._make_texts()
        self._lay_out()
        self._connect()
        self._refresh()

    # Building

    def _make_fields(self) -> None:
        self.requests = spin("surveyRequestsSpin", 1, MOST_REQUESTS, 2)
        self.crashes = spin("surveyCrashesSpin", 0, 1, 0)
        self.expiries = spin("surveyExpiriesSpin", 0, 1, 0)
        self.limit = spin("surveyLimitSpin", 0, MOST_SCHEDULES, LIMIT)
        self.limit.setSpecialValueText(self.tr("none"))
        self.start = button("exploreAllButton", self.tr("Ex&plore all"), "primary")
        describe(
            self.start, self.tr("Explore all"), self.tr("Explore every variant with every operation that it guards")
        )
        self.cancel = button("cancelExploreAllButton", self.tr("Ca&ncel"))
        describe(self.cancel, self.tr("Cancel exploring all"), self.tr("Stop, and keep what was found so far"))
        self.keep = button("saveSurveyButton", self.tr("&Save…"))
        describe(self.keep, self.tr("Save the grid"), self.tr("Write the grid to a file, to compare with it later"))
        self.compare = button("compareSurveyButton", self.tr("Co&mpare with…"))
        describe(self.compare, self.tr("Compare with an earlier grid"), self.tr("Mark what changed since a saved grid"))

    def _make_texts(self) -> None:
        self.sentence = QLabel(
            self.tr("Nothing explored yet. With two requests it takes some minutes, most of them for ZooKeeper.")
        )
        self.sentence.setObjectName("surveyLabel")
        self.changes = QLabel()
        self.changes.setObjectName("surveyChangesLabel")
        self.detail = QLabel()
        self.detail.setObjectName("surveyDetailLabel")
        for label in (self.sentence, self.changes, self.detail):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.detail.setFixedHeight(4 * self.detail.fontMetrics().lineSpacing())
        self.changes.hide()
        self.status = QLabel()
        self.status.setObjectName("surveyProgressLabel")
        self.status.setProperty("role", "caption")
        self.bar = QProgressBar()
        self.bar.setObjectName("surveyProgressBar")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(GRID)
        describe(self.bar, self.tr("Progress of exploring all"))
        self._show_no_progress()

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(GRID)
        for caption, field, explanation in (
            (self.tr("Re&quests"), self.requests, self.tr("How many submissions of the same intent run at once")),
            (
                self.tr("Crash&es"),
                self.crashes,
                self.tr("Most crashes in an interleaving, each with a retry"),
            ),
            (
                self.tr("Lease exp&iries"),
                self.expiries,
                self.tr("Most times that a lease or a session ends in an interleaving"),
            ),
            (
                self.tr("Limi&t"),
                self.limit,
                self.tr("Most interleavings of a question, before it is given up"),
            ),
        ):
            fields.addWidget(self._caption(caption, field, explanation))
            fields.addWidget(field)
            fields.addSpacing(GRID)
        fields.addStretch(1)
        for push in (self.start, self.cancel, self.keep, self.compare):
            fields.addWidget(push)
        progress = QWidget()
        column = QVBoxLayout(progress)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.status)
        column.addWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(fields)
        for part in (FixedSizeHost(progress), self.sentence, self.changes):
            layout.addWidget(part)
        layout.addWidget(self.table, 1)
        layout.addWidget(hairline())
        layout.addWidget(self.detail)

    def _caption(self, caption: str, field: QSpinBox, explanation: str) -> QLabel:
        label = QLabel(caption)
        label.setProperty("role", "caption")
        label.setBuddy(field)
        describe(field, plain(caption), explanation)
        return label

    def _connect(self) -> None:
        self.start.clicked.connect(self.explore_all)
        self.cancel.clicked.connect(self._cancel)
        self.keep.clicked.connect(self._ask_where_to_save)
        self.compare.clicked.connect(self._ask_what_to_compare_with)
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
        self.table.fit_columns()
        self._refresh()

    def close_surveyor(self) -> None:
        """Cancel whatever is under way; `closed` tells the end. Returns at once."""
        self.surveyor.close()

    @property
    def scope(self) -> Scope:
        """What the fields ask."""
        return Scope(
            self.requests.value(), self.crashes.value(), self.expiries.value(), limit=self.limit.value() or None
        )

    # A survey

    @Slot()
    def explore_all(self) -> None:
        """Begin."""
        if not self.start.isEnabled():
            return
        self._asked, self.survey = self.scope, None
        self.model.clear(self._asked)
        self.changes.hide()
        self._say(self.tr("Exploring everything, one question after the other."))
        self.status.setText(self.tr("Starting the engines…"))
        self.bar.setRange(0, 0)
        self.surveyor.start(self._asked)
        self._refresh()
        self.cancel.setFocus()

    @Slot()
    def _cancel(self) -> None:
        self.surveyor.cancel()

    @Slot(object)
    def _show_progress(self, progress: SurveyProgress) -> None:
        self.bar.setRange(0, progress.questions)
        self.bar.setValue(progress.number - 1)
        self.status.setText(progress_sentence(progress))
        self.bar.setAccessibleDescription(self.status.text())
        self.model.mark_running(progress.pair)

    @Slot(object)
    def _show_cell(self, cell: SurveyCell) -> None:
        self.model.put(cell)

    @Slot(object)
    def _show_found(self, survey: Survey) -> None:
        self.survey = survey
        self._say(survey_sentence(survey))
        self._finish()

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        self._say(sentence)
        self._finish()

    def _say(self, text: str) -> None:
        self.sentence.setText(text)
        self.sentence.setAccessibleName(text)

    def _finish(self) -> None:
        focused = self.cancel.hasFocus()
        self.model.mark_running(None)
        self._show_no_progress()
        self._refresh()
        if focused:
            self.table.setFocus()

    def _show_no_progress(self) -> None:
        self.status.setText("")
        self.bar.setRange(0, 1)
        self.bar.setValue(0)

    @Slot()
    def _refresh(self) -> None:
        busy = self.surveyor.busy
        for field in (self.requests, self.crashes, self.expiries, self.limit):
            field.setEnabled(not busy)
        self.start.setEnabled(not busy and self.model.rowCount() > 0)
        self.cancel.setEnabled(busy)
        for push in (self.keep, self.compare):
            push.setEnabled(not busy and self.survey is not None)

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
            scope = self._asked if self.model.cell_at(index) else self.scope
            self.question_asked.emit(scope.question(pair))

    # Files

    @Slot()
    def _ask_where_to_save(self) -> None:
        dialog = self._file_dialog(self.tr("Save the grid"), self.save_to)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(f"explore-all.{SUFFIX}")
        dialog.open()

    @Slot()
    def _ask_what_to_compare_with(self) -> None:
        dialog = self._file_dialog(self.tr("Compare with an earlier grid"), self.compare_with)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def _file_dialog(self, title: str, then: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setNameFilter(self.tr("Saved grids (*.json)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(_with_path, then))
        return dialog

    def save_to(self, path: Path) -> None:
        """Write what was found to a file, or say why not."""
        from backend.explorer import survey_files  # noqa: PLC0415, RUF100  (the first paint need not wait for it)

        if self.survey is None:
            return
        try:
            survey_files.save(self.survey, path)
        except SubmitTwiceError as error:
            self._show_changes(speak(error.sentence))
        else:
            self._show_changes(self.tr("Saved as %1.").replace("%1", path.name))

    def compare_with(self, path: Path) -> None:
        """Mark what changed since an earlier survey, or say why that cannot be said."""
        from backend.explorer import survey_files  # noqa: PLC0415, RUF100  (as above)

        if self.survey is None:
            return
        try:
            changes = compare(survey_files.load(path), self.survey)
        except SubmitTwiceError as error:
            self.model.show_changes(())
            self._show_changes(speak(error.sentence))
            return
        self.model.show_changes(changes)
        if not changes:
            self._show_changes(self.tr("Nothing changed since %1.").replace("%1", path.name))
            return
        text = self.tr("Changes since %1: %2, marked with %3.")
        text = text.replace("%1", path.name).replace("%2", number(len(changes))).replace("%3", CHANGED)
        gone = [
            f"{'/'.join(c.pair[1:])}, {short_operation(c.pair[0])}: {change_sentence(c)}"
            for c in changes
            if c.after is None
        ]
        self._show_changes("\n".join([text, *gone]))

    def _show_changes(self, text: str) -> None:
        self.changes.setText(text)
        self.changes.setAccessibleName(text)
        self.changes.show()


def _with_path(then: Callable[[Path], None], chosen: str) -> None:
    then(Path(chosen))
