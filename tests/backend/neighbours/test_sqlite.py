# ruff: noqa: S608  scripts of these tests
"""A SQLite file of somebody else, and all that lies beside it, is the same afterwards, byte for byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from backend.cli.early import COULD_NOT_RUN
from backend.engines.external import connect_database
from backend.lab.lab import Lab
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.options import LabOptions
from main import DONE
from tests.backend.neighbours.commands import Opened, compare, engines_on, explore, lab_on, opening, run, use_a_lab
from tests.backend.neighbours.dumps import bytes_below
from tests.tables import exhaustive_but, values

_COLUMNS = (
    "id INTEGER PRIMARY KEY, order_no TEXT, payment_no_unique TEXT, amount INT, submission_id TEXT DEFAULT '', "
    "created_at TEXT DEFAULT CURRENT_TIMESTAMP"
)
LOOK_ALIKES = {
    "a table": f"CREATE TABLE payments ({_COLUMNS}); INSERT INTO payments (order_no, amount) VALUES ('theirs', 1)",
    "a table in another case": f"CREATE TABLE Payments ({_COLUMNS}); INSERT INTO Payments (amount) VALUES (1)",
    "another table": "CREATE TABLE notes (x); INSERT INTO notes VALUES ('theirs')",
    "a view": f"CREATE TABLE ledger ({_COLUMNS}); CREATE VIEW payments AS SELECT * FROM ledger;"
    "CREATE TRIGGER into_ledger INSTEAD OF INSERT ON payments BEGIN INSERT INTO ledger (amount) VALUES (1); END",
    "a table without row numbers": "CREATE TABLE goods (item TEXT PRIMARY KEY, count INT) WITHOUT ROWID;"
    "INSERT INTO goods VALUES ('theirs', 1)",
    "a virtual table": "CREATE VIRTUAL TABLE inbox USING fts5(message_key); INSERT INTO inbox VALUES ('theirs')",
    "triggers of our names": "CREATE TABLE t (x); CREATE TRIGGER witness_stock AFTER INSERT ON t BEGIN "
    "DELETE FROM t; END",
    "an index of our name": "CREATE TABLE t (x); CREATE INDEX ix_orders_order_no ON t (x)",
    "the marker of an earlier version": "CREATE TABLE submit_twice_lab (id INTEGER NOT NULL PRIMARY KEY);"
    f"CREATE TABLE payments ({_COLUMNS}); INSERT INTO payments (amount) VALUES (1)",
    "pragmas of theirs": "PRAGMA user_version = 7; PRAGMA application_id = 42; PRAGMA auto_vacuum = FULL;"
    "CREATE TABLE notes (x); INSERT INTO notes VALUES ('theirs')",
}


SOME = ("a table in another case", "a view", "pragmas of theirs")
STATES = ("closed", "open in WAL mode", "after a crash in WAL mode", "with a hot journal")


def fill(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)


@pytest.mark.parametrize("case", exhaustive_but(LOOK_ALIKES, values(*SOME)))
def test_a_look_alike_is_refused_and_left_alone(tmp_path: Path, case: str, valkey: str) -> None:
    fill(tmp_path / "theirs.db", LOOK_ALIKES[case])
    before = bytes_below(tmp_path)
    assert run(f"sqlite:///{tmp_path / 'theirs.db'}", valkey) == COULD_NOT_RUN
    assert bytes_below(tmp_path) == before


@pytest.fixture(params=exhaustive_but(STATES, values("open in WAL mode")))
def theirs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file in each state that it can be in."""
    file = tmp_path / "folder" / "theirs.db"
    file.parent.mkdir()
    script = f"CREATE TABLE Payments ({_COLUMNS}); INSERT INTO Payments (amount) VALUES (1);"
    if request.param == "closed":
        fill(file, script)
        yield file
        return
    wal = request.param != "with a hot journal"
    with closing(sqlite3.connect(tmp_path / "source.db", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        connection.execute("PRAGMA cache_size = 1")
        connection.executescript(script)
        if not wal:
            connection.execute("CREATE TABLE notes (x)")
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO notes VALUES (?)", [("theirs" * 500,)] * 200)
        suffixes = ["", "-wal", "-shm"] if request.param == "open in WAL mode" else ["", "-wal", "-journal"]
        for suffix in suffixes:
            source = tmp_path / f"source.db{suffix}"
            if source.exists():
                (file.parent / f"theirs.db{suffix}").write_bytes(source.read_bytes())
        yield file


def test_every_command_leaves_the_file_and_its_journals(theirs: Path, valkey: str) -> None:
    before = bytes_below(theirs.parent)
    assert len(before) >= 1
    url = f"sqlite:///{theirs}"
    for command in (run, compare, explore, use_a_lab):
        assert command(url, valkey) == COULD_NOT_RUN
    assert bytes_below(theirs.parent) == before


@pytest.mark.parametrize("form", ["sqlite:///{}?mode=ro", "sqlite:///file:{}?mode=ro&uri=true"])
def test_what_is_to_be_read_only_is_not_written(tmp_path: Path, form: str, valkey: str) -> None:
    file = tmp_path / "ours.db"
    assert opening(f"sqlite:///{file}", valkey) == DONE
    before = bytes_below(tmp_path)
    assert run(form.format(file), valkey) == COULD_NOT_RUN
    assert bytes_below(tmp_path) == before


def test_a_file_of_ours_and_an_empty_one_are_used(tmp_path: Path, valkey: str) -> None:
    (tmp_path / "empty.db").touch()
    for command in (opening, run):
        assert command(f"sqlite:///{tmp_path / 'empty.db'}", valkey) == DONE


EXCHANGES = {
    "a view": "ALTER TABLE payments RENAME TO away; CREATE TABLE ledger (id INTEGER PRIMARY KEY);"
    "CREATE VIEW payments AS SELECT * FROM ledger",
    "a table": f"DROP TABLE payments; CREATE TABLE Payments ({_COLUMNS}); INSERT INTO Payments (amount) VALUES (1)",
    "a trigger": "CREATE TABLE log (x);"
    "CREATE TRIGGER note AFTER DELETE ON payments BEGIN INSERT INTO log VALUES (1); END",
    "a table that hangs on it": "CREATE TABLE bills (payment INTEGER REFERENCES payments (id) ON DELETE CASCADE)",
}


@pytest.mark.parametrize(
    ("case", "by"),
    exhaustive_but(
        product(EXCHANGES, [engines_on, lab_on]),
        lambda case, by: case == "a table that hangs on it" and by is engines_on,
    ),
)
def test_a_table_that_was_exchanged_meanwhile_is_not_emptied(
    tmp_path: Path, case: str, by: Opened, valkey: str
) -> None:
    file = tmp_path / "ours.db"
    with by(f"sqlite:///{file}", valkey) as reset:
        fill(file, EXCHANGES[case])
        with closing(sqlite3.connect(file)) as connection:
            before = list(connection.iterdump())
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            reset()
    with closing(sqlite3.connect(file)) as connection:
        assert list(connection.iterdump()) == before


def test_a_file_that_was_exchanged_while_another_database_was_in_use_is_judged_again(
    tmp_path: Path, valkey: str
) -> None:
    file = tmp_path / "ours.db"
    url = f"sqlite:///{file}"
    lab = Lab(LabOptions(database=url, redis=valkey))
    try:
        lab.start()
        lab.use_database("sqlite")
        for each in tmp_path.iterdir():
            each.unlink()
        fill(file, LOOK_ALIKES["a table in another case"])
        before = bytes_below(tmp_path)
        with pytest.raises(SubmitTwiceError, match="nothing was changed"):
            lab.use_database(url)
        assert bytes_below(tmp_path) == before
    finally:
        lab.close()


def test_a_refused_file_says_so(tmp_path: Path) -> None:
    fill(tmp_path / "theirs.db", LOOK_ALIKES["another table"])
    with pytest.raises(EngineError, match=r"holds somebody else's tables \(notes\); nothing was changed"):
        connect_database(f"sqlite:///{tmp_path / 'theirs.db'}")
