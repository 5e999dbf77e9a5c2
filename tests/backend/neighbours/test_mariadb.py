# ruff: noqa: S608  scripts of these tests
"""A MariaDB database full of look-alikes, and the one beside it, are the same afterwards."""

from __future__ import annotations

from itertools import product

import pytest

from backend.cli.early import COULD_NOT_RUN
from backend.model.errors import SubmitTwiceError
from main import DONE
from tests.backend.neighbours.commands import Command, Opened, compare, engines_on, lab_on, opening, run, use_a_lab
from tests.backend.neighbours.conftest import Mariadb
from tests.tables import exhaustive_but, values

_COLUMNS = (
    "id bigint AUTO_INCREMENT PRIMARY KEY, order_no varchar(64), payment_no_unique varchar(64), amount int, "
    "submission_id varchar(64) DEFAULT '', created_at datetime(6) DEFAULT current_timestamp(6)"
)
LOOK_ALIKES = {
    "a table": (f"CREATE TABLE payments ({_COLUMNS})", "INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)"),
    "a view": (
        f"CREATE TABLE ledger ({_COLUMNS})",
        "INSERT INTO ledger (order_no, amount) VALUES ('theirs', 1)",
        "CREATE VIEW payments AS SELECT * FROM ledger",
    ),
    "a sequence": ("CREATE SEQUENCE orders START WITH 7", "DO NEXTVAL(orders)"),
    "a system-versioned table": (
        f"CREATE TABLE payments ({_COLUMNS}) WITH SYSTEM VERSIONING",
        "INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    ),
    "a table of another engine": (
        "CREATE TABLE inbox (id bigint AUTO_INCREMENT PRIMARY KEY, message_key varchar(128)) ENGINE = MyISAM",
        "INSERT INTO inbox (message_key) VALUES ('theirs')",
    ),
    "a trigger of our name": (
        "CREATE TABLE t (x int)",
        "CREATE TRIGGER witness_stock AFTER INSERT ON t FOR EACH ROW SET @theirs = 1",
    ),
    "the marker of an earlier version": (
        "CREATE TABLE submit_twice_lab (id int PRIMARY KEY)",
        f"CREATE TABLE payments ({_COLUMNS})",
        "INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    ),
}


LIKE_OURS = ("a table", "a view", "a table of another engine")


@pytest.mark.parametrize(
    ("case", "command"),
    exhaustive_but(
        product(LOOK_ALIKES, [opening, run]), lambda case, command: case not in LIKE_OURS and command is opening
    ),
)
def test_a_look_alike_is_refused_and_left_alone(
    mariadb: Mariadb, valkey: str, case: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    mariadb.script(*LOOK_ALIKES[case])
    before = mariadb.dump()
    assert command(mariadb.url, valkey) == COULD_NOT_RUN
    assert "nothing was changed" in capsys.readouterr().err
    assert mariadb.dump() == before


@pytest.mark.parametrize("command", exhaustive_but([run, compare, use_a_lab], values(run)))
def test_every_command_leaves_a_view_into_another_database(mariadb: Mariadb, valkey: str, command: Command) -> None:
    mariadb.script(
        f"CREATE TABLE {mariadb.other}.payments ({_COLUMNS})",
        f"INSERT INTO {mariadb.other}.payments (order_no, amount) VALUES ('theirs', 1)",
        f"CREATE VIEW payments AS SELECT * FROM {mariadb.other}.payments",
    )
    before = mariadb.dump()
    assert command(mariadb.url, valkey) == COULD_NOT_RUN
    assert mariadb.dump() == before


@pytest.mark.parametrize("command", exhaustive_but([run, compare, use_a_lab], values(use_a_lab)))
def test_tables_in_another_case_and_in_another_database_are_left_alone(
    mariadb: Mariadb, valkey: str, command: Command
) -> None:
    mariadb.script(
        f"CREATE TABLE `Payments` ({_COLUMNS})",
        "INSERT INTO `Payments` (order_no, amount) VALUES ('theirs', 1)",
        f"CREATE TABLE {mariadb.other}.orders (order_no varchar(64))",
        f"INSERT INTO {mariadb.other}.orders VALUES ('theirs')",
    )
    before = mariadb.dump()
    assert command(mariadb.url, valkey) == DONE
    after = mariadb.dump(*_ours(mariadb))
    assert after == before


def _ours(mariadb: Mariadb) -> tuple[str, ...]:
    from backend.shop.schema import metadata

    assert mariadb.url
    return tuple(metadata.tables)


EXCHANGES = {
    "a view": (
        f"CREATE TABLE ledger ({_COLUMNS})",
        "INSERT INTO ledger (order_no, amount) VALUES ('theirs', 1)",
        "DROP TABLE payments",
        "CREATE VIEW payments AS SELECT * FROM ledger",
    ),
    "a copy of another table of ours": (
        "DROP TABLE payments",
        "CREATE TABLE payments LIKE inbox",
        "INSERT INTO payments (message_key) VALUES ('theirs')",
    ),
    "a table that hangs on it": (
        "CREATE TABLE bills (payment bigint, FOREIGN KEY (payment) REFERENCES payments (id) ON DELETE CASCADE)",
    ),
    "a trigger": (
        "CREATE TABLE log (x int)",
        "CREATE TRIGGER note AFTER DELETE ON payments FOR EACH ROW INSERT INTO log VALUES (1)",
    ),
}


@pytest.mark.parametrize(
    ("case", "by"),
    exhaustive_but(product(EXCHANGES, [engines_on, lab_on]), lambda case, by: case == "a trigger" and by is engines_on),
)
def test_a_table_that_was_exchanged_meanwhile_is_not_emptied(
    mariadb: Mariadb, valkey: str, case: str, by: Opened
) -> None:
    with by(mariadb.url, valkey) as reset:
        mariadb.script(*EXCHANGES[case])
        before = mariadb.dump()
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            reset()
    assert mariadb.dump() == before


def test_a_single_table_of_ours_in_another_database_is_not_ours(mariadb: Mariadb, valkey: str) -> None:
    assert opening(mariadb.url, valkey) == DONE
    mariadb.script("INSERT INTO payments (order_no, amount) VALUES ('of a run', 1)")
    source = mariadb.url.rpartition("/")[2].partition("?")[0]
    mariadb.script(
        f"CREATE TABLE {mariadb.other}.payments LIKE {source}.payments",
        f"INSERT INTO {mariadb.other}.payments SELECT * FROM {source}.payments",
    )
    copy = Mariadb(mariadb.url.replace(f"/{source}?", f"/{mariadb.other}?"), source)
    before = copy.dump()
    assert opening(copy.url, valkey) == COULD_NOT_RUN
    assert copy.dump() == before
