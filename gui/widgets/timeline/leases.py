"""Which keys submissions were granted with a time to live, how long they lived, and who deleted them in time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field, replace
from enum import IntEnum
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.model.observed import Step
    from gui.widgets.timeline.lane import Lane

_CALLED = re.compile(r"redis\.p?call\(\s*['\"](\w+)")
"""The commands that a script calls."""
_DELETES = frozenset({"DEL", "DELIFEQ", "UNLINK", "EVALSHA"})
"""A script of which nothing is known but its hash is taken for what it mostly is, the release of a lock."""
_NOTHING = frozenset({"0", "", "(nil)", "None"})
"""Answers of commands that have found no such key, or not one of theirs."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A key that was granted with a time to live."""

    key: str
    """With the server that it is on, where there are several that know nothing of one another."""
    started_ns: int
    expires_ns: int
    """Also when somebody else was granted the key, which had gone before then without being deleted."""
    released_ns: int | None
    """When the key was deleted, by whomever; None where that did not come in time."""
    released_by: str = ""

    @property
    def ended_ns(self) -> int:
        """When the key was gone."""
        return self.expires_ns if self.released_ns is None else self.released_ns


class _Kind(IntEnum):
    GRANTED = 0
    RENEWED = 1
    DELETED = 2


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """Something that happened to a key."""

    instant: int
    """At the latest: when whoever asked for it had the answer."""
    kind: _Kind = field(compare=False)
    submission: str = field(compare=False)
    asked_ns: int = field(compare=False)
    """It was not before that."""
    length_ms: int = field(compare=False, default=0)

    def lives_at(self, instant: int) -> bool:
        """Whether the key that was granted or renewed with this would still be there."""
        return self.kind is not _Kind.DELETED and instant <= self.instant + self.length_ms * 1_000_000


_instant = attrgetter("instant")


def _put_end_before(granted: _Event, events: list[_Event]) -> None:
    """Whoever was granted a key found it gone: deleted by whom had it until then, and has heard of it only since."""
    place = bisect_left(events, granted.instant, key=_instant)
    while events[place] is not granted:
        place += 1
    before = events[place - 1] if place else None
    if before is None or not before.lives_at(granted.instant):
        return
    for late, event in enumerate(events[place + 1 :], place + 1):
        if event.kind is _Kind.DELETED and event.submission == before.submission and event.asked_ns <= granted.instant:
            del events[late]
            events.insert(place, replace(event, instant=granted.instant - 1))
            return


class LeaseBook:
    """What happened to each key, in its order."""

    def __init__(self) -> None:
        self._events: dict[str, list[_Event]] = {}

    def note(self, lane: Lane, step: Step) -> bool:
        """A command of the Redis protocol; True where it took a lease."""
        words, server = _words(step)
        if length := _granted_ms(step, words):
            key = f"{words[1]}{server}"
            lane.leased = (*lane.leased, (step.ended_ns, key, length))
            self._note(key, _Event(step.ended_ns, _Kind.GRANTED, step.submission_id, step.started_ns, length))
            return True
        if step.answer not in _NOTHING and (event := _later_event(step, words)):
            for key in (f"{word}{server}" for word in words[1:]):
                if key in self._events:
                    self._note(key, event)
        return False

    def _note(self, key: str, event: _Event) -> None:
        events = self._events.setdefault(key, [])
        insort(events, event)
        if event.kind is _Kind.DELETED:
            since = bisect_right(events, event.asked_ns, key=_instant)
            granted = next((each for each in events[since:] if each.kind is _Kind.GRANTED), None)
        else:
            granted = event if event.kind is _Kind.GRANTED else None
        if granted:
            _put_end_before(granted, events)

    def of(self, lane: Lane) -> list[Lease]:
        """The leases that a submission took, and how each of them ended."""
        return [self._lease(since, key, length) for since, key, length in lane.leased]

    def _lease(self, since: int, key: str, length: int) -> Lease:
        events, expires = self._events.get(key, []), since + length * 1_000_000
        for event in events[bisect_right(events, since, key=_instant) :]:
            if event.instant > expires:
                break
            if event.kind is _Kind.DELETED:
                return Lease(key, since, expires, event.instant, event.submission)
            if event.kind is _Kind.GRANTED:
                return Lease(key, since, event.instant, None)
            expires = event.instant + event.length_ms * 1_000_000
        return Lease(key, since, expires, None)


def _words(step: Step) -> tuple[list[str], str]:
    """A command without the server that it went to, and that one as the end of a key's name."""
    words = step.command.split()
    server = f" {words.pop()}" if len(words) > 1 and words[-1].startswith("@") else ""
    return words, server


def _granted_ms(step: Step, words: list[str]) -> int:
    """The life that a SET gave a key which was not there, in milliseconds; 0 for anything else."""
    if words[:1] != ["SET"] or step.answer != "OK" or "PX" not in words or "NX" not in words:
        return 0
    return _number(words[words.index("PX") + 1 :])


def _later_event(step: Step, words: list[str]) -> _Event | None:
    """What a command that has answered does to keys that are there."""
    first = words[0] if words else ""
    called = {name.upper() for name in _CALLED.findall(step.command)} if first == "EVAL" else {first}
    if called & _DELETES:
        return _Event(step.ended_ns, _Kind.DELETED, step.submission_id, step.started_ns)
    if "PEXPIRE" in called:
        return _Event(step.ended_ns, _Kind.RENEWED, step.submission_id, step.started_ns, _number(words[-1:]))
    return None


def _number(words: list[str]) -> int:
    return int(words[0]) if words and words[0].isdigit() else 0
