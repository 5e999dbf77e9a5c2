"""An instance of our own lab as a foreign service sees itself: the real application, on engines that somebody names.

No trace and no lab: whoever looks at it looks from outside. ``create-tables`` makes the tables and ends.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from backend.engines.processes.service import die_with_parent
from backend.engines.sql import create_sql_engine
from backend.instance.app import create_app
from backend.instance.services import open_services
from backend.shop.tables import create_tables
from backend.tap.observer import Tap

if TYPE_CHECKING:
    import falcon

TOKEN = "known"
THREADS = 1
"""One request at a time, on one connection."""
LEASE_MS = 3_600_000
"""Longer than any exploration."""


def unseen(_submission: str, _operation: str, _key: str) -> AbstractContextManager[None]:
    return nullcontext()


def make_application() -> falcon.App[falcon.Request, falcon.Response]:
    die_with_parent(signal.SIGKILL)  # of the process that serves: nobody else would end this one
    tap = Tap([])
    services = open_services(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], tap, connections=THREADS)
    own = create_sql_engine(os.environ["DATABASE_URL"], pool_size=THREADS)
    services.database.dispose()  # it says who deleted what, in a statement more, which the trace wants and nobody else
    return create_app(1, TOKEN, replace(services, database=own, lease_ms=LEASE_MS), tap, unseen)


def main() -> None:
    if sys.argv[1:] == ["create-tables"]:
        engine = create_sql_engine(os.environ["DATABASE_URL"], pool_size=1)
        with engine.begin() as connection:
            create_tables(connection)
        engine.dispose()
        return
    Granian(
        target="tests.services.lab_instance:make_application",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        factory=True,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
