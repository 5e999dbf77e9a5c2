"""Writes the tables of docs/performance.md, and draws its plots, from what `tests.benchmarks.growth` has measured.

Run it after that::

    uv run python -m resources.draw_growth
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
PAGE, KEPT = DOCS / "performance.md", DOCS / "growth.json"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 300, 32, 40, 36
INK, LINE, MARK = "#444", "#0072b2", 4
"""The blue of the Okabe-Ito set, as in the window."""

Point = tuple[float, float]
Row = dict[str, Any]


def main() -> None:
    """Write all of it."""
    kept: dict[str, dict[str, Any]] = json.loads(KEPT.read_text("utf-8"))
    text = PAGE.read_text("utf-8")
    for name, part in kept.items():
        text = with_part(text, name, part["rows"], f"Measured on {part['measured']}, {part['load']}.")
        if name in PLOTS:
            title, across, up = PLOTS[name]
            points = [(float(row[across]), float(row[up])) for row in part["rows"]]
            (DOCS / f"growth-{name}.svg").write_text(plot(title, across, up, points), "utf-8")
    PAGE.write_text(text, "utf-8")


PLOTS = {
    "submissions": ("Time of a run", "submissions", "seconds"),
    "instances": ("4,000 submissions", "instances", "seconds"),
}


def with_part(text: str, name: str, rows: list[Row], remark: str) -> str:
    """The page with one of its tables as it is to be, and a remark below it."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{table(rows)}\n{remark}\n{end}{after}"


def table(rows: list[Row]) -> str:
    """As Markdown; a column a key."""
    lines = [" | ".join(key.replace("_", " ") for key in rows[0]), " | ".join("---" for _ in rows[0])]
    lines += [" | ".join(shown(value) for value in row.values()) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def shown(value: object) -> str:
    """A value in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def plot(title: str, across: str, up: str, points: list[Point]) -> str:
    """Points with a line through them, as SVG; an axis that spans more than a decade is logarithmic."""
    xs = Axis([x for x, _ in points], LEFT, WIDTH - 16)
    ys = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP, from_zero=True)
    places = [(xs.place(x), ys.place(y)) for x, y in points]
    parts = [
        f'<text x="{LEFT}" y="16"><tspan font-weight="bold">{title}</tspan>, {up}{ys.remark}</text>',
        f'<text x="{WIDTH - 16}" y="{HEIGHT - 6}" text-anchor="end">{across}{xs.remark}</text>',
        f'<path d="M{LEFT},{TOP} V{HEIGHT - BOTTOM} H{WIDTH - 16}" fill="none" stroke="{INK}"/>',
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{LINE}"/>',
    ]
    for (x, y), (right, high) in zip(places, points, strict=True):
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{MARK}" fill="{LINE}"/>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{right:,.0f}</text>',
            f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{high:g}</text>',
        ]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}" role="img" aria-label="{title}: {up} by {across}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


class Axis:
    """Values along one direction of a plot.

    Args:
        values: that are to be shown.
        first: where the least of them is, in pixels.
        last: where the greatest is.
        from_zero: whether it begins at 0, unless it is logarithmic: then heights can be compared.
    """

    def __init__(self, values: list[float], first: float, last: float, *, from_zero: bool = False) -> None:
        self._is_logarithmic = min(values) > 0 and max(values) >= 10 * min(values)
        scaled = [self._scaled(value) for value in values]
        if from_zero and not self._is_logarithmic:
            scaled.append(0.0)
        self._least, self._span = min(scaled), max(scaled) - min(scaled) or 1.0
        self._first, self._last = first, last

    @property
    def remark(self) -> str:
        """What a reader must know of it."""
        return " (logarithmic)" if self._is_logarithmic else ""

    def place(self, value: float) -> float:
        """Where a value is, in pixels."""
        part = 0.04 + 0.92 * (self._scaled(value) - self._least) / self._span
        return self._first + part * (self._last - self._first)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._is_logarithmic else value


if __name__ == "__main__":
    main()
