# /// script
# requires-python = ">=3.11"
# dependencies = ["fastapi==0.165.0", "uvicorn==0.54.0", "asyncpg==0.32.0"]
#
# [tool.uv]
# exclude-newer = "2026-11-20T00:00:00Z"
# ///
"""FastAPI with asyncpg: one way a path."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

INSERT = "INSERT INTO orders (order_no) VALUES ($1)"


class Order(BaseModel):
    order_no: str


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=connected)


async def check(connection: Any, key: str) -> int:
    if await connection.fetchval("SELECT id FROM orders WHERE order_no = $1", key):
        return 409
    await connection.execute(INSERT, key)
    return 201


async def unique(connection: Any, key: str) -> int:
    await connection.execute("INSERT INTO unique_orders (order_no) VALUES ($1)", key)
    return 201


async def lock(connection: Any, key: str) -> int:
    await connection.fetchval("SELECT id FROM carts WHERE order_no = $1 FOR UPDATE", key)
    return await check(connection, key)


async def copy(connection: Any, key: str) -> int:
    """The driver sends the rows before it has heard that the server wants them."""
    if await connection.fetchval("SELECT id FROM orders WHERE order_no = $1", key):
        return 409
    await connection.copy_records_to_table("orders", records=[(key,)], columns=["order_no"])
    return 201


async def nested(connection: Any, key: str) -> int:
    """The driver numbers its savepoints."""
    try:
        async with connection.transaction():
            return await unique(connection, key)
    except asyncpg.UniqueViolationError:
        return 409


async def snapshot(connection: Any, key: str) -> int:
    """The driver has the statement prepared first, each time, since it is another one each time."""
    new = f"SELECT id FROM orders WHERE order_no = $1 -- {uuid4().hex}"  # noqa: S608  a random comment
    if await connection.fetchval(new, key):
        return 409
    await connection.execute(INSERT, key)
    return 201


WAYS = {"check": check, "unique": unique, "lock": lock, "copy": copy, "nested": nested, "snapshot": snapshot}
ISOLATION = {"snapshot": "repeatable_read"}


@app.post("/{way}")
async def submit(way: str, order: Order, response: Response) -> dict[str, int]:
    try:
        async with app.state.pool.acquire() as connection, connection.transaction(isolation=ISOLATION.get(way)):
            response.status_code = await WAYS[way](connection, order.order_no)
    except asyncpg.UniqueViolationError:
        response.status_code = 409
    return {"status": response.status_code}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
