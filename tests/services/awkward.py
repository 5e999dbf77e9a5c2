"""Services that are hard to get along with, with nothing but the standard library and psycopg: one way a path."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import psycopg

_numbers = count()
_kept: list[psycopg.Connection[tuple[object, ...]]] = []
_INSERT = "INSERT INTO orders (order_no) VALUES (%s)"
_DELETE = "DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders WHERE order_no = %s OFFSET %s)"


def connect() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], sslmode=os.environ.get("SSLMODE", "prefer"))


def insert(key: str) -> None:
    with connect() as connection:
        connection.execute(_INSERT, (key,))


def delete(key: str, kept: int) -> None:
    """All but so many."""
    with connect() as connection:
        connection.execute(_DELETE, (key, kept))


AFTERWARDS: dict[str, tuple[float, Callable[..., None], tuple[int, ...]]] = {
    "/again": (0.7, insert, ()),
    "/much-later": (1.5, insert, ()),
    "/taken-back": (2.5, delete, (0,)),
    "/cleaned-up": (2.5, delete, (1,)),
}
"""Where an order is placed before the answer: after how many seconds what else is done with it."""


def pay(key: str) -> None:
    """Calls somebody else, twice where the same comes twice."""
    called = http.client.HTTPConnection(os.environ["GATEWAY_HOST"], int(os.environ["GATEWAY_PORT"]), timeout=10)
    called.request("POST", "/charges", json.dumps({"order": key, "cents": 995}), {"Content-Type": "application/json"})
    assert called.getresponse().status == 200
    called.close()


def restless(key: str) -> None:
    """Every third time it asks once more."""
    with connect() as connection:
        if next(_numbers) % 3 == 0:
            connection.execute("SELECT count(*) FROM orders")
        connection.execute(_INSERT, (key,))


def insert_in_the_end(key: str) -> None:
    """Waits for its database, however long it is away."""
    while True:
        try:
            return insert(key)
        except psycopg.OperationalError:
            threading.Event().wait(0.05)


def insert_and_fell_the_server(key: str) -> None:
    """The order is committed, and then its server process is killed: PostgreSQL crashes, and comes back."""
    while True:
        try:
            with connect() as connection:
                if connection.execute("SELECT FROM orders WHERE order_no = %s", (key,)).fetchone() is not None:
                    return
                connection.execute(_INSERT, (key,))
                connection.commit()
                os.kill(connection.info.backend_pid, signal.SIGKILL)
                return
        except psycopg.OperationalError:
            threading.Event().wait(0.05)


def insert_and_lock(key: str) -> None:
    """And keeps everybody out of the table as long as it lives."""
    insert(key)
    _kept.append(connect())
    _kept[-1].execute("LOCK TABLE orders")


ACTS: dict[str, Callable[[str], None]] = {
    "/pay": pay,
    "/patient": insert_in_the_end,
    "/restless": restless,
    "/fells-its-server": insert_and_fell_the_server,
    "/locks": insert_and_lock,
}
"""What is done before the answer, where an order is not just placed."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        key = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["order_no"]
        status = 201
        match self.path:
            case "/idle":
                pass
            case "/never":
                threading.Event().wait()
            case "/500":
                status = 500
            case "/early":
                threading.Timer(0.1, insert, (key,)).start()
            case "/late":
                threading.Timer(0.4, insert, (key,)).start()
            case path:
                ACTS.get(path, insert)(key)
        if self.path in AFTERWARDS:
            seconds, work, arguments = AFTERWARDS[self.path]
            threading.Timer(seconds, work, (key, *arguments)).start()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["dies"]:
            sys.exit("the configuration has no currency")
        case ["deaf"]:
            threading.Event().wait()
        case ["wants-tls"]:
            os.environ["SSLMODE"] = "require"
            connect().close()
        case _:
            pass
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
