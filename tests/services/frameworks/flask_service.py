# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "flask==3.1.2", "sqlalchemy==2.0.44", "psycopg[binary]==3.3.0", "pymysql==1.1.2", "redis==7.1.0", "waitress==3.0.2",
# ]
#
# [tool.uv]
# exclude-newer = "2026-11-20T00:00:00Z"
# ///
"""Flask with SQLAlchemy, and with redis-py where there is a server for it: one way a path."""

from __future__ import annotations

import os

import redis
import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.exc import IntegrityError

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}

_url = sa.make_url(os.environ["DATABASE_URL"])
engine = sa.create_engine(_url.set(drivername=DRIVERS[_url.drivername]), pool_pre_ping=True)
tokens = redis.Redis.from_url(os.environ["REDIS_URL"]) if "REDIS_URL" in os.environ else None
metadata = sa.MetaData()
orders, unique_orders, carts = (
    sa.Table(name, metadata, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("order_no", sa.String(64)))
    for name in ("orders", "unique_orders", "carts")
)
app = Flask(__name__)


def insert(connection: sa.Connection, key: str) -> int:
    connection.execute(orders.insert().values(order_no=key))
    return 201


def check_then_insert(connection: sa.Connection, key: str) -> int:
    if connection.execute(sa.select(orders.c.id).where(orders.c.order_no == key)).first():
        return 409
    return insert(connection, key)


def check(key: str) -> int:
    with engine.begin() as connection:
        return check_then_insert(connection, key)


def unique(key: str) -> int:
    try:
        with engine.begin() as connection:
            connection.execute(unique_orders.insert().values(order_no=key))
    except IntegrityError:
        return 409
    return 201


def lock(key: str) -> int:
    with engine.begin() as connection:
        connection.execute(sa.select(carts.c.id).where(carts.c.order_no == key).with_for_update()).first()
        return check_then_insert(connection, key)


def named_lock(key: str) -> int:
    """A lock of MariaDB's, which outlasts the transaction."""
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT GET_LOCK(:name, 20)"), {"name": f"order-{key}"})
        try:
            status = check_then_insert(connection, key)
            connection.commit()
        finally:
            connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), {"name": f"order-{key}"})
    return status


def snapshot(key: str) -> int:
    """MariaDB's, which is there before anything is read."""
    with engine.connect() as connection:
        connection.execute(sa.text("START TRANSACTION WITH CONSISTENT SNAPSHOT"))
        status = check_then_insert(connection, key)
        connection.commit()
    return status


def token_get(key: str) -> int:
    if not tokens.get(f"token:{key}"):
        return 409
    tokens.delete(f"token:{key}")
    with engine.begin() as connection:
        return insert(connection, key)


def token_delete(key: str) -> int:
    if not tokens.delete(f"token:{key}"):
        return 409
    with engine.begin() as connection:
        return insert(connection, key)


WAYS = {
    "check": check,
    "unique": unique,
    "lock": lock,
    "named-lock": named_lock,
    "snapshot": snapshot,
    "token-get": token_get,
    "token-delete": token_delete,
}


@app.post("/<way>")
def submit(way: str) -> tuple[dict[str, int], int]:
    status = WAYS[way](request.get_json()["order_no"])
    return {"status": status}, status


if __name__ == "__main__":
    import waitress

    waitress.serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=1)
