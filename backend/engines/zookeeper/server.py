"""A private ZooKeeper from the distribution's jar, where Java and the jar are installed.

It listens on a loopback port and keeps nothing beyond the lab. Its nodes are readable only with the digest that is made
for this start. Ticks of 200 ms allow sessions of 400 ms and more, so that a dead holder's lock is free soon.
"""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.start import bring_up, on_free_port, system_failure
from backend.engines.zookeeper.says import ZooKeeperCode
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

NAME = "ZooKeeper"
WHAT_TO_INSTALL = say(ZooKeeperCode.MISSING)
_JARS = (Path("/usr/share/java/zookeeper.jar"),)
_JAVA_OPTIONS = (
    "-Xms16m",
    "-Xmx96m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dzookeeper.forceSync=no",
    "-Dzookeeper.nio.numSelectorThreads=1",
    "-Dzookeeper.nio.numWorkerThreads=0",
)
"""Small and quick to start; nothing is to outlive the machine's crash, so nothing waits for the disk.

A few clients at most, so whoever hears them reads and answers as well: each call wakes two threads less.
"""
_MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
_ANSWER_S = 2.0
_CONFIGURATION = """\
tickTime=200
minSessionTimeout=400
maxSessionTimeout=60000
dataDir={data}
clientPort={port}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=srvr
"""


@dataclass(frozen=True, slots=True)
class Program:
    """What a server consists of."""

    java: Path
    jar: Path


@dataclass(frozen=True, slots=True)
class Started:
    """A ZooKeeper that answered."""

    child: Child
    port: int
    version: str
    start_again: Callable[[], Started]
    """Starts it once more, on its port and with its data, after its process has ended; raises `EngineError`."""


def find_zookeeper() -> Program | None:
    """Java and the jar; None if one of them is missing."""
    java = shutil.which("java")
    jar = next((jar for jar in _JARS if jar.is_file()), None)
    return Program(Path(java), jar) if java and jar else None


def what_is_missing(hosts: str | None) -> Sentence | None:
    """What to install before ZooKeeper can be had; None if it can be started here, or if servers run at `hosts`."""
    return None if hosts or find_zookeeper() else WHAT_TO_INSTALL


def start_zookeeper(supervisor: Supervisor, choose_port: Callable[[], int] = free_port) -> Started:
    """Start a private ZooKeeper and wait until it answers.

    Args:
        supervisor: owner of the process and of the directory with its data.
        choose_port: asked for a loopback port; asked again where somebody else has taken it meanwhile.

    Raises:
        EngineError: it is not installed or cannot be started; the sentence says why.
    """
    found = find_zookeeper()
    if found is None:
        raise EngineError(say(ZooKeeperCode.MISSING))
    try:
        data = own_directory(supervisor.directory, "zookeeper", supervisor.user)
        return on_free_port(NAME, choose_port, lambda port: _run(supervisor, found, data, port))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _run(supervisor: Supervisor, program: Program, data: Path, port: int) -> Started:
    child = launch(supervisor, program, data, _CONFIGURATION.format(data=data, port=port))
    version = bring_up(NAME, child, supervisor, lambda: ask_version("127.0.0.1", port))
    return Started(child, port, version, lambda: _run(supervisor, program, data, port))


def launch(supervisor: Supervisor, program: Program, data: Path, configuration: str) -> Child:
    """Start a server, without waiting for it.

    Args:
        supervisor: owner of the process.
        program: to be run.
        data: folder of the server; the configuration is written there.
        configuration: its lines.

    Raises:
        OSError: the file cannot be written.
    """
    file = data / "zookeeper.cfg"
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(configuration)
    give(file, supervisor.user)
    return supervisor.spawn(
        data.name,
        [str(program.java), *_JAVA_OPTIONS, "-cp", str(program.jar), _MAIN, str(file)],
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        as_server_user=True,
    )


def ask_mode(host: str, port: int) -> str:
    """Whether a server is ``leader``, ``follower`` or ``standalone``; empty if it does not answer."""
    found = [line.partition(": ")[2] for line in _ask(host, port) if line.startswith("Mode: ")]
    return found[0] if found else ""


def ask_version(host: str, port: int) -> str | None:
    """The version that a server gives once it serves; None if it does not."""
    for line in _ask(host, port):
        if line.startswith("Zookeeper version: "):
            return line.removeprefix("Zookeeper version: ").partition("-")[0]
    return None


def _ask(host: str, port: int) -> list[str]:
    """What a server answers to ``srvr``; nothing if it does not answer."""
    with suppress(OSError), socket.create_connection((host, port), timeout=_ANSWER_S) as connection:
        connection.sendall(b"srvr")
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            return stream.read().decode(errors="replace").splitlines()
    return []
