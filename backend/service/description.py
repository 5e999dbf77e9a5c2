"""The file in which somebody describes a service: TOML, beside the service's own code.

Every table and key is a field of a struct below, so the reader, the checker and the JSON Schema for editors have one
source. A mistake is one sentence with the table and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from backend.model.errors import ServiceFileError as ServiceFileError
from backend.model.sentence import Sentence, plain, say
from backend.service.curl import read_curl
from backend.service.says import ServiceCode

FILE_NAME = "submit-twice.toml"
MOST_INSTANCES = 3
_AT = re.compile(r" - at `(?P<path>[^`]+)`$")
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<key>[^`]+)`")
_SOME_KEY = "[...]"
"""How a mistake in a table with any keys is told, without saying which."""
_MISSING_FIELD = re.compile(r"Object missing required field `(?P<key>[^`]+)`")

Command = Annotated[list[str], msgspec.Meta(min_length=1)]
Status = Annotated[int, msgspec.Meta(ge=100, le=599)]
Statements = str | list[str]


class Service(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How to start the service, or where it runs."""

    command: Command | None = None
    """Program and arguments of one instance."""
    directory: str = "."
    """Its working directory, relative to the file."""
    setup: list[Command] = []
    """Commands that run once, one after the other, before the first instance starts."""
    ready: str = ""
    """A path that must answer below 500 before the service counts as ready; without one, the port must accept."""
    instances: Annotated[int, msgspec.Meta(ge=1, le=MOST_INSTANCES)] = 2
    """How many processes of it serve at the same time."""
    url: str = ""
    """Where a service that runs already listens, instead of a command."""
    kill: bool = False
    """Whether a crash in the explorer kills the process (SIGKILL) and starts it again: for state in memory."""
    start_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 60.0
    """How long it may take to become ready."""
    environment: dict[str, str] = {}
    """Environment variables; values may hold placeholders of its port and its engines."""


