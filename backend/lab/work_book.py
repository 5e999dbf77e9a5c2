"""The book of what is at work: which submissions the backend processes are handling just now.

A process tells when it begins and ends to handle a submission (`backend.tap.trace`); what it was handling when it died
has ended with it. What it has not told yet is had by asking all processes: once each has answered, or has died, the
book holds all that had happened before the question.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from backend.lab.entries import Entry
from backend.lab.ledger import entry_of
from backend.model.vocabulary import OperationKey
from backend.tap.trace_messages import Handling


@dataclass(frozen=True, slots=True)
class Work:
    """A submission that a process is handling."""

    submission_id: str
    entry: Entry
    instance: int
    since_ns: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A connection of a process to a database, or to a Redis-protocol server."""

    server: str
    """Its URL, as the process was told it."""
    server_pid: int
    """The database's process or thread."""
    since_s: float
    """When it was heard of, on the monotonic clock."""
    name: str | None = None
    """By which a Redis-protocol server knows it; empty where it takes none."""

    @property
    def key(self) -> tuple[int, str | None]:
        """By what it is known to its process."""
        return self.server_pid, self.name


class Quiet(Enum):
    """What is known when somebody has waited for the end of all work."""

    OVER = auto()
    """Nothing is at work any more."""
    AT_WORK = auto()
    """Something is, and the book has all of it."""
    UNTOLD = auto()
    """Not all processes have told: one may be stopped, and at work on what the book does not have."""


class WorkBook:
    """Thread-safe. Whoever waits is woken by every change."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._works: dict[tuple[int, int], Work] = {}
        """By process and by the number that the process gave it."""
        self._sessions: dict[int, list[OpenSession]] = {}
        """By process."""
        self._orphans: list[OpenSession] = []
        self._forsaken: list[Work] = []
        """What processes were at when they died."""
        self._server_ends: dict[str, float] = {}
        """When the server behind a URL ended last, on the monotonic clock: its sessions ended with it."""
        self._ask: Callable[[Callable[[], None]], None] = lambda done: done()
        self._version = 0
        self._stopped = False

    def connect(self, ask: Callable[[Callable[[], None]], None]) -> None:
        """From now on there is somebody who can ask the processes, and calls back when all have answered."""
        self._ask = ask

    @property
    def version(self) -> int:
        """Another number after each change."""
        return self._version

    def handle(self, process: int, handling: Handling) -> None:
        """A process told what it begins and ends to handle.

        Args:
            process: names the process, not only its place: one that was started again is another one.
            handling: what it told.
        """
        with self._changed:
            for number, submission, operation, key, since_ns in handling.begun:
                entry = entry_of(OperationKey(operation), key)
                self._works[process, number] = Work(submission, entry, handling.instance, since_ns)
            for number in handling.ended:
                self._works.pop((process, number), None)
            self._wake()

    def gone(self, process: int) -> None:
        """A process has ended, and what it was handling with it."""
        with self._changed:
            for place in [place for place in self._works if place[0] == process]:
                self._forsaken.append(self._works.pop(place))
            self._orphans += filter(self._has_server, self._sessions.pop(process, ()))
            self._wake()

    def add_session(self, process: int, session: OpenSession) -> None:
        """A process has opened a connection."""
        with self._changed:
            self._sessions.setdefault(process, []).append(session)

    def end_session(self, process: int, key: tuple[int, str | None]) -> None:
        """A process has closed one; where a server that was started again has given its number anew, the earlier.

        That it was closed does not mean that nothing is under way over it: somebody may have lost his patience.
        """
        with self._changed:
            sessions = self._sessions.get(process, [])
            if earliest := next((session for session in sessions if session.key == key), None):
                sessions.remove(earliest)
                self._orphans += filter(self._has_server, (earliest,))

    def end_server(self, server: str, ended_s: float) -> None:
        """A server has ended, and with it all sessions that were heard of by then.

        Args:
            server: its URL, as processes were told it.
            ended_s: when, on the monotonic clock.
        """
        with self._changed:
            self._server_ends[server] = ended_s
            self._orphans = list(filter(self._has_server, self._orphans))
            self._wake()

    def _has_server(self, session: OpenSession) -> bool:
        return session.since_s > self._server_ends.get(session.server, -math.inf)

    @property
    def orphans(self) -> list[OpenSession]:
        """Sessions that nobody has any more: the server may still be at what it was asked for last."""
        with self._changed:
            return list(self._orphans)

    def take_forsaken(self) -> list[Work]:
        """What processes were at when they died, since the last time that somebody asked."""
        with self._changed:
            found, self._forsaken = self._forsaken, []
        return found

    def bury(self, sessions: Collection[OpenSession]) -> None:
        """These have ended as well."""
        with self._changed:
            self._orphans = [orphan for orphan in self._orphans if orphan not in sessions]

    def wake(self) -> None:
        """Let those who wait look again."""
        with self._changed:
            self._wake()

    def stop(self) -> None:
        """No process tells anything any more: let nobody wait for it, now and later."""
        with self._changed:
            self._stopped = True
            self._wake()

    def wait_for_change(self, version: int, timeout: float) -> None:
        """Wait until this version of the book is an earlier one, at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, timeout)

    def at_work(self, entries: Collection[Entry] | None = None) -> list[Work]:
        """What is at work, of these intents or of all, the longest first."""
        with self._changed:
            return self._at_work(entries)

    def handles(self, submission_id: str) -> bool:
        """Whether a process is handling this submission."""
        with self._changed:
            return any(work.submission_id == submission_id for work in self._works.values())

    def ask(self, on_answered: Callable[[], None]) -> None:
        """Ask all processes what they handle; `on_answered` is called, elsewhere, once each has told or has ended."""
        self._ask(on_answered)

    def wait_until_over(self, entries: Collection[Entry], abandoned: Callable[[], bool]) -> Quiet:
        """Wait until nothing of these intents is at work in any process.

        All that could begin must have begun before this is called.

        Args:
            entries: the intents.
            abandoned: whether nobody wants to wait any more; asked again after each `wake`. Nobody does after `stop`.
        """
        answered = threading.Event()

        def all_answered() -> None:
            answered.set()
            self.wake()

        self._ask(all_answered)
        with self._changed:
            self._changed.wait_for(
                lambda: abandoned() or self._stopped or (answered.is_set() and not self._at_work(entries))
            )
            if not answered.is_set():
                return Quiet.UNTOLD
            return Quiet.AT_WORK if self._at_work(entries) else Quiet.OVER

    def _at_work(self, entries: Collection[Entry] | None) -> list[Work]:
        works: Iterable[Work] = self._works.values()
        if entries is not None:
            works = (work for work in works if work.entry in entries)
        return sorted(works, key=lambda work: work.since_ns)

    def _wake(self) -> None:
        self._version += 1
        self._changed.notify_all()
