"""Removes what strategies keep for a while only, now and then, so that their tables do not grow for ever."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.strategies import all_strategies

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_S = 60.0


class Sweeper:
    """Sweeps on a daemon thread.

    Args:
        connect: opens a transaction on an untapped connection.
        every_s: pause between two sweeps.
    """

    def __init__(self, connect: Callable[[], sa.engine.Connection], every_s: float = EVERY_S) -> None:
        self._connect = connect
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin, with a first sweep at once."""
        self._thread.start()

    def stop(self) -> None:
        """Sweep no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        sweeps = [strategy.sweep for strategy in all_strategies() if strategy.sweep]
        while True:
            for sweep in sweeps:
                with suppress(sa.exc.SQLAlchemyError), self._connect() as connection, connection.begin():
                    sweep(connection, time.time())
            if self._stopped.wait(self._every_s):
                return
