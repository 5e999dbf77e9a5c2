"""Watching the database: new rows go to the ledger and to the listener, and the ledger is judged again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy.exc

from backend.lab.doubts import Doubts
from backend.lab.left_behind import NOTHING, Leftovers, left_behind
from backend.lab.machinery import Machinery
from backend.model.judgement import Judgement
from backend.shop.effects import EffectReader

if TYPE_CHECKING:
    from backend.lab.listener import Listener
    from backend.lab.runs_under_way import RunsUnderWay

_BUSY_SECONDS = 0.08
_IDLE_SECONDS = 0.25
_REST_SECONDS = 0.5
"""Between two looks when nothing has happened for a while; a run that begins is noticed at once."""
_RESTS_AFTER_SECONDS = 5.0
_CHECK_SECONDS = 1.0
"""While nothing happens, it is looked so often whether somebody has deleted rows by hand."""


class Watch:
    """A thread that looks for new rows, often while submissions are in flight, seldom while there are none.

    Rows of other clients (another window, curl) are found too.

    Args:
        machinery: whose database and ledger.
        listener: told of rows and judgements.
        runs: of the lab.
    """

    def __init__(
        self,
        machinery: Machinery,
        listener: Listener,
        runs: RunsUnderWay,
    ) -> None:
        self._machinery = machinery
        self._listener = listener
        self._runs = runs
        self._version = 0
        """Of the book of works, when it was last looked at."""
        self._at_work = NOTHING
        """As it was told last."""
        self._promotions = 0
        """Of the database, when it was last read."""
        self._reader = machinery.effect_reader()
        self._doubts = Doubts(machinery.works, machinery.ledger, machinery.database_at_rest)
        self._looking = threading.RLock()
        self._next_check = 0.0
        self._last_news = time.monotonic()
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="row-watch", daemon=True)
        self.latest = Judgement()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stopped.set()
        self.wake()
        self._thread.join()

    def wake(self) -> None:
        """A run has begun: look now, and often."""
        self._woken.set()

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
            self._machinery.steps.keep(ledger.compare(answered, self._machinery.was_overtaken))
            self._machinery.read_stuck_locks()

    def look(self) -> None:
        """Judge anew and tell. It is final if no run is under way."""
        with self._looking:
            at_work = self._left_behind()
            with suppress(sqlalchemy.exc.SQLAlchemyError):  # the next look will tell that the database is away
                self._tell_rows(complete=False)
            self._judge(at_work)

    def _judge(self, at_work: Leftovers) -> None:
        """Judge anew. What was at work is known from before the rows were read: what has ended has its rows in."""
        ledger, final = self._machinery.ledger, not self._runs.any_active()
        judged = ledger.judgement(final=final, at_work=at_work.entries, untold=at_work.untold)
        judged = replace(
            judged,
            in_flight=self._runs.in_flight(),
            at_work=at_work.examples,
            working=at_work.count,
            untraced=self._machinery.steps.gone,
        )
        if run := judged.run:
            shown, count = at_work.of(run.wanted)
            run = replace(run, in_flight=judged.in_flight, at_work=shown, working=count, untraced=judged.untraced)
            judged = replace(judged, run=run)
        self._at_work = at_work
        self.latest = judged
        self._listener.judged(judged)

    def _left_behind(self) -> Leftovers:
        if self._runs.any_active():
            return left_behind(self._machinery.works.at_work(), (), self._machinery.steps)
        untold = self._runs.untold(self._machinery.servers_at_rest)  # first: what is at work then is known
        is_in_doubt = self._doubts.about_the_living()
        works, flying = self._machinery.works.at_work(), self._runs.flying()
        if self._doubts.about_the_dead() or is_in_doubt:
            untold |= self._machinery.ledger.entries()
        return left_behind(works, flying, self._machinery.steps, untold)

    def _watch(self) -> None:
        while not self._is_stopped():
            try:
                self._look_once()
            except sqlalchemy.exc.SQLAlchemyError as error:
                self._machinery.board.report_database(error)
            else:
                self._machinery.board.report_database(None)

    def _is_stopped(self) -> bool:
        """Wait until the next look is due; whether it is wanted no more."""
        if self._runs.any_active():
            return self._stopped.wait(_BUSY_SECONDS)
        rests = time.monotonic() - self._last_news > _RESTS_AFTER_SECONDS
        self._woken.wait(_REST_SECONDS if rests else _IDLE_SECONDS)
        self._woken.clear()
        return self._stopped.is_set()

    def _look_once(self) -> None:
        with self._looking:
            active, version = self._runs.any_active(), self._machinery.works.version
            at_work = self._left_behind()
            rested = bool(self._at_work.entries) and not at_work.entries and not active
            found = self._tell_rows(complete=rested or (not active and self._somebody_deleted()))
            doubted = at_work.untold != self._at_work.untold
            if found or active or at_work.count or rested or doubted or version != self._version:
                self._last_news = time.monotonic()
                self._judge(at_work)
            self._version = version

    def _somebody_deleted(self) -> bool:
        """Whether rows have gone, as far as a quick look now and then can tell."""
        now = time.monotonic()
        if now < self._next_check:
            return False
        self._next_check = now + _CHECK_SECONDS
        return self._reader.differs()

    def _tell_rows(self, *, complete: bool) -> bool:
        ledger = self._machinery.ledger
        promotions = self._machinery.promotions
        complete = complete or promotions != self._promotions  # the one that took over may lack what was there
        rows = self._reader.read_all() if complete else self._reader.read_new()
        self._promotions = promotions
        if gone := ledger.remove(self._reader.vanished(), rows):
            self._listener.rows_gone(gone)
        numbered = ledger.add_rows(rows)
        moved = ledger.moved(numbered)
        if numbered:
            several = {(row.table, row.key) for row in moved}
            evidence = (row for row in numbered if row.is_duplicate or (row.table, row.key) in several)
            self._machinery.steps.keep(row.submission_id for row in evidence)
            self._listener.rows_added(numbered)
        if moved:
            self._listener.rows_renumbered(moved)
        if gone and not self._runs.any_active():
            self._machinery.steps.keep(ledger.compare((), self._machinery.was_overtaken))
        return bool(rows or gone)
