"""What was kept in a data folder or behind a URL stays, unless somebody asks for a reset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.model.options import LabOptions
from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import OperationKey, Verdict
from backend.shop.effects import RowReader
from main import main
from tests.backend.conftest import Laboratory
from tests.backend.neighbours.commands import QUICK
from tests.backend.own_lab import own_lab, wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
RUN = ("run", "--operation", "place-order", "--strategy", "none", "--submissions", "3", "--json", "-")
COMPARE = ("compare", "--operation", "place-order", *QUICK, "--json", "-")


def orders_in(file: Path) -> list[tuple[int, str]]:
    engine = create_sql_engine(f"sqlite:///{file}", pool_size=1)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT id, order_no FROM orders ORDER BY id")).all()
    engine.dispose()
    return [(row.id, row.order_no) for row in found]


@pytest.mark.parametrize("kept", exhaustive_but(["data folder", "URL"], values("URL")))
def test_compare_leaves_what_a_run_has_kept(open_folder: Path, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = open_folder / "submit-twice.sqlite3"
    place = ["--database", "sqlite", "--data-dir", str(open_folder)]
    if kept == "URL":
        place = ["--database", f"sqlite:///{file}"]
    assert main([*RUN, *place]) == 0
    before = orders_in(file)
    assert len(before) == 3
    assert main([*COMPARE, *place]) == 0
    assert set(before) <= set(orders_in(file))
    capsys.readouterr()
    assert main([*RUN, *place]) == 0
    assert json.loads(capsys.readouterr().out)["effects"] == 3
    assert set(before) < set(orders_in(file))


def test_a_reset_is_asked_for_and_numbers_go_on(open_folder: Path) -> None:
    place = ["--database", "sqlite", "--data-dir", str(open_folder)]
    file = open_folder / "submit-twice.sqlite3"
    assert main([*RUN, *place]) == 0
    before = orders_in(file)
    assert main([*RUN, "--reset", *place]) == 0
    after = orders_in(file)
    assert len(after) == 3
    assert min(after) > max(before)


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "mariadb", "sqlite"], values("postgresql")))
def test_numbers_of_rows_never_come_again(laboratory: Laboratory, database: str) -> None:
    laboratory.lab.use_database(database)
    numbers: list[int] = []
    for _ in range(2):
        laboratory.told.forget()
        laboratory.run(PLACE, "none", submissions=2)
        numbers += sorted(row.id for row in laboratory.told.rows)
        laboratory.lab.reset()
    assert len(set(numbers)) == 4
    assert numbers == sorted(numbers)


@pytest.fixture(scope="module")
def _beside(_started_lab: Laboratory) -> Iterator[Laboratory]:
    connection = _started_lab.lab.connection()
    with own_lab(LabOptions(database=str(connection["database"]), redis=str(connection["redis"]))) as other:
        yield other


@pytest.fixture
def other(laboratory: Laboratory, _beside: Laboratory) -> Laboratory:
    """Another lab on the servers of the first; both have made nothing yet."""
    assert laboratory.told.rows == []
    _beside.lab.reset()
    _beside.told.forget()
    return _beside


def place(lab: Laboratory, key: str, strategy: str, submissions: int = 3) -> dict[Verdict, int]:
    plan = Plan((Intent(PLACE, key, "pen", 1),), submissions)
    return dict(lab.lab.start_run(Setup(strategy), plan).wait(20).verdicts)


def test_the_reset_of_one_lab_leaves_the_rows_of_another(laboratory: Laboratory, other: Laboratory) -> None:
    assert place(laboratory, "ONE", "unique-index") == {Verdict.EXACTLY_ONCE: 1}
    for strategy in ("unique-index", "inbox", "distributed-lock", "idempotency-key", "token"):
        assert place(other, f"OTHER-{strategy}", strategy) == {Verdict.EXACTLY_ONCE: 1}
    other.lab.reset()
    assert other.lab.judgement().effects == 0
    for strategy in ("unique-index", "inbox", "distributed-lock", "idempotency-key", "token"):
        assert place(other, f"OTHER-{strategy}", strategy) == {Verdict.EXACTLY_ONCE: 1}
    with psycopg.connect(str(laboratory.lab.connection()["database"])) as connection:
        assert connection.execute("SELECT count(*) FROM orders WHERE order_no = 'ONE'").fetchall() == [(1,)]
    assert place(laboratory, "ONE", "unique-index") == {Verdict.EXACTLY_ONCE: 1}


def test_a_lab_on_a_database_of_its_own_locks_nobody_out_and_leaves_no_key_in_the_server_of_another(
    laboratory: Laboratory,
) -> None:
    url = str(laboratory.lab.connection()["redis"])
    with redis.Redis.from_url(url) as client:
        before = set(client.keys("*"))
        with own_lab(LabOptions(database="sqlite", redis=url)) as lab:
            holding = laboratory.lab.start_run(
                Setup("distributed-lock", "redis", 1_500), Plan((Intent(PLACE, "SAME", "pen", 1),), 1)
            )
            assert place(lab, "SAME", "distributed-lock", 1) == {Verdict.EXACTLY_ONCE: 1}
            assert holding.wait(20).verdicts == {Verdict.EXACTLY_ONCE: 1}
            for strategy in ("distributed-lock", "token"):
                place(lab, f"K-{strategy}", strategy)
            lab.run(PLACE, "distributed-lock", "redis-fenced")
            assert set(client.keys("*")) > before
        assert {key for key in client.keys("*") if b"queue" not in key} - before == set()


def test_a_row_under_a_number_that_began_again_is_seen(laboratory: Laboratory) -> None:
    """Whoever empties the tables by hand may let the numbers begin again; rows.py must not take new rows for old."""
    laboratory.run(PLACE, "none", submissions=3)
    with psycopg.connect(str(laboratory.lab.connection()["database"])) as connection:
        connection.execute("TRUNCATE orders RESTART IDENTITY")
    report = laboratory.run(PLACE, "unique-index", submissions=3)
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}


def test_what_is_left_after_a_reset_is_not_told_again(laboratory: Laboratory, other: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=3)
    assert wait_for(other.told, lambda: len(other.told.rows) == 3)
    other.lab.reset()
    assert other.told.rows == []
    assert place(other, "NEW", "none", 2) == {Verdict.DUPLICATED: 1}
    assert {row.key for row in other.told.rows} == {"NEW"}


def test_a_reader_that_was_told_to_forget_still_sees_what_is_new(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=2)
    engine = create_sql_engine(str(laboratory.lab.connection()["database"]), pool_size=1)
    reader = RowReader(engine)
    reader.forget()
    assert reader.read_all() == []
    laboratory.run(PLACE, "none", submissions=2)
    assert len(reader.read_all()) == 2
    engine.dispose()
