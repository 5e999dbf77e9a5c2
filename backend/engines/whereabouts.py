"""Which server has which part, when a PostgreSQL of ours has a standby: a file in the lab's private folder.

Whoever connects reads it, as other systems ask a name server or a proxy: after a failover the next connection goes to
the server that took over.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import event

from backend.engines.says import EngineCode
from backend.engines.sql import sqlalchemy_url
from backend.files.private import write_privately
from backend.model.errors import NoStandbyError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.pool import ConnectionPoolEntry

_PLACE = "submit_twice.place"


class Place(msgspec.Struct, frozen=True):
    """Where a server listens: the folder of its socket, and its port."""

    host: str
    port: str


class Whereabouts(msgspec.Struct, frozen=True):
    """The servers that hold, or held, the same data."""

    primary: Place
    standby: Place | None = None
    former: tuple[Place, ...] = ()
    """Where the primary was before."""

    def write(self, directory: Path) -> None:
        """Say so to whoever connects from now on."""
        write_privately(_file(directory), msgspec.json.encode(self))


def place_of(url: str) -> Place:
    """Where the server of a URL listens."""
    parsed = sqlalchemy_url(url)
    host, port = (parsed.query.get(key) or getattr(parsed, key) or "" for key in ("host", "port"))
    return Place(str(host), str(port))


def follow_primary(engine: sa.Engine, url: str, directory: Path) -> None:
    """Connect to the server that has the part of the one at this URL when somebody connects.

    Args:
        engine: made for that URL.
        url: where the primary is, or was once.
        directory: the lab's private folder.
    """

    def find() -> Place | None:
        known = _known(url, directory)
        return known.primary if known else None

    _go_where(engine, find)


@contextmanager
def on_primary(engine: sa.Engine, url: str, directory: Path) -> Iterator[None]:
    """As `follow_primary`, for as long as this lasts."""

    def find() -> Place | None:
        known = _known(url, directory)
        return known.primary if known else None

    connect = _go_where(engine, find)
    try:
        yield
    finally:
        event.remove(engine, "do_connect", connect)


def follow_standby(engine: sa.Engine, url: str, directory: Path) -> None:
    """Connect to the standby of the server at this URL, as long as it has one.

    Whoever connects while there is none has a `NoStandbyError`.

    Args:
        engine: made for that URL.
        url: where the primary is, or was once.
        directory: the lab's private folder.
    """

    def find() -> Place:
        known = _known(url, directory)
        if known is None or known.standby is None:
            raise NoStandbyError(say(EngineCode.NO_STANDBY))
        return known.standby

    _go_where(engine, find)

    @event.listens_for(engine, "checkout")
    def taken(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get(_PLACE) != find():  # it was promoted: no standby any more
            raise sa.exc.DisconnectionError


def _go_where(engine: sa.Engine, find: Callable[[], Place | None]) -> Callable[..., Any]:
    """Connect where this finds the server; None leaves it to the engine's URL. Returns what listens to connections."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, by_position: Any, parameters: dict[str, Any]) -> Any:  # noqa: ANN401
        if place := find():
            parameters.update(host=place.host, port=place.port)
            record.info[_PLACE] = place
        return dialect.connect(*by_position, **parameters)

    return connect


def _known(url: str, directory: Path) -> Whereabouts | None:
    try:
        found = msgspec.json.decode(_file(directory).read_bytes(), type=Whereabouts)
    except FileNotFoundError:
        return None
    return found if place_of(url) in {found.primary, *found.former} else None


def _file(directory: Path) -> Path:
    return directory / "postgresql.json"
