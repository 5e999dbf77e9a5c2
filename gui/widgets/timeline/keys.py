"""The keys of the timeline."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from gui.widgets.timeline.scale import Scale

PAN = 0.1
"""Part of the width, or of the height, by which a key moves what is in sight."""
ZOOM = 1.25


class Canvas(Protocol):
    """What keys move."""

    scale: Scale

    def pan(self, right: float, down: float) -> None:
        """Move what is in sight by pixels."""

    def zoom(self, factor: float, at: QPointF | None = None, *, lanes: bool = True) -> None:
        """Larger by a factor."""

    def fit(self) -> None:
        """The newest burst of submissions."""

    def fit_all(self) -> None:
        """Everything since the last reset."""

    def go_to_end(self, *, last: bool) -> None:
        """To the end of the newest burst, or to its beginning."""

    def choose_neighbour(self, distance: int) -> None:
        """Go so many lanes down from the one that is selected."""


def press(canvas: Canvas, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    """Do what a key stands for: zoom, pan, fit; with Ctrl, the arrows go from lane to lane. False for other keys."""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        distance = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if distance:
            canvas.choose_neighbour(distance)
        return bool(distance)
    moves = _moves(canvas.scale)
    if key in moves:
        canvas.pan(*moves[key])
    elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus}:
        canvas.zoom(1 / ZOOM if key is Qt.Key.Key_Minus else ZOOM)
    elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
        canvas.go_to_end(last=key is Qt.Key.Key_End)
    elif key is Qt.Key.Key_F:
        (canvas.fit_all if modifiers & Qt.KeyboardModifier.ShiftModifier else canvas.fit)()
    else:
        return False
    return True


def _moves(scale: Scale) -> dict[Qt.Key, tuple[float, float]]:
    across, down = PAN * scale.width, max(PAN * scale.height, scale.lane_pixels)
    return {
        Qt.Key.Key_Left: (across, 0.0),
        Qt.Key.Key_Right: (-across, 0.0),
        Qt.Key.Key_Up: (0.0, down),
        Qt.Key.Key_Down: (0.0, -down),
        Qt.Key.Key_PageUp: (0.0, float(scale.height)),
        Qt.Key.Key_PageDown: (0.0, -float(scale.height)),
    }
