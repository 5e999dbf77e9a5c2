"""When columns get other widths, and that whoever has dragged one has the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, Qt

from gui.widgets.arrangement import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QHeaderView


class Refitting(QObject):
    """Calls for widths at once or in the next turn of the event loop, however often it is asked meanwhile.

    Args:
        heads: of the columns.
        fit: gives them their widths.
        is_fitted: whether a column, by its logical number, has its width from there.
    """

    def __init__(
        self, heads: QHeaderView, fit: Callable[[], None], is_fitted: Callable[[int], bool] = lambda _number: True
    ) -> None:
        super().__init__(heads)
        self._heads = heads
        self._fit = fit
        self._is_fitted = is_fitted
        self._at_work = False
        """Widths change from here; somebody may be dragging an edge of the table meanwhile."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.now)
        heads.sectionResized.connect(self._note_width)

    @property
    def by_hand(self) -> bool:
        """Whether somebody has dragged a column; it is kept with the widths."""
        return bool(self._heads.property(BY_HAND))

    @Slot()
    def soon(self) -> None:
        """In the next turn."""
        self._soon.start()

    @Slot()
    def now(self) -> None:
        """At once, but not within itself."""
        if not self._at_work:
            self._at_work = True
            self._fit()
            self._at_work = False

    @Slot(int, int, int)
    def _note_width(self, number: int, _before: int, _now: int) -> None:
        pressed = QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if pressed and not self._at_work and self._is_fitted(number):
            self._heads.setProperty(BY_HAND, True)
