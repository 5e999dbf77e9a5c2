"""Servers with data: they count as up once they have read them, and damage is called by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.says import EngineCode
from backend.engines.valkey import start_valkey
from backend.model.errors import EngineError
from backend.model.sentence import Sentence
from tests.tables import exhaustive_but, values

KEYS = 200_000


def fill(data: Path) -> None:
    with Supervisor() as supervisor, create_redis(start_valkey(supervisor, data).url) as client:
        for first in range(0, KEYS, 10_000):
            client.mset({f"key{number}": "x" * 200 for number in range(first, first + 10_000)})


def test_a_large_valkey_is_up_once_it_has_read_its_keys(open_folder: Path) -> None:
    fill(open_folder / "data")
    with Supervisor() as supervisor, create_redis(start_valkey(supervisor, open_folder / "data").url) as client:
        assert client.dbsize() == KEYS


def test_damaged_keys_are_called_so_and_left_alone(open_folder: Path) -> None:
    data = open_folder / "data"
    with Supervisor() as supervisor, create_redis(start_valkey(supervisor, data).url) as client:
        client.set("key", "value")
    (kept,) = (data / "valkey" / "appendonlydir").glob("*.incr.aof")
    damaged = b"*3\r\n$3\r\nSET\r\nnonsense" + kept.read_bytes()
    kept.write_bytes(damaged)
    with Supervisor() as supervisor, pytest.raises(EngineError) as caught:
        start_valkey(supervisor, data)
    reason = dict(caught.value.sentence.parts)["reason"]
    assert isinstance(reason, Sentence)
    assert reason.code is EngineCode.DAMAGED_KEYS
    assert str(data / "valkey") in str(caught.value)
    assert kept.read_bytes() == damaged


AWKWARD = {"quotes": 'it\'s "here"', "backslash": "a\\b", "comma": "a,b", "space": "a b", "line": "a\nb"}


@pytest.mark.parametrize("name", exhaustive_but(AWKWARD, values("quotes", "line")))
@pytest.mark.parametrize("engine", ["valkey", "postgresql", "mariadb"])
def test_a_data_directory_may_have_an_awkward_name(open_folder: Path, engine: str, name: str) -> None:
    from backend.engines.mariadb import find_mariadb, start_mariadb
    from backend.engines.postgresql import start_postgresql
    from backend.engines.sql import create_sql_engine

    if engine == "mariadb" and find_mariadb() is None:
        pytest.skip("MariaDB is not installed here")
    data = open_folder / AWKWARD[name]
    with Supervisor() as supervisor:
        if engine == "postgresql" and name == "line":
            with pytest.raises(EngineError, match="line feed"):
                start_postgresql(supervisor, data)
            assert not data.exists()
        elif engine == "valkey":
            with create_redis(start_valkey(supervisor, data).url) as client:
                assert client.set("key", "value")
        else:
            start = start_postgresql if engine == "postgresql" else start_mariadb
            database = create_sql_engine(start(supervisor, data).url)
            with database.connect() as connection:
                assert connection.exec_driver_sql("SELECT 1").scalar() == 1
            database.dispose()


@pytest.mark.parametrize("name", exhaustive_but(AWKWARD, values("quotes", "line")))
def test_a_temporary_folder_may_have_an_awkward_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = Path("/tmp") / AWKWARD[name]  # noqa: S108  short enough for sockets
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with Supervisor() as supervisor, create_redis(start_valkey(supervisor).url) as client:
        assert client.ping()
    assert not folder.exists()


def test_a_refused_folder_is_not_made(supervisor: Supervisor, open_folder: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    if supervisor.user is None:
        pytest.skip("servers run as ourselves and may enter")
    with pytest.raises(EngineError, match="nobody"):
        start_valkey(supervisor, private / "deep" / "data")
    assert list(private.iterdir()) == []
