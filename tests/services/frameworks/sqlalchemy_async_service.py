# /// script
# requires-python = ">=3.11"
# dependencies = ["fastapi==0.165.0", "uvicorn==0.54.0", "asyncpg==0.32.0", "sqlalchemy[asyncio]==2.0.44"]
#
# [tool.uv]
# exclude-newer = "2026-11-20T00:00:00Z"
# ///
"""FastAPI with SQLAlchemy's asyncio sessions, which begin by themselves and roll back when they are closed."""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(sa.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg"))
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    order_no: Mapped[str]


class UniqueOrder(Base):
    __tablename__ = "unique_orders"
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    order_no: Mapped[str]


class Cart(Base):
    __tablename__ = "carts"
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    order_no: Mapped[str]


class Body(BaseModel):
    order_no: str


async def check(session: AsyncSession, key: str) -> int:
    if await session.scalar(sa.select(Order.id).where(Order.order_no == key)):
        return 409
    session.add(Order(order_no=key))
    await session.commit()
    return 201


async def unique(session: AsyncSession, key: str) -> int:
    session.add(UniqueOrder(order_no=key))
    await session.commit()
    return 201


async def lock(session: AsyncSession, key: str) -> int:
    await session.scalar(sa.select(Cart.id).where(Cart.order_no == key).with_for_update())
    return await check(session, key)


WAYS: dict[str, Any] = {"check": check, "unique": unique, "lock": lock}


@app.post("/{way}")
async def submit(way: str, order: Body, response: Response) -> dict[str, int]:
    try:
        async with Session() as session:
            response.status_code = await WAYS[way](session, order.order_no)
    except IntegrityError:
        response.status_code = 409
    return {"status": response.status_code}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
