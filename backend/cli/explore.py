"""The command `explore`: every order in which duplicates can run, or one saved schedule again."""

from __future__ import annotations

import argparse
import threading
import time
from dataclasses import replace
from pathlib import Path

from backend.archive.entries import Entry, ExplorationRecord
from backend.cli.exploration_report import OUTPUTS, ProgressBar, example_lines, report_exploration
from backend.cli.own_engines import own_engines
from backend.cli.record import as_record
from backend.explorer import counterexample
from backend.explorer.explore import check, replay
from backend.explorer.on_own_engines import explore_on, explore_on_cluster
from backend.explorer.question import Exploration, Question
from backend.explorer.says import ExplorerCode
from backend.files.output import OutputFiles, speak
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import ENGLISH, say
from backend.model.terms import verdict_term
from backend.model.vocabulary import GatewayKeys, OperationKey, Replication


def explore_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Explore what the arguments ask and report it. An interrupt ends it with what was found so far.

    Raises:
        SubmitTwiceError: the question cannot be asked, or an engine is away.
    """
    question = explored_question(chosen)
    question = replace(question, variant=check(question).key)
    files = OutputFiles({**{name: getattr(chosen, name) for name in OUTPUTS}, "record": chosen.save_record})
    began, language = time.time(), chosen.language or ENGLISH
    with ProgressBar(language) as bar:
        found = _explored(question, bar, chosen, options, interrupted)
    files.write("record", lambda: as_record(Entry(began, ExplorationRecord(found))))
    report_exploration(found, files, language)


def explored_question(chosen: argparse.Namespace) -> Question:
    """What the arguments ask."""
    return Question(
        OperationKey(chosen.operation),
        chosen.strategy,
        chosen.variant,
        chosen.requests,
        chosen.crashes,
        chosen.expiries,
        GatewayKeys(chosen.gateway_keys),
        chosen.failovers,
        errors=chosen.errors,
        database_failovers=chosen.database_failovers,
        replication=Replication(chosen.replication),
    )


def _explored(
    question: Question,
    bar: ProgressBar,
    chosen: argparse.Namespace,
    options: LabOptions,
    interrupted: threading.Event,
) -> Exploration:
    limit = chosen.limit
    if chosen.cluster:
        return explore_on_cluster(chosen.cluster, question, bar.show, interrupted, options=options, limit=limit)
    with own_engines(options, interrupted) as engines:
        workers = chosen.workers or 1
        return explore_on(engines, question, bar.show, interrupted, options=options, workers=workers, limit=limit)


def replay_once(path: Path, options: LabOptions, interrupted: threading.Event, language: str = ENGLISH) -> None:
    """Play a saved schedule again.

    Raises:
        SubmitTwiceError: it cannot be played, or comes to another verdict now.
    """
    saved = counterexample.load(path)
    if saved.question.service:
        from backend.cli.service import replay_service_once

        played = replay_service_once(saved, options)
    else:
        with own_engines(options, interrupted) as engines:
            played = replay(saved, engines.database, engines.redis, engines.gateway, engines.zookeeper, engines.standby)
    speak(example_lines(played, language))
    if played.verdict is not saved.verdict:
        before, now = verdict_term(saved.verdict), verdict_term(played.verdict)
        raise SubmitTwiceError(say(ExplorerCode.OTHER_VERDICT, before=before, now=now))
