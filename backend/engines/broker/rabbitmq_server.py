"""A private RabbitMQ from the distribution's package, where that and Erlang are installed."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.broker.address import BrokerAddress
from backend.engines.broker.says import BrokerCode
from backend.engines.processes.ports import quiet_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.running import RunningEngine
from backend.engines.start import bring_up, on_free_port, system_failure
from backend.model.errors import BrokerError, EngineError
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.engines.processes.supervisor import Supervisor

NAME = "RabbitMQ"
_USER = "submit-twice"
_SCRIPTS = (Path("/usr/lib/rabbitmq/bin"),)
_CONTROL_S = 60.0
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
disk_free_limit.absolute = 1MB
log.console = true
log.console.level = warning
log.file = false
"""
_ERLANG = "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"
"""One scheduler; the nodes of Erlang talk over the loopback."""


@dataclass(frozen=True, slots=True)
class _Place:
    scripts: Path
    folder: Path
    password: str
    environment: Mapping[str, str]


def find_rabbitmq() -> Path | None:
    """The folder of the server's scripts; None if it or Erlang is missing."""
    found = (folder for folder in _SCRIPTS if (folder / "rabbitmq-server").is_file())
    return next(found, None) if shutil.which("epmd") and shutil.which("erl") else None


def what_is_missing() -> Sentence | None:
    """What to install before it can be had; None if it can."""
    return None if find_rabbitmq() else say(BrokerCode.RABBITMQ_MISSING)


def start_rabbitmq(
    supervisor: Supervisor, choose_port: Callable[[], int] = quiet_port
) -> tuple[RunningEngine, BrokerAddress]:
    """Start a private server, with the port mapper that Erlang wants, and wait until it answers.

    Args:
        supervisor: owner of the processes and of the directory with their data.
        choose_port: asked for loopback ports; asked again where somebody else has taken one meanwhile.

    Raises:
        EngineError: it is not installed or cannot be started; the sentence says why.
    """
    scripts = find_rabbitmq()
    if scripts is None:
        raise EngineError(say(BrokerCode.RABBITMQ_MISSING))
    try:
        folder = own_directory(supervisor.directory, "rabbitmq", supervisor.user)
        return on_free_port(NAME, choose_port, lambda port: _first(supervisor, scripts, folder, port))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _first(supervisor: Supervisor, scripts: Path, folder: Path, port: int) -> tuple[RunningEngine, BrokerAddress]:
    mapper = quiet_port()
    password = secrets.token_urlsafe(24)
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_NODENAME": f"submit-twice-{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        "RUNNING_UNDER_SYSTEMD": "true",  # the script makes way for the server instead of waiting for it
    }
    place = _Place(scripts, folder, password, environment)
    _write(supervisor, folder / "rabbitmq.conf", _CONFIGURATION.format(port=port, user=_USER, password=password))
    _write(supervisor, folder / "plugins", "[].\n")
    argv = [shutil.which("epmd") or "epmd", "-port", str(mapper), "-address", "127.0.0.1"]
    supervisor.spawn("epmd", argv, env=environment, as_server_user=True, restart=True)
    return _run(supervisor, place, port, quiet_port()), BrokerAddress(port, _USER, password)


def _write(supervisor: Supervisor, file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
    give(file, supervisor.user)


def _run(supervisor: Supervisor, place: _Place, port: int, distribution: int) -> RunningEngine:
    from backend.engines.broker.rabbitmq_client import ask_version  # noqa: PLC0415, RUF100  most never want it

    argv = ["/bin/sh", str(place.scripts / "rabbitmq-server")]
    environment = {**place.environment, "RABBITMQ_DIST_PORT": str(distribution)}
    child = supervisor.spawn("rabbitmq", argv, env=environment, as_server_user=True)
    address = BrokerAddress(port, _USER, place.password)
    version = bring_up(NAME, child, supervisor, lambda: ask_version(address))
    return RunningEngine(
        kind=EngineKind.BROKER,
        name=NAME,
        version=version,
        address=f"127.0.0.1:{port}",
        url=f"amqp://{_USER}:{place.password}@127.0.0.1:{port}",
        embedded=True,
        child=child,
        start_again=lambda: on_free_port(NAME, quiet_port, lambda another: _run(supervisor, place, port, another)),
        ask=lambda *words: _ask(supervisor, place, words),
    )


def _ask(supervisor: Supervisor, place: _Place, words: tuple[str, ...]) -> str:
    """What ``rabbitmqctl`` prints.

    Raises:
        BrokerError: it has failed.
    """
    argv = ["/bin/sh", str(place.scripts / "rabbitmqctl"), "--quiet", *words]
    child = supervisor.spawn("rabbitmqctl", argv, env=place.environment, as_server_user=True)
    if child.wait(_CONTROL_S) != 0:
        raise BrokerError(say(BrokerCode.NO_ANSWER, reason=child.log_tail(1).strip()))
    return child.log_tail(1_000)
