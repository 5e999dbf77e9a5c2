"""Many lanes on few pixels: one picture, made in slices so that the window never waits for it.

A byte a pixel, an index into a table of colours. Each line of pixels is filled with the lanes that fall into it: first
what their callers saw, above it the steps, above them the waits and what went wrong, so that the rare is not hidden.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage

from backend.model.vocabulary import EngineKind
from gui.widgets.timeline.lane import Mishap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.theme import Colours
    from gui.widgets.timeline.lane import Lane
    from gui.widgets.timeline.lanes import LaneBook
    from gui.widgets.timeline.scale import Scale

NOTHING, CALLER, WAITING, MISHAP, HELD_BACK = range(5)
MISHAPS = {
    Mishap.TIMEOUT: MISHAP,
    Mishap.BROKEN: MISHAP,
    Mishap.CUT_OFF: MISHAP,
    Mishap.HELD_BACK: HELD_BACK,
}
ENGINES = {kind: number for number, kind in enumerate(EngineKind, 5)}


class Raster:
    """A picture of all lanes in sight, for one scale.

    Args:
        book: what there is.
        scale: which part of it.
    """

    def __init__(self, book: LaneBook, scale: Scale) -> None:
        self.scale = scale
        self.changes = book.changes
        self._book = book
        self._pixels = bytearray(scale.width * scale.height)
        self._strokes = [bytes((colour,)) * scale.width for colour in range(5 + len(ENGINES))]
        self._line = 0

    @property
    def finished(self) -> bool:
        """Whether all lines are filled."""
        return self._line >= self.scale.height

    def work(self, seconds: float) -> None:
        """Fill lines for about so long."""
        until = perf_counter() + seconds
        while not self.finished and perf_counter() < until:
            self._fill_line()

    def _fill_line(self) -> None:
        scale, y = self.scale, self._line
        first = max(0, scale.place_at(y))
        last = min(len(self._book), max(first + 1, scale.place_at(y + 1)))
        below = min(scale.height, max(y + 1, int(scale.y_of(first + 1)))) if scale.lane_pixels > 1 else y + 1
        lanes = [self._book[place] for place in range(first, last)]
        if lanes:
            line = self._draw(lanes)
            full = below - 1 if below - y > 2 else below  # tall enough for a gap between lanes
            for at in range(y, full):
                self._pixels[at * scale.width : (at + 1) * scale.width] = line
        self._line = below

    def _draw(self, lanes: list[Lane]) -> bytearray:
        width, left, unit = self.scale.width, self.scale.left_ns, self.scale.ns_per_pixel
        line, strokes = bytearray(width), self._strokes

        def fill(begin: int, end: int, colour: int) -> None:
            start, stop = int((begin - left) / unit), int((end - left) / unit) + 1
            if 0 <= start < stop <= width:
                line[start:stop] = strokes[colour][: stop - start]
            elif start < width and stop > 0:
                start, stop = max(start, 0), min(stop, width)
                line[start:stop] = strokes[colour][: stop - start]

        for lane in lanes:
            if lane.reply is not None and not lane.reply.held_back:
                fill(lane.reply.sent_ns, lane.reply.received_ns, CALLER)
        for lane in lanes:
            for step in lane.steps:
                fill(step.started_ns, step.ended_ns, ENGINES[step.engine])
        for begin, end, colour in _rare(lanes):
            fill(begin, end, colour)
        return line

    def image(self, colours: Colours) -> QImage:
        """The picture in the colours of a theme; what is not filled yet is empty."""
        width, height = self.scale.width, self.scale.height
        picture = QImage(bytes(self._pixels), width, height, width, QImage.Format.Format_Indexed8)
        table = [QColor(colours.surface), QColor(colours.border), QColor(colours.text), QColor(colours.alarm),
                 QColor(colours.muted), *(colours.engine(kind) for kind in ENGINES)]  # fmt: skip
        picture.setColorTable([colour.rgb() for colour in table])
        return picture.convertToFormat(QImage.Format.Format_RGB32)


def _rare(lanes: list[Lane]) -> Iterator[tuple[int, int, int]]:
    """What must not be hidden below what is usual: from, to, colour."""
    for lane in lanes:
        for wait in lane.waits:
            yield wait.started_ns, wait.ended_ns, WAITING
    for lane in lanes:
        if (colour := MISHAPS.get(lane.mishap)) is not None:
            yield lane.mishap_ns, lane.mishap_ns, colour
