"""What a connection to PostgreSQL has prepared, and how it runs a statement in one batch with what comes before."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus, TransactionStatus

from backend.explorer.sql_words import named_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import AdaptContext, PQGen
    from psycopg.pq.abc import PGconn, PGresult

_MOST_PREPARED = 500
_PLAIN = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE)
_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)?")
_OPEN, _NO_BATCH = ConnStatus.OK, PipelineStatus.OFF
_ROWS, _NO_ROWS = ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK
_FINE = (_ROWS, _NO_ROWS)
_ANY = [PyFormat.AUTO]

Row = tuple[Any, ...]
Statement = tuple[bytes, tuple[int, ...]]
"""Its text, with numbered parameters, and their types."""
Values = tuple[Statement, "Sequence[Any]", Any]
"""A statement, the values of its parameters as they are sent, and their formats."""


class Column(NamedTuple):
    """Of what a statement returned, as PEP 249 has it."""

    name: str
    type_code: int
    display_size: int | None = None
    internal_size: int | None = None
    precision: int | None = None
    scale: int | None = None
    null_ok: bool | None = None


class Session(Protocol):
    """What this needs of a connection, which is one of psycopg."""

    pgconn: PGconn
    may_leave_something: bool
    """Whether a command may have left something with the session that no end of a transaction takes away."""


class Commands:
    """What a connection has prepared, and how that is run.

    Args:
        connection: to which server.
    """

    def __init__(self, connection: Session) -> None:
        self._connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._number = 0
        """Of names that were given away: one that is forgotten may still be taken."""
        self.forget()

    def forget(self) -> None:
        """What is prepared may not be there any more, and values may be sent in another way."""
        self._names: dict[Statement, bytes] = {}
        self._columns: dict[Statement, tuple[Column, ...]] = {}
        self._transformer = Transformer(cast("AdaptContext", self._connection))

    def with_values(self, query: object, params: Any) -> Values | None:  # noqa: ANN401  as psycopg takes them
        """What is to be run; None where that is left to psycopg, which also says what is wrong with it."""
        pgconn = self._pgconn
        if type(query) is not str or pgconn.status != _OPEN or pgconn.pipeline_status != _NO_BATCH:
            return None
        text, names, leaves_nothing = _numbered(query)
        if not leaves_nothing:
            self._connection.may_leave_something = True
        if not text or len(self._names) >= _MOST_PREPARED or (params is None and "%" in query):
            return None
        transformer = self._transformer
        try:
            given = [params[name] for name in names] if names else ()
            values = transformer.dump_sequence(given, _ANY * len(names))
        except (LookupError, TypeError, psycopg.Error):
            return None
        return (text, transformer.types or ()), values, transformer.formats

    def read(self, statement: Statement, result: PGresult) -> tuple[Sequence[Column] | None, int, Sequence[Row]]:
        """What a statement returned: its columns, None where it returns nothing, the number of rows, and those.

        Raises:
            psycopg.Error: it failed.
        """
        if result.status == _NO_ROWS:
            changed = result.command_tuples
            return None, -1 if changed is None else changed, ()
        if result.status != _ROWS:
            raise error_from_result(result, self._transformer.encoding)
        if statement not in self._columns:
            places = range(result.nfields)
            self._columns[statement] = tuple(Column((result.fname(n) or b"").decode(), result.ftype(n)) for n in places)
        self._transformer.set_pgresult(result)
        count = result.ntuples
        return self._columns[statement], count, self._transformer.load_rows(0, count, tuple)

    def end(self, command: bytes) -> PQGen[None]:
        """Run the command that ends a transaction.

        Raises:
            psycopg.Error: it failed.
        """
        self._pgconn.send_query(command)
        result = yield from _execute(self._pgconn)
        if result.status != _NO_ROWS:
            raise error_from_result(result, self._transformer.encoding)

    def run(self, begin: bytes, what: Values) -> PQGen[PGresult]:
        """Run a statement, all in one batch: its result, or that of what failed before it.

        Args:
            begin: the command that begins a transaction; empty if there is one, or none is wanted.
            what: the statement.
        """
        statement, values, formats = what
        pgconn, name = self._pgconn, self._names.get(statement)
        if name is not None and not begin:
            pgconn.send_query_prepared(name, values, formats)
            return (yield from _execute(pgconn))
        pgconn.enter_pipeline_mode()
        try:
            if begin:
                pgconn.send_query_params(begin, None)
            prepares = name is None
            if name is None:
                self._number += 1
                name = b"quick_%d" % self._number
                pgconn.send_prepare(name, *statement)
            pgconn.send_query_prepared(name, values, formats)
            pgconn.pipeline_sync()
            results = yield from _fetch_batch(pgconn, 1 + bool(begin) + prepares)
        finally:
            if pgconn.status == _OPEN and pgconn.transaction_status != TransactionStatus.ACTIVE:
                pgconn.exit_pipeline_mode()
        if prepares and [one.status for one in results[: 1 + bool(begin)]] == [_NO_ROWS] * (1 + bool(begin)):
            self._names[statement] = name  # whatever became of the statement itself
        return next((one for one in results if one.status not in _FINE), results[-1])


def _execute(pgconn: PGconn) -> PQGen[PGresult]:
    """The result of the one command that was sent."""
    yield from send(pgconn)
    results: list[PGresult] = yield from fetch_many(pgconn)
    return results[-1]


def _fetch_batch(pgconn: PGconn, count: int) -> PQGen[list[PGresult]]:
    """The results of so many commands that were sent."""
    results: list[PGresult] = []
    try:
        yield from send(pgconn)
        for _ in range(count):
            results += yield from fetch_many(pgconn)
        yield from fetch_many(pgconn)  # the end of the batch
    except psycopg.DatabaseError:
        if all(one.status in _FINE for one in results):
            raise
    return results  # a server that hangs up has said why


@lru_cache(_MOST_PREPARED)
def _numbered(query: str) -> tuple[bytes, tuple[str, ...] | range, bool]:
    """A statement with numbered parameters, their names or places, and whether it does nothing but what it says.

    What is not done here has no text.
    """
    leaves_nothing = named_tables(query) is not None
    names: dict[str, int] = {}
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        if found[0] == "%":
            return "\0"
        if found[1]:
            return f"${names.setdefault(found[1], len(names) + 1)}"
        count += 1
        return f"${count}"

    text = _PLACE.sub(place, query)
    if not _PLAIN.match(query) or "\0" in text or (names and count):
        return b"", (), leaves_nothing
    return text.encode(), range(count) if count else tuple(names), leaves_nothing
