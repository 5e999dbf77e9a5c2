"""The one door: runs, rows, switching and resetting."""

from __future__ import annotations

import json
import socket
from itertools import pairwise

import psycopg
import pytest
import redis

from backend.model.errors import NotApplicableError, SubmitTwiceError, UnknownKeyError
from backend.model.judgement import Judgement
from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Pace, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import caller_of, count_effects, count_rows
from tests.backend.own_lab import wait_for

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK


# Rows


def test_every_row_is_told_once_and_is_in_the_database(laboratory: Laboratory) -> None:
    report = laboratory.run(PLACE, "none", submissions=500)
    told = laboratory.told
    assert report.effects == report.sent == 500
    assert len({row.id for row in told.rows}) == len(told.rows) == 500
    assert {row.ordinal for row in told.rows} == set(range(1, 501))
    with psycopg.connect(str(laboratory.lab.connection()["database"])) as connection:
        there: dict[int, str] = dict(connection.execute("SELECT id, submission_id FROM orders").fetchall())
    assert {row.id: row.submission_id for row in told.rows} == there
    assert len({reply.submission_id for reply in told.replies}) == 500
    assert told.judgements[-1].final
    assert told.judgements[-1] == laboratory.lab.judgement()
    assert told.judgements[-1].verdicts == report.verdicts == {Verdict.DUPLICATED: 1}
    assert told.judgements[-1].duplicates == 499
    assert told.judgements[-1].in_flight == 0
    assert not any(j.contradictions for j in told.judgements)


def test_a_row_of_another_client_appears_and_is_judged(laboratory: Laboratory) -> None:
    caller = caller_of(laboratory.lab)
    for _ in range(2):
        assert caller.submit("place-order", "none", order_no="订单-7", item="pen", quantity=3).status == 201
    told = laboratory.told
    assert wait_for(told, lambda: len(told.rows) == 2)
    assert [(row.key, row.item, row.quantity, row.ordinal) for row in told.rows] == [
        ("订单-7", "pen", 3, 1),
        ("订单-7", "pen", 3, 2),
    ]
    assert wait_for(told, lambda: laboratory.lab.judgement().verdicts == {Verdict.DUPLICATED: 1})
    assert laboratory.lab.judgement().contradictions == ()


def test_the_steps_of_a_submission_come_in_order(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "distributed-lock", "redis", submissions=3)
    for reply in laboratory.told.replies:
        steps = laboratory.lab.steps_of(reply.submission_id)
        assert [step.number for step in steps] == list(range(len(steps)))
        assert all(step.submission_id == reply.submission_id for step in steps)
        assert all(a.ended_ns <= b.started_ns for a, b in pairwise(steps))
        assert steps[0].command.startswith("SET ")
        assert steps[-1].engine is EngineKind.HTTP
        assert steps[-1].answer == reply.answer
    assert laboratory.lab.steps_of("nobody") == ()


def test_placing_and_paying_one_order_number_is_no_duplicate(laboratory: Laboratory) -> None:
    key = laboratory.lab.new_intent(PLACE, "pen", 1).key
    for operation in (PLACE, PAY):
        plan = Plan((Intent(operation, key, "pen", 1),), 3)
        report = laboratory.lab.start_run(Setup("unique-index"), plan).wait(20)
        assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
        assert report.effects == 1
    judgement = laboratory.lab.judgement()
    assert (judgement.intents, judgement.effects) == (2, 2)
    assert judgement.verdicts == {Verdict.EXACTLY_ONCE: 2}
    assert [row.ordinal for row in laboratory.told.rows] == [1, 1]


@pytest.mark.parametrize("strategy", ["none", "optimistic-lock"])
def test_a_request_number_may_be_used_again_for_another_item(laboratory: Laboratory, strategy: str) -> None:
    key = laboratory.lab.new_intent(ADD, "pen", 1).key
    for item in ("pen", "书/本 ?"):
        report = laboratory.lab.start_run(Setup(strategy), Plan((Intent(ADD, key, item, 2),), 1)).wait(20)
        assert report.answers == {Answer.CREATED: 1}


# Judgement


def test_a_judgement_is_final_only_when_nothing_is_in_flight(laboratory: Laboratory) -> None:
    report = laboratory.run(PLACE, "none", "check-then-act", submissions=8, delay_ms=300)
    judgements = laboratory.told.judgements
    assert report.verdicts == {Verdict.DUPLICATED: 1}
    during = [judgement for judgement in judgements if judgement.in_flight]
    assert during
    assert not any(judgement.final for judgement in during)
    assert judgements[-1].final


