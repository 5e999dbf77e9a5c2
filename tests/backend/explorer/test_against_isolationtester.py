"""The explorer and PostgreSQL's own isolationtester must find the same schedules, outcome by outcome.

isolationtester knows nothing of strategies, so it is given the statements that they sent. From what it prints, and from
nothing of the explorer's, follows which orders are possible, who waits where and for whom, what each statement returns,
what is left in the tables, what each caller is told, and the verdict.
"""

from __future__ import annotations

import itertools
import queue
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path as File

import pytest
import sqlalchemy as sa

from backend.engines.running import RunningEngine
from backend.explorer.explore import check
from backend.explorer.observer import Watcher
from backend.explorer.question import Question
from backend.explorer.sandbox import Sandbox
from backend.model.vocabulary import Answer, OperationKey
from backend.shop.operations import OPERATIONS, Request
from backend.shop.tables import create_tables
from backend.strategies.base import Handler, Services
from tests.backend.explorer import codes
from tests.backend.explorer.isolation_explored import Collector, Explored
from tests.backend.explorer.isolation_orders import Asked, Names, Orders
from tests.backend.explorer.isolation_schedules import ITEM, KEY, Path, Schedule
from tests.backend.explorer.isolation_tester import (
    IsolationTester,
    Permutation,
    Specification,
    find_isolationtester,
    pgxs_folders,
)

pytestmark = pytest.mark.exhaustive

TESTERS_AT_ONCE = 32
"""A wait that has to be cancelled costs a second of waiting, and hardly any work."""
PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
ADD, CANCEL = OperationKey.ADD_STOCK, OperationKey.CANCEL_ORDER
REPEATABLE_READ, SERIALIZABLE = "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE"
DUPLICATE, CONFLICT = Answer.DUPLICATE, Answer.CONFLICT

_ORDER = f"INSERT INTO orders (order_no, item, quantity) VALUES ('{KEY}', '{ITEM}', 1)"  # noqa: S608  constants
BEFORE = {PLACE: "", PAY: _ORDER, CANCEL: _ORDER, ADD: f"INSERT INTO goods (item) VALUES ('{ITEM}')"}  # noqa: S608
EFFECT = {PLACE: "INSERT INTO orders", PAY: "INSERT INTO payments", ADD: "UPDATE goods", CANCEL: "DELETE FROM orders"}


def pay_under_repeatable_read(request: Request, services: Services) -> Answer:
    """The UPDATE of a row that somebody else has changed meanwhile is refused with 40001."""
    with services.database.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
        return request.operation.act(connection, request)


def busy_or_replayed(path: Path) -> Answer:
    """An idempotency key that is taken: its record is in flight until it has a status."""
    found = next(done.result for done in path if done.sql.startswith("SELECT")).split(" | ")
    return Answer.BUSY if found[2] == "" else Answer.REPLAYED


@dataclass(frozen=True)
class Case:
    """What is explored, and what must be said about it in words: nobody tells isolationtester."""

    operation: OperationKey
    strategy: str
    variant: str
    refused: Answer | Callable[[Path], Answer] = DUPLICATE
    """What whoever has not brought about the effect is told."""
    begin: str = "BEGIN"
    code: Handler | None = None
    """Where it is not a registered strategy."""

    def __str__(self) -> str:
        return f"{self.operation}-{self.strategy}-{self.variant}"

    def explored(self, collector: Collector) -> Explored:
        question = Question(self.operation, self.strategy, self.variant)
        return collector.collect(question, codes.variant(self.code) if self.code else check(question))

    def possible(self, explored: Explored, testers: IsolationTesters) -> Counter[Schedule]:
        table = OPERATIONS[self.operation].effects.name
        asked = Asked(BEFORE[self.operation], self.begin, table, self.told)
        return Orders(asked, explored.paths, testers.run).schedules()

    def told(self, path: Path) -> Answer:
        if any(done.failed and "could not serialize" in done.result for done in path):
            return CONFLICT  # 40001
        if any(done.sql.startswith(EFFECT[self.operation]) and done.result == "1 row" for done in path):
            return Answer.CREATED
        return self.refused if isinstance(self.refused, Answer) else self.refused(path)


