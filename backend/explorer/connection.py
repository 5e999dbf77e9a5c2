"""PostgreSQL connections on which a statement without an answer hands control back instead of blocking the thread."""

from __future__ import annotations

import select
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready, Wait

from backend.engines.blocking import BLOCKERS_OF, WAITS_SINCE
from backend.explorer.circles import Circles
from backend.explorer.quick_commands import Commands
from backend.explorer.quick_cursor import QuickCursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SILENCE_S = 0.00015
"""An answer that takes longer may be waiting for somebody."""
_LOOKS = 100
"""So often it is looked whether an answer is there (70 us) before the thread sleeps: to be woken takes longer than most
answers do, and more of a processor."""
_DEADLOCK_TIMEOUT = "200ms"
"""Long enough for the other request to arrive meanwhile, so that the one that waited first is refused.

Where a machine was slower than that another is refused; such a schedule is played again, see `Circles`.
"""
_APPLICATION = "submit-twice-explorer"
_SERVER_DIED = "server closed the connection unexpectedly"
"""As libpq says it."""


class ParkingConnection(psycopg.Connection[Any]):
    """A connection that calls `on_silence` whenever the server takes its time."""

    on_silence: Callable[[], bool] | None = None
    """Returns when it is worth looking again; False if nobody is there to hand control to."""
    meanwhile: Callable[[], object] | None = None
    """Called whenever a command was sent: until its answer comes there is time for something else."""
    loses_answer = False
    """Whether the server dies when it has carried out the next COMMIT, before it can say so."""
    has_lost_answer = False
    """Whether that COMMIT was carried out."""
    may_leave_something = False
    """Whether a command may have left something with the session that no end of a transaction takes away."""
    server_level = IsolationLevel.READ_COMMITTED
    """The isolation level of transactions that ask for none."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  as in psycopg
        super().__init__(*arguments, **named)
        self.commands = Commands(self)
        self._has_psycopg_prepared = False

    def cursor(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  as in psycopg
        """A cursor; psycopg's own where it is asked for in any special way."""
        if arguments or named or self.closed:
            return super().cursor(*arguments, **named)
        return QuickCursor(self, super().cursor)

    @contextmanager
    def left_to_psycopg(self) -> Iterator[None]:
        """Something is done by psycopg, which may also remove all that is prepared: then, and after a rollback."""
        self._has_psycopg_prepared = self.may_leave_something = True
        try:
            yield
        finally:
            self.commands.forget()

    def due_begin(self) -> bytes:
        """The command with which the next statement begins a transaction; empty if it does not begin one."""
        if self.autocommit or self.pgconn.transaction_status != TransactionStatus.IDLE:
            return b""
        level, read_only, deferrable = self.isolation_level, self.read_only, self.deferrable
        if level is None and read_only is None and deferrable is None:
            return b"BEGIN"
        words = ["BEGIN"]
        if level is not None:
            words.append(f"ISOLATION LEVEL {level_name(level).upper()}")
        if read_only is not None:
            words.append("READ ONLY" if read_only else "READ WRITE")
        if deferrable is not None:
            words.append("DEFERRABLE" if deferrable else "NOT DEFERRABLE")
        return " ".join(words).encode()

    @property
    def level(self) -> IsolationLevel:
        """The isolation level that a transaction would have that began now."""
        return self.isolation_level or self.server_level

    def commit(self) -> None:
        """Commit, or lose the answer to it."""
        if not self.loses_answer:
            self._end(b"COMMIT")
            return
        with suppress(psycopg.Error):  # whatever the answer was
            super().commit()
            self.has_lost_answer = True
        self.close()
        raise psycopg.OperationalError(_SERVER_DIED)

    def rollback(self) -> None:
        """Roll back."""
        if self._has_psycopg_prepared:
            with self.left_to_psycopg():
                super().rollback()
            self._has_psycopg_prepared = False
        else:
            self._end(b"ROLLBACK")

    def _end(self, command: bytes) -> None:
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.wait(self.commands.end(command))

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401  as in psycopg
        """Drive one of psycopg's protocol generators to its end."""
        silence = self.on_silence
        if silence is None:
            return super().wait(gen, interval, timeout)
        fd = self.pgconn.socket
        try:
            wanted = next(gen)
            if self.meanwhile:
                self.meanwhile()
            while True:
                if wanted == Wait.R and _has_answer(fd):
                    wanted = gen.send(Ready.R)  # nearly always
                    continue
                ready = _ready(fd, wanted, _SILENCE_S) if wanted != Wait.R else Ready.NONE
                while not ready:
                    ready = _ready(fd, wanted, 0.0 if silence() else interval)
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def connect(url: str, schema: str, level: IsolationLevel, *, quick_deadlocks: bool) -> ParkingConnection:
    """A connection for a request, which finds the explorer's tables first.

    Args:
        url: one that libpq understands.
        schema: where the tables are.
        level: the server's own isolation level.
        quick_deadlocks: have the server look for deadlocks early, which takes a privilege.
    """
    settings = {
        "search_path": schema,
        "synchronous_commit": "off",
        "jit": "off",
        "default_transaction_isolation": level_name(level).replace(" ", r"\ "),
    }
    if quick_deadlocks:
        settings["deadlock_timeout"] = _DEADLOCK_TIMEOUT
    connection = ParkingConnection.connect(
        url,
        prepare_threshold=0,
        application_name=_APPLICATION,
        options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
    )
    connection.server_level = level
    return connection


