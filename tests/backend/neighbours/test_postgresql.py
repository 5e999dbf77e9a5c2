# ruff: noqa: S608  scripts of these tests
"""A PostgreSQL database full of look-alikes is the same afterwards, byte for byte, whatever is run against it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from backend.cli.early import COULD_NOT_RUN
from backend.lab.lab import Lab
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey
from main import DONE
from tests.backend.neighbours.commands import (
    Command,
    Opened,
    compare,
    engines_on,
    explore,
    lab_on,
    opening,
    run,
    use_a_lab,
)
from tests.backend.neighbours.conftest import Postgresql
from tests.tables import exhaustive_but, values

_ORDER_COLUMNS = (
    "id bigserial PRIMARY KEY, order_no text, order_no_unique text, item text, quantity int, status int DEFAULT 10, "
    "version int DEFAULT 1, submission_id text DEFAULT '', created_at timestamptz DEFAULT now()"
)
_PAYMENT_COLUMNS = (
    "id bigserial PRIMARY KEY, order_no text, payment_no_unique text, amount int, submission_id text DEFAULT '', "
    "created_at timestamptz DEFAULT now()"
)
_THEIR_PAYMENTS = f"""
CREATE TABLE ledger ({_PAYMENT_COLUMNS});
INSERT INTO ledger (order_no, amount) VALUES ('theirs', 100), ('theirs too', 200);
"""

LOOK_ALIKES = {
    "a table": "CREATE TABLE payments (id int, note text); INSERT INTO payments VALUES (1, 'theirs')",
    "a view": _THEIR_PAYMENTS + "CREATE VIEW payments AS SELECT * FROM ledger",
    "a materialized view": _THEIR_PAYMENTS + "CREATE MATERIALIZED VIEW payments AS SELECT * FROM ledger",
    "a view on the marker's name": "CREATE VIEW submit_twice_lab AS SELECT 1 AS id; "
    "CREATE TABLE payments (id int, note text); INSERT INTO payments VALUES (1, 'theirs')",
    "the marker of an earlier version": "CREATE TABLE submit_twice_lab (id integer PRIMARY KEY);"
    f"CREATE TABLE payments ({_PAYMENT_COLUMNS}); INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    "a partitioned table": f"CREATE TABLE orders ({_ORDER_COLUMNS}) PARTITION BY RANGE (id);"
    "CREATE TABLE part PARTITION OF orders DEFAULT; INSERT INTO orders (order_no, item, quantity) VALUES ('t', 't', 1)",
    "a partition": f"CREATE TABLE sales ({_PAYMENT_COLUMNS}) PARTITION BY RANGE (id);"
    "CREATE TABLE payments PARTITION OF sales DEFAULT; INSERT INTO sales (order_no, amount) VALUES ('theirs', 1)",
    "a child": f"CREATE TABLE base ({_PAYMENT_COLUMNS}); CREATE TABLE payments () INHERITS (base);"
    "INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    "a sequence": "CREATE SEQUENCE orders START 7; SELECT nextval('orders')",
    "a domain": "CREATE DOMAIN orders AS text CHECK (VALUE <> '')",
    "an enumeration": "CREATE TYPE goods AS ENUM ('theirs')",
    "a composite type": "CREATE TYPE inbox AS (theirs text)",
    "an index": "CREATE TABLE t (x int); CREATE INDEX ix_orders_order_no ON t (x); INSERT INTO t VALUES (1)",
    "a function": "CREATE FUNCTION witness_stock() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TABLE t (x int); CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION witness_stock()",
    "a table with a trigger and a rule": "CREATE TABLE log (x text); CREATE TABLE payments (id int, note text);"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO log VALUES (TG_OP); RETURN NULL; "
    "END$$; CREATE TRIGGER note AFTER TRUNCATE ON payments EXECUTE FUNCTION note();"
    "CREATE RULE more AS ON INSERT TO payments DO ALSO INSERT INTO log VALUES ('rule')",
    "an event trigger that writes": "CREATE TABLE log (x text); CREATE TABLE payments (id int, note text);"
    "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO log VALUES (tg_tag); END$$;"
    "CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note()",
}


NAMED_ALIKE = ("a view on the marker's name", "a partition", "an event trigger that writes")
"""Of each kind of thing that can bear one of our names, the one that is the least like a table of ours."""


@pytest.mark.parametrize(
    ("case", "command"),
    exhaustive_but(
        product(LOOK_ALIKES, [opening, run]), lambda case, command: case in NAMED_ALIKE and command is opening
    ),
)
def test_a_look_alike_is_refused_and_left_alone(
    postgresql: Postgresql, valkey: str, case: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    postgresql.script(LOOK_ALIKES[case])
    before = postgresql.dump()
    assert command(postgresql.url, valkey) == COULD_NOT_RUN
    said = capsys.readouterr().err
    assert "nothing was changed" in said
    assert postgresql.dump() == before
    postgresql.script("DROP EVENT TRIGGER IF EXISTS note")


def link_to(postgresql: Postgresql, elsewhere: str, *tables: str) -> None:
    """Foreign tables for these, in another database of the same server."""
    url = make_url(postgresql.url)
    reach = f"host '{url.query['host']}', port '{url.query['port']}', dbname '{elsewhere}'"
    postgresql.script(
        "CREATE EXTENSION IF NOT EXISTS postgres_fdw;"
        f"CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({reach});"
        f"CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '{url.username}', password '{url.password}');"
        f"IMPORT FOREIGN SCHEMA public LIMIT TO ({', '.join(tables)}) FROM SERVER far INTO public"
    )


@pytest.fixture
def far(postgresql: Postgresql) -> Postgresql:
    """Another database of theirs, with the tables that they see from the first."""
    name = f"far_of_{make_url(postgresql.url).database}"
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    found = Postgresql(
        make_url(postgresql.url).set(database=name).render_as_string(hide_password=False), postgresql.superuser_url
    )
    found.script(
        f"CREATE TABLE payments ({_PAYMENT_COLUMNS}); INSERT INTO payments (order_no, amount) VALUES ('theirs', 1);"
        "CREATE TABLE inbox (id bigserial PRIMARY KEY, message_key text UNIQUE, created_at timestamptz DEFAULT now());"
        "INSERT INTO inbox (message_key) VALUES ('theirs')"
    )
    return found


REFUSED = {"run": (run, use_a_lab), "compare": (compare,)}


@pytest.mark.parametrize("what", exhaustive_but(REFUSED, values("run")))
def test_every_command_leaves_foreign_tables_and_what_is_behind_them(
    postgresql: Postgresql,
    far: Postgresql,
    valkey: str,
    tmp_path: Path,
    what: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    link_to(postgresql, str(make_url(far.url).database), "payments", "inbox")
    lines = tmp_path / "lines"
    lines.write_text("theirs\n", encoding="ascii")
    postgresql.script(
        "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;"
        f"CREATE FOREIGN TABLE fences (line text) SERVER files OPTIONS (filename '{lines}')"
    )
    before = postgresql.dump(), far.dump(), lines.read_bytes()
    for command in REFUSED[what]:
        assert command(postgresql.url, valkey) == COULD_NOT_RUN
    assert "nothing was changed" in capsys.readouterr().err
    assert explore(postgresql.url, valkey) == DONE
    assert (postgresql.dump(), far.dump(), lines.read_bytes()) == before


_NEIGHBOURS = f"""
CREATE SCHEMA app; CREATE SCHEMA lab;
CREATE TABLE app.orders ({_ORDER_COLUMNS}); CREATE TABLE app.payments ({_PAYMENT_COLUMNS});
CREATE TABLE app.goods (id bigserial PRIMARY KEY, item text UNIQUE, count int DEFAULT 0);
CREATE TABLE app.stock_changes (id bigserial PRIMARY KEY, note text);
CREATE VIEW app.inbox AS SELECT 1 AS id;
INSERT INTO app.orders (order_no, item, quantity) VALUES ('theirs', 'pen', 1);
INSERT INTO app.payments (order_no, amount) VALUES ('theirs', 1);
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
  $$BEGIN INSERT INTO app.stock_changes (note) VALUES (TG_OP); RETURN NULL; END$$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON app.orders EXECUTE FUNCTION app.note();
