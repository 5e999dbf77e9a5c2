"""What is known of each sound variant when it comes to choosing one: what it needs, how long it remembers, its price.

Whether a variant is sound and what it guards, it declares itself; what it does not survive is what comparisons admit
(`backend.comparison.claims`). Here stands only what no run can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.comparison.guidance.questions import Again, Arrival, Effect, Key
from backend.model.vocabulary import Verdict

_ANY_KEY, _ANY_ARRIVAL = frozenset(Key), frozenset(Arrival)
_SOME_KEY = frozenset({Key.NATURAL, Key.CLIENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """When a variant can be used, and what speaks for it."""

    name: str
    """``strategy/variant``."""
    place: int
    """The simpler and the more robust, the smaller: variants that fit are ranked by it."""
    keys: frozenset[Key] = _SOME_KEY
    arrivals: frozenset[Arrival] = _ANY_ARRIVAL
    first_for: frozenset[Effect | Key | Arrival] = frozenset()
    """Answers that make it the natural choice."""
    remembers: Again = Again.DAYS
    elsewhere: bool = False
    """Whether it keeps its lock at another server, for a lease or a session."""
    crash: Verdict = Verdict.DUPLICATED
    """What a crash comes to where it is not survived."""

    def forgets(self, again: Again) -> bool:
        """Whether a duplicate that comes so late is not recognised any more."""
        return again is Again.DAYS and self.remembers is not Again.DAYS


RULES: tuple[Rule, ...] = (
    Rule(
        "state-machine/status-guard",
        10,
        keys=_ANY_KEY,
        first_for=frozenset({Effect.STATUS}),
    ),
    Rule(
        "unique-index/on-conflict",
        20,
        first_for=frozenset({Key.NATURAL}),
    ),
    Rule(
        "unique-index/catch-violation",
        21,
        first_for=frozenset({Key.NATURAL}),
    ),
    Rule(
        "idempotency-key/draft-07",
        30,
        keys=frozenset({Key.CLIENT}),
        first_for=frozenset({Arrival.PROGRAM}),
        remembers=Again.MINUTES,
    ),
    Rule(
        "idempotency-key/stripe",
        31,
        keys=frozenset({Key.CLIENT}),
        first_for=frozenset({Arrival.PROGRAM}),
        remembers=Again.MINUTES,
    ),
    Rule(
        "inbox/same-transaction",
        40,
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.QUEUE}),
        first_for=frozenset({Arrival.QUEUE}),
    ),
    Rule(
        "optimistic-lock/version-from-form",
        50,
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.FORM, Arrival.PROGRAM}),
    ),
    Rule(
        "pessimistic-lock/lock-then-check",
        60,
    ),
    Rule(
        "distributed-lock/redis-fenced",
        70,
        elsewhere=True,
    ),
    Rule(
        "distributed-lock/zookeeper",
        71,
        elsewhere=True,
    ),
    Rule(
        "distributed-lock/redis",
        80,
        elsewhere=True,
    ),
    Rule(
        "token/delete-first",
        90,
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.FORM}),
        remembers=Again.MINUTES,
        crash=Verdict.LOST,
    ),
)
