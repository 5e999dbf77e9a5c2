"""The commands about somebody's own service: `check`, `explore --service`, `service new` and `service check-file`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from backend.archive.entries import CheckRecord, Entry, ExplorationRecord
from backend.cli.argument_types import WrongArgumentsError
from backend.cli.exploration_report import OUTPUTS, ProgressBar, report_exploration
from backend.cli.record import as_record
from backend.explorer.question import service_question
from backend.files.output import OutputFiles, speak
from backend.files.printable import printable
from backend.model.errors import SubmitTwiceError
from backend.model.faults import parse_wire_fault
from backend.model.sentence import ENGLISH, say, words
from backend.service.description import Description, load, parse
from backend.service.explored.run import explore_service, replay_service
from backend.service.new import Answers, render
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckProgress, CheckSituation
from backend.service.outside.reports import check_document, check_html, check_junit, check_markdown
from backend.service.outside.settling import MOST_READINGS
from backend.service.outside.situations import most_submissions
from backend.service.outside.stand import Stand
from backend.service.outside.words import CheckCode, check_lines, situation_term
from backend.service.says import ServiceCode
from backend.service.validate import mistakes, require_sound

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Callable, Sequence

    from backend.explorer.question import Counterexample, Exploration, Progress, Question
    from backend.model.options import LabOptions
    from backend.model.plan import Fault
    from backend.service.outside.model import Check

DONE, NOT_EXACTLY_ONCE = 0, 3
_DOCUMENTS = ("json", "markdown", "html", "junit")


def check_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> int:
    """Check a service from outside; returns the exit code.

    Raises:
        FaultSyntaxError: a fault cannot happen at a step of a service.
        SubmitTwiceError: the file is wrong, or the service or an engine is away.
    """
    language = chosen.language or ENGLISH
    description, _ = _read(chosen.file)
    files = OutputFiles({**{name: getattr(chosen, name) for name in _DOCUMENTS}, "record": chosen.save_record})
    began, language = time.time(), chosen.language or ENGLISH
    plan = CheckPlan(
        tuple(CheckSituation(key) for key in chosen.situations or CheckSituation),
        chosen.intents,
        chosen.submissions,
        chosen.timeout / 1000,
        afterwards_s=chosen.afterwards / 1000,
    )
    faults = tuple(map(parse_wire_fault, chosen.fault))
    if description.service.url:
        _say_how_much(description, plan, language)
    found = _check(chosen.file, plan, faults, options, interrupted, language, chosen.allow_host)
    files.write("record", lambda: as_record(Entry(began, CheckRecord(plan, tuple(map(str, faults)), found))))
    files.write("json", lambda: json.dumps(check_document(found, language), ensure_ascii=False) + "\n")
    files.write("markdown", lambda: check_markdown(found, language))
    files.write("html", lambda: check_html(found, language))
    files.write("junit", lambda: check_junit(found, language))
    files.tell(check_lines(found, language))
    if found.broken_off:
        raise SubmitTwiceError(found.broken_off)
    return DONE if found.is_exactly_once else NOT_EXACTLY_ONCE


def check_again(
    file: str, checked: CheckRecord, options: LabOptions, interrupted: threading.Event, language: str
) -> Check:
    """Check the service that this file describes as it was checked before.

    Raises:
        SubmitTwiceError: as for `check_once`.
    """
    found = _check(
        Path(file), checked.plan, tuple(map(parse_wire_fault, checked.faults)), options, interrupted, language
    )
    if found.broken_off:
        raise SubmitTwiceError(found.broken_off)
    return found


def _check(
    file: Path,
    plan: CheckPlan,
    faults: tuple[Fault, ...],
    options: LabOptions,
    interrupted: threading.Event,
    language: str,
    allowed: Sequence[str] = (),
) -> Check:
    description, folder = _read(file)
    unit = words(say(CheckCode.BAR_UNIT), language)
    bar = tqdm(total=plan.intents * len(plan.situations), unit=unit, disable=None)

    def show(progress: CheckProgress) -> None:
        bar.update(progress.done - bar.n)
        bar.set_postfix_str(words(situation_term(progress.situation), language))

    stand = Stand(description, folder, faults=faults, allowed=allowed, redis_url=options.redis)
    with bar, stand:
        return Checker(stand, plan, show, interrupted).check(str(file))


def _say_how_much(description: Description, plan: CheckPlan, language: str) -> None:
    """Before anything is sent to a service that is not ours."""
    asks = (description.before.request is not None) + MOST_READINGS * (description.effects.request is not None)
    intents = plan.intents * sum(key is not CheckSituation.CRASH for key in plan.situations)
    sentence = say(
        CheckCode.MOST_SENT,
        host=description.service.url,
        submitted=most_submissions(plan, is_ours=False),
        asked=asks * intents,
    )
    sys.stderr.write(f"{printable(words(sentence, language))}\n")


def explore_service_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Explore a service and report it. An interrupt ends it with what was found so far.

    Raises:
        SubmitTwiceError: the file is wrong, the service or an engine is away, or it is not deterministic.
    """
    _read(Path(chosen.service))
    files = OutputFiles({**{name: getattr(chosen, name) for name in OUTPUTS}, "record": chosen.save_record})
    began = time.time()
    question = service_question(chosen.service, chosen.requests, chosen.crashes, chosen.expiries)
    language = chosen.language or ENGLISH
    with ProgressBar(language) as bar:
        found = ask_service(question, options, interrupted, bar.show, chosen.limit, chosen.workers or 1)
    files.write("record", lambda: as_record(Entry(began, ExplorationRecord(found))))
    report_exploration(found, files, language)


