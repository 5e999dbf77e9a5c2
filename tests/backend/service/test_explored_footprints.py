"""What statements on the wire touch: what cannot be understood conflicts with everything, and nothing is left out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from backend.explorer.footprints import EVERYTHING, EXPIRY, Footprint
from backend.service.explored.footprints import Schema, Transaction, redis_footprint
from backend.service.reach import Reach
from backend.service.wire.postgresql import PostgresqlDialect
from backend.service.wire.resp import RespDialect
from backend.service.wire.unit import Handling, Unit

_numbers = itertools.count(1)
TABLES = """
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text);
CREATE TABLE carts (id bigint PRIMARY KEY, order_no text);
CREATE TABLE lines (cart_id bigint REFERENCES carts);
CREATE TABLE history (id bigint) PARTITION BY RANGE (id);
CREATE TABLE history_1 PARTITION OF history FOR VALUES FROM (0) TO (100);
CREATE SCHEMA warehouse;
CREATE TABLE warehouse.stock (item text, n int);
CREATE VIEW open_orders AS SELECT * FROM orders;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM carts;
"""


@contextmanager
def schema_of(postgresql: Reach, script: str) -> Iterator[Schema]:
    """A fresh database with this in it."""
    name = f"footprints_{next(_numbers)}"
    url = sa.URL.create(
        "postgresql+psycopg", postgresql.user, postgresql.password, None, None, postgresql.database
    ).set(query={"host": postgresql.host.rpartition("/")[0], "port": postgresql.host.rpartition(".")[2]})
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    own = sa.create_engine(url.set(database=name))
    with own.begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(script)
    yield Schema(own)
    own.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture(scope="module")
def schema(postgresql: Reach) -> Iterator[Schema]:
    with schema_of(postgresql, TABLES) as found:
        yield found


def sql(*commands: str) -> Unit:
    return Unit(b"", Handling.STEP, commands, "; ".join(commands))


def touched(schema: Schema, *commands: str, open_transaction: bool = True) -> Footprint:
    return schema.of(sql(*commands), Transaction(), in_transaction=open_transaction)


def tables(footprint: Footprint) -> set[str]:
    return {name.split()[1] for name in footprint.reads | footprint.writes}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("SELECT * FROM orders", {"orders"}),
        ('SELECT * FROM "orders" WHERE "order_no" = $1', {"orders"}),
        ("SELECT count(*) FROM warehouse.stock s WHERE s.n > 0", {"stock"}),
        ('UPDATE "warehouse"."stock" SET n = n - 1', {"stock"}),
        ("WITH gone AS (DELETE FROM carts RETURNING id) SELECT count(*) FROM gone", {"carts", "lines"}),
        ("WITH o (n) AS (SELECT 1) INSERT INTO orders (order_no) SELECT 'x' FROM carts", {"orders", "carts", "lines"}),
        ("DELETE FROM lines WHERE cart_id IN (SELECT id FROM carts)", {"carts", "lines"}),
        ("INSERT INTO history_1 VALUES (1)", {"history", "history_1"}),
        ("SELECT EXTRACT(epoch FROM now()) FROM orders", {"orders"}),
        ("INSERT INTO orders (order_no) VALUES ('carts') ON CONFLICT DO UPDATE SET order_no = 'x'", {"orders"}),
        ("/* FROM carts */ SELECT id FROM orders -- carts", {"orders"}),
    ],
)
def test_a_statement_touches_the_tables_that_it_names_and_those_that_hang_together(
    statement: str, named: set[str], schema: Schema
) -> None:
    assert tables(touched(schema, statement)) == named


@pytest.mark.parametrize("view", ["open_orders", "counted"])
def test_whoever_reads_a_view_reads_every_table(view: str, schema: Schema) -> None:
    read = touched(schema, f"SELECT * FROM {view}")  # noqa: S608
    for table in ("orders", "carts", "warehouse.stock"):
        deletes = touched(schema, f"DELETE FROM {table}", open_transaction=False)  # noqa: S608
        assert read.conflicts(deletes), table


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT settle_account(1) FROM orders",
        "SELECT pg_try_advisory_lock(id) FROM orders",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT nextval('numbers') FROM orders",
        "SELECT * FROM orders, dblink('x', 'y')",
        "LOCK TABLE orders",
        "TABLE orders",
        "DO $$ BEGIN DELETE FROM carts; END $$",
        "CALL settle()",
        "SELECT * FROM elsewhere.things JOIN orders ON true",
        "SELECT * FROM pg_locks JOIN orders ON true",
        "MERGE INTO orders USING carts ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE orders",
        "COPY orders FROM STDIN",
        "NOTIFY paid",
        "SELECT id FROM ördørs, orders",
        "/*! DELETE FROM carts */ SELECT id FROM orders",
    ],
)
def test_what_cannot_be_understood_conflicts_with_everything(statement: str, schema: Schema) -> None:
    assert touched(schema, statement) == EVERYTHING


def test_quotes_that_are_escaped_hide_no_table(schema: Schema) -> None:
    statement = r"INSERT INTO orders SELECT 1, E'\'' || x FROM carts WHERE y = 'z'"
    assert "carts" in tables(touched(schema, statement))


HIDDEN = {
    "a trigger": """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()
    """,
    "a rule": "CREATE TABLE audit (id int); CREATE RULE r AS ON INSERT TO orders DO ALSO INSERT INTO audit VALUES (1)",
    "a name in two words": 'CREATE TABLE "my carts" (id int)',
    "a name with accents": 'CREATE TABLE "bestelling_één" (id int)',
    "a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
}


@pytest.mark.parametrize("what", HIDDEN)
def test_where_statements_do_more_than_they_say_nothing_is_understood(what: str, postgresql: Reach) -> None:
    with schema_of(postgresql, f"CREATE TABLE orders (id int); {HIDDEN[what]}") as opaque:
        assert touched(opaque, "SELECT id FROM orders") == EVERYTHING


def test_a_statement_outside_a_transaction_commits(schema: Schema) -> None:
    reads = touched(schema, "SELECT id FROM orders")
    assert not reads.conflicts(touched(schema, "INSERT INTO orders VALUES (1)"))
    assert reads.conflicts(touched(schema, "INSERT INTO orders VALUES (1)", open_transaction=False))


@pytest.mark.parametrize(
    "commands",
    [
        ("INSERT INTO orders VALUES (1)", "INSERT INTO carts VALUES (1)"),
        ("SELECT 1 FROM carts", "INSERT INTO orders VALUES (1)", "COMMIT"),
        ("SELECT id FROM carts; INSERT INTO orders VALUES (1); COMMIT",),
    ],
)
def test_a_group_that_commits_shows_its_own_changes(commands: tuple[str, ...], schema: Schema) -> None:
    reads = touched(schema, "SELECT id FROM orders")
    assert reads.conflicts(touched(schema, *commands, open_transaction="COMMIT" in commands[-1]))


@pytest.mark.parametrize("command", ["-- SELECT\nDELETE FROM orders", "SELECT 1 FROM carts; DELETE FROM orders"])
def test_what_a_transaction_has_locked_is_read_off_each_statement(command: str, schema: Schema) -> None:
    after = schema.after(sql(command), Transaction(), in_transaction=True)
    assert "orders" in after.tables


@pytest.mark.parametrize(
    "settings",
    [
        "user u options -c default_transaction_isolation=serializable",
        r"user u options -c default_transaction_isolation=repeatable\ read",
    ],
)
def test_a_connection_may_ask_for_an_isolation_level_when_it_is_opened(settings: str, schema: Schema) -> None:
    dialect = PostgresqlDialect()
    body = (196608).to_bytes(4) + b"\0".join(
        [b"user", b"u", b"options", settings.partition("options ")[2].encode(), b"\0"]
    )
    dialect.from_client((len(body) + 4).to_bytes(4) + body)
    beginning = schema.beginning(dialect.settings)
    assert schema.of(sql("SELECT id FROM orders"), beginning, in_transaction=True) == EVERYTHING


def redis(*commands: str) -> Footprint:
    dialect, found = RespDialect(), list[Unit]()
    for command in commands:
        found += dialect.from_client(command.encode() + b"\r\n")
    return redis_footprint(found[-1])


@pytest.mark.parametrize(
    ("commands", "other", "conflict"),
    [
        (("GET a",), "GET a", False),
        (("GET a",), "SET a 1", True),
        (("SET b 1",), "SET a 1", False),
        (("RENAME b a",), "SET a 1", True),
        (("SMOVE b a x",), "GET a", True),
        (("EVAL code 1 b x",), "GET a", True),
        (("EVALSHA 123 0",), "SET a 1", True),
        (("MULTI", "SET b 1", "EXEC"), "SET a 1", True),
        (("PUBLISH a b",), "GET c", True),
        (("XADD a * b c",), "XLEN a", True),
    ],
)
def test_a_command_touches_its_keys_and_a_script_all_of_them(
    commands: tuple[str, ...], other: str, conflict: bool
) -> None:
    assert redis(*commands).conflicts(redis(other)) is conflict
    assert redis(other).conflicts(redis(*commands)) is conflict


def test_whatever_makes_a_lease_comes_before_an_expiry_or_after_it() -> None:
    assert redis("SET a 1 PX 1000").conflicts(EXPIRY)
    assert redis("PEXPIRE a 1000").conflicts(EXPIRY)
    assert not redis("SET a 1").conflicts(EXPIRY)
