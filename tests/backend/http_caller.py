"""A caller of the HTTP API from outside, with nothing of the project in it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg

from backend.lab.lab import Lab

EFFECT_TABLES = ("orders", "payments", "stock_changes")


@dataclass(frozen=True)
class Told:
    """What a caller was told."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def document(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.content)


class Caller:
    """Calls one instance with the session's token."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.token = token

    def call(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str | bytes | None] | None = None,
    ) -> Told:
        """Send one request. A header that is None is left out; a body in pieces goes out in chunks."""
        given: dict[str, Any] = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        given |= headers or {}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, {k: v for k, v in given.items() if v is not None})
            response = connection.getresponse()
            return Told(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def submit(self, operation: str, strategy: str, variant: str = "", **body: object) -> Told:
        """Submit once."""
        path = f"/operations/{operation}?strategy={strategy}&variant={variant}"
        return self.call("POST", path, json.dumps(body, ensure_ascii=False).encode())

    def raw(self, data: bytes) -> bytes:
        """Send these bytes; the first of what comes back."""
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(data)
            return connection.recv(65_536)


def caller_of(lab: Lab, instance: int = 0) -> Caller:
    connection = lab.connection()
    urls = connection["urls"]
    assert isinstance(urls, list)
    return Caller(urls[instance], str(connection["token"]))


def count_rows(database: object, table: str, where: str = "submission_id <> ''") -> int:
    """Count rows over a connection that has nothing to do with the lab."""
    return _count(database, f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608


def count_effects(database: object) -> int:
    """All effects of all operations."""
    each = (f"(SELECT count(*) FROM {table} WHERE submission_id <> '')" for table in EFFECT_TABLES)  # noqa: S608
    return _count(database, f"SELECT {' + '.join(each)}")


def _count(database: object, query: str) -> int:
    with psycopg.connect(str(database)) as connection:
        found = connection.execute(query.encode()).fetchone()
    assert found is not None
    return int(found[0])
