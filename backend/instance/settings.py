"""What a backend process is told when it starts.

It comes through one environment variable, which holds a secret. Where the engines are comes over the trace socket, once
they are up.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

VARIABLE = "SUBMIT_TWICE_INSTANCE"
THREADS = 16


class InstanceSettings(msgspec.Struct, frozen=True):
    """Everything that an instance needs to know."""

    number: int
    port: int
    token: str
    """The bearer token that callers must show."""
    trace: str
    """Path of the lab's trace socket."""
    lab: str = ""
    """Name of the lab, where the process reads its queues."""
    strategies: str = ""
    """Folder with somebody's own strategies; empty where there are none."""
    threads: int = THREADS
    """Requests that are handled at the same time."""

    def to_environment(self) -> dict[str, str]:
        """The variable to start the process with."""
        return {VARIABLE: msgspec.json.encode(self).decode()}

    @property
    def folder(self) -> Path | None:
        """The folder of somebody's own strategies."""
        return Path(self.strategies) if self.strategies else None

    @classmethod
    def from_environment(cls) -> InstanceSettings:
        """Read the variable of this process."""
        return msgspec.json.decode(os.environ[VARIABLE], type=cls)
