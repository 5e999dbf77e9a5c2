"""What a comparison has to measure, one thing after the other, and about how long that takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
_SECONDS = {COST: 2.5, EXEMPT: 0.0} | {key.value: each.seconds for key, each in SITUATIONS.items()}
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
    wanted = {_full_name(name) for name in asked.strategies}
    tasks: list[Task] = []
    for database in asked.databases:
        lines = [(operation, *names) for operation in asked.operations for names in _variants(operation, wanted)]
        first = len({task.number for task in tasks})
        for kinds in _phases(asked):
            for number, names in enumerate(lines, first):
                tasks += [Task(number, database, *names, kind) for kind in kinds]
    return tasks


def _phases(asked: ComparisonQuestion) -> Iterator[list[str]]:
    """What is measured of every line before any of it is measured of the next kinds.

    Costs come first, before anything was killed, and while few rows are there. What wants other servers comes last:
    they are exchanged once, not for each line.
    """
    keys = [key for key in SITUATIONS if key in asked.situations]
    if asked.cost:
        yield [COST]
    for disturbs in (False, True):
        yield [key.value for key in keys if SITUATIONS[key].disturbs == disturbs]


def _variants(operation: OperationKey, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Strategy and variant of all that were asked for and guard the operation."""
    for strategy in all_strategies():
        for variant in strategy.variants:
            names = {strategy.key, f"{strategy.key}/{variant.key}"}
            if operation not in variant.refusals and (not wanted or names & set(wanted)):
                yield strategy.key, variant.key


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
