"""A hot standby: reading from one that lags, and having one take over."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from backend.model.errors import NotApplicableError
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Pace, Replication, Source, Verdict
from tests.backend.conftest import LAG_MS, Laboratory
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER


def one_after_another(laboratory: Laboratory, strategy: str, variant: str, lag_ms: int = LAG_MS) -> Report:
    setup = Setup(strategy, variant, replication=Replication.ASYNCHRONOUS, replica_lag_ms=lag_ms)
    plan = Plan((laboratory.intent(PLACE),), 3, pace=Pace.ONE_AFTER_ANOTHER)
    return laboratory.lab.start_run(setup, plan).wait(60)


def fail_over(laboratory: Laboratory, replication: Replication, intents: int = 1, lag_ms: int = 0) -> Report:
    """Callers who send again until they are told something, while a standby takes over."""
    faults = (parse_fault("failover@database"),)
    setup = Setup("unique-index", faults=faults, replication=replication, replica_lag_ms=lag_ms)
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(intents))
    plan = Plan(wanted, 1, Source.RETRY, retries=12, backoff_ms=50)
    return laboratory.lab.start_run(setup, plan).wait(120)


@pytest.mark.parametrize(
    ("strategy", "variant", "effects"),
    [
        ("none", "check-on-replica", 3),
        ("none", "check-then-act", 1),
        ("distributed-lock", "redis-check-on-replica", 3),
        ("distributed-lock", "redis", 1),
    ],
)
def test_a_check_on_the_replica_misses_what_was_answered_for_within_its_lag(
    laboratory: Laboratory, strategy: str, variant: str, effects: int
) -> None:
    report = one_after_another(laboratory, strategy, variant)
    assert report.effects == effects
    assert report.answers == {
        answer: n for answer, n in ((Answer.CREATED, effects), (Answer.DUPLICATE, 3 - effects)) if n
    }
    assert report.contradictions == ()
    on_standby = report.steps_per_submission.get(EngineKind.STANDBY, 0)
    assert bool(on_standby) == (variant.endswith("check-on-replica"))


def test_a_failover_waits_for_a_commit_of_the_run_however_long_that_takes(laboratory: Laboratory) -> None:
    setup = Setup(
        "unique-index",
        processing_delay_ms=300,
        faults=(parse_fault("failover@database"),),
        replication=Replication.SYNCHRONOUS,
    )
    plan = Plan((laboratory.intent(PLACE),), 1, Source.RETRY, retries=12, backoff_ms=50)
    report = laboratory.lab.start_run(setup, plan).wait(120)
    first = min(laboratory.told.replies, key=lambda reply: reply.sent_ns)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert any(step.command == "COMMIT" and step.error for step in laboratory.lab.steps_of(first.submission_id))


def test_a_message_that_is_quicker_than_the_replica_is_marked_and_lost(laboratory: Laboratory) -> None:
    intent = laboratory.intent(OperationKey.PAY_ORDER)
    setup = Setup("inbox", "reads-replica", replication=Replication.ASYNCHRONOUS, replica_lag_ms=LAG_MS)
    report = laboratory.lab.start_run(setup, Plan((intent,), 1, Source.REDELIVERY)).wait(60)
    assert report.verdicts == {Verdict.LOST: 1}
    assert report.answers == {Answer.ERROR: 1, Answer.DUPLICATE: 1}
    assert report.lost == (intent.key,)


def test_a_replica_that_every_commit_waits_for_has_no_lag_that_a_later_reader_sees(laboratory: Laboratory) -> None:
    setup = Setup("none", "check-on-replica", replication=Replication.SYNCHRONOUS, replica_lag_ms=50)
    plan = Plan((laboratory.intent(PLACE),), 3, pace=Pace.ONE_AFTER_ANOTHER)
    report = laboratory.lab.start_run(setup, plan).wait(60)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.p99_ms is not None
    assert report.p99_ms > 50, "the commit waited until the standby had applied it"


def test_the_strip_has_both_servers_and_what_each_is(laboratory: Laboratory) -> None:
    one_after_another(laboratory, "none", "check-then-act", 1500)
    found = {engine.kind: engine for engine in laboratory.lab.engines()}
    assert str(found[EngineKind.POSTGRESQL].about) == "primary"
    assert str(found[EngineKind.STANDBY].about) == "standby, asynchronous, 1,500 ms behind"
    assert found[EngineKind.STANDBY].health is Health.UP
    laboratory.run(PLACE, "unique-index")
    assert EngineKind.STANDBY not in {engine.kind for engine in laboratory.lab.engines()}


def test_who_reads_from_a_standby_is_refused_where_there_is_none(laboratory: Laboratory) -> None:
    plan = Plan((laboratory.intent(PLACE),), 1)
    with pytest.raises(NotApplicableError, match="has no standby"):
        laboratory.lab.start_run(Setup("none", "check-on-replica"), plan)
    with pytest.raises(NotApplicableError, match="needs a primary with a replica"):
        laboratory.lab.start_run(Setup("none", faults=(parse_fault("failover@database"),)), plan)
    laboratory.lab.use_database("sqlite")
    with pytest.raises(NotApplicableError, match="SQLite can have no standby here"):
        laboratory.lab.start_run(Setup("none", replication=Replication.ASYNCHRONOUS), plan)


def test_an_order_that_was_answered_for_is_lost_with_a_primary_that_waits_for_nobody(laboratory: Laboratory) -> None:
    report = fail_over(laboratory, Replication.ASYNCHRONOUS)
    assert report.verdicts == {Verdict.LOST: 1}
    assert report.answers == {Answer.CREATED: 1}
    assert (report.effects, report.missed_faults, report.contradictions) == (0, (), ())
    assert any(f"order_no {report.lost[0]}" in sentence for sentence in laboratory.told.incidents)
    assert laboratory.told.rows == []
    assert fail_over(laboratory, Replication.ASYNCHRONOUS, lag_ms=LAG_MS).verdicts == {Verdict.LOST: 1}, "and again"
    assert laboratory.run(PLACE, "unique-index").verdicts == {Verdict.EXACTLY_ONCE: 1}


@pytest.mark.parametrize("source", exhaustive_but([Source.RETRY, Source.REDELIVERY], values(Source.RETRY)))
def test_a_process_that_dies_after_a_failover_comes_back(laboratory: Laboratory, source: Source) -> None:
    """It was told of the database before another one took over."""
    wanted = (laboratory.intent(PLACE, 1),)
    laboratory.lab.start_run(Setup("unique-index"), Plan(wanted, 1, source)).wait(60)
    assert fail_over(laboratory, Replication.ASYNCHRONOUS).verdicts == {Verdict.LOST: 1}
    setup = Setup("unique-index", faults=(parse_fault("crash@sql:INSERT"),))
    report = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE, 2),), 1, source)).wait(60)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert laboratory.wait_until_up()


def test_no_order_is_lost_where_each_commit_waits_for_the_standby(laboratory: Laboratory) -> None:
    report = fail_over(laboratory, Replication.SYNCHRONOUS, intents=60)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 60}
    assert (report.lost, report.missed_faults, report.contradictions) == ((), (), ())


@pytest.mark.exhaustive
@pytest.mark.parametrize("replication", [Replication.ASYNCHRONOUS, Replication.SYNCHRONOUS])
def test_twenty_failovers_under_load(laboratory: Laboratory, replication: Replication) -> None:
    for _ in range(20):
        report = fail_over(laboratory, replication, intents=100)
        assert report.contradictions == ()
        assert report.missed_faults == ()
        assert set(report.verdicts) <= {Verdict.EXACTLY_ONCE, Verdict.LOST}
        assert bool(report.lost) == (replication is Replication.ASYNCHRONOUS)


def test_a_standby_that_is_killed_follows_again(laboratory: Laboratory) -> None:
    one_after_another(laboratory, "none", "check-then-act", 0)
    running = laboratory.lab._running()[0]._engines.standby._running
    assert running is not None
    assert running.child is not None
    running.child.kill()
    report = fail_over(laboratory, Replication.SYNCHRONOUS)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}


def test_numbers_that_begin_again_do_not_hide_that_the_rows_before_are_gone(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=2)
    engine = laboratory.lab._running()[0].database
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE orders RESTART IDENTITY"))
    laboratory.run(PLACE, "none", submissions=3)
    judgement = laboratory.lab.judgement()
    assert judgement.effects == 3
