# /// script
# requires-python = ">=3.11"
# dependencies = ["fastapi==0.165.0", "uvicorn==0.54.0", "asyncpg==0.32.0"]
#
# [tool.uv]
# exclude-newer = "2026-11-20T00:00:00Z"
# ///
"""A small order service with two endpoints that look alike: one places an order twice, the other never does.

The lab starts it, gives it a port and a database through its environment, and knows nothing else about it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Order(BaseModel):
    """What a client wants. A retry carries the same number."""

    order_no: str


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    """Hold a pool of connections for as long as the service runs."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=4) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=connected)


@app.post("/unsound", status_code=201)
async def place_unsound(order: Order) -> dict[str, str]:
    """Look first, then insert. Between the two, another request looks as well, and finds nothing either."""
    async with app.state.pool.acquire() as connection, connection.transaction():
        if await connection.fetchval("SELECT id FROM orders WHERE order_no = $1", order.order_no):
            raise HTTPException(409, "There is such an order already.")
        await connection.execute("INSERT INTO orders (order_no) VALUES ($1)", order.order_no)
    return {"order_no": order.order_no}


@app.post("/sound", status_code=201)
async def place_sound(order: Order) -> dict[str, str]:
    """Insert, and let the primary key decide: a second INSERT waits for the first, and fails if that commits."""
    try:
        async with app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO sound_orders (order_no) VALUES ($1)", order.order_no)
    except asyncpg.UniqueViolationError:
        raise HTTPException(409, "There is such an order already.") from None
    return {"order_no": order.order_no}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
