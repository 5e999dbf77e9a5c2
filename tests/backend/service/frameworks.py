"""Services in the frameworks and drivers that people use, each with what its file would say.

Those in Python bring their packages along (PEP 723: uv makes an environment for each, once). Those in Node get theirs
from npm, once a version of ``package.json``, into the user's cache.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from backend.service.description import Before, Database, Description, Effects, Request, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[2] / "services" / "frameworks"
_NEWEST = "2026-11-20"
"""As in pyproject.toml: nothing later is installed, so that today's installation is tomorrow's."""
_INSTALL = (
    *("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"),
    f"--before={_NEWEST}",
)
_INSTALL_S = 600
_TABLES = (
    "CREATE TABLE orders (id {id}, order_no varchar(64) NOT NULL)",
    "CREATE TABLE carts (id {id}, order_no varchar(64) NOT NULL UNIQUE)",
    "CREATE TABLE unique_orders (id {id}, order_no varchar(64) NOT NULL UNIQUE)",
)
_IDS = {
    "postgresql": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "mariadb": "bigint AUTO_INCREMENT PRIMARY KEY",
}
_COUNT = (
    "SELECT (SELECT count(*) FROM orders WHERE order_no = {key})"
    " + (SELECT count(*) FROM unique_orders WHERE order_no = {key})"
)


@dataclass(frozen=True)
class Framework:
    """A service of ours in one of them."""

    name: str
    file: str
    database: str = "postgresql"
    redis: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def is_node(self) -> bool:
        return self.file.endswith(".js")

    def description(self, path: str) -> Description:
        """What its file would say about one of its ways."""
        command = ["node", self.file] if self.is_node else ["uv", "run", "--quiet", "--script", self.file]
        engines = {"DATABASE_URL": f"{{{self.database}}}"} | ({"REDIS_URL": "{redis}"} if self.redis else {})
        modules = {"NODE_PATH": str(node_modules())} if self.is_node else {}
        return Description(
            service=Service(
                command=command,
                environment={"PORT": "{port}", **engines, **modules, **self.environment},
                start_seconds=300,
            ),
            database=Database(kind=self.database, setup=[table.format(id=_IDS[self.database]) for table in _TABLES]),
            request=Request(path=path, headers={"Idempotency-Key": "{key}"}, json={"order_no": "{key}"}),
            before=Before(
                sql="INSERT INTO carts (order_no) VALUES ({key})", redis="SET token:{key} 1" if self.redis else ""
            ),
            effects=Effects(sql=_COUNT),
        )


FASTAPI = Framework("FastAPI, asyncpg", "fastapi_service.py")
SQLALCHEMY_ASYNC = Framework("FastAPI, SQLAlchemy asyncio", "sqlalchemy_async_service.py")
DJANGO = Framework("Django, psycopg", "django_service.py")
FLASK = Framework("Flask, SQLAlchemy, redis-py", "flask_service.py", redis=True)
FLASK_ON_MARIADB = Framework("Flask, SQLAlchemy, PyMySQL", "flask_service.py", "mariadb")
EXPRESS = Framework("Express, pg, ioredis", "express_service.js", redis=True)
EXPRESS_NODE_REDIS = Framework(
    "Express, pg, node-redis", "express_service.js", redis=True, environment={"REDIS_CLIENT": "node-redis"}
)
EXPRESS_WITH_HEARTBEATS = Framework(
    "Express, heartbeats", "express_service.js", redis=True, environment={"BEAT_MS": "3"}
)
EXPRESS_ON_MARIADB = Framework("Express, mysql2", "express_service.js", "mariadb", environment={"DATABASE": "mariadb"})
EXPRESS_IDEMPOTENCY = Framework("express-idempotency", "express_idempotency.js", redis=True)


def node_modules() -> Path:
    """The folder of Node's packages; they are installed once.

    Raises:
        pytest.skip.Exception: Node or npm is missing, and this is not CI.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        if os.environ.get("CI"):
            pytest.fail("Node and npm are missing")
        pytest.skip("Node and npm are not installed (Debian: apt-get install nodejs npm)")
    wanted = (FOLDER / "package.json").read_bytes()
    place = platformdirs.user_cache_path("submit-twice-tests") / hashlib.sha256(wanted).hexdigest()[:12]
    if not (place / "complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_bytes(wanted)
        done = subprocess.run(_INSTALL, cwd=place, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
        assert done.returncode == 0, done.stderr
        (place / "complete").touch()
    return place / "node_modules"
