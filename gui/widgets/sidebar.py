"""The column of controls at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.theme import GRID
from gui.widgets.forms import hairline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from gui.widgets.fold import Fold

WIDTH = 45 * GRID
NARROW = 38 * GRID


class Sidebar(QScrollArea):
    """Panels one below the other, with a hairline between them; scrolls where the window is low.

    Args:
        panels: from top to bottom.
        least_width: in pixels.
        folds: knobs of the panels that are folded while the window is too low for them, those first that are not in
            use, and in this order.
    """

    def __init__(self, *panels: QWidget, least_width: int = WIDTH, folds: Sequence[Fold] = ()) -> None:
        super().__init__()
        self.least_width = least_width
        self._folds = tuple(folds)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self.fit)
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
        self._body.installEventFilter(self)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Never narrower than the fields, whose width is known now that they have their style."""
        super().showEvent(event)
        self._widen()

    def _widen(self) -> None:
        self.setMinimumWidth(max(self.least_width, self._body.minimumSizeHint().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """More room or less."""
        super().resizeEvent(event)
        self._fitting.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Other knobs are there, or other texts."""
        if watched is self._body and event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return super().eventFilter(watched, event)

    @Slot()
    def fit(self) -> None:
        """Fold as little as possible, and what somebody has folded or opened not at all; and cut no text."""
        if self.isVisible():
            self._widen()
        movable = [fold for fold in self._folds if not fold.by_hand]
        if not movable or not self.isVisible():
            return
        needed = self._body.minimumSizeHint().height() + sum(fold.height for fold in movable if not fold.is_open)
        for fold in sorted(movable, key=lambda fold: fold.in_use):
            too_high = needed > self.viewport().height()
            fold.fold(folded=too_high)
            needed -= fold.height if too_high else 0