CASES = [
    Case(PLACE, "none", "direct"),
    Case(PLACE, "none", "check-then-act"),
    Case(PLACE, "front-end", "disable-button"),
    Case(PLACE, "unique-index", "catch-violation"),
    Case(PLACE, "unique-index", "on-conflict"),
    Case(PLACE, "inbox", "same-transaction"),
    Case(PLACE, "inbox", "separate-transactions"),
    Case(PLACE, "idempotency-key", "draft-07", busy_or_replayed),
    Case(PLACE, "idempotency-key", "stripe", busy_or_replayed),
    Case(PLACE, "test", "serializable", begin=SERIALIZABLE, code=codes.serializable),
    Case(PAY, "none", "direct"),
    Case(PAY, "unique-index", "catch-violation"),
    Case(PAY, "unique-index", "on-conflict"),
    Case(PAY, "pessimistic-lock", "lock-then-check"),
    Case(PAY, "pessimistic-lock", "lock-only"),
    Case(PAY, "pessimistic-lock", "repeatable-read", begin=REPEATABLE_READ),
    Case(PAY, "pessimistic-lock", "unindexed"),
    Case(PAY, "optimistic-lock", "version-from-form", CONFLICT),
    Case(PAY, "optimistic-lock", "version-read-by-server", CONFLICT),
    Case(PAY, "state-machine", "status-guard"),
    Case(PAY, "test", "repeatable-read", begin=REPEATABLE_READ, code=pay_under_repeatable_read),
    Case(ADD, "none", "check-then-act"),
    Case(ADD, "unique-index", "on-conflict"),
    Case(CANCEL, "none", "direct", CONFLICT),
]


class IsolationTesters:
    """As many isolationtesters as are wanted at once, each in a schema of its own.

    Args:
        postgresql: the server that the explorer uses, too.
        threads: run them.
    """

    def __init__(self, postgresql: RunningEngine, threads: ThreadPoolExecutor) -> None:
        self._postgresql = postgresql
        self._program = find_isolationtester(pgxs_folders())
        self._numbers = itertools.count(1)
        self._idle: queue.SimpleQueue[IsolationTester] = queue.SimpleQueue()
        self._threads = threads

    def run(self, specification: Specification, batches: Sequence[Sequence[Names]]) -> Iterable[list[Permutation]]:
        """Run batches of permutations at the same time."""
        return self._threads.map(lambda batch: self._run(specification, batch), batches)

    def _run(self, specification: Specification, batch: Sequence[Names]) -> list[Permutation]:
        with self._tester() as tester:
            return tester.run(specification, batch)

    @contextmanager
    def _tester(self) -> Iterator[IsolationTester]:
        try:
            tester = self._idle.get_nowait()
        except queue.Empty:
            tester = self._new()
        yield tester
        self._idle.put(tester)

    def _new(self) -> IsolationTester:
        schema = f"isolationtester_{next(self._numbers)}"
        engine = sa.create_engine(self._postgresql.url, connect_args={"options": f"-c search_path={schema}"})
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            create_tables(connection)
        engine.dispose()
        return IsolationTester(self._program, self._postgresql.client_url, schema)


@dataclass(frozen=True)
class Both:
    """What the two found."""

    explored: Explored
    possible: Future[Counter[Schedule]]


@pytest.fixture(scope="module")
def found(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[Mapping[Case, Both]]:
    """What all cases come to; many at once, since isolationtester spends its time waiting."""
    watcher = Watcher()
    with Sandbox(postgresql.url, valkey.url, watcher) as sandbox:
        collector = Collector(sandbox, watcher)
        explored = {case: case.explored(collector) for case in CASES}
    with ThreadPoolExecutor(TESTERS_AT_ONCE) as threads, ThreadPoolExecutor(len(CASES)) as cases:
        testers = IsolationTesters(postgresql, threads)
        yield {case: Both(its, cases.submit(case.possible, its, testers)) for case, its in explored.items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_find_the_same_schedules(found: Mapping[Case, Both], case: Case) -> None:
    explored, possible = found[case].explored.schedules, found[case].possible.result()

    missed, invented = possible - explored, explored - possible
    assert not missed, "the explorer has not played:\n" + "\n".join(map(str, missed))
    assert not invented, "isolationtester knows nothing of:\n" + "\n".join(map(str, invented))
    assert set(explored.values()) == {1}


def test_without_isolationtester_a_sentence_says_what_to_install(tmp_path: File) -> None:
    with pytest.raises(FileNotFoundError, match="apt-get install postgresql-client"):
        find_isolationtester([tmp_path])
