"""Keeps a raster of many lanes up to date, a slice at a time, while the window stays free."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gui.widgets.timeline.raster import Raster

if TYPE_CHECKING:
    from gui.theme import Theme
    from gui.widgets.timeline.lanes import LaneBook
    from gui.widgets.timeline.scale import Scale

SLICE_SECONDS, SLICE_PAUSE_MS = 0.003, 6
RASTER_LIFE_SECONDS = 0.2
"""While data arrive, a raster is begun anew at most so often."""


class Rastering(QObject):
    """The latest raster, and the one that is being made.

    Args:
        book: what there is.
        theme: the colours.

    Signals:
        drawn: there is a better picture than before.
    """

    drawn = Signal()

    def __init__(self, book: LaneBook, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book, self._theme = book, theme
        self._raster: Raster | None = None
        self._coming: Raster | None = None
        self._picture: QImage | None = None
        self._begun_at = 0.0
        self._slice = QTimer(self)
        self._slice.setSingleShot(True)
        self._slice.timeout.connect(self._draw_slice)

    def recolour(self) -> None:
        """The theme has other colours."""
        if self._raster is not None:
            self._picture = self._raster.image(self._theme.colours)

    def rest(self) -> None:
        """Nobody looks: no work."""
        self._slice.stop()
        self._coming = None

    def forget(self) -> None:
        """No raster is wanted."""
        self._raster = self._coming = self._picture = None

    def in_sight(self, scale: Scale, *, following: bool) -> tuple[QImage, QRectF]:
        """The latest raster, put where it belongs by now; a better one is begun where that is worth it.

        Args:
            scale: what is in sight.
            following: whether data are arriving that are to stay in sight.
        """
        have = self._raster
        if have is None or have.scale != scale or have.changes != self._book.changes:
            self._begin(scale, following=following)
        if have is None or self._picture is None:
            return QImage(), QRectF()
        old = have.scale
        left, right = scale.x_of(old.left_ns), scale.x_of(old.right_ns)
        top, bottom = scale.y_of(old.top), scale.y_of(old.top + old.height / old.lane_pixels)
        return self._picture, QRectF(left, top, right - left, bottom - top)

    def whole(self, scale: Scale) -> tuple[QImage, QRectF]:
        """A raster of what is in sight, made at once."""
        raster = Raster(self._book, scale)
        raster.work(float("inf"))
        return raster.image(self._theme.colours), QRectF(0, 0, scale.width, scale.height)

    def _begin(self, scale: Scale, *, following: bool) -> None:
        coming = self._coming
        if coming is not None and coming.scale == scale:
            return
        if following and coming is not None and perf_counter() - self._begun_at < 1:
            return  # data arrive: what is under way is shown first
        wait = RASTER_LIFE_SECONDS - (perf_counter() - self._begun_at) if following else 0.0
        if wait > 0 and self._raster is not None:
            self._slice.start(int(wait * 1000) + 1)
            return
        self._coming = Raster(self._book, scale)
        self._begun_at = perf_counter()
        self._slice.start(SLICE_PAUSE_MS)

    @Slot()
    def _draw_slice(self) -> None:
        coming = self._coming
        if coming is not None:
            coming.work(SLICE_SECONDS)
            if not coming.finished:
                self._slice.start(SLICE_PAUSE_MS)
                return
            self._raster, self._coming = coming, None
            self._picture = coming.image(self._theme.colours)
        self.drawn.emit()