def level_name(level: IsolationLevel) -> str:
    """As PostgreSQL writes it."""
    return level.name.replace("_", " ").lower()


def readable(fds: Iterable[int], seconds: float) -> set[int]:
    """Which of these sockets have something to read, waiting at most so long for the first."""
    return set(select.select(list(fds), (), (), seconds)[0])


def _go_on_waiting() -> bool:
    return False


def _has_answer(fd: int) -> bool:
    """Whether there is something to read before the silence is over."""
    for _ in range(_LOOKS):
        if select.select((fd,), (), (), 0.0)[0]:
            return True
    return bool(select.select((fd,), (), (), _SILENCE_S)[0])


def _ready(fd: int, wanted: Wait, seconds: float) -> Ready:
    readers = (fd,) if wanted & Wait.R else ()
    writers = (fd,) if wanted & Wait.W else ()
    can_read, can_write, _ = select.select(readers, writers, (), seconds)
    return Ready((Ready.R if can_read else 0) | (Ready.W if can_write else 0))


_ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"


class LockObserver:
    """Asks the server, on a connection of its own, who waits for whom."""

    def __init__(self, url: str) -> None:
        self._connection = ParkingConnection.connect(
            url, autocommit=True, prepare_threshold=0, application_name=f"{_APPLICATION}-watch"
        )
        self._connection.on_silence = _go_on_waiting
        self.circles = Circles()

    def blockers(self, pids: Iterable[int]) -> dict[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""
        rows = self._connection.execute(BLOCKERS_OF, (list(pids),)).fetchall()
        return {pid: frozenset(blocking) for pid, blocking in rows}

    def has_rows(self, table: str) -> bool:
        """Whether a table takes any room, be it with rows that were rolled back."""
        row = self._connection.execute("SELECT pg_relation_size(%s::regclass)", (table,)).fetchone()
        return row is not None and row[0] > 0

    def look_for_circles(self) -> None:
        """See who waits for each other."""
        self.circles.see(self._connection.execute(WAITS_SINCE).fetchall())

    def end(self, pids: Iterable[int]) -> None:
        """Have server processes of ours end, also those that wait for a lock."""
        self._connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS of (pid)", (list(pids),))

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended. Its transaction is rolled back and its locks are free by then."""
        row = self._connection.execute(_ALIVE, (pid,)).fetchone()
        return row is not None and row[0] == 0

    def may_quicken_deadlocks(self) -> bool:
        """Whether this user may say how soon the server looks for deadlocks."""
        try:
            self._connection.execute("SET deadlock_timeout = '1s'")
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
