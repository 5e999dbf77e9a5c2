"""What is still at work when nobody waits for it any longer, or while somebody does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass, replace

from backend.lab.entries import Entry
from backend.lab.senders.messages import Flying
from backend.lab.step_book import StepBook
from backend.lab.work_book import Work
from backend.model.observed import AtWork

_MOST_EXAMPLES = 16


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What another effect may still come of."""

    entries: frozenset[Entry]
    """Its intents."""
    examples: tuple[AtWork, ...]
    """The longest first, at most a handful."""
    names: frozenset[str]
    """Its submissions."""
    untold: frozenset[Entry]
    """Those of its intents of which one does not know whether anything is at work."""
    places: tuple[Entry, ...]
    """The intents of all of it, one for each submission, the longest first."""

    @property
    def count(self) -> int:
        """How many submissions are at work."""
        return len(self.places)

    def of(self, entries: Collection[Entry]) -> tuple[tuple[AtWork, ...], int]:
        """Those of these intents, and how many of them there are in all."""
        shown = zip(self.examples, self.places, strict=False)
        return tuple(one for one, entry in shown if entry in entries), sum(entry in entries for entry in self.places)


def left_behind(
    works: Iterable[Work],
    flying: Iterable[tuple[Flying, Entry]],
    steps: StepBook,
    untold: Set[Entry] = frozenset(),
    is_over: Callable[[str], bool] = lambda _name: False,
) -> Leftovers:
    """Put together what is being handled and what is on its way.

    Args:
        works: what processes are handling.
        flying: what has left for a process that has not let go of it, with its intent.
        steps: knows how far each has come.
        untold: intents of which nothing is known, so that something may be at work.
        is_over: whether a submission has its answer for good: its process has only yet to tell that it has ended.
    """
    handled = {work.submission_id: work for work in works if not is_over(work.submission_id)}
    waiting = [
        (one, entry) for one, entry in flying if not (one.submission_id in handled or is_over(one.submission_id))
    ]
    found = [(AtWork(w.submission_id, w.entry[1], w.instance, w.since_ns), w.entry) for w in handled.values()]
    for one, entry in waiting:
        sent = AtWork(one.submission_id, one.intent_key, one.target + 1, one.sent_ns, begun=False)
        found.append((sent, entry))
    found.sort(key=lambda pair: pair[0].since_ns)
    places = tuple(entry for _, entry in found)
    examples = tuple(_with_step(one, steps) for one, _ in found[:_MOST_EXAMPLES])
    names = frozenset(one.submission_id for one, _ in found)
    return Leftovers(frozenset(places) | untold, examples, names, frozenset(untold), places)


NOTHING = Leftovers(frozenset(), (), frozenset(), frozenset(), ())


def _with_step(one: AtWork, steps: StepBook) -> AtWork:
    at = steps.under_way(one.submission_id) if one.begun else None
    done = steps.of(one.submission_id)
    step = at or (done[-1] if done else None)
    return replace(one, step=step.command if step else "")
