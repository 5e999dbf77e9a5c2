"""Watching the database: new rows go to the ledger and to the listener, and the ledger is judged again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy.exc

from backend.machinery import Machinery
from backend.model import Judgement
from backend.rows import EffectReader

if TYPE_CHECKING:
    from backend.lab import Listener

_BUSY_SECONDS = 0.08
_IDLE_SECONDS = 0.25


class Watch:
    """A thread that looks for new rows, often while submissions are in flight, seldom while there are none.

    Rows of other clients (another window, curl) are found too.

    Args:
        machinery: whose database and ledger.
        listener: told of rows and judgements.
        in_flight: how many submissions are not answered yet.
        active: whether a run is under way, be it only reading back.
    """

    def __init__(
        self, machinery: Machinery, listener: Listener, in_flight: Callable[[], int], active: Callable[[], bool]
    ) -> None:
        self._machinery = machinery
        self._listener = listener
        self._in_flight = in_flight
        self._active = active
        self._reader = machinery.effect_reader()
        self._looking = threading.RLock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="row-watch", daemon=True)
        self.latest = Judgement()
        machinery.on_read_back = self.read_back

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stopped.set()
        self._thread.join()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not look meanwhile."""
        with self._looking:
            yield

    def follow(self, reader: EffectReader) -> None:
        """Look at another database."""
        with self._looking:
            self._reader = reader

    def forget(self) -> None:
        """The tables were emptied."""
        self._reader.forget()

    def read_back(self) -> None:
        """Read all effects, and who is barred."""
        ledger = self._machinery.ledger
        with self._looking:
            answered = ledger.answered()
            self._tell_rows(complete=True)
            ledger.compare(answered)
            self._machinery.read_bars()

    def look(self) -> None:
        """Judge anew and tell. It is final if no run is under way."""
        with self._looking:
            final = not self._active()
            self.latest = self._machinery.ledger.judgement(in_flight=self._in_flight(), final=final)
            self._listener.judged(self.latest)

    def _watch(self) -> None:
        while not self._stopped.wait(_BUSY_SECONDS if self._active() else _IDLE_SECONDS):
            try:
                self._look_once()
            except sqlalchemy.exc.SQLAlchemyError as error:
                self._machinery.report_database(error)
            else:
                self._machinery.report_database(None)

    def _look_once(self) -> None:
        with self._looking:
            found = self._tell_rows(complete=False)
            if found or self._active():
                self.look()

    def _tell_rows(self, *, complete: bool) -> bool:
        rows = self._reader.read_all() if complete else self._reader.read_new()
        if rows:
            self._listener.rows_added(self._machinery.ledger.add_rows(rows))
        return bool(rows)
