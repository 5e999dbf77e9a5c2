"""A service that prepares a transaction and answers, and lets somebody else end it: with ``keeps`` nobody does."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import psycopg
import pymysql

_LATER_S = 3.0
_numbers = count()
_INSERT = "INSERT INTO orders (order_no) VALUES (%s)"


def connect_to_mariadb() -> pymysql.Connection[pymysql.cursors.Cursor]:
    host, user, password, database = (
        os.environ[f"MARIADB_{part}"] for part in ("HOST", "USER", "PASSWORD", "DATABASE")
    )
    port = int(os.environ["MARIADB_PORT"])
    return pymysql.connect(host=host, user=user, password=password, database=database, port=port, autocommit=True)


def prepare_on_mariadb(key: str, name: str) -> Callable[[], None]:
    connection = connect_to_mariadb()
    cursor = connection.cursor()
    cursor.execute(f"XA START '{name}'")
    cursor.execute(_INSERT, (key,))
    cursor.execute(f"XA END '{name}'")
    cursor.execute(f"XA PREPARE '{name}'")

    def end() -> None:
        cursor.execute(f"XA COMMIT '{name}'")
        connection.close()

    return end


def prepare_on_postgresql(key: str, name: str) -> Callable[[], None]:
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute(_INSERT, (key,))
        connection.execute(f"PREPARE TRANSACTION '{name}'")

    def end() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"COMMIT PREPARED '{name}'")

    return end


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key, name = content["order_no"], f"{content['order_no']}-{os.getpid()}-{next(_numbers)}"
        prepare = prepare_on_postgresql if "DATABASE_URL" in os.environ else prepare_on_mariadb
        end = prepare(key, name)
        if content["n"] == 1:
            end()
        elif "keeps" not in sys.argv:
            timer = threading.Timer(_LATER_S, end)
            timer.daemon = True
            timer.start()
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
