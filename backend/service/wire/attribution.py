"""Whose a step of an instance is: by instance and time, by its transaction, and by what it names of an intent."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Unit

MARK = re.compile(r"k[0-9a-z]{6}x\d{7}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
"""Keys and UUIDs of intents, as `Intents` makes them."""
_READ = 1 << 16
"""Bytes of a step in which an intent's key is looked for."""
UNKNOWN = ""
"""Stands for a submission where not even the intent is known."""
UNSURE = "?"
"""Stands in a step's submission where only its intent is known, before a number of the connection that it came on."""
ASKED = "ask"
"""Stands in place of a submission's number where we have asked the service ourselves."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """A submission that an instance has."""

    submission_id: str
    instance: int
    key: str
    """Of its intent."""
    uuid: str = ""
    """The intent's other name."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a step is, as far as that is known."""

    submission: str = UNKNOWN
    key: str = ""
    """Of its intent."""
    is_named: bool = False
    """Whether the step, or one before it in its transaction, names the intent."""

    @property
    def is_work(self) -> bool:
        """Whether it is work on an intent beyond doubt: neither a heartbeat nor an answer to a question of ours."""
        return self.is_named and not is_asked(self.submission)


def is_asked(submission: str) -> bool:
    """Whether it stands for a question of ours."""
    return submission.endswith(f".{ASKED}")


class Attribution:
    """Gives steps to submissions. Submissions come and go in any thread; steps come in the hub's.

    A step belongs to the submission that its transaction belongs to. Else it belongs to the only submission that its
    instance has, unless it names another intent; or to the only one among them whose intent it names. What comes after
    the answer belongs to the intent that it names, and to which of its submissions is not known.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._in_flight: dict[str, InFlight] = {}
        self._keys: dict[str, str] = {}
        """Of all intents that there have been, by whatever names them."""
        self._owners: dict[Link, Whose] = {}
        self._connections: dict[tuple[str, Link], int] = {}
        """Numbers of connections, from 1 for each intent."""

    def began(self, submission: InFlight) -> None:
        """A submission is about to be sent."""
        with self._guard:
            self._in_flight[submission.submission_id] = submission
            self._keys[submission.key] = submission.key
            if submission.uuid:
                self._keys[submission.uuid] = submission.key

    def ended(self, submission_id: str) -> bool:
        """A submission is over; whether it was not before."""
        with self._guard:
            return self._in_flight.pop(submission_id, None) is not None

    def ended_transaction(self, link: Link) -> None:
        """Whatever comes next on a connection may be somebody else's."""
        self._owners.pop(link, None)

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        self._owners.pop(link, None)

    def whose(self, link: Link, unit: Unit) -> Whose:
        """Whose this step is that has come on a connection."""
        text = unit.text + unit.data[:_READ].decode("latin-1")
        found = self._found(link, text)
        owner = self._owners.get(link)
        if link.in_transaction and owner is not None and owner.key:
            found = replace(owner, is_named=owner.is_named or (found.is_named and found.key == owner.key))
        self._owners[link] = found
        return found

    def _found(self, link: Link, text: str) -> Whose:
        with self._guard:
            here = [each for each in self._in_flight.values() if each.instance == link.instance]
            keys = {each.key for each in here if each.key in text}
            if not keys:
                keys = {self._keys[mark] for mark in MARK.findall(text) if mark in self._keys}
        possible = [each for each in here if each.key in keys]
        if keys and not possible:
            return self._unsure(link, keys, is_named=True)
        possible = possible or here
        if len(possible) == 1:
            return Whose(possible[0].submission_id, possible[0].key, is_named=bool(keys))
        return self._unsure(link, {each.key for each in possible}, is_named=bool(keys))

    def _unsure(self, link: Link, keys: set[str], *, is_named: bool) -> Whose:
        """What is on one connection at one time belongs to one submission, only to which one is not known."""
        if len(keys) != 1:
            return Whose(is_named=is_named)
        key = keys.pop()
        known = sum(of == key for of, _ in self._connections)
        number = self._connections.setdefault((key, link), known + 1)
        return Whose(f"{key}.{UNSURE}{number}", key, is_named)
