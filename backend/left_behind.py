"""What is still at work when nobody waits for it any longer, or while somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from backend.ledger import Entry
from backend.model import AtWork
from backend.senders.messages import Flying
from backend.step_book import StepBook
from backend.work_book import Work

_MOST_EXAMPLES = 16


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What another effect may still come of."""

    entries: frozenset[Entry]
    """Its intents."""
    examples: tuple[AtWork, ...]
    """The longest first, at most a handful."""
    count: int


def left_behind(
    works: Iterable[Work], flying: Iterable[tuple[Flying, Entry]], steps: StepBook, untold: Set[Entry] = frozenset()
) -> Leftovers:
    """Put together what is being handled and what is on its way.

    Args:
        works: what processes are handling.
        flying: what has left for a process that has not let go of it, with its intent.
        steps: knows how far each has come.
        untold: intents of which nothing is known, so that something may be at work.
    """
    handled = {work.submission_id: work for work in works}
    waiting = [(one, entry) for one, entry in flying if one.submission_id not in handled]
    found = [AtWork(w.submission_id, w.entry[1], w.instance, w.since_ns) for w in handled.values()]
    found += [AtWork(f.submission_id, f.intent_key, f.target + 1, f.sent_ns, begun=False) for f, _ in waiting]
    found.sort(key=lambda one: one.since_ns)
    entries = {work.entry for work in handled.values()} | {entry for _, entry in waiting} | set(untold)
    examples = tuple(_with_step(one, steps) for one in found[:_MOST_EXAMPLES])
    return Leftovers(frozenset(entries), examples, len(found))


def _with_step(one: AtWork, steps: StepBook) -> AtWork:
    done = steps.of(one.submission_id)
    step = done[-1].command if done else ""
    return AtWork(one.submission_id, one.intent_key, one.instance, one.since_ns, step, one.begun)
