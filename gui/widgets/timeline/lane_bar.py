"""The scroll bar of the lanes, where not all of them have room at a height at which they can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollBar, QWidget

from gui.wording.live import put

if TYPE_CHECKING:
    from gui.widgets.timeline.scale import Scale

WIDTH = 10


class LaneBar(QScrollBar):
    """Lies over the margin at the right, so that nothing moves when it comes and goes.

    Signals:
        scrolled: the Scale that somebody has scrolled to.
    """

    scrolled = Signal(object)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, canvas)
        put(self.setAccessibleName, lambda: self.tr("Scroll the lanes"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._scale: Scale | None = None
        self.valueChanged.connect(self._scroll)
        self.hide()

    def follow(self, scale: Scale, lanes: int, *, readable: bool) -> None:
        """Show which of so many lanes are in sight; lanes that cannot be read are an overview, which is dragged."""
        self._scale = scale
        hidden = round(lanes * scale.lane_pixels) - scale.height
        blocked = self.blockSignals(True)
        self.setRange(0, max(0, hidden))
        self.setPageStep(scale.height)
        self.setSingleStep(round(scale.lane_pixels))
        self.setValue(round(scale.top * scale.lane_pixels))
        self.blockSignals(blocked)
        self.setVisible(hidden > 0 and readable)

    @Slot(int)
    def _scroll(self, value: int) -> None:
        if self._scale is not None:
            self.scrolled.emit(replace(self._scale, top=value / self._scale.lane_pixels))
