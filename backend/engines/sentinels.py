"""Three sentinels that watch over a primary and its replica, and promote the replica when the primary is gone.

They are the server's own (``valkey-server FILE --sentinel``). At rest they wait half a minute before they believe that
a primary is gone, so that a busy machine promotes nobody; once it has been killed on purpose they are told to believe
it sooner (``SENTINEL SET``). Whom they promote, and when, is up to them.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import redis

from backend.engines.patience import STANDSTILL_S
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.redis_client import ANSWER_TIMEOUT_S, SENTINEL_SCHEME, create_redis
from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.start import bring_up, on_free_port, wait_until_up
from backend.engines.valkey import program
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from backend.engines.processes.supervisor import Supervisor

SERVICE = "primary"
"""What the sentinels call it, whoever it is."""
COUNT = 3
_QUORUM = 2
_NAME = "Sentinel"
_HOST = "127.0.0.1"
_PATIENT_MS = 30_000
_HASTY_MS = 100
_AGAIN_MS = 2_000
"""Two that stand for election at the same moment try again after twice this time."""
_LOOK_S = 0.02


class Sentinels:
    """The three of one primary.

    Args:
        supervisor: owner of the processes.
        primary_port: of the primary that they begin with.
        password: of the servers; theirs, too.
    """

    def __init__(self, supervisor: Supervisor, primary_port: int, password: str) -> None:
        self._supervisor = supervisor
        self._password = password
        home = own_directory(supervisor.directory, "sentinels", supervisor.user)
        files = [home / f"sentinel-{number}.conf" for number in range(1, COUNT + 1)]
        self.engines = [on_free_port(_NAME, free_port, partial(self._first, file, primary_port)) for file in files]

    @property
    def url(self) -> str:
        """With which clients find the primary."""
        places = ",".join(engine.address for engine in self.engines)
        return f"{SENTINEL_SCHEME}://:{quote(self._password)}@{places}/{SERVICE}"

    def replace(self, before: RunningEngine, now: RunningEngine) -> None:
        """One of them was started again."""
        self.engines = [now if engine is before else engine for engine in self.engines]

    def await_acquaintance(self) -> None:
        """Wait until each knows the two others and the replica.

        Raises:
            EngineError: they do not find each other.
        """
        for engine in self.engines:
            assert engine.child  # noqa: S101  ours all have one
            with self._client(engine) as client:
                wait_until_up(_NAME, engine.child, self._supervisor, partial(_knows_all, client))

    def primary_port(self) -> int | None:
        """Of the primary, as all of them say; None while they do not agree."""
        found = {self._primary_of(engine) for engine in self.engines}
        return found.pop() if len(found) == 1 else None

    def promote(self, dead_port: int, closed: threading.Event) -> int:
        """Have another one promoted, now that the primary is dead.

        Args:
            dead_port: of the primary.
            closed: ends the wait.

        Returns:
            The port of the one on which all of them agree.

        Raises:
            EngineError: they promote nobody.
        """
        self._set("down-after-milliseconds", _HASTY_MS)
        try:
            for _ in range(int(STANDSTILL_S / _LOOK_S)):
                found = self.primary_port()
                if found is not None and found != dead_port:
                    return found
                if closed.wait(_LOOK_S):
                    break
            raise EngineError(say(EngineCode.NOBODY_PROMOTED))
        finally:
            self._set("down-after-milliseconds", _PATIENT_MS)

    def _set(self, name: str, value: object) -> None:
        for engine in self.engines:
            with suppress(redis.RedisError), self._client(engine) as client:
                _ask(client, "SENTINEL", "SET", SERVICE, name, value)

    def _primary_of(self, engine: RunningEngine) -> int | None:
        with suppress(redis.RedisError), self._client(engine) as client:
            _, port = _ask(client, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
            return int(port)
        return None

    def _first(self, file: Path, primary_port: int, port: int) -> RunningEngine:
        """Write its file, which it keeps up to date from then on, and start it."""
        lines = (
            f"bind {_HOST}",
            f"port {port}",
            f"requirepass {self._password}",
            f"sentinel sentinel-pass {self._password}",
            f"sentinel monitor {SERVICE} {_HOST} {primary_port} {_QUORUM}",
            f"sentinel auth-pass {SERVICE} {self._password}",
            f"sentinel down-after-milliseconds {SERVICE} {_PATIENT_MS}",
            f"sentinel failover-timeout {SERVICE} {_AGAIN_MS}",
        )
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        give(file, self._supervisor.user)
        return self._run(file, port)

    def _run(self, file: Path, port: int) -> RunningEngine:
        argv = [str(program()), str(file), "--sentinel"]
        child = self._supervisor.spawn(file.stem, argv, env={}, as_server_user=True, cwd=file.parent)
        url = f"redis://:{quote(self._password)}@{_HOST}:{port}"
        version = bring_up(_NAME, child, self._supervisor, lambda: _version(url))
        return RunningEngine(
            kind=EngineKind.REDIS,
            name=f"{_NAME} {file.stem.rpartition('-')[2]}",
            version=version,
            address=f"{_HOST}:{port}",
            url=url,
            embedded=True,
            child=child,
            start_again=lambda: self._run(file, port),
        )

    def _client(self, engine: RunningEngine) -> redis.Redis:
        return create_redis(engine.url, max_connections=1, socket_timeout=ANSWER_TIMEOUT_S)


def _ask(client: redis.Redis, *words: object) -> Any:  # noqa: ANN401  as in redis-py
    execute: Callable[..., Any] = client.execute_command
    return execute(*words)


def _version(url: str) -> str | None:
    with create_redis(url, max_connections=1, socket_timeout=ANSWER_TIMEOUT_S) as client:
        try:
            info: dict[str, object] = client.info("server")
        except redis.AuthenticationError:
            raise
        except (redis.ConnectionError, redis.TimeoutError):
            return None
    return str(info.get("valkey_version") or info["redis_version"])


def _knows_all(client: redis.Redis) -> bool | None:
    """Whether a sentinel knows who else there is; None while it does not."""
    try:
        found = _pairs(_ask(client, "SENTINEL", "MASTER", SERVICE))
    except (redis.ConnectionError, redis.TimeoutError):
        return None
    return True if (found["num-other-sentinels"], found["num-slaves"]) == (str(COUNT - 1), "1") else None


def _pairs(answer: Sequence[object] | dict[str, object]) -> dict[str, str]:
    if isinstance(answer, dict):
        return {str(name): str(value) for name, value in answer.items()}
    return {str(name): str(value) for name, value in zip(answer[::2], answer[1::2], strict=True)}
