"""A cursor with little of its own between SQLAlchemy and libpq, for the statements that schedules consist of.

Psycopg's cursor computes for longer than libpq and the socket take, and waits for the answer to BEGIN before it sends
the first statement. Here BEGIN, a statement that is not prepared yet, and its values leave in one batch (libpq's
pipeline mode). The server gets the same commands in the same order, and what comes back or is raised is the same. What
is not one of the commands below is left to psycopg's own cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from backend.explorer.quick_commands import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import psycopg

    from backend.explorer.quick_commands import Commands


class Served(Protocol):
    """What a cursor needs of its connection, which is one of psycopg."""

    commands: Commands

    def due_begin(self) -> bytes:
        """The command with which the next statement begins a transaction; empty if it does not begin one."""

    def left_to_psycopg(self) -> AbstractContextManager[None]:
        """Something is done by psycopg."""

    def wait(self, gen: Any) -> Any:  # noqa: ANN401  as in psycopg
        """Drive a protocol generator to its end."""


class QuickCursor:
    """A cursor as PEP 249 has it, for one connection.

    Args:
        connection: whose.
        open_other: opens psycopg's own cursor, for what is not done here.
    """

    arraysize = 1

    def __init__(self, connection: Served, open_other: Callable[[], psycopg.Cursor[Any]]) -> None:
        self.connection = connection
        self.rowcount = -1
        self.description: Sequence[Any] | None = None
        """The columns of what was returned; None where nothing is."""
        self._open_other = open_other
        self._other: psycopg.Cursor[Any] | None = None
        self._rows: Sequence[Row] = ()
        self._next = 0

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401  as psycopg takes them
        """Run a statement.

        Raises:
            psycopg.Error: it failed.
        """
        connection = self.connection
        commands = connection.commands
        options = {name: value for name, value in options.items() if value is not None}
        what = None if options else commands.with_values(query, params)
        if what is None:
            with connection.left_to_psycopg():
                self._opened().execute(query, params, **options)
            self._take_other()
            return self
        statement = what[0]
        result = connection.wait(commands.run(connection.due_begin(), what))
        self.description, self.rowcount, self._rows = commands.read(statement, result)
        self._next = 0
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:  # noqa: ANN401
        """Run a statement with one set of parameters after the other.

        Raises:
            psycopg.Error: it failed.
        """
        with self.connection.left_to_psycopg():
            self._opened().executemany(query, params_seq, **options)
        self._take_other()

    def nextset(self) -> bool | None:
        """Go on to what the next of several statements returned; whether there is one."""
        more = self._opened().nextset()
        if more:
            self._take_other()
        return more

    def _opened(self) -> psycopg.Cursor[Any]:
        self._other = self._other or self._open_other()
        return self._other

    def _take_other(self) -> None:
        other = self._opened()
        self.description, self.rowcount, self._next = other.description, other.rowcount, 0
        self._rows = other.fetchall() if self.description is not None else ()

    def fetchone(self) -> Row | None:
        """The next row; None where there is none."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int = 1) -> Sequence[Row]:
        """The next rows."""
        first = self._next
        rows = self._rows[first : first + size]
        self._next = first + len(rows)
        return rows

    def fetchall(self) -> Sequence[Row]:
        """All that are left."""
        return self.fetchmany(len(self._rows))

    def scroll(self, value: int, mode: str = "relative") -> None:
        """Go to another row.

        Raises:
            IndexError: there is none.
        """
        place = value + (self._next if mode == "relative" else 0)
        if not 0 <= place <= len(self._rows):
            raise IndexError("position out of bound")
        self._next = place

    def close(self) -> None:
        """Forget what was returned."""
        self.description, self._rows = None, ()
        if self._other is not None:
            self._other.close()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else psycopg's cursor has
        return getattr(self._opened(), name)
