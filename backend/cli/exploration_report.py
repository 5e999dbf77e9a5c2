"""What the command line says about an exploration, while it is under way and when it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tqdm import tqdm

from backend.explorer import counterexample
from backend.explorer.mermaid import mermaid
from backend.explorer.mistake import mistake_mark
from backend.explorer.page_says import PROCESS, PageCode, answer_in, command_in, kind_term, mishap
from backend.explorer.question import Counterexample, EventKind, Exploration, Progress, exploration_document
from backend.explorer.survey_says import SurveyCode
from backend.explorer.web_page import exploration_html
from backend.files.output import OutputFiles
from backend.model.sentence import ENGLISH, say, words
from backend.model.terms import verdict_term

OUTPUTS = ("json", "html", "mermaid", "save")
"""What can be written, by the name of its option."""
_INDENT = "  "


def report_exploration(found: Exploration, files: OutputFiles, language: str) -> None:
    """Write the documents that are wanted, and say what was found.

    Raises:
        SubmitTwiceError: a document cannot be written any more.
    """
    files.write("json", lambda: json.dumps(exploration_document(found), ensure_ascii=False) + "\n")
    files.write("html", lambda: exploration_html(found, language))
    if example := found.counterexample:
        files.write("mermaid", lambda: mermaid(example, language))
        files.write("save", lambda: counterexample.to_json(example))
    files.tell(_report(found, files, language))


class ProgressBar:
    """Schedules and how many a second, on a terminal; nothing in a pipe."""

    def __init__(self, language: str = ENGLISH) -> None:
        self._language = language
        self._bar = tqdm(unit=words(say(SurveyCode.SCHEDULES), language), disable=None)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        """So many are explored, with these verdicts."""
        self._bar.update(progress.schedules - self._bar.n)
        self._bar.set_postfix(
            {words(verdict_term(verdict), self._language): count for verdict, count in progress.outcomes.items()}
        )


def _report(found: Exploration, files: OutputFiles, language: str) -> Iterator[str]:
    yield words(found.finding, language)
    yield from (words(note, language) for note in found.notes)
    if found.counterexample:
        yield from example_lines(found.counterexample, language)
        return
    for name in ("mermaid", "save"):
        if files.wants(name):
            yield words(say(PageCode.NO_COUNTEREXAMPLE, file=files.target(name)), language)


def example_lines(example: Counterexample, language: str) -> Iterator[str]:
    """A counterexample, a line an event."""
    yield words(say(PageCode.LINES, verdict=verdict_term(example.verdict), switches=example.switches), language)
    mark = mistake_mark(example.verdict)
    for number, event in enumerate(example.events):
        told = answer_in(event, language)
        waits = f" ({words(say(PageCode.WAITS), language)})" if event.blocked else ""
        answer = f" -> {told}" if told else ""
        marked = f"  <- {words(mark, language)}" if mark and number == example.mistake else ""
        engine = words(say(PageCode.PROCESS), language) if event.engine == PROCESS else event.engine
        command = command_in(event, language) if event.kind is not EventKind.CRASH else words(mishap(event), language)
        kind = words(kind_term(event.kind), language)
        yield f"{_INDENT}{event.actor or '*':3} {kind:6} {engine:10} {command}{answer}{waits}{marked}"
