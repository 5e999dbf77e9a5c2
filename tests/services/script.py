"""A service that does what its request says: each submission carries the steps, one object each.

``sql`` runs a statement on a connection that commits by itself unless a step says BEGIN; with ``prepare`` the server
has to prepare it first. ``redis`` runs a command. In both, ``:key`` stands for the intent, and ``:random`` for
something new each time. ``stop`` ends the request with 409 where a statement returns ``some`` rows or ``none``, and
where a command answers something or nothing; ``then`` comes before that. An error of the database ends it with 409 as
well, or, with ``again`` in the request, has all steps run once more where another transaction was in the way. What
stands under ``regrets`` is done after the answer where a key was taken, when that has been thought about for a while;
where instances know each other by a folder, ``PEERS``, it is another one that does it.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import redis

_local = threading.local()
_redis = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True, client_name="script")
_AWAY = (psycopg.OperationalError, redis.exceptions.RedisError)


class StoppedError(Exception):
    """A step has found that the rest is not to be done."""


THINKING_S = 0.0005
PEERS = os.environ.get("PEERS", "")
SHARED_BEAT_S = float(os.environ.get("SHARED_BEAT_S", 0))
_shared: list[psycopg.Connection[Any]] = []


def connect() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def database() -> psycopg.Connection[Any]:
    """One connection for each thread, or one for all, which the driver lends to one statement at a time."""
    if SHARED_BEAT_S:
        return _shared[0]
    known: psycopg.Connection[Any] | None = getattr(_local, "connection", None)
    if known is None or known.closed or known.broken:
        known = _local.connection = connect()
    return known


def run_sql(key: str, sql: str, prepare: bool | None = None) -> bool:
    """Run a statement; whether it returned rows."""
    text = sql.replace("%", "%%").replace(":key", "%(key)s").replace(":random", uuid.uuid4().hex)
    cursor = database().execute(text, {"key": key}, prepare=prepare)
    return cursor.description is not None and cursor.fetchone() is not None


def run_redis(key: str, command: str) -> bool:
    """Run a command; whether it answered something."""
    words = [word.replace(":key", key) for word in command.split()]
    if words[0] == "SCRIPT":
        return bool(_redis.register_script(" ".join(words[1:]))(keys=[], args=[key]))
    if words[0] == "MULTI":
        with _redis.pipeline() as pipeline:
            for each in command.removeprefix("MULTI").split(";"):
                pipeline.execute_command(*each.replace(":key", key).split())  # type: ignore[no-untyped-call]
            try:
                return bool(pipeline.execute()[-1])
            except redis.exceptions.WatchError:
                return False
    return bool(_redis.execute_command(*words))  # type: ignore[no-untyped-call]


def run_pipeline(key: str, statements: list[str]) -> bool:
    """Send statements without waiting for answers in between."""
    with database().pipeline():
        for sql in statements:
            database().execute(sql.replace(":key", "%(key)s"), {"key": key})
    return True


def run_batch(key: str, commands: list[str]) -> bool:
    """Send commands in one go, in no transaction."""
    with _redis.pipeline(transaction=False) as pipeline:
        for each in commands:
            pipeline.execute_command(*each.replace(":key", key).split())  # type: ignore[no-untyped-call]
        return bool(pipeline.execute())


def run(key: str, step: dict[str, Any]) -> None:
    if random.random() >= step.get("chance", 1):  # noqa: S311  no secret
        return
    if "sql" in step:
        found = run_sql(key, step["sql"], step.get("prepare"))
    elif "pipeline" in step:
        found = run_pipeline(key, step["pipeline"])
    elif "batch" in step:
        found = run_batch(key, step["batch"])
    elif "together" in step:
        found = run_together(key, step["together"])
    else:
        found = run_redis(key, step["redis"])
    if step.get("stop") == ("some" if found else "none"):
        for each in step.get("then", []):
            run(key, each)
        raise StoppedError


def run_together(key: str, steps: list[dict[str, Any]]) -> bool:
    """Run steps side by side, each on a connection of its own, begun in any order."""
    threads = [threading.Thread(target=lambda one=one: run(key, one)) for one in steps]
    random.shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return True


def clean_up() -> None:
    if not database().broken and database().info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        database().execute("ROLLBACK")


def submit(key: str, asked: dict[str, Any]) -> int:
    while True:
        try:
            for step in asked["steps"]:
                run(key, step)
        except StoppedError:
            clean_up()
            return 409
        except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
            clean_up()
            if not asked.get("again"):
                return 409
        except psycopg.errors.IntegrityError:
            clean_up()
            _local.regrets = asked.get("regrets", [])
            return 409
        else:
            return 201
        finally:
            for step in asked.get("finally", []):
                run(key, step)


def pass_on(key: str, steps: list[dict[str, Any]]) -> None:
    """Have another instance do this, which is asked past whoever looks at the engines."""
    others = [int(peer.name) for peer in Path(PEERS).iterdir() if peer.name != os.environ["PORT"]]
    connection = http.client.HTTPConnection("127.0.0.1", min(others), timeout=5)
    connection.request("POST", "/", json.dumps({"key": key, "steps": steps}))
    connection.getresponse().read()
    connection.close()


def beat(seconds: float) -> None:
    """Say every so often that this process is alive, on a connection of its own."""
    while not threading.Event().wait(seconds):
        try:
            with connect() as connection, connection.transaction():
                connection.execute("UPDATE beats SET at = now()")
        except psycopg.Error:
            continue


def beat_on_the_shared_connection(seconds: float) -> None:
    """Be at work nearly always."""
    while not threading.Event().wait(seconds / 10):
        _shared[0].execute("SELECT pg_sleep(%s), at FROM beats", (seconds,))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _local.regrets = []
        try:
            status = submit(asked["key"], asked)
        except _AWAY:
            status = 500
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if PEERS and _local.regrets:
            threading.Event().wait(THINKING_S)
            pass_on(asked["key"], _local.regrets)
            return
        for step in _local.regrets:
            threading.Event().wait(THINKING_S)
            run(asked["key"], step)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    if PEERS:
        Path(PEERS, os.environ["PORT"]).touch()
    if beats := os.environ.get("BEAT_S"):
        threading.Thread(target=beat, args=(float(beats),), daemon=True).start()
    if SHARED_BEAT_S:
        _shared.append(connect())
        threading.Thread(target=beat_on_the_shared_connection, args=(SHARED_BEAT_S,), daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