def test_many_runs_at_once_contradict_nothing(laboratory: Laboratory) -> None:
    """Each click is a run of its own: answers of the one must not be compared with rows read for the other."""
    wanted = laboratory.intent(PLACE)
    runs = [laboratory.lab.start_run(Setup("none"), Plan((wanted,), 10)) for _ in range(20)]
    reports = [run.wait(30) for run in runs]
    assert all(report.contradictions == () for report in reports)
    assert [(report.sent, report.answers) for report in reports if report.sent != 10] == []
    assert laboratory.lab.judgement().effects == 200
    assert not any(judgement.contradictions for judgement in laboratory.told.judgements)
    assert laboratory.lab.judgement().final


def test_a_row_that_vanished_is_reported(laboratory: Laboratory) -> None:
    """The only way to see a contradiction: take a row away before it is read back."""
    database = str(laboratory.lab.connection()["database"])
    with psycopg.connect(database) as connection:
        connection.execute("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        connection.execute("CREATE TRIGGER swallow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION swallow()")
    try:
        report = laboratory.run(PLACE, "none", submissions=5)
    finally:
        with psycopg.connect(database) as connection:
            connection.execute("DROP FUNCTION swallow CASCADE")
    assert report.verdicts == {Verdict.LOST: 1}
    assert 1 <= len(report.contradictions) <= 3
    assert "was told “created”" in str(report.contradictions[0])
    assert laboratory.lab.judgement().contradictions == report.contradictions


# Changing the set-up


def test_reset_empties_tables_and_keys(laboratory: Laboratory) -> None:
    connection = laboratory.lab.connection()
    client = redis.Redis.from_url(str(connection["redis"]), decode_responses=True)
    client.set("somebody-else's", "1")
    for operation, strategy in ((PLACE, "token"), (PAY, "none"), (ADD, "unique-index")):
        laboratory.run(operation, strategy)
    caller_of(laboratory.lab).call("POST", "/tokens")
    token = next(key for key in client.keys("submit-twice:*") if ":token:" in key)
    client.rpush(f"submit-twice:{laboratory.lab._running()[0].name}-1:reports", "told when nobody heard it")
    client.mset({f"{token!s}{number}": "1" for number in range(2_500)})  # more than are deleted at a time
    laboratory.lab.reset()
    queue = "submit-twice:queue"  # consumers that wait keep it, without a message
    assert set(client.keys("*")) - {queue} == {"somebody-else's"}
    assert client.xlen(queue) == 0
    client.flushall()
    client.close()
    for table in ("orders", "payments", "goods", "stock_movements", "stock_changes"):
        assert count_rows(connection["database"], table, "true") == 0
    assert laboratory.lab.judgement() == Judgement()
    assert laboratory.told.rows == []
    laboratory.told.forget()
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2
    assert [row.ordinal for row in laboratory.told.rows] == [1, 2]


def test_reset_in_mid_run_cancels_it(laboratory: Laboratory) -> None:
    run = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 20_000))
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) > 100)
    laboratory.lab.reset()
    assert run.wait(0).cancelled
    assert laboratory.told.rows == []
    assert count_effects(laboratory.lab.connection()["database"]) == 0
    assert laboratory.lab.judgement() == Judgement()


def test_the_database_is_switched_in_and_out(laboratory: Laboratory) -> None:
    lab, told = laboratory.lab, laboratory.told
    lab.use_database("sqlite")
    lab.reset()  # it reaches every database of ours, so nothing of this test may be there yet
    lab.use_database("postgresql")
    laboratory.run(PLACE, "none", submissions=3)
    lab.use_database("sqlite")
    assert told.rows == []
    assert lab.engines()[0].kind is EngineKind.SQLITE
    assert laboratory.run(PLACE, "none", submissions=4).effects == 4
    assert len(told.rows) == 4
    lab.use_database("postgresql")
    assert lab.engines()[0].kind is EngineKind.POSTGRESQL
    assert wait_for(told, lambda: len(told.rows) == 3)
    assert wait_for(told, lambda: lab.judgement().effects == 3)
    lab.use_database("postgresql")
    assert len(told.rows) == 3


