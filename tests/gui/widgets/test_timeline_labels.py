"""Nothing on a timeline is painted over a label, and no label over another one; measured as it is painted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest
from msgspec import structs
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPolygonF
from pytestqt.qtbot import QtBot

from backend.model.observed import LockWait
from backend.model.vocabulary import Answer, EngineKind
from gui.theme import Theme
from gui.widgets.timeline.labels import room_for
from gui.widgets.timeline.lanes import LaneBook
from gui.widgets.timeline.painter import TimelinePainter
from gui.widgets.timeline.scale import Scale
from tests.gui.widgets.test_timeline_lanes import MS, reply, step

WIDTH, HEIGHT = 640, 480


@dataclass
class Painted:
    """What was painted where."""

    texts: list[tuple[str, QRectF]] = field(default_factory=list)
    over: list[tuple[str, str]] = field(default_factory=list)
    """Texts, and what came to lie over each."""


class Watching(QPainter):
    """Notes where texts are, and what is painted onto them afterwards."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.found = Painted()

    def _seen(self, box: QRectF) -> QRectF:
        box = box.intersected(self.clipBoundingRect()) if self.hasClipping() else box
        return self.transform().mapRect(box)

    def _cover(self, what: str, box: QRectF) -> None:
        seen = self._seen(box)
        self.found.over += [(text, what) for text, there in self.found.texts if seen.intersects(there)]

    def drawText(self, *args: Any) -> None:  # type: ignore[override]  # noqa: N802, ANN401  as Qt calls it
        super().drawText(*args)
        spot, text = (args[0], args[1]) if len(args) == 2 else (QPointF(args[0], args[1]), args[2])
        box = QRectF(QFontMetricsF(self.font()).tightBoundingRect(text)).translated(spot)
        self.found.texts.append((text, self._seen(box)))

    def drawPolygon(self, polygon: QPolygonF) -> None:  # type: ignore[override]  # noqa: N802
        super().drawPolygon(polygon)
        self._cover("mark", polygon.boundingRect())

    def drawLine(self, *args: Any) -> None:  # noqa: N802, ANN401
        super().drawLine(*args)
        if len(args) == 2:
            self._cover("line", QRectF(args[0], args[1]).normalized().adjusted(-0.5, -0.5, 0.5, 0.5))

    def drawEllipse(self, *args: Any) -> None:  # noqa: N802, ANN401
        super().drawEllipse(*args)
        middle, across, down = args
        self._cover("circle", QRectF(middle - QPointF(across, down), QSizeF(2 * across, 2 * down)))

    def drawRect(self, *args: Any) -> None:  # noqa: N802, ANN401
        super().drawRect(*args)
        self._cover("wait", args[0])

    def fillRect(self, *args: Any) -> None:  # noqa: N802, ANN401
        super().fillRect(*args)
        self._cover("box", QRectF(*args[:-1]) if len(args) == 5 else QRectF(args[0]))


def eventful() -> LaneBook:
    """Twenty submissions, and whatever can be marked: leases that run out, time-outs, retries, crashes, waits."""
    book = LaneBook()
    for number in range(20):
        name, start = f"1.{number}", number * 7 * MS
        other = f"1.{(number + 1) % 20}"
        work = step(name, start + 3 * MS, start + 1203 * MS, "processing 1200 ms", number=1)
        insert = step(name, start + 1203 * MS, start + 1600 * MS, "INSERT INTO orders VALUES (1)", number=2)
        book.add_steps(
            [
                step(name, start + MS, start + 3 * MS, "SET lock:A-1 1 NX PX 300" if number % 2 else "SELECT 1"),
                structs.replace(work, engine=EngineKind.HTTP),
                structs.replace(insert, error="deadlock" if number % 3 else ""),
                step(name, start + 1500 * MS, start + 1700 * MS, "SELECT while the other one goes on", number=3),
                step(name, start + 1700 * MS, start + 1800 * MS, "crash" if number % 5 == 0 else "COMMIT", number=4),
            ]
        )  # fmt: skip
        book.add_waits([LockWait(name, start + 1300 * MS, start + 1450 * MS, (other, "1.7"))])
        timed_out = number % 4 == 0
        book.add_replies(
            [
                reply(name, start, start + (500 if timed_out else 1810) * MS,
                      Answer.TIMEOUT if timed_out else Answer.ERROR if number % 5 == 0 else Answer.CREATED,
                      0 if timed_out or number % 5 == 0 else 201)
            ]
        )  # fmt: skip
        if timed_out:
            again = f"{name}r1"
            work = step(again, start + 603 * MS, start + 1803 * MS, "processing 1200 ms")
            book.add_steps([structs.replace(work, engine=EngineKind.HTTP)])
            book.add_replies([replace(reply(again, start + 600 * MS, start + 1900 * MS), retry_of=name)])
    return book


@pytest.mark.parametrize("zoom", [0.4, 1.0, 2.5, 6.0, 40.0])
def test_labels_give_way_to_marks_and_to_one_another(
    qtbot: QtBot, theme: Theme, both_languages: object, zoom: float
) -> None:
    book = eventful()
    painter = TimelinePainter(book, theme.colours)
    whole = Scale(WIDTH, HEIGHT).fitted(book.extent())
    labels = 0
    for part in (0.1, 0.35, 0.7):
        scale = replace(whole.zoomed(zoom, WIDTH * part, 0, lanes=False), lane_pixels=22.0, top=part * 6)
        image = QImage(painter.gutter + WIDTH, painter.header + HEIGHT, QImage.Format.Format_RGB32)
        watching = Watching(image)
        painter.paint(watching, scale, "1.3", None)
        watching.end()
        found = watching.found
        assert found.over == []
        overlapping = [(a, b) for (a, one), (b, two) in combinations(found.texts, 2) if one.intersects(two)]
        assert overlapping == []
        labels += sum(box.left() > painter.gutter and len(text) > 3 for text, box in found.texts)
    assert labels > 20, "giving way is not staying away"


@pytest.mark.parametrize(
    ("box", "taken", "wanted", "room"),
    [
        ((0, 100), [], 50, (0, 100)),
        ((0, 100), [(60, 70)], 50, (0, 60)),
        ((0, 100), [(20, 30)], 50, (30, 100)),
        ((0, 100), [(20, 30), (80, 90)], 60, (30, 80)),
        ((0, 100), [(-20, 30), (90, 130)], 50, (30, 90)),
        ((0, 100), [(0, 100)], 50, (0, 0)),
        ((0, 100), [(40, 60), (10, 90)], 5, (0, 10)),
        ((0, 100), [(-50, -10), (120, 130)], 50, (0, 100)),
    ],
)
def test_a_label_goes_where_it_fits_or_where_there_is_most_room(
    box: tuple[float, float], taken: list[tuple[float, float]], wanted: float, room: tuple[float, float]
) -> None:
    assert room_for(box, taken, wanted) == room
