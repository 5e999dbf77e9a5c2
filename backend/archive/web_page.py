"""An entry as one HTML file that can be mailed: nothing is fetched from anywhere, and it reads the same offline."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from backend.archive.command_lines import command_line
from backend.archive.drawing import timeline_svg
from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, RunRecord
from backend.archive.knobs import knobs
from backend.archive.says import ArchiveCode
from backend.archive.summary import subject
from backend.comparison.web_page import comparison_html
from backend.comparison.words import GLYPHS
from backend.explorer.web_page import exploration_html
from backend.model.sentence import ENGLISH, Code, say, words
from backend.model.step_words import command_sentence, outcome_sentence
from backend.model.submission_ids import without_lab
from backend.model.terms import answer_term, engine_term, verdict_term, wanted_term
from backend.service.outside.reports import check_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.model.observed import Row

MOST_LINES = 500
"""Of a table in a page; the file has all that is kept."""
_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; }
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 80rem; }
p.verdict { font-size: 1.7rem; padding: 0.6rem 1rem; border-left: 6px solid; margin: 1rem 0; }
p.exactly_once { background: #009e7326; border-color: #009e73; }
p.duplicated { background: #e69f0055; border-color: #e69f00; }
p.lost { background: #d9c40055; border-color: #d9c400; } p.stuck { background: #56b4e955; border-color: #56b4e9; }
p.undecided { background: #8a94a033; border-color: #8a94a0; }
table { border-collapse: collapse; margin: 0.5rem 0 2rem; font-size: 0.85rem; }
th, td { text-align: left; padding: 0.25rem 0.7rem; border-bottom: 1px solid #8884; vertical-align: top; }
th, td:first-child { white-space: nowrap; } td:last-child { min-width: 5em; }
td.number { text-align: right; font-variant-numeric: tabular-nums; } tr.duplicate { background: #e69f0044; }
code, pre, td.code { font-family: ui-monospace, monospace; } pre { overflow-x: auto; background: #8881; padding: 1rem; }
mark { background: #4250c42e; color: inherit; display: block; } .scroll { overflow-x: auto; }
"""


class PageCode(Code):
    """The headings and columns of the page of a run."""

    OUTCOME = "page.outcome"
    WHEN = "page.when"
    KNOBS = "page.knobs"
    ROWS = "page.rows"
    ANSWERS = "page.answers"
    TIMELINE = "page.timeline"
    STEPS = "page.steps"
    CODE = "page.code"
    AGAIN = "page.again"
    MORE = "page.more"
    ROW = "page.row"
    TABLE = "page.table"
    KEY = "page.key"
    ITEM = "page.item"
    QUANTITY = "page.quantity"
    SUBMISSION = "page.submission"
    ANSWER = "page.answer"
    STATUS = "page.status"
    LATENCY = "page.latency"
    DETAIL = "page.detail"
    ENGINE = "page.engine"
    COMMAND = "page.command"
    CAME_OF_IT = "page.came_of_it"
    EFFECT = "page.effect"
    FIRST = "page.first"
    DUPLICATE = "page.duplicate"


def entry_html(entry: Entry, language: str = ENGLISH) -> str:
    """The whole page."""
    match entry.content:
        case RunRecord() as run:
            return "\n".join(_RunPage(entry, run, language).lines()) + "\n"
        case ExplorationRecord(found=exploration):
            return exploration_html(exploration, language)
        case ComparisonRecord(found=comparison):
            return comparison_html(comparison, language)
        case CheckRecord(found=check):
            return check_html(check, language)


