"""What is known of each sound variant when it comes to choosing one: what it needs, how long it remembers, its price.

Whether a variant is sound and what it guards, it declares itself; what it does not survive is what comparisons admit
(`backend.comparison.claims`). Here stands only what no run can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.guidance.questions import Again, Arrival, Effect, Key
from backend.model import Verdict

_ANY_KEY, _ANY_ARRIVAL = frozenset(Key), frozenset(Arrival)
_SOME_KEY = frozenset({Key.NATURAL, Key.CLIENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """When a variant can be used, and what speaks for it."""

    name: str
    """``strategy/variant``."""
    place: int
    """The simpler and the more robust, the smaller: variants that fit are ranked by it."""
    reason: str
    keys: frozenset[Key] = _SOME_KEY
    arrivals: frozenset[Arrival] = _ANY_ARRIVAL
    first_for: frozenset[Effect | Key | Arrival] = frozenset()
    """Answers that make it the natural choice."""
    remembers: Again = Again.DAYS
    note: str = ""
    """What to mind all the same."""
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
        "One UPDATE that asks for the old status: the database decides, nothing has to be stored or cleaned up.",
        keys=_ANY_KEY,
        first_for=frozenset({Effect.STATUS}),
        note="0 rows updated may be a duplicate or an illegal transition: look before answering.",
    ),
    Rule(
        "unique-index/on-conflict",
        20,
        "The database refuses the second row, whoever sends it and however late: no lease, no other server.",
        first_for=frozenset({Key.NATURAL}),
        note="The caller learns that it was a duplicate, not what the first one was told.",
    ),
    Rule(
        "unique-index/catch-violation",
        21,
        "The same index, where an exception fits the code better.",
        first_for=frozenset({Key.NATURAL}),
        note="In PostgreSQL the violation aborts the transaction: act on it outside.",
    ),
    Rule(
        "idempotency-key/draft-07",
        30,
        "A retry gets the answer of the first attempt: the client need not find out what became of it.",
        keys=frozenset({Key.CLIENT}),
        first_for=frozenset({Arrival.PROGRAM}),
        remembers=Again.MINUTES,
        note="A key is kept for a day: a duplicate that comes later is a new request.",
    ),
    Rule(
        "idempotency-key/stripe",
        31,
        "The same for clients that follow Stripe's rules: the same key on 409 and 5xx, with back-off.",
        keys=frozenset({Key.CLIENT}),
        first_for=frozenset({Arrival.PROGRAM}),
        remembers=Again.MINUTES,
        note="A key is kept for a day: a duplicate that comes later is a new request.",
    ),
    Rule(
        "inbox/same-transaction",
        40,
        "The message is marked in the transaction of its effect: delivered again, it is acknowledged and nothing else.",
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.QUEUE}),
        first_for=frozenset({Arrival.QUEUE}),
        note="It knows messages, not intents: a producer that sends two messages gets two effects.",
    ),
    Rule(
        "optimistic-lock/version-from-form",
        50,
        "The form carries the version that it was filled in for: whoever comes with an old one is told so.",
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.FORM, Arrival.PROGRAM}),
        note="Others who change the row meanwhile are refused, too.",
    ),
    Rule(
        "pessimistic-lock/lock-then-check",
        60,
        "The row is locked, then looked at: right under READ COMMITTED, and the second one waits instead of failing.",
        note="Waiting requests hold connections.",
    ),
    Rule(
        "distributed-lock/redis-fenced",
        70,
        "One at a time, and a holder that comes late is refused by the number of its grant.",
        note="Redis must be there, and be up.",
        elsewhere=True,
    ),
    Rule(
        "distributed-lock/zookeeper",
        71,
        "The same with a lock that outlives the loss of one server.",
        note="ZooKeeper must be there: worth it only where it is anyway.",
        elsewhere=True,
    ),
    Rule(
        "distributed-lock/redis",
        80,
        "It keeps most duplicates away from the database.",
        note="An optimisation in front of a unique index, not a protection of its own.",
        elsewhere=True,
    ),
    Rule(
        "token/delete-first",
        90,
        "It needs nothing but the form, also where two equal requests may both be meant.",
        keys=_ANY_KEY,
        arrivals=frozenset({Arrival.FORM}),
        remembers=Again.MINUTES,
        note="A page that is loaded anew has a new token: the same intent from there counts as another one.",
        crash=Verdict.LOST,
    ),
)
