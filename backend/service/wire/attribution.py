"""Whose a step of an instance is: by instance and time, by its transaction, and by the key in its text."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.service.wire.link import Link

_KEY = re.compile(r"k[0-9a-f]{6}x\d{7}")
"""As `Intents` makes them."""
UNKNOWN = ""
"""Stands for a submission where not even the intent is known."""
UNSURE = "?"
"""Stands in a step's submission where only its intent is known, before a number of the connection that it came on."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """A submission that an instance has."""

    submission_id: str
    instance: int
    key: str
    """Of its intent."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a step is, as far as that is known."""

    submission: str = UNKNOWN
    key: str = ""
    """Of its intent."""


class Attribution:
    """Gives steps to submissions. Submissions come and go in any thread; steps come in the hub's.

    A step belongs to the submission that its transaction belongs to. Else it belongs to the only submission that its
    instance has, unless it names the key of another intent; or to the only one among them whose key it names. What
    comes after the answer belongs to the intent whose key it names, and to which of its submissions is not known.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._in_flight: dict[str, InFlight] = {}
        self._keys: set[str] = set()
        """Of all intents that there have been."""
        self._owners: dict[Link, Whose] = {}
        self._connections: dict[tuple[str, Link], int] = {}
        """Numbers of connections, from 1 for each intent."""

    def began(self, submission: InFlight) -> None:
        """A submission is about to be sent."""
        with self._guard:
            self._in_flight[submission.submission_id] = submission
            self._keys.add(submission.key)

    def ended(self, submission_id: str) -> bool:
        """A submission is over; whether it was not before."""
        with self._guard:
            return self._in_flight.pop(submission_id, None) is not None

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        self._owners.pop(link, None)

    def whose(self, link: Link, text: str) -> Whose:
        """Whose step this is that has come on a connection."""
        if link.in_transaction and (owner := self._owners.get(link)) is not None and owner.key:
            return owner
        found = self._owners[link] = self._by_time(link, text)
        return found

    def _by_time(self, link: Link, text: str) -> Whose:
        with self._guard:
            here = [each for each in self._in_flight.values() if each.instance == link.instance]
            others = set(_KEY.findall(text)) & self._keys
        named = [each for each in here if each.key in text]
        if others and not named:
            return self._unsure(link, others)
        possible = named or here
        if len(possible) == 1:
            return Whose(possible[0].submission_id, possible[0].key)
        return self._unsure(link, {each.key for each in possible})

    def _unsure(self, link: Link, keys: set[str]) -> Whose:
        """What is on one connection at one time belongs to one submission, only to which one is not known."""
        if len(keys) != 1:
            return Whose()
        key = keys.pop()
        known = sum(of == key for of, _ in self._connections)
        number = self._connections.setdefault((key, link), known + 1)
        return Whose(f"{key}.{UNSURE}{number}", key)
