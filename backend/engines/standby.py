"""A hot standby of our PostgreSQL: a copy that streams what the primary writes to its log, and applies it.

It answers readers with what was committed a moment ago: longer ago by ``recovery_min_apply_delay``. Its data go with
the lab.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.engines.postgresql_server import USER, Server, run_tool
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.running import RunningEngine
from backend.engines.start import on_free_port, system_failure
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.postgresql_server import Cluster

NAME = "PostgreSQL standby"
APPLICATION = "standby"
"""By this name the primary knows it."""
_MAY_REPLICATE = "local replication all scram-sha-256\n"


def make_standby(of: Server, number: int, choose_port: Callable[[], int] = free_port) -> RunningEngine:
    """Copy a primary that runs, start the copy as its standby, and wait until it answers readers.

    Args:
        of: the primary; its data go with the lab.
        number: another one each time, for a folder of its own.
        choose_port: asked for a loopback port; asked again where somebody else has taken it meanwhile.

    Raises:
        EngineError: it cannot be made; the sentence says why.
    """
    supervisor = of.supervisor
    try:
        home = own_directory(supervisor.directory, f"postgresql-{number}", supervisor.user)
        cluster = replace(of.cluster, data=home / "data", sockets=home)
        with supervisor.writing():
            _keep_password(of, cluster)
        _let_replicate(of)
        _copy(of, cluster)
        with supervisor.writing():
            _make_follower(of, cluster)
        return on_free_port(
            NAME, choose_port, lambda port: run_standby(Server(supervisor, of.programs, cluster, port), of)
        )
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def run_standby(server: Server, of: Server) -> RunningEngine:
    """Start a standby on its data, and wait until it answers readers.

    Raises:
        PortTakenError: somebody else has its port.
        EngineError: it cannot be started.
    """
    child, version = server.bring_up(server.cluster.sockets.name, _following(server, of))
    return RunningEngine(
        kind=EngineKind.STANDBY,
        name=NAME,
        version=version,
        address=server.address,
        url=server.url,
        embedded=True,
        child=child,
        start_again=lambda: run_standby(server, of),
        server=server,
    )


def _following(server: Server, of: Server) -> dict[str, str]:
    words = {
        "host": str(of.cluster.sockets),
        "port": str(of.port),
        "user": USER,
        "passfile": str(server.cluster.sockets / "password"),
        "application_name": APPLICATION,
    }
    return {
        "primary_conninfo": " ".join(f"{key}={_quoted(word)}" for key, word in words.items()),
        "hot_standby_feedback": "on",  # or what readers still look at is cleaned away, and they are cancelled
        "wal_retrieve_retry_interval": "100ms",
        "wal_receiver_timeout": "0",  # a sender that is stopped is waited for: another one would send what it holds
    }


def _quoted(word: str) -> str:
    """A word as libpq wants it in a connection string."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _keep_password(of: Server, cluster: Cluster) -> None:
    """In a file that only the servers' user can read: no argument and no environment shows it."""
    path = cluster.sockets / "password"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"*:*:*:{USER}:{cluster.password}\n")
    give(path, of.supervisor.user)


def _let_replicate(of: Server) -> None:
    rules = of.cluster.data / "pg_hba.conf"
    with of.supervisor.writing():
        known = rules.read_text(encoding="ascii")
        if _MAY_REPLICATE not in known:
            rules.write_text(known + _MAY_REPLICATE, encoding="ascii")
    with of.connect() as connection:
        connection.execute("SELECT pg_reload_conf()")


def _copy(of: Server, cluster: Cluster) -> None:
    argv = [
        str(of.programs / "pg_basebackup"),
        f"--pgdata={cluster.data}",
        f"--host={of.cluster.sockets}",
        f"--port={of.port}",
        f"--username={USER}",
        "--no-password",
        "--checkpoint=fast",
        "--wal-method=stream",
        "--no-sync",
    ]
    run_tool(of.supervisor, f"{cluster.sockets.name}-copy", argv, PGPASSFILE=str(cluster.sockets / "password"))


def _make_follower(of: Server, cluster: Cluster) -> None:
    """Settings that were made on the primary while it runs are not the standby's."""
    for name in ("standby.signal", "postgresql.auto.conf"):
        path = cluster.data / name
        path.write_text("", encoding="ascii")
        give(path, of.supervisor.user)
