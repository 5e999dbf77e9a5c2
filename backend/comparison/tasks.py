"""What a comparison has to measure, one thing after the other, and about how long that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.says import CompareCode
from backend.comparison.situations import SITUATIONS
from backend.model.errors import UnknownKeyError
from backend.model.sentence import say
from backend.model.vocabulary import OperationKey
from backend.strategies import all_strategies, find

COST = "cost"
EXEMPT = "exempt"
"""How long it takes to find that a situation does not apply."""
START_SECONDS = 2.0
"""Until a lab of its own is up."""
_SECONDS = {COST: 3.0, EXEMPT: 0.0} | {key.value: each.seconds for key, each in SITUATIONS.items()}
_THOROUGH = 2.0
"""Times a quick look."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to measure."""

    number: int
    """Of its line."""
    database: str
    operation: OperationKey
    strategy: str
    variant: str
    kind: str
    """``cost``, or the key of a situation."""

    @property
    def takes_as(self) -> str:
        """The kind that it takes as long as."""
        if self.kind == COST or not SITUATIONS[SituationKey(self.kind)].needs_lease:
            return self.kind
        return self.kind if find(self.strategy, self.variant)[1].leased else EXEMPT


def check(asked: ComparisonQuestion) -> None:
    """Check that a comparison can be asked for.

    Raises:
        UnknownKeyError: there is no such strategy or variant, or nothing is left to compare.
    """
    if not tasks_of(asked):
        raise UnknownKeyError(say(CompareCode.NOTHING_TO_COMPARE))


def tasks_of(asked: ComparisonQuestion) -> list[Task]:
    """Everything that is to be measured, in order.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    tasks: list[Task] = []
    wanted = {_full_name(name) for name in asked.strategies}
    kinds = ([COST] if asked.cost else []) + [key.value for key in SITUATIONS if key in asked.situations]
    number = 0
    for database in asked.databases:
        for operation in asked.operations:
            for strategy in all_strategies():
                for variant in strategy.variants:
                    names = {strategy.key, f"{strategy.key}/{variant.key}"}
                    if operation in variant.refusals or (wanted and not names & wanted):
                        continue
                    tasks += [Task(number, database, operation, strategy.key, variant.key, kind) for kind in kinds]
                    number += 1
    return tasks


def guesses(asked: ComparisonQuestion) -> Mapping[str, float]:
    """Seconds that each kind of task takes, before anything is known about this machine."""
    times = 1.0 if asked.quick else _THOROUGH
    return {kind: seconds * times for kind, seconds in _SECONDS.items()}


def seconds_of(asked: ComparisonQuestion) -> float:
    """About how long it all takes.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    known = guesses(asked)
    return START_SECONDS + sum(known[task.takes_as] for task in tasks_of(asked))


def _full_name(name: str) -> str:
    strategy, _, variant = name.partition("/")
    find(strategy, variant)
    return name
