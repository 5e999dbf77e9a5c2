"""A comparison as one HTML file that can be mailed: tables and pictures, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from backend.comparison.claims import standing, surprises
from backend.comparison.cost_records import Finding
from backend.comparison.picture import legend, picture, picture_svg
from backend.comparison.records import CellState, ComparedCell, Comparison, Line
from backend.comparison.says import CompareCode, about_situation, head_of_situation, title_of_situation
from backend.comparison.situations import SITUATIONS
from backend.comparison.words import (
    NOTHING,
    cell_facts,
    cell_word,
    cost_facts,
    milliseconds,
    noise_facts,
    rate_text,
    ratio_text,
    steps_text,
    title_of,
    title_text,
    where_and_when,
    why_not_reached,
)
from backend.model.sentence import ENGLISH, Sentence, say, words

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; }
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 100rem; }
h1, h2, p, ul { max-width: 76rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 0.8rem; }
th, td { text-align: left; padding: 0.3rem 0.4rem; border-bottom: 1px solid #8884; vertical-align: top; }
th { vertical-align: bottom; }
td.cell, td.name, td.number { white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.standing { min-width: 10rem; } td.steps { white-space: nowrap; }
code { font-size: 0.95em; }
td.exactly_once { background: #009e7326; } td.duplicated { background: #e69f0055; } td.lost { background: #d9c40055; }
td.stuck { background: #56b4e955; } td.undecided { background: #8a94a033; }
td.not-reached, td.not-measured { font-style: italic; } td.does-not-apply { opacity: 0.6; }
.scroll { overflow-x: auto; } .legend span { margin-right: 1.5em; } .legend b { padding: 0 0.4em; color: #10131f; }
"""
_NUMBERS = (CompareCode.COLUMN_THROUGHPUT, CompareCode.COLUMN_RATE, CompareCode.COLUMN_P50, CompareCode.COLUMN_P99)


def comparison_html(comparison: Comparison, language: str = ENGLISH) -> str:
    """The whole page."""
    return "\n".join(_Page(comparison, language).lines()) + "\n"


class _Page:
    def __init__(self, comparison: Comparison, language: str) -> None:
        self._comparison = comparison
        self._language = language
        self._keys = [key for key in SITUATIONS if key in comparison.asked.situations]

    def _say(self, code: CompareCode) -> str:
        return escape(words(say(code), self._language))

    def _text(self, sentence: Sentence) -> str:
        return escape(words(sentence, self._language))

    def _texts(self, sentences: Iterable[Sentence]) -> str:
        return " ".join(map(self._text, sentences))

    def lines(self) -> Iterator[str]:
        """The page, line by line."""
        comparison, title = self._comparison, self._say(CompareCode.PAGE_TITLE)
        tag = self._language.replace("_", "-")
        yield f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>Submit Twice: {title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
        yield f"<h1>{title}</h1>"
        yield f"<p>{self._texts(where_and_when(comparison))}</p>"
        yield "<ul>"
        for key in self._keys:
            yield f"<li><b>{self._text(title_of_situation(key))}</b>: {self._text(about_situation(key))}</li>"
        if comparison.asked.cost:
            head, about = self._say(CompareCode.COLUMN_THROUGHPUT), self._say(CompareCode.ABOUT_THROUGHPUT)
            yield f"<li><b>{head}</b>: {about}</li>"
        yield f"<li>{self._say(CompareCode.ABOUT_STATES)}</li>"
        yield "</ul>"
        for name, group in groupby(comparison.lines, title_of):
            yield from self._part(name, list(group))
        if found := surprises(comparison):
            yield f"<h2>{self._say(CompareCode.UNEXPECTED)}</h2>\n<ul>"
            yield from (f"<li>{self._text(sentence)}</li>" for sentence in found)
            yield "</ul>"
        yield "</body>\n</html>"

    def _part(self, title: tuple[str, str], lines: Sequence[Line]) -> Iterator[str]:
        yield f"<h2>{escape(title_text(title, self._language))}</h2>\n<div class='scroll'>"
        yield picture_svg(picture(title, lines), self._language)
        yield "</div>\n<p class='legend'>"
        yield from (
            f"<span><b style='background:{colour}'>{escape(glyph)}</b> {escape(word)}</span>"
            for glyph, word, colour in legend(self._language)
        )
        yield f"</p>\n<div class='scroll'><table>\n<thead><tr><th>{self._say(CompareCode.COLUMN_STRATEGY)}</th>"
        yield from (f"<th>{self._text(head_of_situation(key))}</th>" for key in self._keys)
        yield f"<th>{self._say(CompareCode.COLUMN_STANDING)}</th></tr></thead>\n<tbody>"
        for line in lines:
            yield f"<tr><td class='name'><code>{escape(line.subject.name)}</code></td>"
            yield from (self._cell(line.cell(key)) for key in self._keys)
            yield f"<td class='standing'>{self._text(standing(line))}</td></tr>"
        yield "</tbody>\n</table></div>"
        if self._comparison.asked.cost:
            yield from self._costs(lines)
        yield from self._why(lines)

    def _cell(self, cell: ComparedCell | None) -> str:
        if cell is None:
            return f"<td>{NOTHING}</td>"
        kind = cell.worst.value if cell.worst else cell.state.value
        facts = self._texts(cell_facts(cell))
        return f'<td class="cell {kind}" title="{facts}">{escape(cell_word(cell, self._language))}</td>'

    def _costs(self, lines: Sequence[Line]) -> Iterator[str]:
        """A table of its own: beside the situations it would not fit onto a page."""
        yield f"<div class='scroll'><table>\n<thead><tr><th>{self._say(CompareCode.COLUMN_STRATEGY)}</th>"
        yield "".join(f"<th class='number'>{self._say(head)}</th>" for head in _NUMBERS)
        yield f"<th>{self._say(CompareCode.COLUMN_STEPS)}</th></tr></thead>\n<tbody>"
        for line in lines:
            yield from self._price(line)
        yield "</tbody>\n</table></div>"

    def _price(self, line: Line) -> Iterator[str]:
        cost = line.cost
        facts = self._texts(cost_facts(cost)) if cost else ""
        yield f"<tr><td class='name'><code>{escape(line.subject.name)}</code></td>"
        yield f'<td class="number" title="{facts}">{escape(ratio_text(cost, self._language))}</td>'
        for text in (rate_text(cost), milliseconds(cost, "p50_ms"), milliseconds(cost, "p99_ms")):
            yield f"<td class='number'>{text}</td>"
        yield f"<td class='steps'>{escape(steps_text(cost, self._language))}</td></tr>"

    def _why(self, lines: Sequence[Line]) -> Iterator[str]:
        """Why there is no verdict, or no ratio, where there is none."""
        said = [text for line in lines for text in self._reasons(line)]
        if said:
            yield "<ul>"
            yield from (f"<li>{text}</li>" for text in said)
            yield "</ul>"

    def _reasons(self, line: Line) -> Iterator[str]:
        name = f"<code>{escape(line.subject.name)}</code>"
        for cell in line.cells:
            if cell.state in {CellState.NOT_REACHED, CellState.NOT_MEASURED}:
                facts = why_not_reached(cell) or cell_facts(cell)
                yield f"{name}, {self._text(head_of_situation(cell.situation))}: {self._texts(facts)}"
        if line.cost and line.cost.finding is Finding.NOISY:
            yield f"{name}: {self._texts(noise_facts(line.cost))}"
