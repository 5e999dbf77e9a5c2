"""The heads of a table's columns, with room above them for a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
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
        self._bare = QSize()
        self._bare_of: tuple[int, str] | None = None
        self._frozen = False
        self.setSectionsClickable(True)

    def make_room(self, height: int) -> None:
        """Leave so many pixels free above the heads."""
        if height != self._room:
            self._room = height
            self.setViewportMargins(0, height, 0, 0)
            self.geometriesChanged.emit()  # the table lays header and rows out anew

    def show_first(self, *, frozen: bool) -> None:
        """Whether the first head stays at the left edge, over those that have moved below it."""
        self._frozen = frozen
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The heads, and over them the first one where it stays."""
        super().paintEvent(event)
        if self._frozen and self.count():
            painter = QPainter(self.viewport())
            box = QRect(0, 0, self.sectionSize(0), self.viewport().height())
            painter.fillRect(box, self.palette().base())
            self.paintSection(painter, box, 0)
            painter.end()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """With the room.

        Qt asks a dozen times while a window is made and dressed, and each time all titles are measured. Where nobody
        sees them, another style has time until they are shown: then the table asks again.
        """
        of = self.count(), self.font().key()
        if of != self._bare_of or self.isVisible():
            self._bare_of, self._bare = of, super().sizeHint()
        return self._bare + QSize(0, self._room)
