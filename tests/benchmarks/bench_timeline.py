"""How long the timeline takes to paint 10,000 submissions with 6 steps each, zoomed in and zoomed out.

The real pane, fed as the bridge feeds it. Frames are painted by Qt's raster engine, as on a screen, and measured in
processor time, as the machine may have other work. A raster is made in slices between frames; how long all of them take
together is printed, too::

    uv run python -m tests.benchmarks.bench_timeline
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage

from backend.model.observed import Reply, Step
from backend.model.vocabulary import Answer, EngineKind
from gui.app.interpreter import Collector, favour_the_window
from gui.app.start import make_application
from gui.theme import Theme, ThemeMode
from gui.widgets.timeline.pane import Timeline
from gui.widgets.timeline.raster import Raster
from gui.widgets.timeline.rastering import SLICE_SECONDS
from tests.benchmarks.measuring import Figure, tell

SUBMISSIONS = 10_000
COMMANDS = (
    (EngineKind.REDIS, "SET submit-twice:lock:order:A-1 owner NX PX 10000", "OK"),
    (EngineKind.POSTGRESQL, "SELECT orders.id FROM orders WHERE orders.order_no = 'A-1'", "no row"),
    (EngineKind.POSTGRESQL, "INSERT INTO orders (order_no, item) VALUES ('A-1', 'book') RETURNING orders.id", "1"),
    (EngineKind.POSTGRESQL, "COMMIT", ""),
    (EngineKind.REDIS, "DELIFEQ submit-twice:lock:order:A-1 owner", "1"),
    (EngineKind.HTTP, "reply 201", "created"),
)
PIECE = 400
FRAMES = 60
GOAL_MS = 4.0


def submissions() -> tuple[list[Step], list[Reply]]:
    """Sixteen at a time, as an instance handles them."""
    chance = random.Random(7)  # noqa: S311  repeatable
    free = [0] * 16
    steps, replies = [], []
    for number in range(SUBMISSIONS):
        worker = number % 16
        now = free[worker] + chance.randrange(50_000, 200_000)
        for position, (engine, command, answer) in enumerate(COMMANDS):
            end = now + chance.randrange(30_000, 600_000)
            steps.append(Step(f"1.{number}", position, 0, engine, command, answer, "", now, end))
            now = end + chance.randrange(10_000, 60_000)
        replies.append(Reply(f"1.{number}", "A-1", Answer.CREATED, 201, None, free[worker], now + 50_000))
        free[worker] = now
    return steps, replies


def frame_ms(pane: Timeline, change: Callable[[int], None]) -> list[float]:
    """Milliseconds of each of some frames, each after a change."""
    image = QImage(pane.view.size(), QImage.Format.Format_RGB32)
    times = []
    for number in range(FRAMES):
        change(number)
        began = thread_time()
        pane.view.render(image)
        times.append((thread_time() - began) * 1000)
    return times


def say(what: str, times: list[float]) -> None:
    """One line."""
    found = f"{max(times):.1f} ms (median {median(times):.1f})"
    tell(
        Figure(f"timeline, {SUBMISSIONS:,} submissions, {what}, longest frame", "", found, f"{GOAL_MS:.0f} ms or less")
    )


def feed(pane: Timeline, steps: list[Step], replies: list[Reply]) -> None:
    """In pieces, as the bridge does."""
    times = []
    adding: list[Callable[[], None]] = []
    adding += [partial(pane.add_steps, steps[first : first + PIECE]) for first in range(0, len(steps), PIECE)]
    adding += [partial(pane.add_replies, replies[first : first + PIECE]) for first in range(0, len(replies), PIECE)]
    for add in adding:
        began = thread_time()
        add()
        times.append((thread_time() - began) * 1000)
    say(f"taking {PIECE} records", times)


def main() -> int:
    """Feed, paint, print."""
    application = make_application()
    favour_the_window()
    Collector().note_runs(1)
    theme = Theme(application, ThemeMode.LIGHT)
    pane = Timeline(theme)
    theme.apply_style()
    pane.resize(976, 400)
    pane.show()
    for _ in range(2):  # QWidget.render lays hidden widgets out first, here the list; a frame on a screen does not
        pane.list_button.click()
        application.processEvents()
    view = pane.view
    steps, replies = submissions()
    feed(pane, steps, replies)
    view.fit_all()
    raster = Raster(pane.book, view.scale)
    slices = []
    while not raster.finished:
        began = thread_time()
        raster.work(SLICE_SECONDS)
        slices.append((thread_time() - began) * 1000)
    print(
        f"a raster of {SUBMISSIONS} lanes: {sum(slices):.0f} ms in {len(slices)} slices, longest {max(slices):.2f} ms"
    )
    kept = view._rastering
    kept._raster, kept._picture = raster, raster.image(theme.colours)
    say("zoomed out, moving", frame_ms(pane, lambda number: view.pan(1 if number % 2 else -1, 0)))
    view.fit_all()
    view.zoom(1e6)
    view.scale = view.scale.fitted(pane.book.extent()).zoomed(500, 400, 150)
    say("zoomed in, moving", frame_ms(pane, lambda _: view.pan(-3, -11)))
    view.choose("1.5000")
    view.scale = view.scale.zoomed(5.5 / view.scale.lane_pixels, 400, 150)
    say("lanes as low as they get with details", frame_ms(pane, lambda _: view.pan(-1, -3)))
    pane.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
