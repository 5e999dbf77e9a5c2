"""ZooKeeper in the explorer: kazoo's lock, the end of its holder's session, and what is left when it is over."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from math import comb
from pathlib import Path

import pytest
from kazoo.client import KazooClient

from backend import strategies
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper, start_zookeeper
from backend.explorer import counterexample
from backend.explorer.execution import Execution
from backend.explorer.explore import Explorer
from backend.explorer.footprints import canonical
from backend.explorer.mermaid import mermaid
from backend.explorer.observer import Watcher
from backend.explorer.question import EventKind, Exploration, Question
from backend.explorer.sandbox import Sandbox
from backend.explorer.search import Search
from backend.explorer.survey import CellState, Scope
from backend.explorer.surveyor import entries, survey
from backend.explorer.web_page import exploration_html
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Verdict
from backend.shop.operations import Request
from backend.strategies.base import Handler, Services, Variant
from backend.strategies.redis_lock import check_and_act

pytestmark = pytest.mark.skipif(find_zookeeper() is None, reason=str(WHAT_TO_INSTALL))

Class = tuple[tuple[int, str], ...]
Outcome = tuple[Verdict, tuple[tuple[str, Answer | None], ...]]
PLACE = OperationKey.PLACE_ORDER
ONCE, TWICE, UNDECIDED = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.UNDECIDED
FENCED = strategies.find("distributed-lock", "zookeeper")[1]


def lock_only(request: Request, services: Services) -> Answer:
    """Ensure, create, getChildren, INSERT, COMMIT, delete; a loser: ensure, create, getChildren, delete."""
    lock = services.zookeeper().Lock(services.node(request), request.submission_id)
    if not lock.acquire(blocking=False):
        return Answer.BUSY
    try:
        with services.database.begin() as connection:
            return request.operation.act(connection, request)
    finally:
        lock.release()


def unfenced(request: Request, services: Services) -> Answer:
    """As the strategy, but nobody asks whose the lock is by now."""
    lock = services.zookeeper().Lock(services.node(request), request.submission_id)
    if not lock.acquire(blocking=False):
        return Answer.BUSY
    try:
        return check_and_act(request, services)
    finally:
        lock.release()


def variant(handle: Handler) -> Variant:
    engines = frozenset({EngineKind.ZOOKEEPER})
    return Variant("test", handle, sound=False, engines=engines)


LOCK_ONLY, UNFENCED = variant(lock_only), variant(unfenced)


def question(requests: int = 2, crashes: int = 0, expiries: int = 0) -> Question:
    return Question(PLACE, "distributed-lock", "zookeeper", requests, crashes, expiries)


class Hall:
    """Explores on a ZooKeeper of its own."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer

    def explore(self, asked: Question, code: Variant = FENCED, limit: int | None = None) -> Exploration:
        return self.explorer.explore(asked, lambda _: None, threading.Event(), limit, code)


@pytest.fixture(scope="module")
def hall(postgresql: RunningEngine, valkey: RunningEngine, keeper: ZooKeeperKeeper) -> Iterator[Hall]:
    with Explorer(postgresql.url, valkey.url, None, keeper) as explorer:
        yield Hall(explorer)


def classes(
    sandbox: Sandbox, watcher: Watcher, asked: Question, code: Variant, *, reduce: bool
) -> list[tuple[Class, Outcome]]:
    """Class, verdict and answers of each schedule."""
    sandbox.need(code.engines)
    plays = list(Search(partial(Execution, sandbox, watcher, asked, code), reduce=reduce).schedules())
    verdicts = sandbox.judge([(execution.fixture, execution.answers) for execution in plays])
    return [
        (canonical(execution.trace), (verdict, tuple((one.actor, one.answer) for one in execution.submissions)))
        for execution, verdict in zip(plays, verdicts, strict=True)
    ]


