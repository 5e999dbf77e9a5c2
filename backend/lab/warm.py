"""The process from which the instances, consumers and the sender of a lab are forked: ``python -m backend.lab.warm``.

Its name is no longer than theirs, which are written over it; see `backend.engines.processes.forked`.
"""

from __future__ import annotations

import gc
import importlib
import sys

COMMAND = (sys.executable, "-m", "backend.lab.warm")
_MODULES = (
    "backend.instance.__main__",
    "granian",
    "granian.constants",
    "granian._loops",
    "backend.instance.app",
    "backend.instance.listening",
    "backend.instance.services",
    "backend.instance.sweeper",
    "backend.instance.wiring",
    "backend.instance.consumer",
    "backend.lab.senders.process",
    "sqlalchemy.dialects.postgresql.psycopg",
)
"""What they import until they are ready."""


def main() -> None:
    """Fork until the lab is over.

    Garbage is not collected from before the first import: what is imported stays, and to look through it again and
    again takes some 5 % of all that this process computes.
    """
    gc.disable()
    from backend.engines.processes.forked import serve

    serve(load)


def load() -> None:
    """Have everything in memory that they need, but for somebody's own strategies."""
    for module in _MODULES:
        importlib.import_module(module)
    from backend.strategies import all_strategies

    all_strategies()


if __name__ == "__main__":
    main()
