"""A private ZooKeeper from the distribution's jar, where Java and the jar are installed.

It listens on a loopback port and keeps nothing beyond the lab. Its nodes are readable only with the digest that is made
for this start. Ticks of 200 ms allow sessions of 400 ms and more, so that a dead holder's lock is free soon.
"""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.ports import free_port
from backend.engines.server_user import own_directory
from backend.engines.start import wait_until_up
from backend.errors import EngineError

if TYPE_CHECKING:
    from backend.engines.supervisor import Child, Supervisor

NAME = "ZooKeeper"
WHAT_TO_INSTALL = (
    "ZooKeeper is not installed: install the packages libzookeeper-java and default-jre-headless (Debian, Ubuntu), "
    "or give --zookeeper HOSTS."
)
_JARS = (Path("/usr/share/java/zookeeper.jar"),)
_JAVA_OPTIONS = ("-Xms16m", "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no")
"""Small and quick to start; nothing is to outlive the machine's crash, so nothing waits for the disk."""
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


def find_zookeeper() -> tuple[Path, Path] | None:
    """Java and the jar; None if one of them is missing."""
    java = shutil.which("java")
    jar = next((jar for jar in _JARS if jar.is_file()), None)
    return (Path(java), jar) if java and jar else None


def what_is_missing(hosts: str | None) -> str:
    """What to install before ZooKeeper can be had; empty if it can be started here, or if servers run at `hosts`."""
    return "" if hosts or find_zookeeper() else WHAT_TO_INSTALL


def start_zookeeper(supervisor: Supervisor) -> tuple[Child, int, str]:
    """Start a private ZooKeeper and wait until it answers.

    Returns:
        Its process, its port and its version.

    Raises:
        EngineError: it is not installed or cannot be started; the sentence says why.
    """
    found = find_zookeeper()
    if found is None:
        raise EngineError(WHAT_TO_INSTALL)
    java, jar = found
    home = own_directory(supervisor.directory, "zookeeper", supervisor.user)
    port = free_port()
    configuration = supervisor.directory / "zookeeper.cfg"
    configuration.write_text(_CONFIGURATION.format(data=home, port=port))
    if supervisor.user is not None:
        os.chown(configuration, supervisor.user.uid, supervisor.user.gid)
    child = supervisor.spawn(
        "zookeeper",
        [str(java), *_JAVA_OPTIONS, "-cp", str(jar), _MAIN, str(configuration)],
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        as_server_user=True,
    )
    return child, port, wait_until_up(NAME, child, supervisor, lambda: ask_version("127.0.0.1", port))


def ask_version(host: str, port: int) -> str | None:
    """The version that a server gives; None if it does not answer."""
    with suppress(OSError), socket.create_connection((host, port), timeout=_ANSWER_S) as connection:
        connection.sendall(b"srvr")
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            first = stream.readline().decode(errors="replace")
        if first.startswith("Zookeeper version: "):
            return first.removeprefix("Zookeeper version: ").partition("-")[0]
    return None
