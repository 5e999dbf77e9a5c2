"""The grid of a survey as a table that keys can walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView

from gui.explore.survey_model import SurveyModel
from gui.theme import GRID
from gui.widgets.cell_table import CellTable, Index
from gui.widgets.cells import CellDelegate
from gui.widgets.forms import describe

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QWidget

LONGEST = "!! \N{MULTIPLICATION SIGN}2 duplicated, 10,000/10,000+ \N{GREEK CAPITAL LETTER DELTA}"
"""What a cell has room for."""


class SurveyTable(CellTable):
    """Shows a SurveyModel. Enter or a double click activates a cell.

    Signals:
        current_changed: another cell is the current one.
    """

    current_changed = Signal()

    def __init__(self, model: SurveyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surveyTable")
        self.cells = model
        self.setModel(model)
        describe(self, lambda: self.tr("Every variant and every operation"))
        self.setToolTip("")
        self.setItemDelegate(CellDelegate(self))
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + GRID + 2)
        self.heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.heads.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(LONGEST) * 3 // 4)

    def fit_columns(self) -> None:
        """The rows' titles take what they need; done once the grid is laid out, as all of them are known then."""
        model, metrics = self.model(), self.fontMetrics()
        titles = [str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(model.rowCount())]
        width = max((metrics.horizontalAdvance(title) for title in titles), default=0)
        self.verticalHeader().setFixedWidth(width + 3 * GRID)
        if model.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(model.index(0, 0))

    def column_key(self, number: int) -> str:
        """The operation."""
        return self.cells.operation_at(number).value

    def activate(self, index: Index) -> None:
        """Tell that somebody wants to look closely at the cell's question."""
        self.activated.emit(index)

    def activation(self) -> str:
        """Asks it."""
        return self.tr("Look closely at the question")

    def add_to_menu(self, menu: QMenu, index: Index) -> None:
        """Ask the cell's question by itself."""
        pair = self.cells.pair_at(index)
        look = menu.addAction(self.tr("&Look closely at the question"))
        look.setEnabled(pair is not None and self.cells.is_guarded(pair))
        look.triggered.connect(lambda: self.activate(index))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802
        """Tell."""
        super().currentChanged(current, previous)
        self.current_changed.emit()
