"""A service that has answered before it has acted: one way a path, with a heartbeat beside it where that is wanted."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis

_LATEST_S = 4.5
_never = threading.Event()
_goes_on = threading.Event()
_times: Counter[str] = Counter()
_redis = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def run(sql: str, *values: str) -> int:
    """How many rows it is about; the first number of a SELECT."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        done = connection.execute(sql, values)
        return int(done.fetchone()[0]) if done.description else done.rowcount  # type: ignore[index]


def insert(key: str) -> None:
    run("INSERT INTO orders (order_no) VALUES (%s)", key)


def insert_once(key: str) -> None:
    run("INSERT INTO unique_orders (order_no) VALUES (%s) ON CONFLICT DO NOTHING", key)


def insert_unless_there(key: str) -> int:
    sql = "INSERT INTO orders (order_no) SELECT %s WHERE NOT EXISTS (SELECT FROM orders WHERE order_no = %s)"
    return run(sql, key, key)


def insert_with_retries(key: str) -> None:
    """It fails twice, and nobody hears of it."""
    for _ in range(2):
        try:
            run("INSERT INTO nowhere (order_no) VALUES (%s)", key)
        except psycopg.Error:
            sometime(1.5)
    insert_once(key)


def call(key: str) -> None:
    called = http.client.HTTPConnection(os.environ["GATEWAY_HOST"], int(os.environ["GATEWAY_PORT"]), timeout=10)
    called.request("POST", "/charges", json.dumps({"order": key}))
    assert called.getresponse().status == 200
    called.close()


def insert_again_after(key: str, seconds: float) -> None:
    """The first request at once; those that come later long after their callers have given up."""
    if not run("INSERT INTO unique_orders (order_no) VALUES (%s) ON CONFLICT DO NOTHING", key):
        _never.wait(seconds)
    insert(key)


def work() -> None:
    """Takes jobs from Redis, as many as there are."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True, socket_timeout=60)
    while True:
        taken = client.blpop(["jobs"])
        if taken is not None:
            sometime(1.0)
            insert(str(taken[1]))


def beat() -> None:
    while not _never.wait(0.05):
        run("SELECT count(*) FROM pg_class")


def sometime(most_s: float) -> None:
    _never.wait(random.uniform(0.05, most_s))  # noqa: S311  no secret


def hold_open(key: str) -> None:
    """A row that is there when somebody commits it."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO orders (order_no) VALUES (%s)", (key,))
        _never.wait(600)


def die_of_the_second(key: str) -> None:
    """Of one that this process has got before; the very first order is placed."""
    if key.endswith("1"):
        insert_once(key)
    elif _times[key] > 1:
        sys.stderr.write("the disk is full\n")
        os._exit(3)


def later(act: Callable[[str], object], key: str, seconds: float | None = None) -> None:
    def wait_and_act() -> None:
        sometime(_LATEST_S) if seconds is None else _never.wait(seconds)
        act(key)

    threading.Thread(target=wait_and_act).start()


def follow_up(key: str) -> None:
    """The first request at once, and once more when the process goes on after a stop."""

    def insert_then() -> None:
        _goes_on.wait()
        insert(key)

    if insert_unless_there(key):
        threading.Thread(target=insert_then, daemon=True).start()


def die_of_the_third(key: str) -> None:
    """Which is the second for one of two instances."""
    _times[key] += 1
    later(die_of_the_second, key, seconds=0.2)


def insert_twice_and_die(key: str) -> None:
    """Of the third one."""
    _times[key] += 1
    if _times[key] > 2:
        sys.stderr.write("the disk is full\n")
        sys.stderr.flush()
        os._exit(3)
    insert(key)


def put_a_job(key: str) -> None:
    _redis.rpush("jobs", key)


ACTS: dict[str, Callable[[str], None]] = {
    "/follows-up": follow_up,
    "/dies-of-the-third": die_of_the_third,
    "/bears-two": insert_twice_and_die,
    "/jobs": put_a_job,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        key = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["order_no"]
        match self.path:
            case "/sometime":
                later(insert, key)
            case "/sometime-once":
                later(insert_once, key)
            case "/holds-open":
                insert_once(key)
                later(hold_open, key, seconds=3.0)
            case "/retries":
                threading.Thread(target=insert_with_retries, args=(key,)).start()
            case "/now-and-then":
                if insert_unless_there(key):
                    later(insert, key, seconds=3.0)
            case path if path in ACTS:
                ACTS[path](key)
            case path if path.startswith("/again-after-"):
                insert_again_after(key, float(path.rpartition("-")[2]))
            case "/charges":
                later(call, key)
            case _:
                later(insert_once, key, seconds=0.1)
        self._answer(202, {})

    def do_GET(self) -> None:
        key = parse_qs(urlsplit(self.path).query)["order_no"][0]
        self._answer(200, {"count": run("SELECT count(*) FROM unique_orders WHERE order_no = %s", key)})

    def _answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    signal.signal(signal.SIGCONT, lambda *_: _goes_on.set())
    for background in [work, *([beat] if "beats" in sys.argv else [])]:
        threading.Thread(target=background, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
