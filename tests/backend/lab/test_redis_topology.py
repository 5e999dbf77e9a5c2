"""Several Redis-protocol servers: what becomes of locks when the primary fails over, or some of several are gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.redis_client import create_redis
from backend.engines.says import EngineCode
from backend.model.errors import NotApplicableError
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.observed import EngineStatus
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.report import report_document
from backend.model.vocabulary import (
    Answer,
    EngineKind,
    OperationKey,
    Pace,
    RedisPersistence,
    RedisTopology,
    Source,
    Verdict,
)
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import own_lab, wait_for
from tests.tables import exhaustive_but

PLACE = OperationKey.PLACE_ORDER
SINGLE, SENTINEL, THREE, FIVE = RedisTopology
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
WORK_MS = 6_000
"""Longer than sentinels need to promote somebody, on a busy machine as well."""
EVERY_SO_OFTEN = {"pace": Pace.INTERVAL, "interval_ms": 300}


@pytest.fixture(scope="module")
def _started() -> Iterator[Laboratory]:
    with own_lab(LabOptions(instances=2)) as laboratory:
        yield laboratory


@pytest.fixture
def servers(_started: Laboratory) -> Laboratory:
    """A lab that no other test shares, without the locks that earlier runs have left there."""
    _started.lab.reset()
    return _started


def setup_of(variant: str, topology: RedisTopology, *faults: str, delay_ms: int = 0, lease_ms: int = 60_000) -> Setup:
    read = tuple(parse_fault(text) for text in faults)
    strategy, _, name = variant.partition("/")
    return Setup(strategy, name, delay_ms, lease_ms, read, redis_topology=topology)


def held_while(laboratory: Laboratory, setup: Setup, submissions: int = 20) -> Report:
    """One takes the lock and works; others come every 300 ms."""
    plan = Plan((laboratory.intent(PLACE),), submissions, **EVERY_SO_OFTEN)  # type: ignore[arg-type]
    return laboratory.lab.start_run(setup, plan).wait(110)


def redis_of(laboratory: Laboratory) -> EngineStatus:
    return next(engine for engine in laboratory.lab.engines() if engine.kind is EngineKind.REDIS)


def told(laboratory: Laboratory, code: EngineCode) -> str:
    """The last incident of this kind."""
    recorder = laboratory.told
    assert wait_for(recorder, lambda: any(one.code is code for one in recorder.told))
    return next(str(one) for one in reversed(recorder.told) if one.code is code)


def test_a_lock_is_granted_twice_when_its_primary_dies_before_the_replica_has_heard_of_it(
    servers: Laboratory,
) -> None:
    report = held_while(servers, setup_of("distributed-lock/redis", SENTINEL, "failover@redis=300", delay_ms=WORK_MS))

    assert report.verdicts == {TWICE: 1}
    assert report.effects == 2
    assert report.contradictions == ()
    assert report.missed_faults == ()
    assert report_document(report)["redis_topology"] == "sentinel"
    said = told(servers, EngineCode.FAILED_OVER)
    assert "promoted Valkey" in said
    assert "Of 1 key it has 0; 1 is lost; of 1 lock among them it kept 0." in said
    strip = redis_of(servers)
    assert "is the primary" in str(strip.about)


@pytest.mark.exhaustive
@pytest.mark.parametrize("variant", ["distributed-lock/redis-fenced", "unique-index/catch-violation"])
def test_a_fence_in_the_database_and_a_unique_index_outlive_a_failover(servers: Laboratory, variant: str) -> None:
    report = held_while(servers, setup_of(variant, SENTINEL, "failover@redis=300", delay_ms=WORK_MS))

    assert report.verdicts == {ONCE: 1}
    assert report.contradictions == ()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("variant", "delay_ms", "expected"),
    [
        ("distributed-lock/redis", WORK_MS, 1),
        ("distributed-lock/redis-fenced", WORK_MS, 0),
        ("unique-index/catch-violation", 50, 0),  # nothing keeps the others from working as well
    ],
)
def test_two_thousand_submissions_and_a_failover(
    servers: Laboratory, variant: str, delay_ms: int, expected: int
) -> None:
    """Five hundred of each intent, one after the other, so that some come before, during and after it."""
    wanted = tuple(servers.intent(PLACE, number) for number in range(1, 5))
    setup = setup_of(variant, SENTINEL, "failover@redis=1000", delay_ms=delay_ms)
    plan = Plan(wanted, 500, pace=Pace.INTERVAL, interval_ms=10)
    report = servers.lab.start_run(setup, plan).wait(110)

    assert report.sent == 2_000
    duplicated = report.verdicts.get(TWICE, 0)
    assert duplicated >= expected
    if not expected:
        assert duplicated == 0
    assert set(report.verdicts) <= {ONCE, TWICE, Verdict.UNDECIDED}
    assert report.contradictions == ()


@pytest.mark.exhaustive
def test_a_primary_whose_replica_has_kept_in_step_loses_no_lock(servers: Laboratory) -> None:
    report = held_while(servers, setup_of("distributed-lock/redis", SENTINEL, "kill@redis=1500", delay_ms=WORK_MS))

    assert report.verdicts == {ONCE: 1}
    assert "of 1 lock among them it kept 1." in told(servers, EngineCode.FAILED_OVER_IN_STEP)


@pytest.mark.exhaustive
def test_a_link_that_is_cut_harms_nobody_while_the_primary_lives(servers: Laboratory) -> None:
    setup = setup_of("distributed-lock/redis", SENTINEL, "partition@redis=500", delay_ms=1_000)
    before = len(servers.told.told)
    report = held_while(servers, setup, 5)

    assert report.verdicts == {ONCE: 1}
    assert told(servers, EngineCode.LINKED_AGAIN)
    codes = [one.code for one in servers.told.told[before:]]
    assert codes.count(EngineCode.CUT_OFF) == codes.count(EngineCode.LINKED_AGAIN) == 1


def test_redlock_goes_on_without_one_of_three_and_stops_without_two(servers: Laboratory) -> None:
    goes_on = held_while(servers, setup_of("distributed-lock/redlock", THREE, "kill@redis:2=1"), 3)
    assert goes_on.verdicts == {ONCE: 1}
    assert goes_on.answers.get(Answer.ERROR, 0) == 0

    setup = setup_of("distributed-lock/redlock", THREE, "kill@redis:1#1", "kill@redis:3#1")
    plan = Plan(tuple(servers.intent(PLACE, number) for number in range(8)), 1, **EVERY_SO_OFTEN)  # type: ignore[arg-type]
    stops = servers.lab.start_run(setup, plan).wait(60)
    assert set(stops.answers) == {Answer.CREATED, Answer.BUSY}
    assert stops.contradictions == ()

    back = held_while(servers, setup_of("distributed-lock/redlock", THREE), 2)
    assert back.verdicts == {ONCE: 1}
    assert str(redis_of(servers).about) == "three independent servers"


@pytest.mark.exhaustive
@pytest.mark.parametrize("lost", [2, 3])
def test_five_servers_may_lose_two_and_not_three(servers: Laboratory, lost: int) -> None:
    killed = [f"kill@redis:{number}#1" for number in range(1, lost + 1)]
    plan = Plan(tuple(servers.intent(PLACE, number) for number in range(8)), 1, **EVERY_SO_OFTEN)  # type: ignore[arg-type]
    report = servers.lab.start_run(setup_of("distributed-lock/redlock", FIVE, *killed), plan).wait(60)

    assert set(report.answers) == ({Answer.CREATED} if lost == 2 else {Answer.CREATED, Answer.BUSY})
    assert report.contradictions == ()


@pytest.mark.exhaustive
@pytest.mark.parametrize(("persistence", "verdict"), [(RedisPersistence.NONE, TWICE), (RedisPersistence.ALWAYS, ONCE)])
def test_redlock_is_granted_twice_once_a_server_has_come_back_without_its_keys(
    servers: Laboratory, persistence: RedisPersistence, verdict: Verdict
) -> None:
    """One of three misses the lock, and one of the two that have it forgets it: the other two are a majority."""
    setup = Setup(
        "distributed-lock",
        "redlock",
        WORK_MS,
        60_000,
        (parse_fault("partition@redis:3=1000"), parse_fault("restart@redis:2=1500")),
        redis_topology=THREE,
        redis_persistence=persistence,
    )
    plan = Plan((servers.intent(PLACE),), 20, pace=Pace.INTERVAL, interval_ms=300)
    report = servers.lab.start_run(setup, plan).wait(110)

    assert report.verdicts == {verdict: 1}
    assert report.answers.get(Answer.ERROR, 0) == 0


def test_a_lease_that_is_renewed_outlasts_the_work(servers: Laboratory) -> None:
    setup = setup_of("distributed-lock/redis-renewed", SINGLE, delay_ms=2_500, lease_ms=500)
    report = held_while(servers, setup, 8)

    assert report.verdicts == {ONCE: 1}
    assert report.answers[Answer.CREATED] == 1


@pytest.mark.exhaustive
def test_who_is_paused_for_longer_than_the_lease_is_not_renewed_for(servers: Laboratory) -> None:
    setup = setup_of("distributed-lock/redis-renewed", SINGLE, "pause@sql:SELECT=3000", delay_ms=500, lease_ms=600)
    plan = Plan((servers.intent(PLACE),), 1, Source.RETRY, timeout_ms=1_500, retries=2)
    report = servers.lab.start_run(setup, plan).wait(60)

    assert report.verdicts == {TWICE: 1}
    assert report.missed_faults == ()


@pytest.mark.parametrize(
    ("topology", "fault", "why"),
    exhaustive_but(
        [
            (SINGLE, "failover@redis", "--redis-topology sentinel"),
            (THREE, "failover@redis", "--redis-topology sentinel"),
            (SINGLE, "partition@redis", "several servers"),
            (THREE, "kill@redis:4", "about server 4; there are 3 here"),
            (SINGLE, "kill@redis:2", "about server 2; there is 1 here"),
        ],
        lambda topology, fault, _: topology is SINGLE or fault == "kill@redis:4",
    ),
)
def test_a_fault_that_cannot_be_had_here_is_refused_with_what_it_needs(
    servers: Laboratory, topology: RedisTopology, fault: str, why: str
) -> None:
    with pytest.raises(NotApplicableError, match=why):
        held_while(servers, setup_of("distributed-lock/redis", topology, fault), 1)


def test_a_server_of_somebody_elses_has_no_topology_and_no_persistence_of_ours(servers: Laboratory) -> None:
    held_while(servers, setup_of("none/direct", SINGLE), 1)
    url = str(servers.lab.connection()["redis"])
    with create_redis(url) as client, own_lab(LabOptions(database="sqlite", redis=url)) as other:
        assert client.ping()
        with pytest.raises(NotApplicableError, match="not ours"):
            held_while(other, setup_of("none/direct", THREE), 1)
        report = held_while(other, setup_of("none/direct", SINGLE), 1)
        assert (report.effects, report.setup.redis_persistence) == (1, None)
        with pytest.raises(NotApplicableError, match="started here"):
            held_while(other, Setup("none", redis_persistence=RedisPersistence.NONE), 1)
