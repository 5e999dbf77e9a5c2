"""The grid of a survey as a table that keys can walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
)

from gui.explore.survey_model import SurveyModel
from gui.theme import GRID
from gui.widgets.cells import CellDelegate
from gui.widgets.forms import describe
from gui.widgets.roomy_header import RoomyHeader
from gui.widgets.view_keys import ViewKey
from gui.wording.live import name_part

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LONGEST = "!! \N{MULTIPLICATION SIGN}2 duplicated, 10,000/10,000+ \N{GREEK CAPITAL LETTER DELTA}"
"""What a cell has room for."""


class SurveyTable(QTableView):
    """Shows a SurveyModel. Enter or a double click activates a cell.

    Signals:
        current_changed: another cell is the current one.
    """

    current_changed = Signal()

    def __init__(self, model: SurveyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surveyTable")
        self.setHorizontalHeader(RoomyHeader(self))
        self.setModel(model)
        describe(self, lambda: self.tr("Every variant and every operation"))
        self.setToolTip("")
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        name_part(self.verticalHeader, self.accessibleName)
        name_part(self.horizontalHeader, self.accessibleName)
        for header in (rows, columns):
            header.setHighlightSections(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID + 2)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(LONGEST) * 3 // 4)

    def fit_columns(self) -> None:
        """The rows' titles take what they need; done once the grid is laid out, as all of them are known then."""
        model, metrics = self.model(), self.fontMetrics()
        titles = [str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(model.rowCount())]
        width = max((metrics.horizontalAdvance(title) for title in titles), default=0)
        self.verticalHeader().setFixedWidth(width + 3 * GRID)
        if model.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(model.index(0, 0))

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do here, beside those that go from cell to cell."""
        return (ViewKey(("Return", "Enter"), self.tr("Look closely at the question"), self._activate_current),)

    def _activate_current(self) -> None:
        self.activated.emit(self.currentIndex())

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802
        """Tell."""
        super().currentChanged(current, previous)
        self.current_changed.emit()
