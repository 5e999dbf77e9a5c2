"""What runs in a worker of a cluster: a player that stays open between the tasks of one exploration."""

from __future__ import annotations

import hashlib
import queue
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from backend.explorer.crew.members import News, ThreadMember, Tidings
from backend.explorer.says import ExplorerCode
from backend.model.sentence import say

if TYPE_CHECKING:
    from backend.explorer.crew.members import Opening, Report, Task

_BACKEND = Path(__file__).parents[2]
_IDLE_S = 60.0
"""Whoever gives no task for so long is gone, or has forgotten us."""


@cache
def our_code() -> str:
    """A digest of the code: another one would explore something else."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(path for path in _BACKEND.rglob("*") if path.suffix in {".py", ".toml"}):
        digest.update(str(path.relative_to(_BACKEND)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class _Session:
    """A player in a thread of its own, whose engines are stopped when it is forgotten."""

    def __init__(self, key: str, opening: Opening) -> None:
        self._key = key
        self._news: queue.Queue[News] = queue.Queue()
        self._member = ThreadMember(opening, self._news, threading.Event())
        self._timer: threading.Timer | None = None
        self.trouble = self._next()
        """What it said instead of being ready."""

    def carry_out(self, task: Task) -> tuple[Tidings, Report]:
        """Do a task and wait for its end."""
        self._stay()
        self._member.give(task)
        news = self._news.get()
        if news.tidings is not Tidings.GONE:
            self._leave_later()
        return news.tidings, news.value

    def close(self) -> None:
        """Stop everything."""
        self._stay()
        self._member.close()

    def _next(self) -> News | None:
        news = self._news.get()
        return None if news.tidings is Tidings.READY else news

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _leave_later(self) -> None:
        self._timer = threading.Timer(_IDLE_S, end_there, (self._key,))
        self._timer.daemon = True
        self._timer.start()


_guard = threading.Lock()
_sessions: dict[str, _Session] = {}
"""By the key of the exploration. Of the whole process, as it is the cluster's, and calls us task by task."""


def carry_out_there(key: str, opening: Opening, code: str, task: Task) -> tuple[Tidings, Report]:
    """Do a task in this process; what it would tell is returned.

    Args:
        key: of the exploration: its player stays open.
        opening: opens the player.
        code: digest of the code of whoever asks.
        task: what to do.
    """
    if code != our_code():
        return Tidings.GONE, say(ExplorerCode.OTHER_CODE)
    with _guard:
        if key not in _sessions:
            _sessions[key] = _Session(key, opening)
        session = _sessions[key]
    told = session.carry_out(task) if session.trouble is None else (Tidings.GONE, session.trouble.value)
    if told[0] is Tidings.GONE:
        end_there(key)
    return told


def end_there(key: str) -> None:
    """Stop what an exploration has opened in this process."""
    with _guard:
        session = _sessions.pop(key, None)
    if session is not None:
        session.close()