CREATE TABLE "Payments" ({_PAYMENT_COLUMNS}); CREATE TABLE public.payments ({_PAYMENT_COLUMNS});
CREATE TABLE lab."Orders" ({_ORDER_COLUMNS}); INSERT INTO lab."Orders" (order_no) VALUES ('theirs');
CREATE TABLE public.orders (id int); INSERT INTO public.orders VALUES (1);
"""


def search(postgresql: Postgresql, path: str) -> None:
    postgresql.script(f"ALTER DATABASE {make_url(postgresql.url).database} SET search_path = {path}")


ALLOWED = {"explore": (explore, use_a_lab), "run": (run, compare)}


@pytest.mark.parametrize("what", exhaustive_but(ALLOWED, values("explore")))
def test_the_same_names_in_other_schemas_and_in_another_case_are_left_alone(
    postgresql: Postgresql, valkey: str, what: str
) -> None:
    postgresql.script(_NEIGHBOURS)
    search(postgresql, "nowhere, lab, app, public")
    theirs = ("--schema=app", "--schema=public", '--table=lab."Orders"')
    before = [postgresql.dump(option) for option in theirs]
    for command in ALLOWED[what]:
        assert command(postgresql.url, valkey) == DONE
    assert [postgresql.dump(option) for option in theirs] == before


def test_a_search_path_that_changes_meanwhile_changes_nothing(postgresql: Postgresql, valkey: str) -> None:
    postgresql.script(_NEIGHBOURS)
    search(postgresql, "lab, app, public")
    before = postgresql.dump("--schema=app")
    lab = Lab(LabOptions(database=postgresql.url, redis=valkey))
    try:
        lab.start()
        search(postgresql, "app")
        lab.set_instances(2)
        plan = Plan((lab.new_intent(OperationKey.PAY_ORDER, "pen", 1),), 4)
        report = lab.start_run(Setup("none"), plan).wait(20)
        lab.reset()
    finally:
        lab.close()
    assert report.effects == 4
    assert postgresql.dump("--schema=app") == before


EXCHANGES = {
    "a view": _THEIR_PAYMENTS + "ALTER TABLE payments RENAME TO away; CREATE VIEW payments AS SELECT * FROM ledger",
    "a table": f"DROP TABLE payments; CREATE TABLE payments ({_PAYMENT_COLUMNS});"
    "INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    "a copy": "CREATE TABLE mine (LIKE inbox INCLUDING ALL EXCLUDING DEFAULTS);"
    "DROP TABLE inbox; ALTER TABLE mine RENAME TO inbox;"
    "INSERT INTO inbox VALUES (1, 'theirs', now())",
    "a table that hangs on it": "CREATE TABLE bills (payment bigint REFERENCES payments ON DELETE CASCADE)",
    "a child": "CREATE TABLE archive () INHERITS (payments); "
    "INSERT INTO archive (id, order_no, amount) VALUES (1, 'theirs', 1)",
}


SOME_EXCHANGES = ("a copy", "a table that hangs on it")


@pytest.mark.parametrize(
    ("case", "by"),
    exhaustive_but(
        product(EXCHANGES, [engines_on, lab_on]), lambda case, by: case in SOME_EXCHANGES and by is engines_on
    ),
)
def test_a_table_that_was_exchanged_meanwhile_is_not_emptied(
    postgresql: Postgresql, valkey: str, case: str, by: Opened
) -> None:
    """What a lab has of its engines asks; that a whole one goes by the answer is seen by the next test."""
    with by(postgresql.url, valkey) as reset:
        postgresql.script(EXCHANGES[case])
        before = postgresql.dump()
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            reset()
    assert postgresql.dump() == before


def test_a_foreign_table_in_the_place_of_ours_is_not_emptied(
    postgresql: Postgresql, far: Postgresql, valkey: str
) -> None:
    lab = Lab(LabOptions(database=postgresql.url, redis=valkey))
    try:
        lab.start()
        postgresql.script("DROP TABLE payments; DROP TABLE inbox")
        link_to(postgresql, str(make_url(far.url).database), "payments", "inbox")
        before = far.dump()
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            lab.reset()
    finally:
        lab.close()
    assert far.dump() == before


def test_a_run_is_refused_once_a_table_was_exchanged(postgresql: Postgresql, valkey: str) -> None:
    lab = Lab(LabOptions(database=postgresql.url, redis=valkey))
    try:
        lab.start()
        postgresql.script(EXCHANGES["a view"])
        before = postgresql.dump()
        plan = Plan((lab.new_intent(OperationKey.PAY_ORDER, "pen", 1),), 2)
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            lab.start_run(Setup("none"), plan).wait(20)
    finally:
        lab.close()
    assert postgresql.dump() == before


def test_a_restored_dump_is_ours_again_and_a_single_table_of_it_is_not(postgresql: Postgresql, valkey: str) -> None:
    assert opening(postgresql.url, valkey) == DONE
    postgresql.script("INSERT INTO payments (order_no, amount) VALUES ('of a run', 1)")
    dump = postgresql.dump("--schema=public", "--no-owner", "--inserts")
    lines = [line for line in dump.splitlines() if not line.startswith(("\\", "--"))]
    everything = "\n".join(lines).replace("CREATE SCHEMA public;", "")
    name = f"copy_of_{make_url(postgresql.url).database}"
    postgresql.script(f"CREATE DATABASE {name}")
    copy = Postgresql(make_url(postgresql.url).set(database=name).render_as_string(hide_password=False), "")
    copy.script("SET check_function_bodies = off;" + everything)
    assert run(copy.url, valkey) == DONE
    copy.script("DROP TABLE public.submit_twice_lab")
    before = copy.dump()
    assert opening(copy.url, valkey) == COULD_NOT_RUN
    assert copy.dump() == before