def test_a_database_that_cannot_be_used_leaves_the_earlier_one(laboratory: Laboratory) -> None:
    with pytest.raises(SubmitTwiceError) as caught:
        laboratory.lab.use_database("postgresql://me:pass-word@127.0.0.1:1/x")
    assert "pass-word" not in str(caught.value)
    assert laboratory.lab.engines()[0].health is Health.UP
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2


def test_instances_come_and_go(laboratory: Laboratory) -> None:
    lab = laboratory.lab
    first = lab.connection()["urls"]
    lab.set_instances(3)
    urls = lab.connection()["urls"]
    assert isinstance(urls, list)
    assert len(set(urls)) == 3
    assert urls[:1] == first
    assert {caller_of(lab, n).call("GET", "/health").document["instance"] for n in range(3)} == {1, 2, 3}
    report = laboratory.run(PLACE, "none", submissions=9)
    assert (report.effects, report.instances) == (9, 3)
    assert {step.instance for step in laboratory.told.steps} == {1, 2, 3}
    lab.set_instances(1)
    assert lab.connection()["urls"] == first
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(urls[2].rsplit(":")[-1])))
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2


@pytest.mark.parametrize("count", [0, 5, -1])
def test_a_wrong_number_of_instances_changes_nothing(laboratory: Laboratory, count: int) -> None:
    with pytest.raises(SubmitTwiceError, match="1 to 4"):
        laboratory.lab.set_instances(count)
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2


# Cancelling and closing


@pytest.mark.parametrize("strategy", ["none", "token"])
def test_a_big_run_is_cancelled_quickly(laboratory: Laboratory, strategy: str) -> None:
    """With tokens it is cancelled while it still fetches them."""
    intents = tuple(laboratory.intent(PLACE, n) for n in range(5_000))
    run = laboratory.lab.start_run(Setup(strategy), Plan(intents, 2))
    assert wait_for(laboratory.told, lambda: bool(laboratory.told.judgements))
    run.cancel()
    report = run.wait(30)
    assert report.cancelled
    assert report.sent < 10_000
    there = count_effects(laboratory.lab.connection()["database"])
    assert report.effects <= there <= report.effects + report.working  # what was at work may have ended since
    assert report.contradictions == ()
    assert sum(report.answers.values()) == report.sent


def test_a_run_is_cancelled_before_it_began(laboratory: Laboratory) -> None:
    run = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 5_000))
    run.cancel()
    assert run.wait(30).cancelled


def test_a_run_that_nobody_wants_judged_has_answers_and_steps_and_leaves_the_next_alone(
    laboratory: Laboratory,
) -> None:
    plan = Plan((laboratory.intent(PLACE),), 2)
    report = laboratory.lab.start_run(Setup("none"), plan, judged=False).wait(30)
    assert report.answers == {Answer.CREATED: 2}
    assert report.steps_per_submission == {EngineKind.POSTGRESQL: 2}
    assert (report.verdicts, report.effects, report.contradictions) == ({}, 0, ())
    assert laboratory.told.reports == [report]
    again = laboratory.lab.start_run(Setup("none"), plan).wait(30)
    assert (again.verdicts, again.effects, again.contradictions) == ({Verdict.DUPLICATED: 1}, 4, ())


def test_what_cannot_run_is_refused_at_once(laboratory: Laboratory) -> None:
    plan = Plan((laboratory.intent(PLACE),), 1)
    with pytest.raises(NotApplicableError):
        laboratory.lab.start_run(Setup("pessimistic-lock"), plan)
    for setup in (Setup("nothing"), Setup("none", "nothing")):
        with pytest.raises(UnknownKeyError):
            laboratory.lab.start_run(setup, plan)
    assert laboratory.told.replies == []


def test_a_caller_that_gives_up_is_waited_for(laboratory: Laboratory) -> None:
    """The time-out is the caller's: the row comes later, and the run knows it."""
    report = laboratory.run(PLACE, "none", submissions=3, delay_ms=400, timeout_ms=100)
    assert report.answers == {Answer.TIMEOUT: 3}
    assert report.effects == 3
    assert report.contradictions == ()


def test_one_after_another_never_overlaps(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=10, pace=Pace.ONE_AFTER_ANOTHER)
    replies = sorted(laboratory.told.replies, key=lambda reply: reply.sent_ns)
    assert all(a.received_ns <= b.sent_ns for a, b in pairwise(replies))


def test_the_connection_can_be_printed_as_json(laboratory: Laboratory) -> None:
    connection = json.loads(json.dumps(dict(laboratory.lab.connection())))
    assert connection.keys() == {"urls", "token", "database", "redis"}
