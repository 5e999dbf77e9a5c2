"""Hiding the rows of a small table that do not have what somebody looks for, also those that come later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView


class HiddenRows(QObject):
    """Looks through the cells of a table and the titles of its rows.

    Signals:
        counted: how many rows there are, and how many of them are shown, may have changed.

    Args:
        view: the table; it has some dozens of rows.
    """

    counted = Signal()

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._wanted = ""
        model = view.model()
        for changed in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            changed.connect(self._hide)

    @property
    def shown(self) -> int:
        """How many rows are shown."""
        return sum(not self._view.isRowHidden(row) for row in range(self.total))

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._view.model().rowCount()

    def show_only(self, text: str) -> None:
        """Show the rows that have a text, in whatever case; with an empty text, all."""
        self._wanted = text.casefold()
        self._hide()

    @Slot()
    def _hide(self) -> None:
        if not self._wanted and self.shown == self.total:
            return
        view = self._view
        for row in range(self.total):
            view.setRowHidden(row, self._wanted not in row_text(view, row).casefold())
        current = view.currentIndex()
        if current.isValid() and view.isRowHidden(current.row()):
            rows = [row for row in range(self.total) if not view.isRowHidden(row)]
            if rows:
                view.setCurrentIndex(current.siblingAtRow(rows[0]))
        self.counted.emit()


def row_text(view: QTableView, row: int) -> str:
    """What a row says, its title included where titles are shown."""
    model = view.model()
    cells = [str(model.index(row, column).data()) for column in range(model.columnCount())]
    if not view.verticalHeader().isHidden():
        cells.append(str(model.headerData(row, Qt.Orientation.Vertical)))
    return "\t".join(cells)
