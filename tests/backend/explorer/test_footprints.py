"""Footprints: what is not known conflicts with everything, and what is known leaves out nothing that a step touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import comb

import pytest

from backend.explorer.errors import UnforeseenError
from backend.explorer.footprints import (
    EVERYTHING,
    EXPIRY,
    NOTHING,
    Footprint,
    Isolation,
    Transaction,
    footprint,
    lease,
)
from backend.explorer.question import Question
from backend.explorer.sql_words import locked_tables, named_tables
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
from backend.shop.schema import metadata
from backend.strategies.base import Handler
from backend.tap.observer import Call, Flow
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench
from tests.backend.explorer.schedules import Player, classes

READ_COMMITTED = Isolation()
THREE = Question(OperationKey.PLACE_ORDER, "test", requests=3)


def touched(engine: EngineKind, command: str, *parameters: object, isolation: Isolation = READ_COMMITTED) -> Footprint:
    call = Call(Flow("submission-A"), 0, engine, command, parameters)
    return footprint(call, Transaction(), lambda text: text, isolation)


def sql(command: str) -> Footprint:
    return touched(EngineKind.POSTGRESQL, command)


def redis(command: str, *parameters: object) -> Footprint:
    return touched(EngineKind.REDIS, command, *parameters)


@pytest.mark.parametrize("table", metadata.tables)
def test_every_table_of_the_schema_is_known(table: str) -> None:
    insertion, deletion, look = f"INSERT INTO {table}", f"DELETE FROM {table}", f"SELECT id FROM {table}"  # noqa: S608
    held = Transaction().after(Call(Flow(""), 0, EngineKind.POSTGRESQL, insertion, ()))
    assert table in held.tables
    assert sql(look).conflicts(held.commit)
    assert sql(insertion).conflicts(sql(deletion))


@pytest.mark.parametrize(
    "command",
    [
        "SELECT pg_advisory_xact_lock(hashtext(%(name)s))",
        "SELECT id FROM somebody_elses",
        "INSERT INTO elsewhere.orders (id) VALUES (1)",
        "CALL anything(1)",
        "DO $$ BEGIN DELETE FROM orders; END $$",
        "LOCK TABLE orders",
        "SELECT id FROM orders /* a comment */",
    ],
)
def test_a_name_that_is_not_known_conflicts_with_everything(command: str) -> None:
    assert named_tables(command) is None
    assert sql(command) == EVERYTHING
    assert sql(command).conflicts(NOTHING)
    assert NOTHING.conflicts(sql(command))
    held = Transaction().after(Call(Flow(""), 0, EngineKind.POSTGRESQL, command, ()))
    assert held.commit.conflicts(NOTHING)


def test_words_in_literals_and_parameters_are_no_names() -> None:
    assert named_tables("SELECT id FROM orders WHERE item = 'goods; payments' AND id = %(inbox)s::BIGINT") == frozenset(
        {"orders"}
    )
    assert named_tables("select ID from ORDERS where item = :goods and status = ?") == frozenset({"orders"})


def test_triggers_write_too() -> None:
    assert locked_tables("UPDATE goods SET count=goods.count + 1") == frozenset({"goods", "stock_changes"})
    assert locked_tables("DELETE FROM orders WHERE id = 1") == frozenset({"orders", "order_deletions"})
    assert locked_tables("SELECT id FROM orders") == frozenset()
    assert locked_tables("SELECT id FROM orders FOR UPDATE") == frozenset({"orders", "order_deletions"})
    assert locked_tables("WITH gone AS (DELETE FROM orders RETURNING id) SELECT id FROM orders") is None


@pytest.mark.parametrize(
    ("command", "parameters", "keys"),
    [
        ("DEL", ("a", "b"), "ab"),
        ("UNLINK", (b"a", "b"), "ab"),
        ("MSET", ("a", "1", "b", "2"), "ab"),
        ("EVAL", ("script", 2, "a", "b", "argument"), "ab"),
        ("EVALSHA", ("digest", "1", "a", "argument"), "a"),
        ("DELIFEQ", ("a", "owner"), "a"),
        ("XADD", ("a", "*", "field", "value"), "a"),
        ("set", ("a", "1"), "a"),
    ],
)
def test_a_command_touches_all_its_keys_and_no_other(command: str, parameters: Sequence[object], keys: str) -> None:
    writes = {f"redis {key}" for key in keys}
    assert redis(command, *parameters).writes == writes
    for key in keys:
        assert redis("GET", key).conflicts(redis(command, *parameters))
        assert lease(key).conflicts(redis(command, *parameters))
    assert not redis("GET", "c").conflicts(redis(command, *parameters))


@pytest.mark.parametrize("command", ["FLUSHALL", "KEYS", "SCAN", "BLPOP", "EVAL", "PUBLISH", "XREADGROUP", "new"])
def test_a_command_that_is_not_known_conflicts_with_everything(command: str) -> None:
    assert redis(command, "a").conflicts(redis("GET", "b"))
    assert redis(command).conflicts(NOTHING)


def test_reading_is_not_writing() -> None:
    assert not redis("EXISTS", "a", "b").conflicts(redis("GET", "b"))
    assert redis("EXISTS", "a", "b").conflicts(redis("SET", "b", "1"))


def test_a_lease_begins_before_an_expiry_or_after_it() -> None:
    assert redis("SET", "a", "1", "PX", 100).conflicts(EXPIRY)
    assert redis("PEXPIRE", "a", 100).conflicts(EXPIRY)
    assert touched(EngineKind.ZOOKEEPER, "create", "/lock/n").conflicts(EXPIRY)
    assert not redis("SET", "a", "1").conflicts(redis("SET", "b", "1"))


def test_calls_to_zookeeper() -> None:
    def zookeeper(command: str, path: str) -> Footprint:
        return touched(EngineKind.ZOOKEEPER, command, path)

    assert not zookeeper("ensure", "/lock").conflicts(zookeeper("ensure", "/lock"))
    assert zookeeper("ensure", "/lock").conflicts(zookeeper("delete", "/lock"))
    assert zookeeper("getChildren", "/lock").conflicts(zookeeper("create", "/lock/n"))
    assert zookeeper("exists", "/lock/n").conflicts(zookeeper("delete", "/lock/n"))
    assert not zookeeper("exists", "/lock/n").conflicts(zookeeper("create", "/other/n"))
    assert zookeeper("setData", "/lock").conflicts(zookeeper("exists", "/other"))


def test_serializable_transactions_meet_where_tables_do_not() -> None:
    level = Isolation(is_serializable=True)
    read = touched(EngineKind.POSTGRESQL, "SELECT id FROM orders", isolation=level)
    write = touched(EngineKind.POSTGRESQL, "INSERT INTO payments VALUES (1)", isolation=level)
    assert read.conflicts(write)


def _outcomes(player: Player, code: Handler, question: Question, *, reduce: bool) -> set[object]:
    player.code = codes.variant(code)
    try:
        found = player.all(question, reduce=reduce)
    finally:
        player.code = None
    assert found is not None
    if not reduce:
        classes(found)
    return {(one.kind, one.outcome.verdict, one.outcome.answers) for one in found}


@pytest.mark.parametrize(
    ("code", "requests"),
    [
        (codes.behind_an_advisory_lock, 3),
        (codes.token_named_second, 2),
        (codes.in_a_pipeline, 2),
        (codes.behind_a_savepoint, 2),
        (codes.serializable, 2),
        (codes.releases_before_it_rolls_back, 2),
    ],
)
def test_code_that_no_strategy_has_loses_nothing_either(on_postgresql: Player, code: Handler, requests: int) -> None:
    question = replace(THREE, requests=requests)
    assert _outcomes(on_postgresql, code, question, reduce=True) == _outcomes(
        on_postgresql, code, question, reduce=False
    )


@pytest.mark.parametrize("code", [codes.mutex_on_the_way, codes.rolls_back_after_redis])
def test_nothing_is_left_out_where_a_step_does_more_than_its_command_says(
    bench: Bench, on_postgresql: Player, code: Handler
) -> None:
    with pytest.raises(UnforeseenError):
        _outcomes(on_postgresql, code, THREE, reduce=True)

    on_postgresql.trusting = False
    try:
        everything = _outcomes(on_postgresql, code, THREE, reduce=False)
    finally:
        on_postgresql.trusting = True
    found = bench.explore_code(codes.variant(code), 3)
    assert (found.schedules, found.classes, found.exhaustive) == (len(everything), len(everything), True)


def test_a_pipeline_is_a_step_of_its_own(bench: Bench) -> None:
    """GET, MULTI, INSERT, COMMIT as GET, DEL, INSERT, COMMIT of a token: the GET that comes after MULTI ends it."""
    found = bench.explore_code(codes.variant(codes.in_a_pipeline))
    assert found.outcomes == {Verdict.EXACTLY_ONCE: 2 * 3, Verdict.DUPLICATED: 2 * comb(6, 3)}
