"""The gateway's ledger: what it has sent, in a SQLite file that no database of ours knows of."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend.model.submission_ids import run_of

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_no TEXT NOT NULL,
    item TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    submission_id TEXT NOT NULL,
    idempotency_key TEXT UNIQUE,
    created_at TEXT NOT NULL
)
"""
_INSERT = """
INSERT INTO messages (request_no, item, quantity, submission_id, idempotency_key, created_at)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (idempotency_key) DO NOTHING
"""
_SENT_UNDER = "SELECT request_no, item, quantity FROM messages WHERE idempotency_key = ?"
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GatewayMessage:
    """What somebody asks the gateway to send."""

    request_no: str
    item: str
    quantity: int
    submission_id: str
    """Who asked, for the lab's tables. It is no part of the message."""

    @property
    def content(self) -> tuple[str, str, int]:
        """What makes two requests the same message."""
        return self.request_no, self.item, self.quantity


class GatewayKeyReusedError(Exception):
    """The key was used for another message."""


class GatewayRunEndedError(Exception):
    """The lab was told that nothing comes any more of the run in which this was asked for."""


class GatewayLedger:
    """Thread-safe. Sending and writing it down are one: an external party that keeps its books.

    Args:
        path: the file; it is made where it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._turns = threading.Lock()
        self._ended: set[str] = set()
        """Runs whose effects have been told."""
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=16
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_TABLE)

    def send(self, message: GatewayMessage, key: str | None) -> bool:
        """Send a message, unless this key has been used for it; whether it was sent now.

        Raises:
            GatewayKeyReusedError: the key was used for another message.
            GatewayRunEndedError: the run of whoever asks has ended.
        """
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        with self._turns:
            if run_of(message.submission_id) in self._ended:
                raise GatewayRunEndedError
            sent = self._connection.execute(_INSERT, (*message.content, message.submission_id, key, now)).rowcount
            if sent:
                return True
            if self._connection.execute(_SENT_UNDER, (key,)).fetchone() != message.content:
                raise GatewayKeyReusedError
            return False

    def end_run(self, run: str) -> None:
        """What is not sent by now in a run is not sent any more, though it may have been asked for already."""
        with self._turns:
            self._ended.add(run)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
