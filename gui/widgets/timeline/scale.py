"""Between nanoseconds and lanes on one side and pixels on the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.widgets.timeline.lanes import Extent

TALLEST_LANE = 22.0
READABLE_LANE = 14.0
"""At this height, each lane has its name beside it."""
MOST_READABLE = 50
"""So many lanes are scrolled rather than made lower; more of them are an overview at first."""
FINEST_NS = 20.0
"""Nanoseconds a pixel, zoomed in as far as it goes."""
COARSEST_NS = 60e9
MARGIN = 0.02
"""Share of the width that a fit leaves free at both sides."""
MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What part of the timeline is in sight, and how large. Pixels count from the corner of the lanes' area."""

    width: int = 1
    height: int = 1
    left_ns: int = 0
    """The instant at x = 0."""
    ns_per_pixel: float = 10_000.0
    top: float = 0.0
    """The place of the lane at y = 0; a fraction of a lane may be out of sight."""
    lane_pixels: float = TALLEST_LANE

    def x_of(self, instant: int) -> float:
        """Where an instant is."""
        return (instant - self.left_ns) / self.ns_per_pixel

    def instant_at(self, x: float) -> int:
        """The instant at a pixel."""
        return self.left_ns + round(x * self.ns_per_pixel)

    def y_of(self, place: float) -> float:
        """The upper edge of a lane."""
        return (place - self.top) * self.lane_pixels

    def place_at(self, y: float) -> int:
        """The place of the lane at a pixel; it may be one where there is none."""
        return int((self.top + y / self.lane_pixels) // 1)

    @property
    def right_ns(self) -> int:
        """The instant at the right edge."""
        return self.instant_at(self.width)

    def places(self, count: int) -> range:
        """The lanes in sight, of so many."""
        return range(max(0, self.place_at(0)), max(0, min(count, self.place_at(self.height) + 1)))

    # Changes

    def resized(self, width: int, height: int) -> Scale:
        """Another room for the same corner."""
        return replace(self, width=max(1, width), height=max(1, height))

    def fitted(self, extent: Extent) -> Scale:
        """All of an extent in sight, but for lanes that would be too low to be read; none is taller than it need be."""
        room = max(1.0, self.width * (1 - 2 * MARGIN))
        ns_per_pixel = min(max((extent.end - extent.begin) / room, FINEST_NS), COARSEST_NS)
        left = extent.begin - round(self.width * MARGIN * ns_per_pixel)
        count = max(1, extent.last - extent.first)
        lane = min(TALLEST_LANE, max(self.height / count, READABLE_LANE if count <= MOST_READABLE else 0.0))
        return replace(self, left_ns=left, ns_per_pixel=ns_per_pixel, top=float(extent.first), lane_pixels=lane)

    def zoomed(self, factor: float, x: float, y: float, *, lanes: bool = True) -> Scale:
        """Larger by a factor, with what is at a pixel staying there; lanes too, as far as they grow."""
        ns_per_pixel = min(max(self.ns_per_pixel / factor, FINEST_NS), COARSEST_NS)
        left = self.left_ns + round(x * (self.ns_per_pixel - ns_per_pixel))
        lane = min(self.lane_pixels * factor, TALLEST_LANE) if lanes else self.lane_pixels
        top = self.top + y / self.lane_pixels - y / lane
        return replace(self, left_ns=left, ns_per_pixel=ns_per_pixel, top=top, lane_pixels=lane)

    def panned(self, right: float, down: float) -> Scale:
        """Moved by pixels: what is in sight goes to the right and down."""
        return replace(
            self, left_ns=self.left_ns - round(right * self.ns_per_pixel), top=self.top - down / self.lane_pixels
        )

    def kept_within(self, extent: Extent) -> Scale:
        """Moved back to where there is something to see, and lanes not smaller than all of them need to be."""
        count = max(1, extent.last)
        lane = max(self.lane_pixels, min(TALLEST_LANE, self.height / count))
        top = min(max(self.top, 0.0), max(0.0, count - self.height / lane))
        half = round(self.width / 2 * self.ns_per_pixel)
        left = min(max(self.left_ns, extent.begin - half), max(extent.begin, extent.end) - half // 2)
        return replace(self, left_ns=left, top=top, lane_pixels=lane)

    def showing(self, place: int) -> Scale:
        """Moved so far that a lane is in sight."""
        lanes = self.height / self.lane_pixels
        return replace(self, top=min(max(self.top, place + 1 - lanes), float(place)))

    # The axis

    def ticks(self, zero_ns: int, apart: int = 80) -> Iterator[tuple[float, str]]:
        """Where the axis has its ticks, and their labels in milliseconds since `zero_ns`.

        Args:
            zero_ns: the zero of the axis.
            apart: least pixels between two ticks.
        """
        step = nice_step(self.ns_per_pixel * apart)
        places = max(0, next((n for n in range(7) if step % 10 ** (6 - n) == 0), 6)) if step < MILLISECOND else 0
        number = -((zero_ns - self.left_ns) // step)
        while (instant := zero_ns + number * step) <= self.right_ns:
            yield self.x_of(instant), f"{number * step / MILLISECOND:.{places}f}"
            number += 1


def nice_step(least_ns: float) -> int:
    """The smallest of 1, 2 and 5 times a power of ten that is not below."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least_ns:
                return digit * power
        power *= 10
