"""Answering a question: explore all schedules, or play one again."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import redis
import sqlalchemy as sa

from backend import strategies
from backend.engines.sentences import reason_of
from backend.explorer.counterexample import Candidate, to_counterexample
from backend.explorer.errors import DivergedError, HarnessError, UnforeseenError
from backend.explorer.execution import Execution
from backend.explorer.observer import Watcher
from backend.explorer.question import MOST_REQUESTS, Counterexample, Exploration, Progress, Question
from backend.explorer.recorder import Recorder
from backend.explorer.sandbox import Sandbox
from backend.explorer.says import ExplorerCode
from backend.explorer.search import Search
from backend.explorer.tally import Tally
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import say

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from backend.engines.gateway.keeper import GatewayKeeper
    from backend.engines.zookeeper.keeper import ZooKeeperKeeper
    from backend.explorer.footprints import Footprint
    from backend.explorer.question import Choice, Place
    from backend.model.sentence import Sentence
    from backend.strategies.base import Variant

_BATCH = 100
_MOST_FAILURES = 5
_PROGRESS_S = 0.25
_FULL_ENUMERATION = 2


def check(question: Question) -> Variant:
    """The variant that a question is about.

    Raises:
        SubmitTwiceError: the question is out of range, or about a variant that does not guard its operation.
    """
    variant = strategies.find(question.strategy, question.variant)[1]
    strategies.require_guard(variant, question.operation)
    if not 1 <= question.requests <= MOST_REQUESTS:
        raise SubmitTwiceError(say(ExplorerCode.REQUESTS, most=MOST_REQUESTS, given=question.requests))
    if min(question.crashes, question.expiries, question.failovers) < 0:
        raise SubmitTwiceError(say(ExplorerCode.NEGATIVE))
    return variant


class Explorer:
    """Answers questions on one pair of engines. A context manager; use it in the thread that opened it.

    Args:
        database_url: as in SQLAlchemy.
        redis_url: of a Redis-protocol server.
        gateway: for operations that call it.
        zookeeper: for strategies that need it.
    """

    def __init__(
        self,
        database_url: str,
        redis_url: str,
        gateway: GatewayKeeper | None = None,
        zookeeper: ZooKeeperKeeper | None = None,
    ) -> None:
        self._watcher = Watcher()
        self._sandbox = Sandbox(database_url, redis_url, self._watcher, gateway, zookeeper)

    def __enter__(self) -> Explorer:
        self._sandbox.__enter__()
        return self

    def __exit__(self, *end: object) -> None:
        self._sandbox.__exit__(None, None, None)

    def explore(
        self,
        question: Question,
        on_progress: Callable[[Progress], None],
        cancelled: threading.Event,
        limit: int | None = None,
        variant: Variant | None = None,
    ) -> Exploration:
        """Play schedules until there is none left, `limit` are played, or `cancelled` is set.

        Args:
            question: what to explore.
            on_progress: told how far it is, several times a second, in this thread.
            cancelled: set it from anywhere; what was found so far is returned.
            limit: most schedules; None for all.
            variant: the code to run, where it is not that of a registered strategy.

        Raises:
            SubmitTwiceError: the question cannot be asked, an engine is away, or the explorer lost control.
        """
        return _Run(self._sandbox, self._watcher, question, variant or check(question)).explore(
            on_progress, cancelled, limit
        )

    def replay(self, example: Counterexample, variant: Variant | None = None) -> Counterexample:
        """Play exactly this schedule again.

        Raises:
            DivergedError: it cannot be played: the strategy has changed since.
            SubmitTwiceError: as for `explore`.
        """
        return _Run(self._sandbox, self._watcher, example.question, variant or check(example.question)).replay(example)


def explore(
    question: Question,
    database_url: str,
    redis_url: str,
    *,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    limit: int | None = None,
    gateway: GatewayKeeper | None = None,
    zookeeper: ZooKeeperKeeper | None = None,
) -> Exploration:
    """Answer one question; see `Explorer.explore`."""
    check(question)
    with Explorer(database_url, redis_url, gateway, zookeeper) as explorer:
        return explorer.explore(question, on_progress, cancelled, limit)


def replay(
    example: Counterexample,
    database_url: str,
    redis_url: str,
    gateway: GatewayKeeper | None = None,
    zookeeper: ZooKeeperKeeper | None = None,
) -> Counterexample:
    """Play one schedule again; see `Explorer.replay`."""
    check(example.question)
    with Explorer(database_url, redis_url, gateway, zookeeper) as explorer:
        return explorer.replay(example)


class _Run:
    """An exploration under way."""

    def __init__(self, sandbox: Sandbox, watcher: Watcher, question: Question, variant: Variant) -> None:
        self._sandbox = sandbox
        self._watcher = watcher
        self._question = replace(question, variant=variant.key)
        self._variant = variant
        self._tally = Tally(self._question)
        self._unjudged: list[tuple[Execution, tuple[Choice, ...]]] = []
        self._failures: Counter[Sentence] = Counter()
        """How the strategy itself failed, each with the number of schedules."""
        self._trusting = True
        """Whether a step touches no more than its command says; then schedules that cannot differ are left out."""
        sandbox.need(variant.engines)

    def explore(
        self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None
    ) -> Exploration:
        try:
            exhaustive = self._search_twice(on_progress, cancelled, limit)
        except (sa.exc.SQLAlchemyError, psycopg.Error, redis.exceptions.RedisError) as error:
            raise EngineError(say(ExplorerCode.ENGINE_GONE, what=reason_of(error))) from None
        on_progress(self._tally.progress())
        notes = (*self._sandbox.database.notes, *self._failed())
        return self._tally.found(self._recorded, notes, exhaustive=exhaustive)

    def _search_twice(
        self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None
    ) -> bool:
        """Search; once more, leaving nothing out, where a step touched more than its command says."""
        try:
            return self._search(on_progress, cancelled, limit)
        except UnforeseenError:
            self._forget()
            return self._search(on_progress, cancelled, limit)

    def _search(self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None) -> bool:
        """Play and judge schedules; whether none is left."""
        search = Search(self._open_execution, reduce=self._question.requests > _FULL_ENUMERATION)
        told = self._tally.started
        for played, execution in enumerate(search.schedules(), 1):
            self._unjudged.append((execution, search.path))
            if len(self._unjudged) == _BATCH or time.monotonic() > told + _PROGRESS_S:
                self._judge()
                on_progress(self._tally.progress())
                told = time.monotonic()
            if cancelled.is_set() or played == limit:
                self._judge()
                return not search.has_more
        self._judge()
        return True

    def _forget(self) -> None:
        """Begin again: nothing was found so far, and no footprint is trusted any more."""
        self._trusting = False
        self._unjudged = []
        self._tally.forget()
        self._failures.clear()

    def replay(self, example: Counterexample) -> Counterexample:
        places: dict[int, Place] = {}
        self._trusting = False  # nothing is left out of one schedule
        self._watcher.places = places
        execution = self._open_execution(None)
        recorder = Recorder(self._sandbox, execution)
        try:
            for choice in example.choices:
                if choice not in execution.choices():
                    raise DivergedError(say(ExplorerCode.NOT_POSSIBLE, choice=f"{choice.actor} {choice.kind}".strip()))
                execution.take(choice)
                recorder.look()
            if execution.choices():
                raise DivergedError(say(ExplorerCode.MORE_STEPS))
        finally:
            self._watcher.places = None
            execution.end()
        verdict = self._sandbox.judge([(execution.fixture, execution.answers)])[0]
        candidate = Candidate(verdict, execution, example.choices)
        return to_counterexample(self._question, candidate, recorder.snapshots, places)

    def _recorded(self, candidate: Candidate) -> Counterexample:
        """The same schedule with what the engines held, which a second playing tells."""
        found = to_counterexample(self._question, candidate)
        try:
            played = self.replay(found)
        except (HarnessError, DivergedError, sa.exc.SQLAlchemyError, psycopg.Error, redis.exceptions.RedisError):
            return found
        return played if played.verdict is found.verdict else found

    def _open_execution(self, first: Footprint | None) -> Execution:
        return Execution(self._sandbox, self._watcher, self._question, self._variant, first, trusting=self._trusting)

    def _judge(self) -> None:
        unjudged, self._unjudged = self._unjudged, []
        verdicts = self._sandbox.judge([(execution.fixture, execution.answers) for execution, _ in unjudged])
        for (execution, path), verdict in zip(unjudged, verdicts, strict=True):
            self._tally.add(verdict, execution, path)
            self._failures.update(execution.failures)

    def _failed(self) -> Iterator[Sentence]:
        """The commonest failures of the strategy itself, as far as there were any."""
        for why, count in self._failures.most_common(_MOST_FAILURES):
            yield say(ExplorerCode.STRATEGY_FAILED, count=count, why=why)
