"""The commands about what is kept: `replay` and `history`; `open` is the window's."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from backend.archive import again
from backend.archive.entries import CheckRecord, ComparisonRecord, ExplorationRecord, RunRecord
from backend.archive.files import load
from backend.archive.history import History
from backend.archive.says import ArchiveCode
from backend.archive.summary import subject
from backend.cli.argument_types import WrongArgumentsError
from backend.files.output import OutputFiles, speak
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import ENGLISH, Sentence, say, words
from backend.model.terms import verdict_term

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Iterator

    from backend.archive.summary import Summary
    from backend.explorer.question import Exploration
    from backend.model.options import LabOptions
    from backend.model.vocabulary import Verdict

SAME, OTHER = 0, 3


def replay_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> int:
    """Do what a file has again and say whether it comes to the same; returns the exit code.

    Raises:
        EntryFileError: the file holds nothing that can be done again.
        SubmitTwiceError: it cannot be done.
    """
    entry = load(chosen.file)
    language = chosen.language or ENGLISH
    speak([words(subject(entry), language)])
    match entry.content:
        case RunRecord() as run:
            speak([words(sentence, language) for sentence in again.about_run(run)])
            now = _run_again(run, chosen, options, interrupted)
            is_same, sentences = _one(again.compared_verdicts(entry.verdict, now))
        case ExplorationRecord(found=found):
            now = _explore_again(found, chosen, options, interrupted)
            is_same, sentences = _one(again.compared_verdicts(entry.verdict, now))
        case ComparisonRecord() as compared:
            is_same, sentences = _compare_again(compared, options, interrupted)
        case CheckRecord() as checked:
            now = _check_again(checked, chosen, options, interrupted)
            is_same, sentences = _one(again.compared_verdicts(entry.verdict, now))
    speak(words(sentence, language) for sentence in sentences)
    return SAME if is_same else OTHER


def _one(said: tuple[bool, Sentence]) -> tuple[bool, tuple[Sentence, ...]]:
    return said[0], (said[1],)


def _run_again(
    run: RunRecord, chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event
) -> Verdict | None:
    from backend.cli.run import run_lines, run_settings
    from backend.comparison.records import worst_of

    settings = again.private_settings(run.settings)
    options = replace(options, database=settings.database, instances=settings.instances)
    done = run_settings(settings, options, interrupted, chosen.language or ENGLISH)
    speak(run_lines(done, chosen.language or ENGLISH))
    if done.report.broken_off:
        raise SubmitTwiceError(done.report.broken_off)
    return worst_of(done.report.verdicts)


def _explore_again(
    found: Exploration, chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event
) -> Verdict | None:
    """The saved counterexample's schedule again; where there is none, the whole exploration."""
    from backend.comparison.records import worst_of

    asked = found.question
    if asked.service:
        asked = replace(asked, service=_service_of(chosen, asked.service))
    if found.counterexample is None:
        return worst_of(_ask_again(replace(found, question=asked), options, interrupted).outcomes)
    example = replace(found.counterexample, question=asked)
    if asked.service:
        from backend.cli.service import replay_service_once

        return replay_service_once(example, options).verdict
    from backend.cli.own_engines import own_engines
    from backend.explorer.explore import replay

    with own_engines(options, interrupted) as engines:
        return replay(
            example, engines.database, engines.redis, engines.gateway, engines.zookeeper, engines.standby
        ).verdict


def _ask_again(found: Exploration, options: LabOptions, interrupted: threading.Event) -> Exploration:
    from backend.cli.exploration_report import ProgressBar

    with ExitStack() as opened:
        bar = opened.enter_context(ProgressBar())
        if found.question.service:
            from backend.cli.service import ask_service

            return ask_service(found.question, options, interrupted, bar.show)
        from backend.cli.own_engines import own_engines
        from backend.explorer.on_own_engines import explore_on

        engines = opened.enter_context(own_engines(options, interrupted))
        return explore_on(engines, found.question, bar.show, interrupted, options=options)


def _compare_again(
    compared: ComparisonRecord, options: LabOptions, interrupted: threading.Event
) -> tuple[bool, tuple[Sentence, ...]]:
    from backend.cli.compare import ProgressBar
    from backend.comparison.on_a_lab import compare

    with ProgressBar() as bar:
        now = compare(again.private_question(compared.found.asked), options, bar.show, interrupted)
    if now.broken_off:
        raise SubmitTwiceError(now.broken_off)
    return again.compared_cells(compared.found, now)


def _check_again(
    checked: CheckRecord, chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event
) -> Verdict | None:
    from backend.archive.entries import Entry
    from backend.cli.service import check_again

    file = _service_of(chosen, checked.found.service)
    found = check_again(file, checked, options, interrupted, chosen.language or ENGLISH)
    return Entry(time.time(), replace(checked, found=found)).verdict


def _service_of(chosen: argparse.Namespace, was: str) -> str:
    """The service's file: a file from anybody does not say which programs are started here."""
    if not chosen.service:
        raise WrongArgumentsError(say(ArchiveCode.NEEDS_SERVICE, service=was))
    return str(chosen.service)


def history_once(chosen: argparse.Namespace) -> None:
    """List what is kept, or forget it.

    Raises:
        HistoryError: the history cannot be used.
        SubmitTwiceError: the list cannot be written.
    """
    language = chosen.language or ENGLISH
    files = OutputFiles({"json": chosen.json})
    history = History()
    if chosen.empty:
        speak([words(say(ArchiveCode.EMPTIED, entries=history.empty()), language)])
        return
    found = history.entries(chosen.search, chosen.limit)
    files.write("json", lambda: json.dumps([_document(each, language) for each in found], ensure_ascii=False) + "\n")
    files.tell(_lines(found, language, searched=bool(chosen.search.strip())))


def _lines(found: tuple[Summary, ...], language: str, *, searched: bool) -> Iterator[str]:
    if not found:
        yield words(say(ArchiveCode.NOTHING_FOUND if searched else ArchiveCode.HISTORY_EMPTY), language)
    for each in found:
        verdict = words(verdict_term(each.verdict), language) if each.verdict else "\N{EN DASH}"
        yield f"{each.number:>6}  {_when(each.began)}  {each.seconds:8.1f} s  {verdict}: {words(each.what, language)}"


def _document(each: Summary, language: str) -> dict[str, object]:
    return {
        "number": each.number,
        "kind": each.kind.value,
        "began": _when(each.began),
        "seconds": round(each.seconds, 3),
        "verdict": each.verdict and each.verdict.value,
        "what": words(each.what, language),
    }


def _when(began: float) -> str:
    """Local time, to the second."""
    return datetime.fromtimestamp(began).astimezone().isoformat(" ", "seconds")[:19]
