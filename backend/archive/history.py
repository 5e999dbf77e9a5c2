"""The history: entries in a SQLite file of the user's, bounded, that can be emptied.

Any thread may use it, and so may several processes at once.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import zlib
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from backend.archive.documents import LaterVersionError, NoEntryError, from_json, to_json
from backend.archive.entries import Kind
from backend.archive.files import MOST_BYTES
from backend.archive.says import ArchiveCode, HistoryError
from backend.archive.summary import Summary, search_text, subject, told
from backend.files.private import touch_privately
from backend.model.sentence import say
from backend.model.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.archive.entries import Entry

VARIABLE = "SUBMIT_TWICE_HISTORY"
"""Environment variable with the path of the file, where it is not to be the usual one."""
MOST_ENTRIES = 10_000
MOST_KEPT_BYTES = 256 * 1024 * 1024
"""Of all documents together, as they are stored."""
_VERSION = 1
_WAIT_SECONDS = 5.0
"""How long another process may take to write."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, began REAL NOT NULL, seconds REAL NOT NULL,
    verdict TEXT, what TEXT NOT NULL, bytes INTEGER NOT NULL, search TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY REFERENCES entries ON DELETE CASCADE, document BLOB NOT NULL
) STRICT;
"""
_COLUMNS = "number, kind, began, seconds, verdict, what"


def history_file() -> Path:
    """Where the history is: what the environment says, or the user's data folder."""
    if told := os.environ.get(VARIABLE, "").strip():
        return Path(told).absolute()
    return platformdirs.user_data_path("submit-twice") / "history.sqlite3"


class History:
    """What was done in this session and earlier ones, the newest first.

    Args:
        file: where it is kept; made when it is first used.
        most_entries: the oldest make room for new ones.
        most_bytes: so do they where all of them together take more.
    """

    def __init__(
        self, file: Path | None = None, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_KEPT_BYTES
    ) -> None:
        self.file = file or history_file()
        self._most_entries, self._most_bytes = most_entries, most_bytes
        self._guard = threading.RLock()
        self._held: sqlite3.Connection | None = None

    def add(self, entry: Entry) -> Summary:
        """Keep an entry; what the list shows of it.

        Raises:
            HistoryError: it cannot be kept.
        """
        document = zlib.compress(to_json(entry))
        what = told(subject(entry))
        facts = (entry.kind.value, entry.began, entry.seconds, entry.verdict and entry.verdict.value)
        with self._opened() as connection:
            number = connection.execute(
                "INSERT INTO entries (kind, began, seconds, verdict, what, bytes, search) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*facts, what, len(document), search_text(entry)),
            ).lastrowid
            connection.execute("INSERT INTO documents VALUES (?, ?)", (number, document))
            self._make_room(connection)
        return Summary(number or 0, entry.kind, entry.began, entry.seconds, entry.verdict, what)

    def number_of(self, entry: Entry) -> int | None:
        """The number of an entry that is kept already, as is one that was saved here; None where it is not.

        Raises:
            HistoryError: it cannot be read.
        """
        with self._opened() as connection:
            began = connection.execute("SELECT number FROM entries WHERE began = ?", (entry.began,)).fetchall()
        return next((number for (number,) in began if self.entry(number) == entry), None)

    def entries(self, search: str = "", limit: int | None = None) -> tuple[Summary, ...]:
        """What is kept, the newest first.

        Args:
            search: words, all of which an entry has to have; nothing for every entry.
            limit: most entries.

        Raises:
            HistoryError: it cannot be read.
        """
        searched = [f"%{_escaped(word)}%" for word in search.lower().split()]
        query = f"SELECT {_COLUMNS} FROM entries"  # noqa: S608  constants only
        if searched:
            query += " WHERE " + " AND ".join([r"search LIKE ? ESCAPE '\'"] * len(searched))
        with self._opened() as connection:
            found = connection.execute(f"{query} ORDER BY number DESC LIMIT ?", (*searched, limit or -1)).fetchall()
        return tuple(map(_summary, found))

    def entry(self, number: int) -> Entry | None:
        """An entry with all that is kept of it; None where it has made room meanwhile.

        Raises:
            HistoryError: it cannot be read.
        """
        with self._opened() as connection:
            found = connection.execute("SELECT document FROM documents WHERE number = ?", (number,)).fetchone()
        if found is None:
            return None
        try:
            return from_json(zlib.decompressobj().decompress(found[0], MOST_BYTES))
        except LaterVersionError:
            raise HistoryError(say(ArchiveCode.HISTORY_LATER, file=str(self.file))) from None
        except (NoEntryError, zlib.error) as error:
            raise self._unusable(error) from None

    def remove(self, number: int) -> None:
        """Forget an entry.

        Raises:
            HistoryError: it cannot be written.
        """
        with self._opened() as connection:
            connection.execute("DELETE FROM entries WHERE number = ?", (number,))

    def empty(self) -> int:
        """Forget all of them; how many there were.

        Raises:
            HistoryError: it cannot be written.
        """
        with self._opened() as connection:
            count = connection.execute("DELETE FROM entries").rowcount
        with self._opened(write=False) as connection:
            connection.execute("VACUUM")
        return count

    @contextmanager
    def together(self) -> Iterator[None]:
        """Do several things in one transaction, which is much quicker than one for each.

        Raises:
            HistoryError: the history cannot be used.
        """
        with self._opened() as connection:
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    # Inside

    def _make_room(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) AND number NOT IN "
            "(SELECT number FROM entries ORDER BY number DESC LIMIT ?)",
            (self._most_entries,),
        )
        total = connection.execute("SELECT coalesce(sum(bytes), 0) FROM entries").fetchone()[0]
        while total > self._most_bytes:
            number, size = connection.execute("SELECT number, bytes FROM entries ORDER BY number LIMIT 1").fetchone()
            connection.execute("DELETE FROM entries WHERE number = ?", (number,))
            total -= size

    @contextmanager
    def _opened(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which is undone where something goes wrong."""
        try:
            with self._guard:
                if self._held is not None:
                    yield self._held
                    return
            with self._guard, closing(self._connect()) as connection:
                if not write:
                    yield connection
                    return
                with connection:
                    yield connection
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None

    def _connect(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if not self.file.exists():
            touch_privately(self.file)
        connection = sqlite3.connect(self.file, timeout=_WAIT_SECONDS, check_same_thread=False)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise HistoryError(say(ArchiveCode.HISTORY_LATER, file=str(self.file)))
        connection.execute("PRAGMA foreign_keys = ON")
        if version < _VERSION:
            connection.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")

    def _unusable(self, error: Exception) -> HistoryError:
        why = getattr(error, "strerror", None) or str(error)
        return HistoryError(say(ArchiveCode.HISTORY_UNUSABLE, file=str(self.file), why=why))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _summary(row: tuple[int, str, float, float, str | None, str]) -> Summary:
    number, kind, began, seconds, verdict, what = row
    return Summary(number, Kind(kind), began, seconds, Verdict(verdict) if verdict else None, what)
