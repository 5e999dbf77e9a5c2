"""What a check asks and what it found, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from backend.model.observed import Step
from backend.model.sentence import Sentence
from backend.model.vocabulary import Answer, Verdict


class CheckSituation(StrEnum):
    """How the second submission of an intent comes about."""

    CLICKS = "clicks"
    ONE_AFTER_ANOTHER = "one-after-another"
    RETRY = "retry"
    LOST_REPLY = "lost-reply"
    REDELIVERY = "redelivery"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class IntentResult:
    """What became of one intent."""

    key: str
    effects: int
    answers: tuple[Answer, ...]
    """What its callers were told, in the order in which they were sent."""
    verdict: Verdict
    is_reached: bool
    """Whether what the situation is about did happen to it."""
    contradiction: Sentence | None = None
    """Where the answers do not fit the effects."""
    steps: tuple[Step, ...] = ()
    """What the service sent to its engines for it, where that was seen; kept for the worst intent only."""
    known_effects: int = 0
    """As read when it was judged, after the last submission by which "stuck" is told from "lost"."""
    last_did_nothing: bool = False
    """Whether that last submission was told that it does nothing."""
    is_open: bool = False
    """Whether something of it may still have been at work when it was judged."""


@dataclass(frozen=True, slots=True)
class SituationResult:
    """The result of a situation, over all its intents."""

    situation: CheckSituation
    submissions: int
    """For each intent."""
    intents: tuple[IntentResult, ...] = ()
    skipped: Sentence | None = None
    """Why it could not be tried."""
    note: Sentence | None = None
    """What is worth knowing of how it was done."""
    struck: tuple[tuple[str, int], ...] = ()
    """Each fault of the plan, and how many of these intents it has hit."""
    seconds: float = 0.0

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """Intents by their verdict."""
        return Counter(intent.verdict for intent in self.intents)

    @property
    def answers(self) -> Mapping[Answer, int]:
        """Submissions by what they were told."""
        return Counter(answer for intent in self.intents for answer in intent.answers)

    @property
    def effects(self) -> int:
        """Of all intents."""
        return sum(intent.effects for intent in self.intents)

    @property
    def reached(self) -> int:
        """Intents that the situation did happen to."""
        return sum(intent.is_reached for intent in self.intents)

    @property
    def worst(self) -> IntentResult | None:
        """The one that `worst_intent` finds; None where nothing was tried."""
        return worst_intent(self.intents)

    @property
    def contradictions(self) -> tuple[tuple[str, Sentence], ...]:
        """Those that there are, each with its intent's key."""
        return tuple((intent.key, intent.contradiction) for intent in self.intents if intent.contradiction)


def worst_intent(intents: Sequence[IntentResult]) -> IntentResult | None:
    """Of those with the worst verdict the one whose steps were kept; while none were, the first with most effects."""
    return max(intents, key=lambda one: (one.verdict.severity, bool(one.steps), one.effects), default=None)


@dataclass(frozen=True, slots=True)
class Check:
    """What a whole check found."""

    service: str
    """The file, as it was given."""
    situations: tuple[SituationResult, ...] = ()
    is_cancelled: bool = False
    unattributed: int = 0
    """Steps that could not be told apart."""
    afterwards_s: float = 0.0
    """How long the service had done nothing when all effects were read once more; 0 where they were not."""
    at_work: tuple[Sentence, ...] = ()
    """What was still at work in the end, so that nobody knows what will come."""
    broken_off: Sentence | None = None
    """Why it could not go on, so that what it had judged was not looked at again; None where it went on to its end."""
    submitted: int = 0
    """Submissions of all intents."""
    asked: int = 0
    """Other requests to the service: what comes before an intent, and how often it took effect."""
    seconds: float = 0.0

    @property
    def is_exactly_once(self) -> bool:
        """Whether every intent of every situation that was tried took effect exactly once, and one was tried."""
        tried = [intent for situation in self.situations for intent in situation.intents]
        return bool(tried) and all(intent.verdict is Verdict.EXACTLY_ONCE for intent in tried)


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What to try."""

    situations: tuple[CheckSituation, ...] = tuple(CheckSituation)
    intents: int = 10
    """In each situation."""
    submissions: int = 5
    """Of each intent, where many leave at the same moment."""
    timeout_s: float = 10.0
    """How long a caller waits."""
    limit_s: float = 60.0
    """How long the service may go on working after the last answer, before an intent is undecided."""
    afterwards_s: float = 5.0
    """How long the service must have done nothing in the end, before all effects are read once more."""


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How far a check is."""

    situation: CheckSituation
    done: int
    total: int
    """Intents of all situations."""
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
