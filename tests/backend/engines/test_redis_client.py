"""Clients of the Redis-protocol server: what really goes over the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import redis

from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine


class Eavesdropper:
    """A server that notes what it is told, answers OK, and drops the connection on GET."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection:
                self.connections += 1
                while data := connection.recv(65536):
                    if data == b"stop":
                        self._server.close()
                        return
                    self.heard.append(data.split(b"\r\n")[2])
                    if b"GET" in data:
                        break
                    connection.sendall(b"+OK\r\n")

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"stop")
            self._thread.join(5)


@pytest.fixture
def eavesdropper() -> Iterator[Eavesdropper]:
    server = Eavesdropper()
    yield server
    server.close()


def test_a_connection_greets_with_the_password_only(eavesdropper: Eavesdropper) -> None:
    with create_redis(f"redis://:pw@127.0.0.1:{eavesdropper.port}") as client:
        client.set("key", "value")
        client.set("key", "value")
    assert eavesdropper.heard == [b"AUTH", b"SET", b"SET"]


def test_a_lost_answer_does_not_repeat_the_command(eavesdropper: Eavesdropper) -> None:
    with create_redis(f"redis://127.0.0.1:{eavesdropper.port}") as client:
        with pytest.raises(redis.ConnectionError):
            client.get("key")
        with pytest.raises(redis.ConnectionError), client.pipeline() as pipeline:
            pipeline.get("key").execute()
    assert eavesdropper.heard == [b"GET", b"MULTI"]


def test_redis_py_itself_repeats_it(eavesdropper: Eavesdropper) -> None:
    """Why `create_redis` exists; if this fails, redis-py has become better."""
    client = redis.Redis(host="127.0.0.1", port=eavesdropper.port, driver_info=None, protocol=2)
    with client, pytest.raises(redis.ConnectionError):
        client.get("key")
    assert eavesdropper.heard.count(b"GET") > 1


def test_answers_are_text_and_the_class_is_ours(valkey: RunningEngine) -> None:
    class Ours(redis.Redis):
        pass

    with create_redis(valkey.url, Ours, max_connections=1) as client:
        assert type(client) is Ours
        client.set("key", "wörd")
        assert client.get("key") == "wörd"
        client.delete("key")


def test_a_host_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with create_redis(url, socket_timeout=0.2) as client, pytest.raises(redis.TimeoutError):
            client.ping()
