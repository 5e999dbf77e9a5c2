"""What is left out must make no difference, and nothing else may be left out: every variant with every operation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.explorer.errors import UnforeseenError
from backend.explorer.observer import Watcher
from backend.explorer.question import Question
from backend.explorer.sandbox import Sandbox
from backend.explorer.surveyor import entries
from backend.model.vocabulary import EngineKind, GatewayKeys, OperationKey, Replication
from tests.backend.explorer.conftest import Bench, needs_mariadb
from tests.backend.explorer.schedules import Player, Schedule, classes, swapped_choices
from tests.tables import exhaustive_but, never

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
CANCEL, SEND = OperationKey.CANCEL_ORDER, OperationKey.SEND_MESSAGE
MOST = 400
"""Schedules of a question that are all played; of larger ones a sample is."""
SAMPLE = 60
EVERY = [entry for entry in entries() if not entry.refusal]
ROLLS_BACK_BY_ITSELF = {("distributed-lock", "redis-fence-in-redis")}
"""Where Redis says that a lease has ended, by a ROLLBACK that no exception foretells."""
IN_THE_DATABASE = [entry.pair for entry in EVERY if not entry.code.engines]
WITH_ZOOKEEPER = [entry.pair for entry in EVERY if EngineKind.ZOOKEEPER in entry.code.engines]


@pytest.fixture(scope="module")
def on_sqlite(valkey: RunningEngine, gateway: GatewayKeeper) -> Iterator[Player]:
    watcher = Watcher()
    with Sandbox("sqlite:///", valkey.url, watcher, gateway) as sandbox:
        yield Player(sandbox, watcher)


@pytest.fixture(scope="module")
def with_zookeeper(
    servers: Supervisor, postgresql: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper
) -> Iterator[Player]:
    watcher = Watcher()
    keeper = ZooKeeperKeeper(servers, None, lambda: None)
    with Sandbox(postgresql.url, valkey.url, watcher, gateway, keeper) as sandbox:
        yield Player(sandbox, watcher)
    keeper.close()


def check(player: Player, question: Question, most: int = MOST) -> None:
    """Play everything where that can be done, else a sample; and what is left when each class is played once."""
    everything = player.all(question, reduce=False, limit=most)
    if everything is None:
        check_sample(player, question)
        return
    if any(schedule.server_chose for schedule in everything):
        check_verdicts(player, question, everything)
        return
    found = classes(everything)
    kinds = [{schedule.kind for schedule in one} for one in found]
    assert [len(kind) for kind in kinds] == [1] * len(found), "a class has one normal form"
    assert len(frozenset().union(*kinds)) == len(found), "classes have different normal forms"

    reduced = player.all(question, reduce=True)
    assert reduced is not None
    assert len(reduced) == len(found)
    outcomes = {one[0].kind: one[0].outcome for one in found}
    assert {schedule.kind: schedule.outcome for schedule in reduced} == outcomes


def check_verdicts(player: Player, question: Question, schedules: list[Schedule]) -> None:
    """Where the server chooses, what each request was told is not always the same; what becomes of the intent is."""
    reduced = player.all(question, reduce=True)
    assert reduced is not None
    assert {one.outcome.verdict for one in reduced} == {one.outcome.verdict for one in schedules}


def check_sample(player: Player, question: Question) -> None:
    reduced = player.all(question, reduce=True)
    assert reduced is not None
    if any(schedule.server_chose for schedule in reduced):
        check_verdicts(player, question, player.some(question, SAMPLE, seed=len(reduced)))
        return
    outcomes = {schedule.kind: schedule.outcome for schedule in reduced}
    assert len(outcomes) == len(reduced), "no class is played twice"
    sample = player.some(question, SAMPLE, seed=len(reduced))
    for schedule in sample:
        assert outcomes.get(schedule.kind) == schedule.outcome, schedule.names
    ways = [(schedule, *next(schedule.neighbours(), (-1, ()))) for schedule in sample]
    pairs = [(schedule, place) for schedule, place, _ in ways if place >= 0]
    swapped = player.these(question, [swapped_choices(schedule, place) for schedule, place in pairs])
    for (schedule, place), other in zip(pairs, swapped, strict=True):
        assert other.outcome == schedule.outcome, f"{schedule.names} at {place}: somebody noticed"


def name(question: Question) -> str:
    mishaps = (
        f" {question.crashes} crashes" * bool(question.crashes)
        + f" {question.expiries} expiries" * bool(question.expiries)
        + f" {question.failovers} failovers" * bool(question.failovers)
        + f" {question.errors} errors" * bool(question.errors)
        + f" {question.replication} failover of the database" * bool(question.database_failovers)
    )
    return f"{question.operation} {question.strategy}/{question.variant} {question.requests}{mishaps}"


LONGER = (
    Question(PLACE, "none", "direct", 2, errors=1),
    Question(PLACE, "unique-index", "on-conflict", 2, database_failovers=1),
)
QUICK = [
    Question(PLACE, "none", "check-then-act", 2),
    Question(PLACE, "token", "get-then-delete", 2),
    Question(PLACE, "distributed-lock", "redis-no-check", 2, 0, 1),
    Question(CANCEL, "idempotency-key", "get-then-set", 2, 0, 1),
    Question(PLACE, "token", "delete-first", 2, failovers=1),
    Question(PLACE, "unique-index", "catch-violation", 2, 1),
    *LONGER,
    Question(PLACE, "unique-index", "catch-violation", 2, errors=1),
    Question(PLACE, "none", "direct", 3),
    Question(ADD, "none", "direct", 3),
    Question(PLACE, "token", "delete-first", 3),
    Question(PLACE, "unique-index", "on-conflict", 3),
    Question(PAY, "pessimistic-lock", "repeatable-read", 3),
    Question(PLACE, "local-lock", "in-process", 3),
    Question(CANCEL, "unique-index", "catch-violation", 3),
    Question(SEND, "unique-index", "on-conflict", 3),
    Question(SEND, "unique-index", "catch-violation", 3, gateway_keys=GatewayKeys.HONOURED),
]


@pytest.mark.parametrize("question", exhaustive_but(QUICK, never(*LONGER)), ids=name)
def test_one_schedule_of_each_class_is_played_and_all_of_a_class_come_out_the_same(
    on_postgresql: Player, question: Question
) -> None:
    check(on_postgresql, question)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("requests", [2, 3])
@pytest.mark.parametrize("pair", IN_THE_DATABASE, ids="/".join)
def test_nothing_that_matters_is_left_out_of_any_question(
    on_postgresql: Player, pair: tuple[OperationKey, str, str], requests: int
) -> None:
    check(on_postgresql, Question(*pair, requests))


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mishap", [(1, 0, 0), (0, 1, 0), (0, 0, 1)], ids=["crash", "expiry", "error"])
@pytest.mark.parametrize("pair", IN_THE_DATABASE, ids="/".join)
def test_nothing_that_matters_is_left_out_where_something_goes_wrong(
    on_postgresql: Player, pair: tuple[OperationKey, str, str], mishap: tuple[int, int, int]
) -> None:
    crashes, expiries, errors = mishap
    question = Question(*pair, 2, crashes, expiries, errors=errors)
    if expiries and pair[1:] in ROLLS_BACK_BY_ITSELF:
        with pytest.raises(UnforeseenError):  # it is noticed; then nothing is left out: see `test_footprints`
            check(on_postgresql, question)
    else:
        check(on_postgresql, question)


WITH_EXCEPTIONS = [
    Question(PLACE, "none", "direct", 3, errors=1),
    Question(PLACE, "none", "check-then-act", 3, errors=1),
    Question(ADD, "none", "direct", 3, errors=1),
    Question(PLACE, "unique-index", "on-conflict", 3, errors=1),
    Question(PLACE, "unique-index", "catch-violation", 3, errors=1),
    Question(PLACE, "token", "delete-first", 3, errors=1),
    Question(PAY, "state-machine", "status-guard", 3, errors=1),
    Question(SEND, "unique-index", "on-conflict", 3, errors=1),
    Question(PLACE, "none", "direct", 2, errors=2),
    Question(PLACE, "unique-index", "catch-violation", 2, errors=2),
    Question(PLACE, "none", "direct", 2, crashes=1, errors=1),
    Question(PLACE, "unique-index", "catch-violation", 2, crashes=1, errors=1),
    Question(PLACE, "distributed-lock", "redis", 2, expiries=1, errors=1),
    Question(PLACE, "distributed-lock", "redis-no-check", 2, expiries=1, errors=1),
    Question(PLACE, "token", "get-then-delete", 2, crashes=1, expiries=1, errors=1),
]


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("question", WITH_EXCEPTIONS, ids=name)
def test_nothing_that_matters_is_left_out_where_exceptions_meet_other_mishaps(
    on_postgresql: Player, question: Question
) -> None:
    check(on_postgresql, question)


WITH_FAILOVERS_OF_THE_DATABASE = [
    Question(PLACE, "unique-index", "on-conflict", 3, database_failovers=1),
    Question(PLACE, "unique-index", "on-conflict", 3, database_failovers=1, replication=Replication.SYNCHRONOUS),
    Question(PLACE, "token", "delete-first", 3, database_failovers=1),
    Question(PLACE, "unique-index", "catch-violation", 2, database_failovers=1),
    Question(PLACE, "unique-index", "deferred", 2, database_failovers=1),
    Question(PLACE, "serializable", "retry", 2, database_failovers=1),
    Question(PLACE, "advisory-lock", "session-leak", 2, database_failovers=1),
    Question(PLACE, "local-lock", "in-process", 2, database_failovers=1),
    Question(ADD, "none", "direct", 2, database_failovers=1),
    Question(PAY, "pessimistic-lock", "lock-then-check", 2, database_failovers=1),
    Question(CANCEL, "unique-index", "catch-violation", 2, database_failovers=1),
    Question(SEND, "unique-index", "on-conflict", 2, database_failovers=1),
    Question(PLACE, "unique-index", "on-conflict", 2, crashes=1, database_failovers=1),
    Question(PLACE, "unique-index", "on-conflict", 2, errors=1, database_failovers=1),
    Question(PLACE, "distributed-lock", "redis", 1, expiries=1, database_failovers=1),
]


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("question", WITH_FAILOVERS_OF_THE_DATABASE, ids=name)
def test_nothing_that_matters_is_left_out_where_the_database_fails_over(
    on_postgresql: Player, question: Question
) -> None:
    check(on_postgresql, question)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mishaps", [(2, 0, 0), (3, 0, 0), (2, 1, 0), (2, 0, 1)], ids=["2", "3", "crash", "expiry"])
@pytest.mark.parametrize("pair", WITH_ZOOKEEPER, ids="/".join)
def test_nothing_that_matters_is_left_out_with_zookeeper(
    with_zookeeper: Player, pair: tuple[OperationKey, str, str], mishaps: tuple[int, int, int]
) -> None:
    check(with_zookeeper, Question(*pair, *mishaps))


@pytest.mark.parametrize(
    "question",
    [
        Question(PLACE, "none", "check-then-act", 2),
        Question(PLACE, "token", "delete-last", 2),
        Question(PLACE, "unique-index", "on-conflict", 3),
        Question(PAY, "pessimistic-lock", "lock-then-check", 3),
        Question(SEND, "unique-index", "on-conflict", 3),
    ],
    ids=name,
)
def test_on_sqlite_too_nothing_that_matters_is_left_out(on_sqlite: Player, question: Question) -> None:
    check(on_sqlite, question)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("pair", IN_THE_DATABASE[::3], ids="/".join)
def test_on_sqlite_nothing_that_matters_is_left_out_of_a_sample(
    on_sqlite: Player, pair: tuple[OperationKey, str, str]
) -> None:
    check(on_sqlite, Question(*pair, 2))
    check(on_sqlite, Question(*pair, 3))


MORE_ON_MARIADB = (
    Question(PLACE, "none", "direct", 3),
    Question(ADD, "none", "direct", 3),
    Question(PLACE, "unique-index", "on-conflict", 3),
)
"""Others in a plain run have their commands."""
ON_MARIADB = [
    Question(PLACE, "none", "check-then-act", 2),
    Question(PLACE, "unique-index", "catch-violation", 2, 1),
    Question(PAY, "pessimistic-lock", "repeatable-read", 2),
    Question(PAY, "pessimistic-lock", "lock-then-check", 3),
    Question(CANCEL, "none", "direct", 3),
    Question(SEND, "unique-index", "on-conflict", 3),
    *MORE_ON_MARIADB,
]


@needs_mariadb
@pytest.mark.parametrize("question", exhaustive_but(ON_MARIADB, never(*MORE_ON_MARIADB)), ids=name)
def test_on_mariadb_too_nothing_that_matters_is_left_out(on_mariadb: Player, question: Question) -> None:
    check(on_mariadb, question)


@needs_mariadb
@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("requests", [2, 3])
@pytest.mark.parametrize("pair", IN_THE_DATABASE[::3], ids="/".join)
def test_on_mariadb_nothing_that_matters_is_left_out_of_a_sample(
    on_mariadb: Player, pair: tuple[OperationKey, str, str], requests: int
) -> None:
    check(on_mariadb, Question(*pair, requests))


def test_a_message_and_its_marker_have_eight_classes(bench: Bench) -> None:
    """Two of A's three steps keep the others waiting, and which of them makes no difference: 8 of 15 differ.

    B and C wait (then either may go on first: 2), or C comes after A's end while B waits, or both come after it
    (B's COMMIT is before, between or after C's two steps: 3 each).
    """
    found = bench.explore(SEND, "unique-index", "on-conflict", requests=3)
    assert (found.schedules, found.classes, found.exhaustive) == (8, 8, True)


def test_a_message_and_its_marker_have_fifteen_schedules(on_postgresql: Player) -> None:
    everything = on_postgresql.all(Question(SEND, "unique-index", "on-conflict", 3), reduce=False)
    assert everything is not None
    assert len(everything) == 15
