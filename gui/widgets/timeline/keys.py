"""The keys of the timeline."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF

from gui.widgets.timeline.scale import Scale
from gui.widgets.view_keys import ViewKey

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


def timeline_keys(canvas: Canvas) -> tuple[ViewKey, ...]:
    """What keys do: zoom, pan, fit; with Ctrl, the arrows go from lane to lane."""
    return (*_moving(canvas), *_zooming(canvas), *_going(canvas))


def _moving(canvas: Canvas) -> tuple[ViewKey, ...]:
    scale = canvas.scale
    across, down, page = PAN * scale.width, max(PAN * scale.height, scale.lane_pixels), float(scale.height)
    a_little = QCoreApplication.translate("TimelineKeys", "Move")
    much = QCoreApplication.translate("TimelineKeys", "Move by a page")
    return (
        ViewKey(("Left",), a_little, partial(canvas.pan, across, 0.0)),
        ViewKey(("Right",), a_little, partial(canvas.pan, -across, 0.0)),
        ViewKey(("Up",), a_little, partial(canvas.pan, 0.0, down)),
        ViewKey(("Down",), a_little, partial(canvas.pan, 0.0, -down)),
        ViewKey(("PgUp",), much, partial(canvas.pan, 0.0, page)),
        ViewKey(("PgDown",), much, partial(canvas.pan, 0.0, -page)),
    )


def _zooming(canvas: Canvas) -> tuple[ViewKey, ...]:
    return (
        ViewKey(("+", "="), QCoreApplication.translate("TimelineKeys", "Zoom in"), partial(canvas.zoom, ZOOM)),
        ViewKey(("-",), QCoreApplication.translate("TimelineKeys", "Zoom out"), partial(canvas.zoom, 1 / ZOOM)),
        ViewKey(("F",), QCoreApplication.translate("TimelineKeys", "Fit the newest submissions"), canvas.fit),
        ViewKey(("Shift+F",), QCoreApplication.translate("TimelineKeys", "Fit everything"), canvas.fit_all),
    )


def _going(canvas: Canvas) -> tuple[ViewKey, ...]:
    begin = QCoreApplication.translate("TimelineKeys", "Go to the beginning")
    end = QCoreApplication.translate("TimelineKeys", "Go to the end")
    lane = QCoreApplication.translate("TimelineKeys", "Choose the lane above or below")
    return (
        ViewKey(("Home",), begin, partial(canvas.go_to_end, last=False)),
        ViewKey(("End",), end, partial(canvas.go_to_end, last=True)),
        ViewKey(("Ctrl+Up",), lane, partial(canvas.choose_neighbour, -1)),
        ViewKey(("Ctrl+Down",), lane, partial(canvas.choose_neighbour, 1)),
    )
