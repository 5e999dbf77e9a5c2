"""The event with which a schedule goes wrong, found in what was recorded and answered, not in the strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.question import EventKind
from backend.model import Answer, EngineKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.explorer.question import Event

_WRITES = ("INSERT", "UPDATE", "DELETE")


def find_mistake(verdict: Verdict, events: Sequence[Event]) -> tuple[int, str]:
    """Number of the event, from 0, and a sentence about it; -1 and nothing where there is none."""
    match verdict:
        case Verdict.DUPLICATED:
            return _second_effect(events)
        case Verdict.STUCK:
            return _left_behind(events)
        case Verdict.LOST:
            return _no_way_back(events)
        case Verdict.UNDECIDED:
            number = max((n for n, event in enumerate(events) if _is_reply(event)), default=-1)
            return number, "The last caller is refused, and nothing has taken effect." if number >= 0 else ""
        case _:
            return -1, ""


def _second_effect(events: Sequence[Event]) -> tuple[int, str]:
    for number, event in enumerate(events):
        if event.after and event.after.effects > 1:
            what = event.command.split(" ", 1)[0]
            return number, f"{event.actor}'s {what} makes the second effect visible: the intent takes effect twice."
    return -1, ""


def _left_behind(events: Sequence[Event]) -> tuple[int, str]:
    """The last crash or answer from which on the key without a lease has nobody to remove it."""
    last = events[-1].after if events else None
    bars = {key.name for key in last.keys if not key.has_lease} if last else set()
    since = next((n for n, e in enumerate(events) if e.after and bars & {key.name for key in e.after.keys}), -1)
    crash = next((n for n in range(max(since, 0), len(events)) if events[n].kind is EventKind.CRASH), since)
    name = ", ".join(sorted(bars))
    return crash, f"From here on nobody removes {name}: it has no lease and keeps everybody out." if crash >= 0 else ""


def _no_way_back(events: Sequence[Event]) -> tuple[int, str]:
    """The last crash if nobody writes to the database after it; else the first answer that claims what is not there."""
    crash = max((n for n, event in enumerate(events) if event.kind is EventKind.CRASH), default=-1)
    if crash >= 0 and not any(event.command.startswith(_WRITES) for event in events[crash + 1 :]):
        who = events[crash].actor
        return crash, f"{who} dies before its effect is committed, and after this nobody writes it any more."
    for number, event in enumerate(events):
        if _is_reply(event) and Answer(event.answer).claims_done and event.after and not event.after.effects:
            return number, f"{event.actor} is told “{event.answer}”, and there is no effect."
    return -1, ""


def _is_reply(event: Event) -> bool:
    return event.kind is EventKind.ANSWER and event.engine == EngineKind.HTTP
