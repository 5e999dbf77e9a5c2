"""What a comparison has to measure, one thing after the other, and about how long that takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from backend.comparison.questions import ComparisonQuestion, SituationKey, Subject
from backend.comparison.says import CompareCode
from backend.comparison.situations import SITUATIONS
from backend.model.errors import UnknownKeyError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, OperationKey, Replication
from backend.strategies import all_strategies, find

COST = "cost"
EXEMPT = "exempt"
"""How long it takes to find that a situation does not apply."""
START_SECONDS = 2.0
"""Until a lab of its own is up."""
MOST_IN_TURNS = 4
"""So many variants share rounds of the baseline: with more, these would lie too far apart in time."""
_SECONDS = {COST: 1.2, EXEMPT: 0.0} | {key.value: each.seconds for key, each in SITUATIONS.items()}
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

    @property
    def on_standby(self) -> bool:
        """Whether its variant reads from a standby."""
        return EngineKind.STANDBY in find(self.strategy, self.variant)[1].engines

    def subject(self, database: EngineKind, replication: Replication) -> Subject:
        """What it is about.

        Args:
            database: in use.
            replication: that was asked for.
        """
        strategy, variant = find(self.strategy, self.variant)
        return Subject(
            operation=self.operation,
            database=database,
            strategy=strategy.key,
            variant=variant.key,
            sound=variant.sound,
            leased=variant.leased,
            claims=variant.claims,
            on_standby=self.on_standby,
            replication=replication if self.database == EngineKind.POSTGRESQL else Replication.NONE,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured of a database."""

    database: str
    costs: tuple[tuple[Task, ...], ...]
    """First, before anything was killed, and with nothing beside it; those in turns that can share a baseline."""
    jobs: tuple[tuple[Task, ...], ...]
    """Then the situations of each line, on several labs at a time if that can be; and last of all those that want
    other servers: each lab exchanges them once, not for each line."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All of it, in order."""
        return tuple(task for some in (*self.costs, *self.jobs) for task in some)


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
    return [task for stage in stages_of(asked) for task in stage.tasks]


def stages_of(asked: ComparisonQuestion) -> list[Stage]:
    """Everything that is to be measured, database by database.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    wanted = {_full_name(name) for name in asked.strategies}
    lines = [(operation, *names) for operation in asked.operations for names in _variants(operation, wanted)]
    keys = [key for key in SITUATIONS if key in asked.situations]
    stages = []
    for place, database in enumerate(asked.databases):
        costs, jobs, last = [], [], []
        for number, names in enumerate(lines, place * len(lines)):
            tasks = [Task(number, database, *names, key.value) for key in keys if not SITUATIONS[key].disturbs]
            costs.append(Task(number, database, *names, COST))
            jobs += [tuple(tasks)] if tasks else []
            last += [(Task(number, database, *names, key.value),) for key in keys if SITUATIONS[key].disturbs]
        stages.append(Stage(database, tuple(_in_turns(costs)) if asked.cost else (), (*jobs, *last)))
    return stages


def _in_turns(costs: Sequence[Task]) -> Iterator[tuple[Task, ...]]:
    """Groups that share a baseline: one does the same on the same servers. None is much smaller than another."""
    by_baseline = sorted(costs, key=lambda task: (baseline_of(task), task.number))
    for _, sharing in groupby(by_baseline, baseline_of):
        tasks = tuple(sharing)
        groups = -(-len(tasks) // MOST_IN_TURNS)
        bounds = [len(tasks) * group // groups for group in range(groups + 1)]
        yield from (tasks[begin:end] for begin, end in pairwise(bounds))


def baseline_of(task: Task) -> tuple[int, bool]:
    """What decides what its baseline does: the operation, by its place among all, and whether there is a standby."""
    return list(OperationKey).index(task.operation), task.on_standby


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


def _full_name(name: str) -> str:
    strategy, _, variant = name.partition("/")
    find(strategy, variant)
    return name
