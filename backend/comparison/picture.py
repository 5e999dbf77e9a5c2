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
from backend.comparison.cost_records import Finding
from backend.comparison.questions import SituationKey
from backend.comparison.records import CellState, Comparison, Line
from backend.comparison.says import CompareCode, head_of_situation
from backend.comparison.situations import SITUATIONS
from backend.comparison.terms import state_term
from backend.comparison.words import GLYPHS, STATE_GLYPHS, ratio_text, title_of, title_text, verdict_word
from backend.model.sentence import ENGLISH, Sentence, say, words
from backend.model.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Box:
    """What came of one situation."""

    verdict: Verdict | None
    state: CellState

    @property
    def glyph(self) -> str:
        """It at a glance."""
        return GLYPHS[self.verdict] if self.verdict else STATE_GLYPHS[self.state]


@dataclass(frozen=True, slots=True)
class Price:
    """Where a variant stands on the axis."""

    ratio: float
    lowest: float
    highest: float
    """Of the rounds."""
    spread: float
    """The factor within which the baseline differs from itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A variant in the picture."""

    name: str
    line: Line
    boxes: tuple[Box | None, ...]
    """One for each situation, in their order; None where it was not measured yet."""
    price: Price | None
    """None where there is no ratio."""

    @property
    def standing(self) -> Sentence:
        """What it comes to."""
        return standing(self.line)