class _RunPage:
    def __init__(self, entry: Entry, run: RunRecord, language: str) -> None:
        self._entry = entry
        self._run = run
        self._language = language

    def _say(self, code: Code, **parts: str | float) -> str:
        return escape(words(say(code, **parts), self._language))

    def lines(self) -> Iterator[str]:
        run, title = self._run, escape(words(subject(self._entry), self._language))
        yield f'<!DOCTYPE html>\n<html lang="{self._language.replace("_", "-")}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
        yield from self._verdict()
        if why := run.report.broken_off:
            yield f"<p>{escape(words(why, self._language))}</p>"
        when = datetime.fromtimestamp(self._entry.began).astimezone().isoformat(" ", "seconds")
        yield f"<p>{self._say(PageCode.WHEN, when=when, seconds=run.report.seconds)}</p>"
        yield from (f"<p>{escape(words(each, self._language))}</p>" for each in run.report.contradictions)
        yield f"<h2>{self._say(PageCode.TIMELINE)}</h2>"
        yield f'<div class="scroll">{timeline_svg(run, self._language)}</div>'
        yield from self._rows()
        yield from self._answers()
        yield from self._steps()
        yield from self._knobs()
        yield from self._code()
        yield f"<h2>{self._say(PageCode.AGAIN)}</h2>\n<pre>{escape(command_line(self._entry))}</pre>\n</body>\n</html>"

    def _verdict(self) -> Iterator[str]:
        verdict, report = self._entry.verdict, self._run.report
        if verdict is None:
            return
        told = say(
            PageCode.OUTCOME,
            wanted=wanted_term(report.operation, report.intents),
            rows=report.effects,
            verdict=verdict_term(verdict),
        )
        yield f'<p class="verdict {verdict.value}">{GLYPHS[verdict]} {escape(words(told, self._language))}</p>'

    def _rows(self) -> Iterator[str]:
        heads = (PageCode.ROW, PageCode.EFFECT, PageCode.TABLE, PageCode.KEY, PageCode.ITEM, PageCode.QUANTITY,
                 PageCode.SUBMISSION)  # fmt: skip
        lines = (
            (" class=duplicate" if row.is_duplicate else "",
             (row.id, self._effect(row), row.table, row.key, row.item, row.quantity, without_lab(row.submission_id)))
            for row in self._run.rows[:MOST_LINES]
        )  # fmt: skip
        yield from self._table(PageCode.ROWS, heads, lines, len(self._run.rows) + self._run.left_out.rows)

    def _effect(self, row: Row) -> str:
        """A colour alone would not be heard, and not be printed."""
        told = say(PageCode.DUPLICATE, ordinal=row.ordinal) if row.is_duplicate else say(PageCode.FIRST)
        return words(told, self._language)

    def _answers(self) -> Iterator[str]:
        heads = (PageCode.SUBMISSION, PageCode.ANSWER, PageCode.STATUS, PageCode.LATENCY, PageCode.DETAIL)
        lines = (
            ("", (
                without_lab(reply.submission_id),
                "\N{EN DASH}" if reply.held_back else words(answer_term(reply.answer), self._language),
                reply.status or "\N{EN DASH}",
                f"{reply.latency_ms:.1f}",
                words(reply.detail, self._language) if reply.detail else "",
            ))
            for reply in self._run.replies[:MOST_LINES]
        )  # fmt: skip
        yield from self._table(PageCode.ANSWERS, heads, lines, len(self._run.replies) + self._run.left_out.replies)

    def _steps(self) -> Iterator[str]:
        heads = (PageCode.SUBMISSION, PageCode.ENGINE, PageCode.COMMAND, PageCode.CAME_OF_IT)
        ordered = sorted(self._run.steps, key=lambda step: step.started_ns)
        lines = (
            ("", (
                without_lab(step.submission_id), words(engine_term(step.engine), self._language),
                words(command_sentence(step), self._language), words(outcome_sentence(step), self._language),
            ))
            for step in ordered[:MOST_LINES]
        )  # fmt: skip
        yield from self._table(PageCode.STEPS, heads, lines, len(ordered))

    def _knobs(self) -> Iterator[str]:
        lines = (("", (words(n, self._language), words(v, self._language))) for n, v in knobs(self._entry))
        yield from self._table(PageCode.KNOBS, (), lines, 0)

    def _table(
        self, title: PageCode, heads: Iterable[PageCode], lines: Iterable[tuple[str, tuple[object, ...]]], count: int
    ) -> Iterator[str]:
        yield f"<h2>{self._say(title)}</h2>\n<div class=scroll><table>"
        if heads:
            yield "<tr>" + "".join(f"<th>{self._say(head)}</th>" for head in heads) + "</tr>"
        for look, cells in lines:
            yield f"<tr{look}>" + "".join(f"<td class=code>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        yield "</table></div>"
        if count > MOST_LINES:
            yield f"<p>{self._say(PageCode.MORE, more=count - MOST_LINES)}</p>"

    def _code(self) -> Iterator[str]:
        code = self._run.code
        if code is None:
            return
        yield f"<h2>{self._say(PageCode.CODE)}</h2>\n<p><code>{escape(code.file)}</code></p>"
        lines = code.text.splitlines()
        before, chosen, after = (
            escape("\n".join(part))
            for part in (
                lines[: code.first_line - 1],
                lines[code.first_line - 1 : code.last_line],
                lines[code.last_line :],
            )
        )
        yield f"<pre>{before}<mark>{chosen}</mark>{after}</pre>"
        left = self._run.left_out
        if left.rows or left.replies or left.submissions:
            told = say(ArchiveCode.LEFT_OUT, rows=left.rows, replies=left.replies, submissions=left.submissions)
            yield f"<p>{escape(words(told, self._language))}</p>"
