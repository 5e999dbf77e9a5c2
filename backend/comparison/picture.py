"""Cost against protection, all strategies in one picture: what is drawn, and its drawing as SVG.

Bands from top to bottom: the more situations survived, the higher. Within a band, a dot for each variant: the further
to the right, the less it costs. The line at 1.00 is no protection at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from backend.comparison.claims import standing
from backend.comparison.records import Comparison, Line, SituationKey
from backend.comparison.situations import SITUATIONS
from backend.comparison.words import GLYPHS, title_of, verdict_word
from backend.model import Verdict


@dataclass(frozen=True, slots=True)
class Mark:
    """A variant in the picture."""

    name: str
    standing: str
    verdicts: tuple[Verdict | None, ...]
    """One for each situation, in their order; None where it was not measured."""
    survived: int
    ratio: float | None
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Band:
    """The variants that survived equally many situations, the cheapest first."""

    survived: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One operation on one database."""

    title: str
    situations: tuple[SituationKey, ...]
    bands: tuple[Band, ...]
    top: float
    """Where the axis of throughput ends."""


def pictures(comparison: Comparison) -> tuple[Picture, ...]:
    """One for each operation and database."""
    return tuple(picture(title, list(lines)) for title, lines in groupby(comparison.lines, title_of))


def picture(title: str, lines: Sequence[Line]) -> Picture:
    """What is drawn of these lines."""
    keys = [key for key in SITUATIONS if any(line.cell(key) for line in lines)]
    marks = sorted((_mark(line) for line in lines), key=lambda mark: (-mark.survived, -(mark.ratio or 0.0)))
    bands = tuple(Band(survived, tuple(group)) for survived, group in groupby(marks, lambda mark: mark.survived))
    widest = max((mark.highest for mark in marks), default=1.0)
    return Picture(title, tuple(keys), bands, min(2.0, max(1.2, widest)))


def _mark(line: Line) -> Mark:
    measured = [key for key in SITUATIONS if line.cell(key)]
    verdicts = tuple(cell.worst if (cell := line.cell(key)) else None for key in measured)
    ratios = line.cost.ratios if line.cost else ()
    ratio = line.cost.ratio if line.cost else None
    lowest, highest = min(ratios, default=0.0), max(ratios, default=0.0)
    return Mark(line.subject.name, standing(line), verdicts, line.survived, ratio, lowest, highest)


_ROW, _HEAD, _BAND, _MARGIN, _NAME, _SQUARE, _AXIS = 22, 96, 20, 14, 260, 22, 420
_BEFORE_BAND = 12
_COLOURS = {
    Verdict.EXACTLY_ONCE: "#009e73",
    Verdict.DUPLICATED: "#e69f00",
    Verdict.LOST: "#d9c400",
    Verdict.STUCK: "#56b4e9",
    Verdict.UNDECIDED: "#8a94a0",
}


def picture_svg(drawn: Picture) -> str:
    """The picture as a self-contained SVG element; it takes the colour of the text around it."""
    left = _NAME + _SQUARE * len(drawn.situations) + 2 * _MARGIN
    width = left + _AXIS + 60
    height = _HEAD + sum(_BEFORE_BAND + _BAND + _ROW * len(band.marks) for band in drawn.bands) + 2 * _ROW
    body = "\n".join(_svg_body(drawn, left, height))
    label = escape(f"Cost against protection: {drawn.title}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{label}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor">\n'
        f"<title>{label}</title>\n{body}\n</svg>"
    )


def _svg_body(drawn: Picture, left: int, height: int) -> Iterator[str]:
    bottom = height - 2 * _ROW
    yield from _svg_axis(drawn, left, bottom)
    for number, key in enumerate(drawn.situations):
        x, y, word = _NAME + _SQUARE * number + 12, _HEAD - 6, escape(SITUATIONS[key].short)
        yield f'<text x="{x}" y="{y}" transform="rotate(-50 {x} {y})" opacity="0.75">{word}</text>'
    top = _HEAD
    for band in drawn.bands:
        top += _BEFORE_BAND
        sentence = f"survives {band.survived} of {len(drawn.situations)}"
        yield f'<text x="0" y="{top + 4}" opacity="0.7">{sentence}</text>'
        yield f'<path d="M110 {top} H{left + _AXIS}" stroke="currentColor" opacity="0.25"/>'
        top += _BAND - _ROW // 3
        for mark in band.marks:
            yield from _svg_mark(drawn, mark, left, top + _ROW // 2)
            top += _ROW
        top += _ROW // 3


def _svg_axis(drawn: Picture, left: int, bottom: int) -> Iterator[str]:
    for tick in ticks(drawn.top):
        x = left + round(_AXIS * tick / drawn.top)
        weight = 'stroke-width="1.5"' if tick == 1.0 else 'opacity="0.2"'
        yield f'<path d="M{x} {_HEAD - 8} V{bottom}" stroke="currentColor" {weight}/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick:.2f}</text>'
    caption = "throughput against no protection (1.00)"
    yield f'<text x="{left + _AXIS // 2}" y="{bottom + 36}" text-anchor="middle">{caption}</text>'


def _svg_mark(drawn: Picture, mark: Mark, left: int, y: int) -> Iterator[str]:
    yield f"<g><title>{escape(mark.name)}: {escape(mark.standing)}</title>"
    yield f'<text x="12" y="{y + 4}" font-family="ui-monospace, monospace" font-size="11">{escape(mark.name)}</text>'
    for number, verdict in enumerate(mark.verdicts):
        x = _NAME + _SQUARE * number
        colour, glyph = (_COLOURS[verdict], GLYPHS[verdict]) if verdict else ("none", "")
        yield f'<rect x="{x}" y="{y - 9}" width="18" height="18" rx="3" fill="{colour}"/>'
        yield f'<text x="{x + 9}" y="{y + 4}" text-anchor="middle" font-size="11" fill="#10131f">{glyph}</text>'
    if mark.ratio is not None:
        x, low, high = (
            left + round(_AXIS * min(value, drawn.top) / drawn.top) for value in (mark.ratio, mark.lowest, mark.highest)
        )
        yield f'<path d="M{low} {y} H{high}" stroke="currentColor" opacity="0.4"/>'
        yield f'<circle cx="{x}" cy="{y}" r="5" fill="#0072b2"/>'
        yield f'<text x="{max(x, high) + 9}" y="{y + 4}">{mark.ratio:.2f}</text>'
    yield "</g>"


def ticks(top: float) -> list[float]:
    """Where the axis is labelled."""
    return [number / 4 for number in range(int(top * 4) + 1)]


def legend() -> Iterator[tuple[str, str, str]]:
    """Glyph, word and colour of each verdict."""
    for verdict in Verdict:
        yield GLYPHS[verdict], verdict_word(verdict), _COLOURS[verdict]
