"""psycopg's connection, with fewer round trips.

**BEGIN goes along with the first statement.** psycopg begins a transaction by itself and waits for the answer before it
sends the statement. Here both leave together once the statement is prepared (libpq's pipeline mode): the server carries
them out one after the other as it would have, and answers both.

**ROLLBACK keeps prepared statements.** psycopg deallocates them all after each ROLLBACK and prepares them again when
they come again, since the transaction may have created what they name. The server looks for itself: a plan whose tables
have changed is made anew from its text (PostgreSQL documentation, PREPARE), and prepared statements are in no
transaction.

Both override parts of psycopg that its documentation does not name, so pyproject.toml bounds its version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import generators
from psycopg._preparing import Prepare
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.rows import tuple_row

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg._queries import PostgresQuery
    from psycopg.pq.abc import PGconn, PGresult

_ANSWERS = 3
"""To BEGIN, to the statement, and to the end of the batch."""


class Cursor(psycopg.Cursor[Any]):
    """Sends BEGIN with its statement where the connection has left that to it."""

    _conn: FewerTrips

    def _execute_gen(self, *args: Any, **options: Any) -> Generator[Any, Any, None]:  # noqa: ANN401  as in psycopg
        self._conn.cursor_begins = True
        try:
            yield from super()._execute_gen(*args, **options)
        finally:
            self._conn.cursor_begins = False

    def _maybe_prepare_gen(self, pgq: PostgresQuery, **options: Any) -> Generator[Any, Any, None]:  # noqa: ANN401
        if not self._conn.begin_is_due:
            yield from super()._maybe_prepare_gen(pgq, **options)
            return
        self._conn.begin_is_due = False
        prepared, name = self._get_prepared(pgq, options.get("prepare"))
        if prepared is Prepare.YES:
            yield from self._execute_with_begin(name, pgq, options.get("binary"))
            return
        yield from self._conn.begin_now()
        yield from super()._maybe_prepare_gen(pgq, **options)

    def _execute_with_begin(self, name: bytes, pgq: PostgresQuery, binary: bool | None) -> Generator[Any, Any, None]:
        pgconn = self._conn.pgconn
        pgconn.enter_pipeline_mode()
        pgconn.send_query_params(self._conn.begin_command, None)
        self._send_query_prepared(name, pgq, binary=binary)
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        begun, results = yield from _answers(pgconn)
        self._conn._prepared.maybe_add_to_cache(pgq, Prepare.YES, name)  # noqa: SLF001  it is the latest used
        self._check_results(begun)
        self._check_results(results)
        self._set_results(results)


class FewerTrips(psycopg.Connection[Any]):
    """A connection whose transactions take one round trip less, and whose ROLLBACK takes one."""

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:  # noqa: ANN401  as in psycopg
        super().__init__(pgconn, row_factory)
        self.cursor_factory = Cursor
        self.cursor_begins = False
        """Whether whoever is about to ask for a transaction sends BEGIN himself."""
        self.begin_is_due = False

    @property
    def begin_command(self) -> bytes:
        """How a transaction of this connection begins, with its isolation level."""
        return self._get_tx_start_command()

    def begin_now(self) -> Generator[Any, Any, None]:
        """Begin a transaction, by a round trip."""
        yield from super()._start_query()

    def _start_query(self) -> Generator[Any, Any, None]:
        is_idle = self.pgconn.transaction_status == TransactionStatus.IDLE
        self.begin_is_due = self.cursor_begins and is_idle and not self._autocommit and self._pipeline is None
        if not self.begin_is_due:
            yield from super()._start_query()

    def _rollback_gen(self) -> Generator[Any, Any, None]:
        is_plain = self._pipeline is None and not self._num_transactions and not self._tpc
        if is_plain and self.pgconn.transaction_status != TransactionStatus.IDLE:
            yield from self._exec_command(b"ROLLBACK")
        else:
            yield from super()._rollback_gen()


def _answers(pgconn: PGconn) -> Generator[Any, Any, tuple[list[PGresult], list[PGresult]]]:
    """What the server answered to BEGIN and to the statement.

    Raises:
        psycopg.OperationalError: it has hung up without a word.
    """
    found: list[list[PGresult]] = []
    try:
        while len(found) < _ANSWERS:
            found.append(cast("list[PGresult]", (yield from generators.fetch_many(pgconn))))
    except psycopg.OperationalError:
        if not any(result.status == ExecStatus.FATAL_ERROR for results in found for result in results):
            raise  # else it has said why, which is worth more
    if pgconn.status == ConnStatus.OK:
        pgconn.exit_pipeline_mode()
    begun, results = (*found, [], [])[:2]
    return begun, results
