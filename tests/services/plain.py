"""A service as people write them, with nothing but the standard library, psycopg and redis-py: one way a path."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import psycopg
import redis

if TYPE_CHECKING:
    from collections.abc import Callable

_local = threading.local()
_redis = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
_INSERT = "INSERT INTO orders (order_no) VALUES (%s)"


def database() -> psycopg.Connection[Any]:
    """One connection for each thread."""
    known: psycopg.Connection[Any] | None = getattr(_local, "connection", None)
    if known is None or known.closed or known.broken:
        known = _local.connection = psycopg.connect(os.environ["DATABASE_URL"])
    return known


def check_then_act(key: str) -> int:
    with database() as connection:
        if connection.execute("SELECT id FROM orders WHERE order_no = %s", (key,)).fetchone():
            return 409
        connection.execute(_INSERT, (key,))
    return 201


def unique(key: str) -> int:
    try:
        with database() as connection:
            connection.execute("INSERT INTO unique_orders (order_no) VALUES (%s)", (key,))
    except psycopg.errors.UniqueViolation:
        return 409
    return 201


def deferred(key: str) -> int:
    """The same with a key that is checked at COMMIT."""
    try:
        with database() as connection:
            connection.execute("INSERT INTO late_orders (order_no) VALUES (%s)", (key,))
    except psycopg.errors.UniqueViolation:
        return 409
    return 201


def row_lock(key: str) -> int:
    with database() as connection:
        connection.execute("SELECT id FROM carts WHERE order_no = %s FOR UPDATE", (key,))
        if connection.execute("SELECT id FROM orders WHERE order_no = %s", (key,)).fetchone():
            return 409
        connection.execute(_INSERT, (key,))
    return 201


def token_get(key: str) -> int:
    if not _redis.get(f"token:{key}"):
        return 409
    _redis.delete(f"token:{key}")
    return insert(key)


def token_delete(key: str) -> int:
    if not _redis.delete(f"token:{key}"):
        return 409
    return insert(key)


def lease(key: str) -> int:
    """A lock with a lease, a check, and an insert; released by its owner or not at all."""
    if not _redis.set(f"lock:{key}", key, nx=True, px=600_000):
        return 503
    status = check_then_act(key)
    _redis.delete(f"lock:{key}")
    return status


def digest_lease(key: str) -> int:
    """A lock under a name that does not tell its key."""
    name = f"lock:{hashlib.sha256(key.encode()).hexdigest()}"
    if not _redis.set(name, "1", nx=True, px=600_000):
        return 503
    status = check_then_act(key)
    _redis.delete(name)
    return status


def kept_lock(key: str) -> int:
    """The same without a lease: whoever dies inside keeps it."""
    if not _redis.set(f"lock:{key}", key, nx=True):
        return 503
    status = check_then_act(key)
    _redis.delete(f"lock:{key}")
    return status


def claim(key: str, column: str = "free_at", until: str = "now() + interval '1 hour'") -> int:
    """A record in flight that somebody else may take over when its time is over."""
    with database() as connection:
        sql = f"""
        INSERT INTO claims (order_no, {column}) VALUES (%s, {until}) ON CONFLICT (order_no) DO UPDATE
        SET {column} = {until} WHERE claims.free_at < now() OR claims.free_at_ms < extract(epoch from now()) * 1000
        """  # noqa: S608  our own words
        if not connection.execute(sql, (key,)).rowcount:
            return 503
    return insert(key)


def claim_ms(key: str) -> int:
    return claim(key, "free_at_ms", "extract(epoch from now()) * 1000 + 3600000")


def kept_claim(key: str) -> int:
    return claim(key, "remark", "'for ever'")


def after_answer(key: str) -> int:
    """What it has to say is said before it remembers it."""
    if _redis.get(f"done:{key}"):
        return 409
    return insert(key)


def insert(key: str) -> int:
    with database() as connection:
        connection.execute(_INSERT, (key,))
    return 201


def always_500(_key: str) -> int:
    return 500


WAYS: dict[str, Callable[[str], int]] = {
    "/check": check_then_act,
    "/unique": unique,
    "/deferred": deferred,
    "/lock": row_lock,
    "/token-get": token_get,
    "/token-delete": token_delete,
    "/lease": lease,
    "/digest-lease": digest_lease,
    "/kept-lock": kept_lock,
    "/claim": claim,
    "/claim-ms": claim_ms,
    "/kept-claim": kept_claim,
    "/after-answer": after_answer,
    "/500": always_500,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = os.environ.get("PROTOCOL", "HTTP/1.1")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status = WAYS[self.path](body["order_no"])
        except (psycopg.Error, redis.exceptions.RedisError):
            status = 500
        content = json.dumps({"status": status}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        if self.path == "/after-answer":
            _redis.set(f"done:{body['order_no']}", "1")

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
