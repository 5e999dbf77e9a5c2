"""A private MariaDB, and what our connections to it do."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from backend.engines import mariadb as module
from backend.engines.bare import open_tables
from backend.engines.external import connect_database
from backend.engines.installed import available_databases
from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine
from backend.instance.problems import from_exception
from backend.model.errors import EngineError
from backend.model.vocabulary import Answer, EngineKind, Health
from backend.shop.schema import orders
from main import COULD_NOT_RUN, main
from tests.backend.engines.helpers import small_lab


def order(key: str) -> sa.Insert:
    return sa.insert(orders).values(order_no=key, order_no_unique=key, item="book", quantity=1)


def test_it_describes_itself_without_its_password(mariadb: RunningEngine) -> None:
    assert (mariadb.kind, mariadb.name, mariadb.embedded) == (EngineKind.MARIADB, "MariaDB", True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", mariadb.version)
    assert str(make_url(mariadb.url).password) not in repr(mariadb)


def test_no_process_and_no_file_shows_the_password(mariadb: RunningEngine) -> None:
    assert mariadb.child is not None
    password = str(make_url(mariadb.url).password).encode()
    process = Path(f"/proc/{mariadb.child.pid}")
    home = mariadb.child.log.parent
    shown = [(process / "cmdline").read_bytes(), (process / "environ").read_bytes(), mariadb.child.log.read_bytes()]
    files = [path.read_bytes() for path in (home / "mariadb").rglob("*") if path.is_file()]
    assert files
    assert password not in b"".join([*shown, *files])


def test_a_running_server_by_its_url(mariadb: RunningEngine) -> None:
    found = connect_database(mariadb.client_url)
    assert (found.kind, found.version, found.embedded) == (EngineKind.MARIADB, mariadb.version, False)
    assert str(make_url(mariadb.url).password) not in f"{found!r} {found.address}"


needs_mariadb = pytest.mark.skipif(find_mariadb() is None, reason="MariaDB (mariadb-server-core) is not installed here")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "hush-hush"}, "the user or the password is wrong"),
        ({"username": "root", "password": None}, "the user or the password is wrong"),
        ({"username": "", "password": None}, "the user or the password is wrong"),
        ({"database": "nowhere"}, "there is no database of that name"),
        ({"query": {"unix_socket": "/nowhere"}}, "nothing listens there"),
        ({"query": {}, "host": "127.0.0.1", "port": 1}, "nothing listens there"),
    ],
)
def test_who_does_not_get_in_is_told_in_one_sentence(
    mariadb: RunningEngine, change: dict[str, object], said: str
) -> None:
    url = make_url(mariadb.client_url).set(**change)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=said) as caught:
        connect_database(url.render_as_string(hide_password=False))
    assert "\n" not in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_keys_are_compared_byte_by_byte(mariadb: RunningEngine) -> None:
    engine = open_tables(mariadb)
    keys = ["key", "KEY", "key ", "kéy", "ke\u0301y"]
    with engine.connect() as connection:
        for key in keys:
            connection.execute(order(key))
        for key in keys:
            assert connection.scalars(sa.select(orders.c.order_no).where(orders.c.order_no == key)).all() == [key]
            assert connection.scalars(sa.select(orders.c.id).where(orders.c.order_no_unindexed == key)).one()
    engine.dispose()


def counters(connection: sa.Connection) -> dict[str, int]:
    names = "('Com_commit', 'Com_rollback', 'Questions')"
    rows = connection.exec_driver_sql(f"SHOW SESSION STATUS WHERE Variable_name IN {names}")
    return {name: int(value) for name, value in rows}


def test_a_transaction_has_no_round_trip_of_ours(mariadb: RunningEngine) -> None:
    engine = create_sql_engine(mariadb.url, pool_size=1)
    with engine.begin() as connection:
        before = counters(connection)
    for _ in range(2):
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
    with engine.connect():
        pass  # nothing was sent, so there is nothing to end
    with engine.begin() as connection:
        after = counters(connection)
    engine.dispose()
    assert {name: after[name] - before[name] for name in before} == {
        "Com_commit": 3,
        "Com_rollback": 0,
        "Questions": 3 + 2 + 1,
    }


def test_a_refused_insert_leaves_nothing_locked(mariadb: RunningEngine) -> None:
    engine = open_tables(mariadb, 2)
    with engine.begin() as connection:
        connection.execute(order("refused"))
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(order("refused"))
    with engine.begin() as other, engine.connect():
        locked = sa.select(orders.c.id).where(orders.c.order_no_unique == "refused").with_for_update(nowait=True)
        assert other.scalar(locked)
    engine.dispose()


def test_a_value_that_does_not_fit_is_an_error_and_not_cut(mariadb: RunningEngine) -> None:
    engine = open_tables(mariadb)
    with pytest.raises(sa.exc.DataError) as caught, engine.begin() as connection:
        connection.execute(order("x" * 65))
    assert from_exception(caught.value).status == 400
    engine.dispose()


def test_a_lock_that_is_not_had_and_a_deadlock_are_conflicts(mariadb: RunningEngine) -> None:
    engine = open_tables(mariadb, 2)
    with engine.begin() as connection:
        connection.execute(order("first"))
        connection.execute(order("second"))

    def lock(connection: sa.Connection, key: str, *, nowait: bool = False) -> None:
        connection.execute(sa.select(orders).where(orders.c.order_no_unique == key).with_for_update(nowait=nowait))

    with engine.connect() as one, engine.connect() as two:
        lock(one, "first")
        with pytest.raises(sa.exc.OperationalError) as refused:
            lock(two, "first", nowait=True)
    assert from_exception(refused.value).answer is Answer.CONFLICT
    assert from_exception(deadlock(engine, lock)).answer is Answer.CONFLICT
    engine.dispose()


def deadlock(engine: sa.Engine, lock: Callable[[sa.Connection, str], None]) -> Exception:
    """Two transactions that wait for each other; the error of the one that the server gave up."""
    failures: list[Exception] = []
    both = threading.Barrier(2)

    def cross(mine: str, theirs: str) -> None:
        try:
            with engine.begin() as connection:
                lock(connection, mine)
                both.wait(10)
                lock(connection, theirs)
        except sa.exc.OperationalError as error:
            failures.append(error)

    threads = [threading.Thread(target=cross, args=keys) for keys in (("first", "second"), ("second", "first"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (failure,) = failures
    return failure


@needs_mariadb
def test_killed_it_comes_back_with_what_it_had_answered_for(supervisor: Supervisor) -> None:
    running = start_mariadb(supervisor)
    engine = open_tables(running)
    with engine.begin() as connection:
        connection.execute(order("kept"))
    assert running.child is not None
    assert running.start_again is not None
    running.child.kill()
    assert running.child.wait(10) == -signal.SIGKILL
    again = running.start_again()
    assert again.url == running.url
    with engine.connect() as connection:  # the pool notices that its connection is dead
        assert connection.scalars(sa.select(orders.c.order_no)).all() == ["kept"]
    engine.dispose()


@needs_mariadb
def test_rows_are_kept_in_a_data_directory(open_folder: Path) -> None:
    passwords = set()
    for _ in range(2):
        with Supervisor() as supervisor:
            running = start_mariadb(supervisor, open_folder / "data")
            passwords.add(make_url(running.url).password)
            engine = open_tables(running)
            with engine.begin() as connection:
                connection.execute(order(str(len(passwords))))
                count = connection.scalar(sa.select(sa.func.count()).select_from(orders))
            engine.dispose()
    assert count == len(passwords) == 2


@needs_mariadb
def test_nothing_is_left_of_a_killed_lab() -> None:
    with small_lab("mariadb") as lab:
        assert "mariadbd" in {process.name() for process in lab.processes}
        os.kill(lab.news["pid"], signal.SIGKILL)
        assert lab.nothing_left(), lab.left()


def test_where_it_is_missing_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "_FOLDERS", ())
    status = next(status for status in available_databases() if status.kind is EngineKind.MARIADB)
    assert (status.health, str(status.note)) == (Health.MISSING, str(module.WHAT_TO_INSTALL))
    arguments = ["run", "--database", "mariadb", "--operation", "place-order", "--strategy", "none"]
    assert main(arguments) == COULD_NOT_RUN
    assert capsys.readouterr().err == f"submit-twice: {module.WHAT_TO_INSTALL}\n"
