"""A private Valkey."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import redis

from backend.engines.processes.ports import free_port
from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.valkey import start_valkey
from backend.model.errors import EngineError
from backend.model.vocabulary import EngineKind
from tests.backend.engines.helpers import wait_until


def password_of(engine: RunningEngine) -> str:
    with create_redis(engine.url) as client:
        return str(client.connection_pool.connection_kwargs["password"])


def test_it_describes_itself_without_its_password(valkey: RunningEngine) -> None:
    assert (valkey.kind, valkey.name, valkey.embedded) == (EngineKind.REDIS, "Valkey", True)
    assert valkey.version.startswith("9.")
    assert len(password_of(valkey)) >= 32
    assert password_of(valkey) not in repr(valkey)


def test_it_keeps_what_it_is_told(valkey: RunningEngine) -> None:
    with create_redis(valkey.url) as client:
        assert client.set("key", "value", nx=True, px=10_000) is True
        assert client.get("key") == "value"
        client.delete("key")


def test_socket_and_port_ask_for_the_password(valkey: RunningEngine) -> None:
    path = valkey.url.partition("@")[2]
    host, _, port = valkey.address.partition(":")
    with create_redis(f"redis://:{password_of(valkey)}@{host}:{port}/0") as client:
        assert client.ping() is True
    for url in (f"unix://{path}", f"redis://{valkey.address}"):
        with create_redis(url) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_no_process_and_no_file_shows_the_password(valkey: RunningEngine) -> None:
    assert valkey.child is not None
    process = Path(f"/proc/{valkey.child.pid}")
    shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    files = [path.read_bytes() for path in valkey.child.log.parent.rglob("*valkey*") if path.is_file()]
    assert files
    assert password_of(valkey).encode() not in b"".join([shown, *files])


def test_killed_it_is_noticed(supervisor: Supervisor) -> None:
    engine = start_valkey(supervisor)
    assert engine.child is not None
    codes: list[int] = []
    engine.child.on_exit(codes.append)
    engine.child.kill()
    assert wait_until(lambda: codes == [-9])
    with create_redis(engine.url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_a_taken_port_is_avoided(supervisor: Supervisor) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = iter([taken, free_port()])
        engine = start_valkey(supervisor, choose_port=lambda: next(ports))
        with pytest.raises(EngineError, match=rf"^Valkey could not start: port {taken} is in use"):
            start_valkey(supervisor, choose_port=lambda: int(taken))
    assert not engine.address.endswith(f":{taken}")


def test_keys_are_kept_in_a_data_directory_and_nowhere_else(open_folder: Path) -> None:
    for data in (open_folder / "data", None):
        with Supervisor() as supervisor, create_redis(start_valkey(supervisor, data).url) as client:
            client.set("kept", "yes")
        with Supervisor() as supervisor, create_redis(start_valkey(supervisor, data).url) as client:
            assert client.get("kept") == ("yes" if data else None)
