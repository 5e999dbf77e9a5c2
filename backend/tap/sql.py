"""The tap on SQLAlchemy: statements, COMMIT and ROLLBACK.

All of them are caught at the dialect, the one object through which every connection of an engine executes and commits.
There is no event *after* a commit; and an event that is listened for costs each statement as much as its trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.model.vocabulary import EngineKind
from backend.tap.connections import sever

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from backend.tap.observer import Tap

_KINDS = {"postgresql": EngineKind.POSTGRESQL, "sqlite": EngineKind.SQLITE}
_PEEKED_ROWS = 3
_PG_IDLE = 0


def tap_sql(engine: sa.Engine, tap: Tap, kind: EngineKind | None = None) -> None:
    """Let every step of this engine pass the tap.

    Args:
        engine: whose steps.
        tap: where they pass.
        kind: what it is; None for a database as its dialect says.
    """
    kind = kind or _KINDS.get(engine.dialect.name, EngineKind.MARIADB)

    dialect: Any = engine.dialect
    execute = dialect.do_execute

    def do_execute(cursor: Any, statement: str, parameters: Any, context: object = None) -> None:  # noqa: ANN401
        tap.run(
            kind,
            statement,
            parameters or (),
            lambda: execute(cursor, statement, parameters, context),
            lambda _: read_answer(cursor),
            lambda: sever(cursor.connection),
            server_pid_of(cursor.connection),
        )

    dialect.do_execute = do_execute
    dialect.do_commit = _through(tap, kind, "COMMIT", dialect.do_commit)
    dialect.do_rollback = _through(tap, kind, "ROLLBACK", dialect.do_rollback)


def _through(tap: Tap, kind: EngineKind, command: str, end: Callable[[Any], None]) -> Callable[[Any], None]:
    def end_transaction(connection: Any) -> None:  # noqa: ANN401  any driver's connection
        driver = getattr(connection, "dbapi_connection", connection)
        if in_transaction(driver):
            pid = server_pid_of(driver)
            tap.run(kind, command, (), lambda: end(connection), sever=lambda: sever(driver), server_pid=pid)
        else:
            end(connection)

    return end_transaction


def server_pid_of(connection: Any) -> int:  # noqa: ANN401  any driver's connection
    """The server's process or, on MariaDB, thread behind a connection; 0 where the driver does not tell."""
    pgconn = getattr(connection, "pgconn", None)
    if pgconn is None:
        return int(connection.thread_id()) if hasattr(connection, "thread_id") else 0
    if connection.closed:
        return 0  # a request that crashed rolls back over a connection that has dropped
    return int(pgconn.backend_pid)


def in_transaction(connection: Any) -> bool:  # noqa: ANN401  any driver's connection
    """Whether ending the transaction sends anything: drivers leave it out where there is nothing to end."""
    pgconn = getattr(connection, "pgconn", None)
    if pgconn is not None:
        return bool(pgconn.transaction_status != _PG_IDLE)
    return bool(getattr(connection, "in_transaction", True))


def read_answer(cursor: Any) -> object:  # noqa: ANN401  any driver's cursor
    """What the statement returned, leaving the cursor as it was: its first rows, or the number of rows it changed."""
    if cursor.description is None:
        return cursor.rowcount
    if not hasattr(cursor, "scroll") or cursor.rowcount == 0:
        return [] if cursor.rowcount == 0 else None
    rows = cursor.fetchmany(_PEEKED_ROWS)
    cursor.scroll(0, mode="absolute")
    return rows
