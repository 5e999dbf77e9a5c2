"""How to start a lab. Apart from the lab, so that a window can be painted before the engines' drivers are imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.model.vocabulary import RedisPersistence, RedisTopology


@dataclass(frozen=True, slots=True)
class LabOptions:
    """How to start a lab. Defaults start private servers in a temporary directory."""

    database: str = "postgresql"
    """``postgresql``, ``mariadb``, ``sqlite`` or a SQLAlchemy-style URL."""
    redis: str | None = None
    """URL of a running server; None starts a private one."""
    zookeeper: str | None = None
    """``host:port,...`` of servers that run; None starts a private one when it is first needed."""
    redis_persistence: RedisPersistence | None = None
    """Of a private server; None is `none`, or `everysec` where its data are kept in a folder."""
    redis_topology: RedisTopology = RedisTopology.SINGLE
    """Of private servers; only a single one keeps its keys in that folder."""
    data_dir: Path | None = None
    reset: bool = False
    """Whether what labs have kept in that folder, or behind those URLs, is removed first."""
    instances: int = 1
    port: int | None = None
    """First port of the instances; None takes free ones."""
    niceness: int = 0
    """How much servers and instances step back for others (0 to 19): a window wants to stay smooth beside them."""