class Database(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The database that the service gets."""

    kind: Annotated[str, msgspec.Meta(pattern="^(postgresql|mariadb)$")] = ""
    """``postgresql`` or ``mariadb``: a private server, and a fresh database in it."""
    url: str = ""
    """A running server instead: a database of its own name is made there and dropped, unless `reset` is given."""
    setup: Statements = ""
    """SQL that runs once in the fresh database."""
    reset: Statements = ""
    """SQL that empties a database that is not ours between runs; then the database of the URL itself is used."""


class Redis(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The Redis-protocol server that the service gets, where it is not a private one."""

    url: str


class Request(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The request that is submitted twice."""

    method: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")] = "POST"
    path: str = "/"
    headers: dict[str, str] = {}
    json: Any = None
    """The body as TOML, sent as JSON."""
    body: str = ""
    """The body as it is, instead."""
    curl: str = ""
    """A curl command that says all of it, instead."""


class Preparation(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A request that opens the form of an intent."""

    method: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")] = "GET"
    path: str = "/"
    headers: dict[str, str] = {}
    json: Any = None
    body: str = ""
    curl: str = ""
    save: dict[str, str] = {}
    """Placeholders to fill from the answer: a name, and where its value stands, such as ``$.token``."""


class Before(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is done once for each intent, before its first submission."""

    sql: Statements = ""
    redis: Statements = ""
    """Commands, one a line."""
    request: Preparation | None = None


class Counted(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A request whose answer tells how often the intent took effect."""

    method: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")] = "GET"
    path: str = "/"
    headers: dict[str, str] = {}
    json: Any = None
    body: str = ""
    curl: str = ""
    count: str = "$"
    """Where the number, or the list to be counted, stands in the answer, such as ``$.items``."""


class Effects(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How often an intent took effect: exactly one of these."""

    sql: str = ""
    """A SELECT that answers one number."""
    request: Counted | None = None
    gateway: bool = False
    """Count the calls that the gateway got for this intent."""


class Answers(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which statuses mean what. A success with ``Idempotent-Replayed: true`` is a replay; the rest is an error."""

    created: tuple[Status, ...] = (200, 201, 202, 204)
    duplicate: tuple[Status, ...] = (409,)
    replayed: tuple[Status, ...] = ()
    busy: tuple[Status, ...] = (423, 425, 429, 503)
    conflict: tuple[Status, ...] = (412,)


class Description(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The whole file."""

    service: Service
    request: Request
    effects: Effects
    database: Database | None = None
    redis: Redis | None = None
    before: Before = msgspec.field(default_factory=Before)
    answers: Answers = msgspec.field(default_factory=Answers)


_KNOWN = msgspec.json.Decoder(Description)
"""Made here so that msgspec knows these types: it looks into a type when it first meets it, and two threads that meet
one at the same moment end the process (segmentation fault)."""


def load(path: Path) -> Description:
    """Read and check a file.

    Raises:
        ServiceFileError: the file cannot be read, is no TOML, or has a key or value that is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ServiceFileError(
            say(ServiceCode.NO_FILE, file=str(path), reason=(error.strerror or type(error).__name__).lower())
        ) from None
    except UnicodeDecodeError:
        raise ServiceFileError(say(ServiceCode.NOT_TOML, file=path.name, reason=say(ServiceCode.NOT_UTF8))) from None
    return parse(text, path.name)


def parse(text: str, name: str = FILE_NAME) -> Description:
    """Read and check the text of a file.

    Raises:
        ServiceFileError: the text is no TOML, or has a key or value that is not understood.
    """
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise ServiceFileError(say(ServiceCode.NOT_TOML, file=name, reason=say(ServiceCode.NESTED))) from None
    except tomllib.TOMLDecodeError as error:
        raise ServiceFileError(say(ServiceCode.NOT_TOML, file=name, reason=str(error))) from None
    for table in ("service", "request", "effects"):
        if not isinstance(content.get(table), dict):
            raise ServiceFileError(say(ServiceCode.MISSING_TABLE, table=table))
    try:
        found = msgspec.convert(content, Description)
    except msgspec.ValidationError as error:
        raise ServiceFileError(_sentence(str(error), content)) from None
    return with_curl(found)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return msgspec.json.schema(Description)


def with_curl(description: Description) -> Description:
    """The same with each curl command read into its parts.

    Raises:
        ServiceFileError: a curl command cannot be read.
    """
    changed: dict[str, Any] = {"request": _read(description.request, "request")}
    before, effects = description.before, description.effects
    if before.request is not None:
        changed["before"] = msgspec.structs.replace(before, request=_read(before.request, "before.request"))
    if effects.request is not None:
        changed["effects"] = msgspec.structs.replace(effects, request=_read(effects.request, "effects.request"))
    return msgspec.structs.replace(description, **changed)


def _read(request: Any, table: str) -> Any:  # noqa: ANN401  any of the three kinds of request
    if not request.curl:
        return request
    for key in ("path", "body"):
        if getattr(request, key) != getattr(type(request)(), key):
            raise ServiceFileError(say(ServiceCode.NOT_BOTH, table=table, first="curl", second=key))
    try:
        read = read_curl(request.curl)
    except ValueError as error:
        raise ServiceFileError(say(ServiceCode.BAD_CURL, table=table, reason=str(error))) from None
    headers = read.headers | request.headers
    return msgspec.structs.replace(
        request, method=read.method, path=read.path, headers=headers, body=read.body, curl=request.curl
    )


def _sentence(complaint: str, content: Mapping[str, Any]) -> Sentence:
    at = _AT.search(complaint)
    path = at["path"].removeprefix("$").lstrip(".") if at else ""
    if path.endswith(_SOME_KEY):
        path = path.removesuffix(_SOME_KEY)
        path = f"{path}.{_no_text(content, path.split('.'))}"
    what = _AT.sub("", complaint)
    if unknown := _UNKNOWN_FIELD.match(what):
        return say(ServiceCode.UNKNOWN_KEY, table=_table(path), key=unknown["key"])
    if missing := _MISSING_FIELD.match(what):
        return say(ServiceCode.MISSING_KEY, table=_table(path), key=missing["key"])
    table, _, key = path.rpartition(".")
    return say(ServiceCode.WRONG_VALUE, table=_table(table), key=key, reason=what[:1].lower() + what[1:])


def _no_text(content: Any, path: Sequence[str]) -> str:  # noqa: ANN401  anything that TOML can hold
    """The first key of a table of texts whose value is none."""
    for name in path:
        content = content[name]
    return next((str(key) for key, value in content.items() if not isinstance(value, str)), "")


def _table(name: str) -> Sentence:
    return plain(name) if name else say(ServiceCode.TOP_LEVEL)
