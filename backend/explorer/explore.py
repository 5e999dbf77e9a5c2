"""Answering a question: explore all schedules, or play one again."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import redis
import sqlalchemy as sa

from backend import strategies
from backend.engines.sentences import reason_of
from backend.explorer.circles import in_time
from backend.explorer.counterexample import Candidate, to_counterexample
from backend.explorer.effort import Effort, recorded
from backend.explorer.errors import DivergedError, UnforeseenError
from backend.explorer.execution import Execution
from backend.explorer.job import Again, Job, Part
from backend.explorer.observer import Watcher
from backend.explorer.question import MOST_REQUESTS, Counterexample, Exploration, Progress, Question
from backend.explorer.recorder import Recorder
from backend.explorer.sandbox import Sandbox
from backend.explorer.says import ExplorerCode
from backend.explorer.search import Search
from backend.explorer.seldom_collecting import seldom_collecting
from backend.explorer.tally import Tally, class_of
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import say

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from backend.engines.gateway.keeper import GatewayKeeper
    from backend.engines.own_standby import OwnStandby
    from backend.engines.zookeeper.keeper import ZooKeeperKeeper
    from backend.explorer.footprints import Footprint
    from backend.explorer.question import Choice
    from backend.explorer.question import Place as SourcePlace
    from backend.explorer.search import Branch
    from backend.explorer.tally import Place
    from backend.strategies.base import Variant

_BATCH = 100
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
    if min(question.crashes, question.expiries, question.failovers, question.errors, question.database_failovers) < 0:
        raise SubmitTwiceError(say(ExplorerCode.NEGATIVE))
    return variant


class Explorer:
    """Answers questions on one pair of engines. A context manager; use it in the thread that opened it.

    Args:
        database_url: as in SQLAlchemy.
        redis_url: of a Redis-protocol server.
        gateway: for operations that call it.
        zookeeper: for strategies that need it.
        standby: the same, of the database.
    """

    def __init__(
        self,
        database_url: str,
        redis_url: str,
        gateway: GatewayKeeper | None = None,
        zookeeper: ZooKeeperKeeper | None = None,
        standby: OwnStandby | None = None,
    ) -> None:
        self._watcher = Watcher()
        self._sandbox = Sandbox(database_url, redis_url, self._watcher, gateway, zookeeper, standby)

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
        code = variant or check(question)
        return explore_alone(
            Effort(replace(question, variant=code.key), limit),
            lambda job: self.play(job, cancelled, code),
            lambda example: self.replay(example, code),
            on_progress,
            cancelled,
        )

    def play(self, job: Job, cancelled: threading.Event, variant: Variant | None = None) -> Part:
        """Explore a part; see `backend.explorer.job.Player`."""
        run = _Run(self._sandbox, self._watcher, job.question, variant or check(job.question), trusting=job.trusting)
        with _engine_errors(), seldom_collecting():
            return run.play(job, cancelled)

    def replay(self, example: Counterexample, variant: Variant | None = None) -> Counterexample:
        """Play exactly this schedule again.

        Raises:
            DivergedError: it cannot be played: the strategy has changed since.
            SubmitTwiceError: as for `explore`.
        """
        code = variant or check(example.question)
        with _engine_errors():
            return _Run(self._sandbox, self._watcher, example.question, code, trusting=False).replay(example)


def explore_alone(
    effort: Effort,
    play: Callable[[Job], Part],
    replay: Callable[[Counterexample], Counterexample],
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
) -> Exploration:
    """Carry out an effort in this thread, one part after the other.

    Args:
        effort: what to find out.
        play: carries out a job.
        replay: plays one schedule again.
        on_progress: told how far it is, after each part.
        cancelled: set it from anywhere; what was found so far is returned.

    Raises:
        SubmitTwiceError: a part cannot be carried out.
    """
    while job := effort.next_job():
        effort.take(job, play(job))
        on_progress(effort.progress())
        if cancelled.is_set():
            break
    example = effort.worst_example
    return effort.found(example and recorded(example, replay))


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
    standby: OwnStandby | None = None,
) -> Exploration:
    """Answer one question; see `Explorer.explore`."""
    check(question)
    with Explorer(database_url, redis_url, gateway, zookeeper, standby) as explorer:
        return explorer.explore(question, on_progress, cancelled, limit)


def replay(
    example: Counterexample,
    database_url: str,
    redis_url: str,
    gateway: GatewayKeeper | None = None,
    zookeeper: ZooKeeperKeeper | None = None,
    standby: OwnStandby | None = None,
) -> Counterexample:
    """Play one schedule again; see `Explorer.replay`."""
    check(example.question)
    with Explorer(database_url, redis_url, gateway, zookeeper, standby) as explorer:
        return explorer.replay(example)


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except (sa.exc.SQLAlchemyError, psycopg.Error, redis.exceptions.RedisError) as error:
        raise EngineError(say(ExplorerCode.ENGINE_GONE, what=reason_of(error))) from None


class _Run:
    """A part of an exploration under way."""

    def __init__(
        self, sandbox: Sandbox, watcher: Watcher, question: Question, variant: Variant, *, trusting: bool
    ) -> None:
        self._sandbox = sandbox
        self._watcher = watcher
        self._question = question
        self._variant = variant
        self._trusting = trusting
        self._tally = Tally()
        self._unjudged: list[tuple[Execution, tuple[Choice, ...], Place]] = []
        self._unclassified: list[Execution] = []
        self._classes: dict[Execution, bytes] = {}
        self._server_chose = False
        sandbox.need(variant.engines)
        sandbox.work_meanwhile = self._classify_one

    def play(self, job: Job, cancelled: threading.Event) -> Part:
        """Play and judge schedules; once more, leaving nothing out, where a step touched more than its command says."""
        search = Search(self._open_execution, reduce=self._question.requests > _FULL_ENUMERATION, branch=job.branch)
        try:
            rest = self._search(search, job, cancelled)
        except UnforeseenError as error:
            return Part(Tally(), again=Again.UNFORESEEN, why=error.sentence)
        self._judge()
        chosen = (say(ExplorerCode.SERVER_CHOSE),) if self._server_chose else ()
        return Part(self._tally, rest, (*self._sandbox.database.notes, *chosen))

    def _search(self, search: Search[Execution], job: Job, cancelled: threading.Event) -> Branch | None:
        """Play schedules; what is left, as there was no time for it."""
        until = None if job.seconds is None else time.monotonic() + job.seconds
        for played, execution in enumerate(search.schedules(), 1):
            self._server_chose = self._server_chose or execution.server_chose
            self._unjudged.append((execution, search.path, search.place))
            self._unclassified.append(execution)
            if len(self._unjudged) == _BATCH:
                self._judge()
            if cancelled.is_set() or played == job.limit or (until is not None and time.monotonic() > until):
                return search.rest()
        return None

    def _classify_one(self) -> None:
        """Done while a request waits for the database, which costs nothing then."""
        if self._unclassified:
            execution = self._unclassified.pop()
            self._classes[execution] = class_of(execution.trace)

    def replay(self, example: Counterexample) -> Counterexample:
        return in_time(lambda: self._replay_once(example))

    def _replay_once(self, example: Counterexample) -> Counterexample:
        places: dict[int, SourcePlace] = {}
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
        verdict = self._sandbox.judge([(execution.fixture, execution.answers)], execution.left_locked)[0]
        candidate = Candidate(verdict, execution, example.choices)
        return to_counterexample(self._question, candidate, recorder.snapshots, places)

    def _open_execution(self, first: Footprint | None) -> Execution:
        return Execution(self._sandbox, self._watcher, self._question, self._variant, first, trusting=self._trusting)

    def _judge(self) -> None:
        while self._unclassified:
            self._classify_one()
        unjudged, self._unjudged = self._unjudged, []
        left = frozenset[str]().union(*(execution.left_locked for execution, _, _ in unjudged))
        played = [(execution.fixture, execution.answers) for execution, _, _ in unjudged]
        asked_redis = any(execution.has_asked_redis for execution, _, _ in unjudged)
        verdicts = self._sandbox.judge(played, left, asked_redis=asked_redis)
        for (execution, path, place), verdict in zip(unjudged, verdicts, strict=True):
            kind = self._classes.pop(execution)
            self._tally.add(self._question, verdict, execution, path, place, execution.failures, kind)
