"""The command `explore`: every order in which duplicates can run, or one saved schedule again."""

from __future__ import annotations

import argparse
import json
import sys
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
from backend.explorer.question import Counterexample, Exploration, Progress, Question, exploration_document
from backend.explorer.web_page import exploration_html
from backend.model import GatewayKeys, OperationKey
from backend.options import LabOptions

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
    if chosen.save and found.counterexample:
        counterexample.save(found.counterexample, Path(chosen.save))
    if chosen.mermaid and found.counterexample:
        Path(chosen.mermaid).write_text(mermaid(found.counterexample), encoding="utf-8")
    if chosen.html:
        Path(chosen.html).write_text(exploration_html(found), encoding="utf-8")
    _report(found, chosen.json)


def replay_once(path: Path, options: LabOptions) -> None:
    """Play a saved schedule again.

    Raises:
        SubmitTwiceError: it cannot be played, or comes to another verdict now.
    """
    saved = counterexample.load(path)
    with bare_engines(options) as engines:
        played = replay(saved, engines.database, engines.redis, engines.gateway, engines.zookeeper)
    _print(_lines_of(played))
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


def _report(found: Exploration, path: str | None) -> None:
    if path is None:
        _print([found.sentence, *found.notes])
        if found.counterexample:
            _print(_lines_of(found.counterexample))
        return
    text = json.dumps(exploration_document(found), ensure_ascii=False)
    if path == "-":
        _print([text])
    else:
        Path(path).write_text(text + "\n", encoding="utf-8")


def _lines_of(example: Counterexample) -> Iterator[str]:
    yield f"{example.verdict} with {example.switches} context switches:"
    for event in example.events:
        waits = " (waits)" if event.blocked else ""
        answer = f" -> {event.answer}" if event.answer else ""
        yield f"{_INDENT}{event.actor or '*':3} {event.kind:6} {event.engine:10} {event.command}{answer}{waits}"


def _print(lines: Iterator[str] | list[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
