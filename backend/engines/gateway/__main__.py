"""The gateway's process: ``python -m backend.engines.gateway``, with its settings in the environment."""

from __future__ import annotations

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from backend.engines.gateway.app import MOST_UNFINISHED
from backend.engines.gateway.settings import GatewaySettings
from backend.engines.loopback import IDLE_MS

_THREADS = 8
"""Beside those that wait for bodies."""


def main() -> None:
    """Serve until interrupted."""
    Granian(
        target="backend.engines.gateway.wsgi:application",
        address="127.0.0.1",
        port=GatewaySettings.from_environment().port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS),
        websockets=False,
        workers=1,
        blocking_threads=_THREADS + MOST_UNFINISHED,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
