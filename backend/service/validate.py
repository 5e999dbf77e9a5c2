"""What can be known of a service's file before anything is started: every mistake as one sentence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from backend.model.sentence import Sentence, plain, say
from backend.service.description import Counted, Description, Preparation, Request, ServiceFileError
from backend.service.engines import names_redis, statements_of, wants_gateway
from backend.service.exchange import check_path
from backend.service.placeholders import OF_AN_INTENT, QuotedPlaceholderError, names_in, statement
from backend.service.says import ServiceCode
from backend.service.target import target_of
from backend.service.texts import (
    wrong_command,
    wrong_count,
    wrong_database_url,
    wrong_environment,
    wrong_headers,
    wrong_json,
    wrong_path,
    wrong_redis_url,
    wrong_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTS = ("", ".host", ".port", ".user", ".password", ".database", ".name")


def mistakes(description: Description, folder: Path) -> tuple[Sentence, ...]:
    """All that is wrong with a file that could be read; nothing if it can be used."""
    return tuple(_mistakes(description, folder))


def require_sound(description: Description, folder: Path) -> None:
    """Make sure that a file can be used.

    Raises:
        ServiceFileError: something is wrong with the description; the sentence says what is first.
    """
    for mistake in _mistakes(description, folder):
        raise ServiceFileError(mistake)


def _mistakes(description: Description, folder: Path) -> Iterator[Sentence]:
    yield from _service(description, folder)
    yield from _engines(description)
    yield from _requests(description)
    yield from _texts(description)
    yield from _sql(description)
    yield from _effects(description)


def _service(description: Description, folder: Path) -> Iterator[Sentence]:
    service = description.service
    if not service.command and not service.url:
        yield say(ServiceCode.ONE_OF, table="service", keys=(plain("command"), plain("url")))
    if service.command and service.url:
        yield say(ServiceCode.NOT_BOTH, table="service", first="command", second="url")
    yield from _running(description)
    if service.command and not _is_directory(folder / service.directory):
        yield say(ServiceCode.NO_DIRECTORY, directory=str(folder / service.directory))
    if service.ready:
        yield from wrong_path(service.ready, "service", "ready")
        yield from _unknown("service", "ready", service.ready, set())
    yield from wrong_environment(service.environment)
    if service.command and "port" not in {*names_in(service.command), *names_in(service.environment)}:
        yield say(ServiceCode.PORT_NOWHERE, placeholder=_shown("port"))
    for key, command in [("command", service.command or []), *(("setup", each) for each in service.setup)]:
        yield from wrong_command(command, key)
    known = {"port", *_engine_names(description)}
    for key in ("command", "setup"):
        yield from _unknown("service", key, getattr(service, key), known)
    for name, value in service.environment.items():
        yield from _unknown("service.environment", name, value, known)


def _running(description: Description) -> Iterator[Sentence]:
    """Of a service that runs already."""
    service = description.service
    if service.url and not _is_target(service.url):
        yield say(ServiceCode.BAD_URL, table="service", key="url", url=service.url)
    if service.url and description.before.redis and description.redis is None:
        yield say(ServiceCode.MISSING_KEY, table="redis", key="url")
    if service.url and (database := description.database) is not None:
        if not database.url:
            yield say(ServiceCode.MISSING_KEY, table="database", key="url")  # nobody tells it of a database of ours
        if database.setup and not database.reset:
            yield say(ServiceCode.MISSING_KEY, table="database", key="reset")


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no name of a file
        return False


def _is_target(url: str) -> bool:
    try:
        target_of(url)
    except ValueError:
        return False
    return True


def _engine_names(description: Description) -> set[str]:
    engines = {"redis", "gateway"}
    if description.database is not None:
        engines.add(description.database.kind or _kind_of(description.database.url))
    return {f"{engine}{part}" for engine in engines for part in _PARTS}


def _kind_of(url: str) -> str:
    return "postgresql" if url.startswith("postgres") else "mariadb"


def _engines(description: Description) -> Iterator[Sentence]:
    if description.redis is not None:
        yield from wrong_redis_url(description.redis.url)
    database = description.database
    if database is None:
        return
    if not database.kind and not database.url and not description.service.url:
        yield say(ServiceCode.ONE_OF, table="database", keys=(plain("kind"), plain("url")))
    if database.kind and database.url:
        yield say(ServiceCode.NOT_BOTH, table="database", first="kind", second="url")
    if database.url:
        yield from wrong_database_url(database.url)
    for key in ("setup", "reset"):
        for name in names_in(getattr(database, key)):
            yield say(ServiceCode.NO_PLACEHOLDER_HERE, table="database", key=key, name=_shown(name))


def _texts(description: Description) -> Iterator[Sentence]:
    asked: list[tuple[str, Request | Preparation | Counted | None]] = [
        ("request", description.request),
        ("before.request", description.before.request),
        ("effects.request", description.effects.request),
    ]
    for table, request in asked:
        if request is not None:
            yield from wrong_path(request.path, table)
            yield from wrong_headers(request.headers, table)
            yield from wrong_json(request.json, table)
    for lines in statements_of(description.before.redis):
        yield from wrong_words(lines, "before", "redis")
    if description.effects.sql:
        yield from wrong_count(description.effects.sql)
    meanings: dict[int, str] = {}
    for name in description.answers.__struct_fields__:
        for status in getattr(description.answers, name):
            if (first := meanings.setdefault(status, name)) != name:
                yield say(ServiceCode.STATUS_TWICE, status=status, first=first, second=name)


def _requests(description: Description) -> Iterator[Sentence]:
    before = description.before.request
    saved = set(before.save) if before is not None else set()
    request = description.request
    known = {*OF_AN_INTENT, *saved}
    carried: set[str] = set()
    for key in ("path", "headers", "json", "body"):
        yield from _unknown("request", key, getattr(request, key), known)
        carried.update(names_in(getattr(request, key)))
    if not carried & {"key", "uuid", *saved}:
        yield say(ServiceCode.KEY_NOWHERE, table="request", placeholder=_shown("key"))
    if request.json is not None and request.body:
        yield say(ServiceCode.NOT_BOTH, table="request", first="json", second="body")
    if before is not None:
        for key in ("path", "headers", "json", "body"):
            yield from _unknown("before.request", key, getattr(before, key), set(OF_AN_INTENT))
        for name, path in before.save.items():
            yield from _bad_path(path, "before.request.save", name)


def _sql(description: Description) -> Iterator[Sentence]:
    before = description.before
    places = [("before", "sql", text) for text in statements_of(before.sql)]
    if description.effects.sql:
        places.append(("effects", "sql", description.effects.sql))
    for table, key, text in places:
        try:
            found = statement(text)
        except QuotedPlaceholderError as error:
            yield say(ServiceCode.QUOTED_PLACEHOLDER, table=table, key=key, name=_shown(error.name))
            continue
        known = {*OF_AN_INTENT, *(before.request.save if before.request and table == "effects" else ())}
        yield from _unknown(table, key, [_shown(name) for name in found.names], known)
        if description.database is None:
            yield say(ServiceCode.NO_ENGINE, key=f"{table}.{key}")
    for text in statements_of(before.redis):
        yield from _unknown("before", "redis", text, set(OF_AN_INTENT))
    if before.redis and description.service.command and not names_redis(description):
        yield say(ServiceCode.NO_ENGINE, key="before.redis")


def _effects(description: Description) -> Iterator[Sentence]:
    effects = description.effects
    given = [key for key in ("sql", "request", "gateway") if getattr(effects, key)]
    if not given:
        yield say(ServiceCode.ONE_OF, table="effects", keys=tuple(map(plain, ("sql", "request", "gateway"))))
    if len(given) > 1:
        yield say(ServiceCode.NOT_BOTH, table="effects", first=given[0], second=given[1])
    if effects.gateway and not wants_gateway(description):
        yield say(ServiceCode.NO_ENGINE, key="effects.gateway")
    if effects.request is not None:
        yield from _bad_path(effects.request.count, "effects.request", "count")
        saved = set(description.before.request.save) if description.before.request else set()
        carried: set[str] = set()
        for key in ("path", "headers", "json", "body"):
            yield from _unknown("effects.request", key, getattr(effects.request, key), {*OF_AN_INTENT, *saved})
            carried.update(names_in(getattr(effects.request, key)))
        if not carried & {"key", "uuid", *saved}:
            yield say(ServiceCode.KEY_NOWHERE, table="effects.request", placeholder=_shown("key"))


def _bad_path(path: str, table: str, key: str) -> Iterator[Sentence]:
    try:
        check_path(path, table, key)
    except ServiceFileError as error:
        yield error.sentence


def _unknown(table: str, key: str, value: Any, known: set[str]) -> Iterator[Sentence]:  # noqa: ANN401  of TOML
    for name in dict.fromkeys(names_in(value)):
        if name.startswith("env."):
            if name[4:] not in os.environ:
                yield say(ServiceCode.NO_SUCH_VARIABLE, table=table, key=key, name=name[4:])
        elif name not in known:
            yield say(ServiceCode.UNKNOWN_PLACEHOLDER, table=table, key=key, name=_shown(name))


def _shown(name: str) -> str:
    return f"{{{name}}}"