@pytest.fixture
def sandbox(
    postgresql: RunningEngine, valkey: RunningEngine, keeper: ZooKeeperKeeper
) -> Iterator[tuple[Sandbox, Watcher]]:
    watcher = Watcher()
    with Sandbox(postgresql.url, valkey.url, watcher, None, keeper) as opened:
        yield opened, watcher


def orders_of_two(steps: int) -> int:
    """Orders of two requests for one lock, the holder of which has so many steps and a loser four.

    Who creates its node first, A say, gets the lock: steps 2 and 3 are create and getChildren. B's create comes after
    A's: of C(steps + 4, 4) ways to put B's four steps between A's, those drop out in which B has created before A's
    second step: with none of A's steps before it (the last two of B's then fall among all of A's), or one (2 ways).
    The ways in which B's last two come after A's last stand for those in which B finds the lock free, whose steps from
    getChildren on follow alone. Times two.
    """
    return 2 * (comb(steps + 4, 4) - comb(steps + 2, 2) - 2 * comb(steps + 1, 2))


def free_when_looked(steps: int) -> int:
    """Orders in which the second one's getChildren comes after the first one's release, so that both hold the lock.

    B's ensure and create fall among A's steps, C(steps + 2, 2) ways, but create not before A's (3 ways). Times two.
    """
    return 2 * (comb(steps + 2, 2) - 3)


def test_two_requests_for_a_lock_have_as_many_orders_as_counted_by_hand(sandbox: tuple[Sandbox, Watcher]) -> None:
    everything = classes(*sandbox, question(), LOCK_ONLY, reduce=False)

    assert Counter(verdict for _, (verdict, _) in everything) == {
        ONCE: orders_of_two(6) - free_when_looked(6),
        TWICE: free_when_looked(6),
    }
    by_class: dict[Class, set[Outcome]] = {}
    for kind, outcome in everything:
        by_class.setdefault(kind, set()).add(outcome)
    assert {len(outcomes) for outcomes in by_class.values()} == {1}
    reduced = classes(*sandbox, question(), LOCK_ONLY, reduce=True)
    assert {kind: {outcome} for kind, outcome in reduced} == by_class
    assert len(reduced) == len(by_class)


def test_the_strategy_takes_effect_once_in_an_order_of_each_class(sandbox: tuple[Sandbox, Watcher]) -> None:
    # All orders would be orders_of_two(10), 1650: ensure, create, getChildren, exists, INSERT and UPDATE of the fence,
    # SELECT, INSERT, COMMIT, delete.
    found = classes(*sandbox, question(), FENCED, reduce=True)

    assert {verdict for _, (verdict, _) in found} == {ONCE}
    assert {tuple(sorted(str(answer) for _, answer in told)) for _, (_, told) in found} == {
        ("busy", "created"),
        ("created", "duplicate"),
    }


def test_a_session_may_end_wherever_the_node_is_there(hall: Hall) -> None:
    found = hall.explore(question(requests=1, expiries=1))

    # The node is there before steps 3 to 10: 8 places, or it does not end. Only before `exists` nothing takes effect:
    # before getChildren kazoo misses its node and makes another one, and later the fence has not seen a higher one.
    assert dict(found.outcomes) == {ONCE: 8, UNDECIDED: 1}
    told = [event for event in found.examples[UNDECIDED].events if event.kind is not EventKind.STEP]
    assert [(event.kind, event.engine, event.command) for event in told] == [
        (EventKind.EXPIRE, "zookeeper", "closeSession"),
        (EventKind.ANSWER, "http", "reply"),
    ]
    assert [event.answer for event in found.examples[UNDECIDED].events][-3:] == ["no node", "NoNodeError", "busy"]


