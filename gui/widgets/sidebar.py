"""The column of controls at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.theme import GRID
from gui.widgets.forms import hairline

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

WIDTH = 45 * GRID
NARROW = 38 * GRID


class Sidebar(QScrollArea):
    """Panels one below the other, with a hairline between them; scrolls where the window is low.

    Args:
        panels: from top to bottom.
        least_width: in pixels.
    """

    def __init__(self, *panels: QWidget, least_width: int = WIDTH) -> None:
        super().__init__()
        self.least_width = least_width
        self._body = QWidget()
        self._body.setObjectName("sidebar")
        column = QVBoxLayout(self._body)
        column.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, 2)
        column.setSpacing(GRID // 2)
        for number, panel in enumerate(panels):
            if number:
                column.addWidget(hairline())
            column.addWidget(panel)
        column.addStretch(1)
        self.setWidget(self._body)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Never narrower than the fields, whose width is known now that they have their style."""
        super().showEvent(event)
        self.setMinimumWidth(max(self.least_width, self._body.minimumSizeHint().width()))