@dataclass(frozen=True, slots=True)
class Band:
    """The variants that survived equally many situations, the cheapest first."""

    survived: int
    reached: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One operation on one database."""

    title: tuple[str, str]
    situations: tuple[SituationKey, ...]
    bands: tuple[Band, ...]
    top: float
    """Where the axis of throughput ends."""

    @property
    def axis(self) -> Sentence:
        """What the axis is, and what a band on it means where there is one."""
        priced = any(mark.price for band in self.bands for mark in band.marks)
        return say(CompareCode.AXIS_WITH_BAND if priced else CompareCode.AXIS)


def pictures(comparison: Comparison) -> tuple[Picture, ...]:
    """One for each operation and database."""
    return tuple(picture(title, list(lines)) for title, lines in groupby(comparison.lines, title_of))


def picture(title: tuple[str, str], lines: Sequence[Line]) -> Picture:
    """What is drawn of these lines."""
    keys = [key for key in SITUATIONS if any(line.cell(key) for line in lines)]
    marks = sorted((_mark(line, keys) for line in lines), key=_place)
    bands = tuple(
        Band(survived, reached, tuple(group))
        for (survived, reached), group in groupby(marks, lambda mark: (mark.line.survived, mark.line.reached))
    )
    widest = max((mark.price.highest for mark in marks if mark.price), default=1.0)
    return Picture(title, tuple(keys), bands, min(2.0, max(1.2, widest)))


def _place(mark: Mark) -> tuple[float, int, float]:
    """Who survived the larger part of what it reached comes first, then who reached more, then who costs less."""
    line = mark.line
    part = line.survived / line.reached if line.reached else 0.0
    return -part, -line.reached, -(mark.price.ratio if mark.price else 0.0)


def _mark(line: Line, keys: Sequence[SituationKey]) -> Mark:
    boxes = tuple(Box(cell.worst, cell.state) if (cell := line.cell(key)) else None for key in keys)
    cost = line.cost
    if cost is None or cost.ratio is None:
        return Mark(line.subject.name, line, boxes, None)
    return Mark(line.subject.name, line, boxes, Price(cost.ratio, min(cost.ratios), max(cost.ratios), cost.spread))


_ROW, _HEAD, _BAND, _MARGIN, _NAME, _SQUARE, _AXIS = 22, 96, 20, 14, 260, 22, 420
_BEFORE_BAND = 12
_COLOURS = {
    Verdict.EXACTLY_ONCE: "#009e73",
    Verdict.DUPLICATED: "#e69f00",
    Verdict.LOST: "#d9c400",
    Verdict.STUCK: "#56b4e9",
    Verdict.UNDECIDED: "#8a94a0",
}


def picture_svg(drawn: Picture, language: str = ENGLISH) -> str:
    """The picture as a self-contained SVG element; it takes the colour of the text around it."""
    left = _NAME + _SQUARE * len(drawn.situations) + 2 * _MARGIN
    width = left + _AXIS + 130
    height = _HEAD + sum(_BEFORE_BAND + _BAND + _ROW * len(band.marks) for band in drawn.bands) + 2 * _ROW
    body = "\n".join(_svg_body(drawn, left, height, language))
    label = escape(words(say(CompareCode.PICTURE, table=title_text(drawn.title, language)), language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{label}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor">\n'
        f"<title>{label}</title>\n{body}\n</svg>"
    )


def _svg_body(drawn: Picture, left: int, height: int, language: str) -> Iterator[str]:
    bottom = height - 2 * _ROW
    yield from _svg_axis(drawn, left, bottom, language)
    for number, key in enumerate(drawn.situations):
        x, y, word = _NAME + _SQUARE * number + 12, _HEAD - 6, escape(words(head_of_situation(key), language))
        yield f'<text x="{x}" y="{y}" transform="rotate(-50 {x} {y})" opacity="0.75">{word}</text>'
    top = _HEAD
    for band in drawn.bands:
        top += _BEFORE_BAND
        sentence = words(say(CompareCode.BAND, survived=band.survived, reached=band.reached), language)
        yield f'<text x="0" y="{top + 4}" opacity="0.7">{escape(sentence)}</text>'
        yield f'<path d="M150 {top} H{left + _AXIS}" stroke="currentColor" opacity="0.25"/>'
        top += _BAND - _ROW // 3
        for mark in band.marks:
            yield from _svg_mark(drawn, mark, left, top + _ROW // 2, language)
            top += _ROW
        top += _ROW // 3


def _svg_axis(drawn: Picture, left: int, bottom: int, language: str) -> Iterator[str]:
    for tick in ticks(drawn.top):
        x = left + round(_AXIS * tick / drawn.top)
        weight = 'stroke-width="1.5"' if tick == 1.0 else 'opacity="0.2"'
        yield f'<path d="M{x} {_HEAD - 8} V{bottom}" stroke="currentColor" {weight}/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick:.2f}</text>'
    caption = escape(words(drawn.axis, language))
    yield f'<text x="{left + _AXIS // 2}" y="{bottom + 36}" text-anchor="middle">{caption}</text>'


def _svg_mark(drawn: Picture, mark: Mark, left: int, y: int, language: str) -> Iterator[str]:
    yield f"<g><title>{escape(mark.name)}: {escape(words(mark.standing, language))}</title>"
    yield f'<text x="12" y="{y + 4}" font-family="ui-monospace, monospace" font-size="11">{escape(mark.name)}</text>'
    for number, box in enumerate(mark.boxes):
        if box is not None:
            yield from _svg_box(box, _NAME + _SQUARE * number, y)
    yield from _svg_price(drawn, mark, left, y, language)
    yield "</g>"


def _svg_box(box: Box, x: int, y: int) -> Iterator[str]:
    fill = f'fill="{_COLOURS[box.verdict]}"' if box.verdict else 'fill="none" stroke="currentColor" opacity="0.4"'
    ink = "#10131f" if box.verdict else "currentColor"
    yield f'<rect x="{x}" y="{y - 9}" width="18" height="18" rx="3" {fill}/>'
    yield f'<text x="{x + 9}" y="{y + 4}" text-anchor="middle" font-size="11" fill="{ink}">{escape(box.glyph)}</text>'


def _svg_price(drawn: Picture, mark: Mark, left: int, y: int, language: str) -> Iterator[str]:
    """A dot with its rounds, on the band within which there is no difference; words where there is no ratio."""
    text = escape(ratio_text(mark.line.cost, language))
    if mark.price is None:
        x = left + 4
        if mark.line.cost and mark.line.cost.finding is Finding.BASELINE:
            x = left + round(_AXIS / drawn.top) + 9
        yield f'<text x="{x}" y="{y + 4}" opacity="0.6">{text}</text>'
        return
    price = mark.price
    places = (price.ratio, price.lowest, price.highest, 1 / price.spread, price.spread)
    x, low, high, first, last = (left + round(_AXIS * min(value, drawn.top) / drawn.top) for value in places)
    yield f'<rect x="{first}" y="{y - 8}" width="{last - first}" height="16" fill="currentColor" opacity="0.1"/>'
    yield f'<path d="M{low} {y} H{high}" stroke="currentColor" opacity="0.4"/>'
    yield f'<circle cx="{x}" cy="{y}" r="5" fill="#0072b2"/>'
    yield f'<text x="{max(x, high, last) + 9}" y="{y + 4}">{text}</text>'


def ticks(top: float) -> list[float]:
    """Where the axis is labelled."""
    return [number / 4 for number in range(int(top * 4) + 1)]


def legend(language: str = ENGLISH) -> Iterator[tuple[str, str, str]]:
    """Glyph, word and colour of each verdict, and of the states in which there is none."""
    for verdict in Verdict:
        yield GLYPHS[verdict], verdict_word(verdict, language), _COLOURS[verdict]
    for state, glyph in STATE_GLYPHS.items():
        yield glyph, words(state_term(state), language), "#c3c9d1"
