"""The command `explore`: every order in which duplicates can run, or one saved schedule again."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from backend.bare_engines import bare_engines
from backend.errors import SubmitTwiceError
from backend.explorer import counterexample
from backend.explorer.explore import check, explore, replay
from backend.explorer.mermaid import mermaid
from backend.explorer.question import Counterexample, Progress, Question, exploration_document
from backend.explorer.web_page import exploration_html
from backend.model import GatewayKeys, OperationKey
from backend.options import LabOptions
from backend.output_files import OutputFiles, speak

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
    files = OutputFiles({name: getattr(chosen, name) for name in ("json", "save", "mermaid", "html")})
    with bare_engines(options) as engines, ProgressBar() as bar:
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
    if files.wants("save") and found.counterexample:
        counterexample.save(found.counterexample, Path(chosen.save))
    if found.counterexample:
        files.write("mermaid", mermaid(found.counterexample))
    if files.wants("html"):
        files.write("html", exploration_html(found))
    files.write("json", json.dumps(exploration_document(found), ensure_ascii=False) + "\n")
    if not files.takes_standard_output:
        speak([found.sentence, *found.notes])
        if found.counterexample:
            speak(_lines_of(found.counterexample))


def replay_once(path: Path, options: LabOptions) -> None:
    """Play a saved schedule again.

    Raises:
        SubmitTwiceError: it cannot be played, or comes to another verdict now.
    """
    saved = counterexample.load(path)
    with bare_engines(options) as engines:
        played = replay(saved, engines.database, engines.redis, engines.gateway, engines.zookeeper)
    speak(_lines_of(played))
    if played.verdict is not saved.verdict:
        raise SubmitTwiceError(f"The saved schedule came to {saved.verdict}, and now to {played.verdict}.")


class ProgressBar:
    """Schedules and how many a second, on a terminal; nothing in a pipe."""

    def __init__(self) -> None:
        self._bar = tqdm(unit=" schedules", disable=None)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        """So many are explored, with these verdicts."""
        self._bar.update(progress.schedules - self._bar.n)
        self._bar.set_postfix({verdict.value: count for verdict, count in progress.outcomes.items()})


def _lines_of(example: Counterexample) -> Iterator[str]:
    yield f"{example.verdict} with {example.switches} context switches:"
    for event in example.events:
        waits = " (waits)" if event.blocked else ""
        answer = f" -> {event.answer}" if event.answer else ""
        yield f"{_INDENT}{event.actor or '*':3} {event.kind:6} {event.engine:10} {event.command}{answer}{waits}"
