"""The command `explore`: every order in which duplicates can run, or one saved schedule again."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from backend.engines.bare import bare_engines
from backend.explorer import counterexample
from backend.explorer.explore import check, explore, replay
from backend.explorer.mermaid import mermaid
from backend.explorer.mistake import mistake_mark
from backend.explorer.page_says import PROCESS, PageCode, answer_in, command_in, kind_term, mishap
from backend.explorer.question import Counterexample, EventKind, Exploration, Progress, Question, exploration_document
from backend.explorer.says import ExplorerCode
from backend.explorer.survey_says import SurveyCode
from backend.explorer.web_page import exploration_html
from backend.files.output import OutputFiles, speak
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import ENGLISH, say, words
from backend.model.terms import verdict_term
from backend.model.vocabulary import GatewayKeys, OperationKey

OUTPUTS = ("json", "html", "mermaid", "save")
"""What can be written, by the name of its option."""
_INDENT = "  "


def explore_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Explore what the arguments ask and report it. An interrupt ends it with what was found so far.

    Raises:
        SubmitTwiceError: it cannot be asked, or an engine is away.
    """
    question = Question(
        OperationKey(chosen.operation),
        chosen.strategy,
        chosen.variant,
        chosen.requests,
        chosen.crashes,
        chosen.expiries,
        GatewayKeys(chosen.gateway_keys),
    )
    question = replace(question, variant=check(question).key)
    files = OutputFiles({name: getattr(chosen, name) for name in OUTPUTS})
    language = chosen.language or ENGLISH
    with bare_engines(options) as engines, ProgressBar(language) as bar:
        found = explore(
            question,
            engines.database,
            engines.redis,
            on_progress=bar.show,
            cancelled=interrupted,
            limit=chosen.limit,
            gateway=engines.gateway,
            zookeeper=engines.zookeeper,
        )
    report_exploration(found, files, language)


def report_exploration(found: Exploration, files: OutputFiles, language: str) -> None:
    """Write the documents that are wanted, and say what was found.

    Raises:
        SubmitTwiceError: one of them cannot be written any more.
    """
    files.write("json", json.dumps(exploration_document(found), ensure_ascii=False) + "\n")
    files.write("html", exploration_html(found, language))
    if found.counterexample:
        files.write("mermaid", mermaid(found.counterexample, language))
        files.write("save", counterexample.to_json(found.counterexample))
    if not files.takes_standard_output:
        speak(_report(found, files, language))


def replay_once(path: Path, options: LabOptions, language: str = ENGLISH) -> None:
    """Play a saved schedule again.

    Raises:
        SubmitTwiceError: it cannot be played, or comes to another verdict now.
    """
    saved = counterexample.load(path)
    if saved.question.service:
        from backend.cli.service import replay_service_once

        played = replay_service_once(saved, options)
    else:
        with bare_engines(options) as engines:
            played = replay(saved, engines.database, engines.redis, engines.gateway, engines.zookeeper)
    speak(_lines_of(played, language))
    if played.verdict is not saved.verdict:
        before, now = verdict_term(saved.verdict), verdict_term(played.verdict)
        raise SubmitTwiceError(say(ExplorerCode.OTHER_VERDICT, before=before, now=now))


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
        yield from _lines_of(found.counterexample, language)
        return
    for name in ("mermaid", "save"):
        if files.wants(name):
            yield words(say(PageCode.NO_COUNTEREXAMPLE, file=files.target(name)), language)


def _lines_of(example: Counterexample, language: str) -> Iterator[str]:
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