def test_the_lock_of_a_crashed_holder_stays_until_its_session_ends(hall: Hall) -> None:
    found = hall.explore(question(requests=1, crashes=1))

    # A crash after each of the 10 steps, or none. After steps 2 to 9 the retry finds the lock taken; by step 9 the
    # effect is committed. After step 1 there is no node yet, and after step 10 there is none any more.
    assert dict(found.outcomes) == {ONCE: 4, UNDECIDED: 7}
    last = found.examples[UNDECIDED].events[-1]
    assert (last.actor, last.answer) == ("A'", "busy")
    held = hall.explorer.replay(found.examples[UNDECIDED], FENCED).events[-1].after
    assert held is not None
    assert [(key.name, key.value, key.engine) for key in held.keys] == [
        ("/submit-twice/place-order/key-1/lock-0000000000", "submission-A", "zookeeper")
    ]


def test_without_the_fence_a_late_holder_acts_again_and_the_story_reads_the_same_every_time(
    hall: Hall, tmp_path: Path
) -> None:
    found = hall.explore(question(expiries=1), UNFENCED, limit=120)

    example = found.counterexample
    assert example is not None
    assert example.verdict is TWICE
    assert "second effect" in example.mistake_text
    counterexample.save(example, tmp_path / "example.json")
    assert hall.explorer.replay(counterexample.load(tmp_path / "example.json"), UNFENCED) == example
    assert "Note over ZooKeeper: the session of the lock's holder ends" in mermaid(example)
    page = exploration_html(found)
    assert "lock-0000000000 = submission-A (lasts as long as the session)" in page
    assert "__lock__" not in page


@pytest.mark.exhaustive
def test_with_the_fence_no_end_of_a_session_does_harm(sandbox: tuple[Sandbox, Watcher]) -> None:
    found = Counter(verdict for _, (verdict, _) in classes(*sandbox, question(expiries=1), FENCED, reduce=True))

    assert found.keys() == {ONCE, UNDECIDED}


@pytest.mark.exhaustive
def test_a_crash_and_the_end_of_the_session_do_no_harm(hall: Hall) -> None:
    found = hall.explore(question(requests=1, crashes=1, expiries=1))

    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE, UNDECIDED}


def test_a_server_that_dies_is_no_answer(postgresql: RunningEngine, valkey: RunningEngine) -> None:
    with Supervisor() as supervisor:
        started = start_zookeeper(supervisor)
        keeper = ZooKeeperKeeper(supervisor, f"127.0.0.1:{started.port}", lambda: None)
        with Explorer(postgresql.url, valkey.url, None, keeper) as explorer:
            assert Hall(explorer).explore(question(), limit=2).outcomes == {ONCE: 2}
            started.child.kill()
            with pytest.raises(SubmitTwiceError, match="went away"):
                Hall(explorer).explore(question(), limit=2)


def test_nothing_is_left_behind(postgresql: RunningEngine, valkey: RunningEngine, keeper: ZooKeeperKeeper) -> None:
    outside = KazooClient(keeper.address.hosts)
    outside.start()
    folders, threads = set(outside.get_children("/")), set(threading.enumerate())
    with Explorer(postgresql.url, valkey.url, None, keeper) as explorer:
        assert Hall(explorer).explore(question(crashes=1, expiries=1), limit=10).schedules == 10
        assert set(outside.get_children("/")) > folders
    assert set(outside.get_children("/")) == folders
    assert set(threading.enumerate()) <= threads
    outside.stop()
    outside.close()


def test_where_it_is_missing_the_survey_says_what_to_install(postgresql: RunningEngine, valkey: RunningEngine) -> None:
    pairs = {(PLACE, "distributed-lock", "zookeeper")}
    found = survey(
        Scope(),
        partial(Explorer, postgresql.url, valkey.url),
        on_progress=lambda _: None,
        on_cell=lambda _: None,
        cancelled=threading.Event(),
        asked=entries(pairs, {EngineKind.ZOOKEEPER: WHAT_TO_INSTALL}),
    )
    assert [(cell.state, cell.sentence) for cell in found.cells] == [(CellState.NOT_GUARDED, str(WHAT_TO_INSTALL))]
    with Explorer(postgresql.url, valkey.url) as explorer, pytest.raises(NotApplicableError, match="ZooKeeper"):
        Hall(explorer).explore(question())
