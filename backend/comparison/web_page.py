"""A comparison as one HTML file that can be mailed: tables and pictures, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from backend.comparison.claims import standing, surprises
from backend.comparison.picture import legend, picture, picture_svg
from backend.comparison.records import Cell, Comparison, Line, SituationKey
from backend.comparison.situations import SITUATIONS
from backend.comparison.words import (
    NOTHING,
    cell_sentence,
    cell_word,
    milliseconds,
    ratio_text,
    steps_text,
    title_of,
    where_and_when,
)

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.35rem 0.6rem; border-bottom: 1px solid #8884; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.standing { white-space: normal; min-width: 14rem; }
code { font-size: 0.9em; }
td.exactly_once { background: #009e7326; } td.duplicated { background: #e69f0055; } td.lost { background: #d9c40055; }
td.stuck { background: #56b4e955; } td.undecided { background: #8a94a033; }
.scroll { overflow-x: auto; } .legend span { margin-right: 1.5em; } .legend b { padding: 0 0.4em; color: #10131f; }
"""


def comparison_html(comparison: Comparison) -> str:
    """The whole page."""
    return "\n".join(_page(comparison)) + "\n"


def _page(comparison: Comparison) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Submit Twice: comparison</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield "<h1>What each strategy lets through, and what it costs</h1>"
    measured = where_and_when(comparison.surroundings, comparison.seconds, complete=comparison.complete)
    yield f"<p>{escape(measured)}</p>"
    keys = [key for key in SITUATIONS if key in comparison.asked.situations]
    yield "<ul>"
    for key in keys:
        yield f"<li><b>{escape(SITUATIONS[key].title)}</b>: {escape(SITUATIONS[key].sentence)}</li>"
    yield "</ul>"
    for title, group in groupby(comparison.lines, title_of):
        yield from _part(title, list(group), keys)
    if found := surprises(comparison):
        yield "<h2>Where the runs show otherwise than the catalogue says</h2>\n<ul>"
        yield from (f"<li>{escape(sentence)}</li>" for sentence in found)
        yield "</ul>"
    yield "</body>\n</html>"


def _part(title: str, lines: Sequence[Line], keys: Sequence[SituationKey]) -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2>\n<div class='scroll'>"
    yield picture_svg(picture(title, lines))
    yield "</div>\n<p class='legend'>"
    yield from (f"<span><b style='background:{c}'>{escape(g)}</b> {escape(word)}</span>" for g, word, c in legend())
    yield "</p>\n<div class='scroll'><table>\n<thead><tr><th>strategy</th>"
    yield from (f"<th>{escape(SITUATIONS[key].short)}</th>" for key in keys)
    heads = ("throughput", "a second", "p50 ms", "p99 ms")
    yield "".join(f"<th class='number'>{head}</th>" for head in heads) + "<th>round trips</th><th>comes to</th>"
    yield "</tr></thead>\n<tbody>"
    for line in lines:
        yield f"<tr><td><code>{escape(line.subject.name)}</code></td>"
        yield from (_cell(line.cell(key)) for key in keys)
        yield from _costs(line)
        yield f"<td class='standing'>{escape(standing(line))}</td></tr>"
    yield "</tbody>\n</table></div>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return f"<td>{NOTHING}</td>"
    verdict = cell.worst.value if cell.worst else ""
    return f'<td class="{verdict}" title="{escape(cell_sentence(cell))}">{escape(cell_word(cell))}</td>'


def _costs(line: Line) -> Iterator[str]:
    cost = line.cost
    rate = f"{cost.load.per_second:.0f}" if cost and cost.load else NOTHING
    for text in (ratio_text(cost), rate, milliseconds(cost, "p50_ms"), milliseconds(cost, "p99_ms")):
        yield f"<td class='number'>{text}</td>"
    yield f"<td>{escape(steps_text(cost))}</td>"
