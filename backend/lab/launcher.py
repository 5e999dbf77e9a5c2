"""Starting and stopping backend processes: instances and consumers begin and end in the same way."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from backend.engines.gateway.settings import address_file
from backend.engines.patience import Patience
from backend.engines.start import last_words, nothing_comes_of, why_ended
from backend.files.project import PROJECT
from backend.instance.settings import InstanceSettings
from backend.lab import warm
from backend.strategies import folder_in_use
from backend.tap.trace_messages import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.lab.trace_server import TraceServer
    from backend.model.sentence import Sentence

_STOP_SECONDS = 3.0


class Launcher:
    """Starts processes that report to the trace, and learn from it where their engines are.

    Args:
        supervisor: under which they run; it starts those again that die.
        trace: where they report.
        trace_path: its socket.
    """

    def __init__(self, supervisor: Supervisor, trace: TraceServer, trace_path: Path) -> None:
        self._supervisor = supervisor
        self._trace = trace
        self._trace_path = trace_path

    def spawn(self, name: str, module: str, number: int, *, port: int = 0, token: str = "", lab: str = "") -> Child:
        """Let a process load its code; it waits for `welcome`.

        Args:
            name: for its log.
            module: what Python runs.
            number: of the process in its lab.
            port: where it listens; 0 for nowhere.
            token: that its callers must show.
            lab: names the queues that it reads.
        """
        settings = InstanceSettings(
            number, port, token, str(self._trace_path), lab, strategies=str(folder_in_use() or "")
        )
        self._trace.forget(number)
        argv = [sys.executable, "-m", module]
        env = settings.to_environment()
        return self._supervisor.spawn(name, argv, env=env, cwd=PROJECT, restart=True, forked_from=warm.COMMAND)

    def welcome(self, number: int, child: Child, database: str, redis: str) -> Sentence | None:
        """Tell a process its engines, now and whenever it is started again.

        Returns:
            Why it did not come up; None where it did.
        """
        patience = Patience(child)
        welcome = Welcome(database, redis, str(address_file(self._supervisor.private)))
        if self._trace.welcome(number, welcome, lambda: not child.alive or patience.is_over):
            return None
        return why_ended(child) or last_words(child.log_tail(50)) or nothing_comes_of(patience)

    def await_return(self, number: int, child: Child, given_up: Callable[[], bool]) -> Sentence | None:
        """Wait for a process that has died and is being started again; returns at once where none has.

        Args:
            number: of the process in its lab.
            child: that process.
            given_up: whether nobody wants to wait any more.

        Returns:
            Why it did not come back; None where it did, or was given up.
        """
        if self._trace.is_ready(number):
            return None
        patience = Patience(child)
        if self._trace.wait_until_ready(number, lambda: given_up() or not child.alive or patience.is_over):
            return None
        if given_up():
            return None
        return why_ended(child) or last_words(child.log_tail(50)) or nothing_comes_of(patience)


def stop_all(children: Collection[Child]) -> None:
    """End processes for good, side by side; those that do not end are killed."""
    for child in children:
        child.terminate()
    for child in children:
        if child.wait(_STOP_SECONDS) is None:
            child.kill()
