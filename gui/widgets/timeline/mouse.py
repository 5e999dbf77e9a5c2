"""The mouse on the timeline: the wheel zooms, dragging moves, a press without a drag is a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt

from gui.widgets.timeline.keys import PAN, ZOOM, Canvas

if TYPE_CHECKING:
    from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent

NOTCH = 120
"""Eighths of a degree that a wheel turns from one notch to the next."""
NEAR = 3
"""Pixels that the pointer may be off."""


class Surface(Canvas, Protocol):
    """What the mouse moves."""

    @property
    def magnification(self) -> float:
        """How many times as large everything is painted."""

    def setCursor(self, cursor: QCursor | Qt.CursorShape) -> None:  # noqa: N802  Qt's name
        """Have another pointer."""

    def unsetCursor(self) -> None:  # noqa: N802  Qt's name
        """Have the usual pointer."""

    def click(self, spot: QPointF) -> None:
        """Choose what is at a point."""


class Mouse:
    """Knows whether a button is down, and whether that has become a drag.

    Args:
        surface: what it moves.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._pressed: QPointF | None = None
        self._dragged = False

    def _spot(self, event: QMouseEvent | QWheelEvent) -> QPointF:
        """Where the pointer is, as large as things are painted on no stage."""
        return event.position() / self._surface.magnification

    def turn(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl only the time, with Shift to the side."""
        turned = (event.angleDelta().y() or event.angleDelta().x()) / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._surface.pan(turned * PAN * self._surface.scale.width, 0)
        else:
            with_lanes = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._surface.zoom(ZOOM**turned, self._spot(event), lanes=with_lanes)
        event.accept()

    def press(self, event: QMouseEvent) -> None:
        """The begin of a click or of a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = self._spot(event), False

    def move(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._pressed is None:
            return
        moved = self._spot(event) - self._pressed
        if self._dragged or moved.manhattanLength() > NEAR:
            self._dragged = True
            self._pressed = self._spot(event)
            self._surface.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._surface.pan(moved.x(), moved.y())

    def release(self, event: QMouseEvent) -> None:
        """The end of a drag, or a click."""
        if self._pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        self._surface.unsetCursor()
        if not self._dragged:
            self._surface.click(self._spot(event))
