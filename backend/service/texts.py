"""What cannot stand in a request, an environment or a URL of a service's file, though TOML has no objection."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from backend.engines.sql import sqlalchemy_url
from backend.model.sentence import Sentence, say
from backend.service.placeholders import PLACEHOLDER
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HIGHEST_PORT = 65535
_READS = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})


def wrong_path(path: str, table: str, key: str = "path") -> Iterator[Sentence]:
    """A path begins with a slash and is one word."""
    bare = PLACEHOLDER.sub("", path)
    if not path.startswith("/") or any(char.isspace() or not char.isprintable() for char in bare):
        yield say(ServiceCode.NO_HTTP_PATH, table=table, key=key, path=" ".join(path.split()))


def wrong_headers(headers: Mapping[str, str], table: str) -> Iterator[Sentence]:
    """Header fields are one line each, in Latin-1 (RFC 9110)."""
    for name, value in headers.items():
        is_token = (
            name.isascii() and name and not any(char in '()<>@,;:\\"/[]?={} ' for char in PLACEHOLDER.sub("x", name))
        )
        try:
            value.encode("latin-1")
            is_line = name.isprintable() and (value.isprintable() or value.replace("\t", "").isprintable())
        except UnicodeEncodeError:
            is_line = False
        if not is_token or not is_line:
            yield say(ServiceCode.NO_HEADER, table=table, name=" ".join(name.split()))


def wrong_json(content: Any, table: str) -> Iterator[Sentence]:  # noqa: ANN401  of TOML
    """TOML knows dates and numbers that JSON does not."""
    try:
        json.dumps(content, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield say(ServiceCode.NO_JSON, table=table)


def wrong_environment(environment: Mapping[str, str]) -> Iterator[Sentence]:
    """As the operating system takes it."""
    for name, value in environment.items():
        if not name or "=" in name or "\0" in name + value:
            yield say(ServiceCode.NO_VARIABLE, name=name.replace("\0", ""))


def wrong_command(command: Sequence[str], key: str) -> Iterator[Sentence]:
    """As the operating system takes it."""
    if command and (not command[0] or any("\0" in word for word in command)):
        yield say(ServiceCode.NO_PROGRAM, key=key)


def wrong_words(lines: str, table: str, key: str) -> Iterator[Sentence]:
    """Commands of Redis, one a line."""
    try:
        for line in lines.splitlines():
            shlex.split(line)
    except ValueError:
        yield say(ServiceCode.OPEN_QUOTES, table=table, key=key)


def wrong_database_url(url: str) -> Iterator[Sentence]:
    """Of a server that speaks a protocol which can be looked into."""
    try:
        parsed = sqlalchemy_url(url)
        is_known = parsed.get_backend_name() in {"postgresql", "mysql", "mariadb"}
        is_known = is_known and 0 < (parsed.port or 1) <= _HIGHEST_PORT
    except (sa.exc.ArgumentError, ValueError):
        is_known = False
    if not is_known:
        yield say(ServiceCode.NO_DATABASE_URL)


def wrong_redis_url(url: str) -> Iterator[Sentence]:
    """Without TLS, which nobody can look into."""
    try:
        parsed = urlsplit(url)
        is_known = parsed.scheme in {"redis", "unix"} and (parsed.port or 1) > 0
        is_known = is_known and (parsed.scheme == "unix" or not parsed.path.strip("/").strip("0123456789"))
    except ValueError:
        is_known = False
    if not is_known:
        yield say(ServiceCode.NO_REDIS_URL)


def wrong_count(sql: str) -> Iterator[Sentence]:
    """What counts effects changes nothing, and counts those of one intent."""
    first = (sql.replace("(", " ").split() or [""])[0].upper()
    if first not in _READS:
        yield say(ServiceCode.NO_QUERY)
    elif not PLACEHOLDER.search(sql):
        yield say(ServiceCode.COUNTS_ALL)
