"""An instance of our own lab as a foreign service sees itself: the real application, on engines that somebody names.

No trace and no lab: whoever looks at it looks from outside. ``create-tables`` makes the tables and ends.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from backend.engines.processes.service import die_with_parent
from backend.engines.sql import create_sql_engine
from backend.instance.app import create_app
from backend.instance.services import open_services
from backend.model.errors import GatewayError
from backend.model.sentence import plain
from backend.shop.tables import create_tables
from backend.tap.observer import Tap

if TYPE_CHECKING:
    import falcon

    from backend.model.vocabulary import GatewayKeys
    from backend.shop.operations import Request

TOKEN = "known"
THREADS = 1
"""One request at a time, on one connection."""
LEASE_MS = 3_600_000
"""Longer than any exploration."""


def unseen(_submission: str, _operation: str, _key: str) -> AbstractContextManager[None]:
    return nullcontext()


class CalledGateway:
    """The gateway that a service's file offers: it keeps every call, and knows none of them again by its key."""

    def send(self, request: Request, idempotency_key: str) -> bool:
        """Have the message of a request sent."""
        content = {"request_no": request.key, "item": request.item, "quantity": request.quantity}
        where = urlsplit(os.environ["GATEWAY"])
        try:
            with closing(http.client.HTTPConnection(where.hostname or "", where.port)) as connection:
                connection.request("POST", "/messages", json.dumps(content), {"Idempotency-Key": idempotency_key})
                return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException) as error:
            raise GatewayError(plain(str(error))) from None

    def with_keys(self, _keys: GatewayKeys) -> CalledGateway:
        """The same: it has one habit."""
        return self


def make_application() -> falcon.App[falcon.Request, falcon.Response]:
    die_with_parent(signal.SIGKILL)  # of the process that serves: nobody else would end this one
    tap = Tap([])
    services = open_services(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], tap, connections=THREADS)
    own = create_sql_engine(os.environ["DATABASE_URL"], pool_size=THREADS)
    services.database.dispose()  # it says who deleted what, in a statement more, which the trace wants and nobody else
    theirs = replace(services, database=own, gateway=CalledGateway(), lease_ms=LEASE_MS)
    return create_app(1, TOKEN, theirs, tap, unseen)


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
