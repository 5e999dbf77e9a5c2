"""The History page: what was done, newest first; a click shows it again, two of them stand side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from backend.archive.entries import Entry, RunRecord
from gui.history.models import SummariesModel
from gui.theme import GRID
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.forms import button, describe, hairline
from gui.widgets.table import RecordTable
from gui.wording.live import Words, follow_language, in_words, put
from gui.wording.speech import language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.archive.summary import Summary
    from backend.model.catalogue import StrategyInfo, VariantInfo
    from gui.history.keeper import HistoryKeeper
    from gui.history.pair_view import PairView
    from gui.theme import Theme

SEARCH_MS = 150
"""Typing pauses for so long before it is searched."""
LIST, ENTRY = 400, 880
ENDING = "submit-twice"
TWO = 2


class HistoryPage(QWidget):
    """The list at the left, what was chosen at the right.

    Signals:
        again_asked: the Entry that is to be done again.
        said: a sentence about something that was done.
        view_shown, view_left: the widget that shows what was chosen, when it comes and before it goes.
    """

    again_asked = Signal(object)
    said = Signal(object)
    view_shown = Signal(QWidget)
    view_left = Signal(QWidget)

    def __init__(self, keeper: HistoryKeeper, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPage")
        self._keeper = keeper
        self._theme = theme
        self._info: dict[tuple[str, str], VariantInfo] = {}
        self._stale = True
        self._newest_wanted = False
        self._wanted: tuple[int, ...] = ()
        self._filed: int | None = None
        """The number of an entry that came from a file, until it is the selected one."""
        self.entry: Entry | None = None
        """What is shown; None where nothing is, or two are."""
        self.summaries = SummariesModel(self)
        self._searching = QTimer(self)
        self._searching.setSingleShot(True)
        self._searching.setInterval(SEARCH_MS)
        self._searching.timeout.connect(self._ask)
        self._lay_out()
        keeper.changed.connect(self._note_change)
        keeper.listed.connect(self._show_list)
        keeper.opened.connect(self.show_entries)
        keeper.filed.connect(self._choose_filed)
        self._offer()
        follow_language(self, self._ask)

    def _lay_out(self) -> None:
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.setHandleWidth(1)
        self.across.setChildrenCollapsible(False)
        self.across.addWidget(self._make_left())
        self.across.addWidget(self._make_right())
        self.across.setStretchFactor(0, 1)
        self.across.setStretchFactor(1, 3)
        self.across.setSizes([LIST, ENTRY])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.across)

    def _make_left(self) -> QWidget:
        self.search = QLineEdit()
        self.search.setObjectName("historySearch")
        put(self.search.setPlaceholderText, lambda: self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        describe(
            self.search,
            lambda: self.tr("Search the history"),
            lambda: self.tr("Words that an entry has to have, such as a verdict, a strategy or a fault"),
        )
        self.search.textChanged.connect(self._searching.start)
        self.table = RecordTable(
            "historyTable",
            lambda: self.tr("History"),
            self.summaries,
            self._theme,
            lambda: self.tr("What is run, explored, compared and checked appears here, also in the next session."),
        )
        self.table.follow_newest = False
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.forget = self._button(
            "historyForget", lambda: self.tr("Remove"), lambda: self.tr("Forget the selected entries")
        )
        self.forget.clicked.connect(self._forget)
        self.empty = self._button("historyEmpty", lambda: self.tr("Empty…"), lambda: self.tr("Forget all entries"))
        self.empty.clicked.connect(self._ask_whether_to_empty)
        self.open = self._button(
            "historyOpen", lambda: self.tr("Open…"), lambda: self.tr("Open a file that somebody saved")
        )
        self.open.clicked.connect(self.ask_for_file)
        return _column(_row(self.search, fills=True), self.table, _row(self.open, self.forget, self.empty))

    def _make_right(self) -> QWidget:
        self.again = self._button(
            "historyAgain",
            lambda: self.tr("Run again"),
            lambda: self.tr("Set every knob as it was, and do it again"),
            role="",
        )
        self.again.clicked.connect(self._do_again)
        self.save = self._button(
            "historySave", lambda: self.tr("Save as…"), lambda: self.tr("Write all of it to a file")
        )
        self.save.clicked.connect(self.ask_where_to_save)
        self.report = self._button(
            "historyReport", lambda: self.tr("HTML report…"), lambda: self.tr("Write it as one page that can be mailed")
        )
        self.report.clicked.connect(self._ask_where_to_report)
        self.copy = self._button(
            "historyCopy",
            lambda: self.tr("Copy command line"),
            lambda: self.tr("Copy the command that does the same on a terminal"),
        )
        self.copy.clicked.connect(self._copy_command)
        self.steps = self._button(
            "historyCopySteps",
            lambda: self.tr("Copy steps"),
            lambda: self.tr("Copy the selected submission's steps as SQL and redis-cli"),
        )
        self.steps.clicked.connect(self._copy_steps)
        self.hint = ElidedLabel("", Qt.TextElideMode.ElideRight)
        put(self.hint.setText, lambda: self.tr("Choose an entry, or two of them with Ctrl to see them side by side."))
        self.hint.setProperty("role", "caption")
        self.hint.setContentsMargins(2 * GRID, 0, GRID, GRID // 2)
        self.views = QStackedWidget()
        self.views.addWidget(QWidget())
        self.table.offer(self.again, self.save, self.report, self.copy, self.forget)
        actions = _row(self.again, self.save, self.report, self.copy, self.steps)
        return _column(actions, self.hint, hairline(), self.views)

    def _button(self, name: str, text: Words, about: Words, role: str = "quiet") -> QPushButton:
        made = button(name, text, role)
        describe(made, lambda: in_words(text).removesuffix("…"), about)
        return made

    # The list

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read what was kept meanwhile."""
        super().showEvent(event)
        if self._stale:
            self._ask()

    @Slot()
    def _note_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._searching.start()

    @Slot()
    def _ask(self) -> None:
        self._stale = False
        self._keeper.ask_list(self.search.text())

    @Slot(object)
    def _show_list(self, found: Sequence[Summary]) -> None:
        chosen = set(self.chosen) if self._filed is None else {self._filed}
        self._filed = None
        selection = self.table.selectionModel()
        blocked = selection.blockSignals(True)
        self.summaries.clear()
        self.summaries.append(found)
        for row, each in enumerate(self.summaries.shown):
            if each.number in chosen:
                flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
                selection.select(self.summaries.index(row, 0), flags)
        selection.blockSignals(blocked)
        if self._newest_wanted and found:
            self._newest_wanted = False
            self.table.selectRow(0)
        self._offer()

    @Slot(int)
    def _choose_filed(self, number: int) -> None:
        """What is shown came from a file; select it in the list."""
        self._filed, self._wanted = number, (number,)
        self._ask()

    @property
    def chosen(self) -> tuple[int, ...]:
        """The numbers of the entries that are selected, from top to bottom."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.summaries.shown[row].number for row in rows)

    @Slot()
    def _chosen(self) -> None:
        self._offer()
        if self.chosen and len(self.chosen) <= TWO and self.chosen != self._wanted:
            self._wanted = self.chosen
            self._keeper.ask_entries(self._wanted)

    # What is shown

    @Slot(object)
    def fill(self, strategies: Sequence[StrategyInfo]) -> None:
        """What is said of variants."""
        self._info = {(s.key, variant.key): variant for s in strategies for variant in s.variants}

    @Slot(object)
    def show_entries(self, entries: Sequence[Entry]) -> None:
        """One entry, or two side by side."""
        from gui.history.pair_view import PairView  # noqa: PLC0415, RUF100  (not needed for the first paint)
        from gui.history.views import EntryView  # noqa: PLC0415, RUF100

        view: EntryView | PairView
        if len(entries) == 1:
            view = EntryView(self._theme)
            view.know(self._info)
            view.show_entry(entries[0])
        else:
            view = PairView(self._theme)
            view.show_pair(entries[0], entries[1])
        self.entry = entries[0] if len(entries) == 1 else None
        if (before := self.views.currentWidget()) is not None:
            self.view_left.emit(before)
            self.views.removeWidget(before)
            before.deleteLater()
        self.views.addWidget(view)
        self.views.setCurrentWidget(view)
        self.view_shown.emit(view)
        self._offer()

    def show_newest(self) -> None:
        """Have the newest entry shown, once it is listed."""
        self.search.clear()
        self._newest_wanted = True
        self._ask()

    def _offer(self) -> None:
        entry = self.entry
        for each in (self.again, self.save, self.report, self.copy):
            each.setEnabled(entry is not None)
        self.steps.setEnabled(entry is not None and isinstance(entry.content, RunRecord))
        self.forget.setEnabled(bool(self.chosen))
        self.empty.setEnabled(bool(self.summaries.records) or bool(self.search.text()))

    # What is done with it

    @Slot()
    def _do_again(self) -> None:
        if self.entry is not None:
            self.again_asked.emit(self.entry)

    @Slot()
    def _copy_command(self) -> None:
        from backend.archive.command_lines import command_line  # noqa: PLC0415, RUF100  (not for the first paint)

        if self.entry is not None:
            QGuiApplication.clipboard().setText(command_line(self.entry))
            self.said.emit(lambda: self.tr("The command line was copied."))

    @Slot()
    def _copy_steps(self) -> None:
        from backend.archive.command_lines import step_line  # noqa: PLC0415, RUF100  (not for the first paint)

        if self.entry is not None and isinstance(self.entry.content, RunRecord):
            table = self.findChild(RecordTable, "historyStepsView")
            steps = table.records.records if isinstance(table, RecordTable) else []
            QGuiApplication.clipboard().setText("\n".join(step_line(step, language()) for step in steps) + "\n")
            self.said.emit(lambda: self.tr("%n step(s) copied.", "", len(steps)))

    @Slot()
    def _forget(self) -> None:
        self._keeper.remove(self.chosen)

    @Slot()
    def _ask_whether_to_empty(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, self.tr("Empty the history"),
            self.tr("Forget everything that was kept in this session and earlier ones?"),
            QMessageBox.StandardButton.NoButton, self,
        )  # fmt: skip
        box.setObjectName("historyEmptyBox")
        yes = box.addButton(self.tr("Forget all"), QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("historyForgetAll")
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes.clicked.connect(self._keeper.empty)
        box.open()

    # Files

    @Slot()
    def ask_for_file(self) -> None:
        """Have somebody look for a file."""
        dialog = QFileDialog(self.window(), self.tr("Open a saved entry"))
        dialog.setObjectName("historyFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"Submit Twice (*.{ENDING})", f"{self.tr('All files')} (*)"])
        dialog.fileSelected.connect(self.open_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def open_file(self, name: str) -> None:
        """Open this file."""
        self._keeper.ask_file(Path(name))

    @Slot()
    def ask_where_to_save(self) -> None:
        """Have somebody choose where the entry goes."""
        self._ask_where("historySaveDialog", ENDING, self.save_to)

    @Slot()
    def _ask_where_to_report(self) -> None:
        self._ask_where("historyReportDialog", "html", self.report_to)

    def _ask_where(self, name: str, ending: str, then: Callable[[str], None]) -> None:
        if self.entry is None:
            return
        dialog = QFileDialog(
            self.window(), self.tr("Save the entry"), f"{self.entry.kind.value}.{ending}", f"*.{ending}"
        )
        dialog.setObjectName(name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.fileSelected.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the entry that is shown to this file."""
        if self.entry is not None:
            self._keeper.save_file(self.entry, Path(name))

    @Slot(str)
    def report_to(self, name: str) -> None:
        """Write the entry that is shown as a page to this file, in the language of the window."""
        if self.entry is not None:
            self._keeper.save_page(self.entry, Path(name), language())


def _column(*widgets: QWidget) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, int(isinstance(widget, RecordTable | QStackedWidget)))
    return made


def _row(*widgets: QWidget, fills: bool = False) -> QWidget:
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
    layout.setSpacing(GRID)
    for widget in widgets:
        layout.addWidget(widget)
    if not fills:
        layout.addStretch(1)
    return made
