"""The one door to the backend: engines, instances, runs, live rows and verdicts.

The window and the command line know nothing below this module. All methods may be called from any thread; those that
talk to an engine block, so a window calls them from a worker. Callbacks of the listener arrive on the lab's own
threads, in batches, and must return quickly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backend.model import (
    EngineKind,
    EngineStatus,
    Intent,
    Judgement,
    OperationKey,
    Plan,
    Reply,
    Report,
    Row,
    Setup,
    SourceCode,
    Step,
    StrategyInfo,
)


@dataclass(frozen=True, slots=True)
class LabOptions:
    """How to start a lab. Defaults start private servers in a temporary directory."""

    database: str = "postgresql"
    """``postgresql``, ``mariadb``, ``sqlite`` or a SQLAlchemy-style URL."""
    redis: str | None = None
    """URL of a running server; None starts a private one."""
    data_dir: Path | None = None
    instances: int = 1
    port: int | None = None
    """First port of the instances; None takes free ones."""


class Listener(Protocol):
    """What a lab tells while it runs. Called on the lab's threads."""

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """An engine started, stopped, failed or was switched."""

    def rows_added(self, rows: Sequence[Row]) -> None:
        """New effects, in the order in which they were read; no row comes twice."""

    def rows_cleared(self) -> None:
        """The tables were emptied, or another database was chosen; later rows start afresh."""

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Callers got their answers, or gave up."""

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """The tap saw these steps."""

    def judged(self, judgement: Judgement) -> None:
        """All intents since the last reset, judged anew."""

    def run_finished(self, report: Report) -> None:
        """A run is quiet and read back."""

    def run_failed(self, sentence: str) -> None:
        """A run could not be carried out; the sentence says why and what still holds."""


class Run(Protocol):
    """A run under way."""

    def cancel(self) -> None:
        """Stop sending. What was sent is awaited, read back and reported; returns at once."""

    def wait(self, timeout: float | None = None) -> Report:
        """Block until the run is reported.

        Raises:
            TimeoutError: it is still under way after `timeout` seconds.
            SubmitTwiceError: it could not be carried out.
        """


class Lab:
    """Real engines, real backend processes and the rows that they make.

    Args:
        options: how to start.
        listener: told of everything that happens; None for nobody.
    """

    def __init__(self, options: LabOptions, listener: Listener | None = None) -> None: ...

    def start(self) -> None:
        """Start engines and instances; blocks until all are usable (about half a second).

        Raises:
            SubmitTwiceError: one sentence why not. Nothing is left running then.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Stop everything and remove what is temporary; safe to call twice, and after a failed start."""
        raise NotImplementedError

    # What there is

    def engines(self) -> tuple[EngineStatus, ...]:
        """All engines that this lab knows, missing ones included."""
        raise NotImplementedError

    def databases(self) -> tuple[EngineStatus, ...]:
        """The databases that `use_database` can switch to; missing ones say what to install."""
        raise NotImplementedError

    @staticmethod
    def strategies() -> tuple[StrategyInfo, ...]:
        """The catalogue; needs no running lab."""
        raise NotImplementedError

    @staticmethod
    def source_code(strategy: str, variant: str) -> SourceCode:
        """The code that runs for this variant; needs no running lab."""
        raise NotImplementedError

    # Changing the set-up

    def use_database(self, database: str) -> None:
        """Switch to `postgresql`, `mariadb`, `sqlite` or a URL, without a restart. Blocks.

        Raises:
            EngineError: it cannot be used; the earlier database stays in use.
        """
        raise NotImplementedError

    def set_instances(self, count: int) -> None:
        """Have `count` backend processes (1 to 4). Blocks."""
        raise NotImplementedError

    def reset(self) -> None:
        """Empty the tables and the keys, forget all intents and replies. Blocks; cancels runs under way."""
        raise NotImplementedError

    # Running

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent:
        """An intent with a fresh business key. Touches no engine."""
        raise NotImplementedError

    def start_run(self, setup: Setup, plan: Plan) -> Run:
        """Open the forms of the intents that are new (order to pay, token, version), send the submissions.

        A form is opened once an intent and strategy, as a page would be: submitting the same intent again reuses its
        token and its version. Returns as soon as the run is under way; its end is told to the listener. Several runs
        may be under way at once (each click is one).

        Raises:
            UnknownKeyError, NotApplicableError: at once, before anything is sent.
        """
        raise NotImplementedError

    # Looking

    def steps_of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps that a submission ran, in order."""
        raise NotImplementedError

    def judgement(self) -> Judgement:
        """The latest judgement."""
        raise NotImplementedError

    def connection(self) -> Mapping[str, object]:
        """For `serve`: ``urls``, ``token``, ``database`` and ``redis``, as the command line prints them."""
        raise NotImplementedError
