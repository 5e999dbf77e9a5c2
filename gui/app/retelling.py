"""Another language in a window that goes on meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.wording.live import saying_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SLICE_SECONDS = 0.012
"""Texts are put into words for so long at once."""


class Retelling(QObject):
    """Puts all that a window shows into another language: what is in sight first, and what nobody sees last.

    Args:
        window: with everything in it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._going_on = QTimer(self)
        self._going_on.setSingleShot(True)
        self._going_on.setInterval(0)
        self._going_on.timeout.connect(self._say_some)
        self._left: Iterator[None] | None = None

    def begin(self) -> None:
        """From the next turn of the event loop on; whatever is left of another language is forgotten."""
        self._left = None
        self._going_on.start()

    @property
    def is_under_way(self) -> bool:
        """Whether something is left to be said."""
        return self._going_on.isActive()

    def stop(self) -> None:
        """Nobody reads it any more."""
        self._going_on.stop()

    @Slot()
    def _say_some(self) -> None:
        """Between two slices the window goes on with whatever else there is."""
        until = time.perf_counter() + SLICE_SECONDS
        if self._left is None:
            every = (self._window, *self._window.findChildren(QObject))
            turns = [[each for each in every if _how_late(each) == turn] for turn in range(3)]
            self._left = saying_again([*_titled(turns[0]), *turns[0]], [*turns[1], *turns[2]])
        for _ in self._left:
            if time.perf_counter() > until:
                self._going_on.start()
                return


def _titled(in_sight: Iterable[QObject]) -> Iterator[QWidget]:
    """Pages that nobody sees, whose titles are in sight."""
    for tabs in in_sight:
        if isinstance(tabs, QTabWidget):
            yield from (page for page in map(tabs.widget, range(tabs.count())) if page is not None)


def _how_late(each: QObject) -> int:
    if not isinstance(each, QWidget):
        return 1
    return 0 if each.isVisible() else 2