def ask_service(
    question: Question,
    options: LabOptions,
    interrupted: threading.Event,
    on_progress: Callable[[Progress], None],
    limit: int | None = None,
    workers: int = 1,
) -> Exploration:
    """Explore the service that a question names.

    Raises:
        SubmitTwiceError: as for `explore_service_once`.
    """
    description, folder = _read(Path(question.service))
    return explore_service(
        description,
        folder,
        question,
        on_progress=on_progress,
        cancelled=interrupted,
        limit=limit,
        redis_url=options.redis,
        workers=workers,
    )


def replay_service_once(saved: Counterexample, options: LabOptions) -> Counterexample:
    """Play a saved schedule of a service again.

    Raises:
        SubmitTwiceError: the file is wrong, the service is away, or the schedule cannot be played.
    """
    description, folder = _read(Path(saved.question.service))
    return replay_service(description, folder, saved, redis_url=options.redis)


def check_file(chosen: argparse.Namespace) -> int:
    """Say what is wrong with a service's file; returns the exit code.

    Raises:
        ServiceFileError: the file cannot be read.
    """
    language = chosen.language or ENGLISH
    description = load(chosen.file)
    found = mistakes(description, chosen.file.resolve().parent)
    speak([words(mistake, language) for mistake in found] or [words(say(ServiceCode.FILE_SOUND), language)])
    return 2 if found else DONE


def new_file(chosen: argparse.Namespace) -> None:
    """Write a service's file from a curl command, or from questions on a terminal.

    Raises:
        WrongArgumentsError: the curl command cannot be read.
        SubmitTwiceError: the file cannot be written.
    """
    files = OutputFiles({"file": str(chosen.file)})
    answers = Answers(curl=chosen.curl, command=chosen.service_command) if chosen.curl else _ask()
    try:
        text = render(answers)
    except ValueError as error:
        raise WrongArgumentsError(say(ServiceCode.BAD_CURL, table="request", reason=str(error))) from None
    files.write("file", lambda: text)
    files.tell(())
    left = mistakes(parse(text), chosen.file.resolve().parent)
    said = [say(ServiceCode.FILE_WRITTEN, file=str(chosen.file)), *left]
    speak([words(sentence, chosen.language or ENGLISH) for sentence in said])


def _ask() -> Answers:
    """Ask on the terminal; an empty answer takes what stands in brackets."""
    usual = Answers()

    def question(text: str, default: str) -> str:
        sys.stderr.write(f"{text} [{printable(default)}]: ")
        sys.stderr.flush()
        return (sys.stdin.readline() if sys.stdin else "").strip() or default

    command = question("Command that starts it (empty: it runs already)", "")
    url = "" if command else question("Its URL", "http://127.0.0.1:8000")
    curl = question("A curl command of the request (empty: ask)", "")
    method = path = body = ""
    if not curl:
        method, path = question("Method", usual.method), question("Path", usual.path)
        body = question("Body", usual.body)
    database = question("Database: postgresql, mariadb or none", usual.database)
    redis = question("Does it use Redis? yes or no", "no").lower().startswith("y")
    effects = question("SQL that counts the effects of one intent", usual.effects)
    return Answers(command, url, curl, method, path, body, database, redis, effects=effects)


def _read(file: Path) -> tuple[Description, Path]:
    description = load(file)
    folder = file.resolve().parent
    require_sound(description, folder)
    return description, folder
