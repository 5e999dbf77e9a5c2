"""The heads of a table's columns, with room above them for a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView


class RoomyHeader(QHeaderView):
    """Heads of columns, which move down where something else is to lie above them: it covers neither head nor row.

    Args:
        table: whose columns.
    """

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._room = 0
        self.setSectionsClickable(True)

    def make_room(self, height: int) -> None:
        """Leave so many pixels free above the heads."""
        if height != self._room:
            self._room = height
            self.setViewportMargins(0, height, 0, 0)
            self.geometriesChanged.emit()  # the table lays header and rows out anew

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """With the room."""
        return super().sizeHint() + QSize(0, self._room)
