"""Going through all schedules: depth first, each played again from the start on a fresh intent.

Two requests: every order. Three: the requests are the same, so they begin in the order of their names (symmetry), and
of the orders that differ only in how independent steps lie one is played (sleep sets; P. Godefroid, "Partial-Order
Methods for the Verification of Concurrent Systems", 1996, chapter 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from backend.explorer.errors import DivergedError, UnsteadyError
from backend.explorer.footprints import NOTHING, Footprint
from backend.explorer.limits import TRIALS
from backend.explorer.says import ExplorerCode
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.explorer.question import Choice


class Playable(Protocol):
    """A schedule that is played choice by choice."""

    @property
    def first(self) -> Footprint | None:
        """Footprint of the first step of a request, once it is known."""

    @property
    def touched(self) -> Footprint:
        """What the last choice has touched: no more than was foretold of it."""

    def choices(self) -> tuple[Choice, ...]:
        """What may come next; nothing when the schedule is complete."""

    def footprint(self, choice: Choice) -> Footprint | None:
        """What a choice would touch; None while nobody knows what a request begins with."""

    def take(self, choice: Choice) -> None:
        """Do it, and wait until nothing moves any more."""

    def end(self) -> None:
        """Give everything back."""


Execution = TypeVar("Execution", bound=Playable)


@dataclass(slots=True)
class Node:
    """A point at which a choice is made."""

    choices: tuple[Choice, ...]
    footprints: tuple[Footprint | None, ...]
    asleep: frozenset[Choice]
    """Choices that were explored elsewhere, in an order that makes no difference."""
    chosen: Choice
    explored: tuple[Choice, ...] = ()
    """What was chosen before, here or by somebody who explores that part."""
    is_seen: bool = False
    """Whether it was seen what the chosen one touches; before, that is only foretold."""

    @property
    def left(self) -> tuple[Choice, ...]:
        """What may be chosen here after what is chosen now."""
        return tuple(c for c in self.choices if c not in self.asleep and c not in self.explored and c != self.chosen)

    def turn(self) -> None:
        """Choose what comes next; there is something left."""
        following = self.left[0]
        self.explored, self.chosen, self.is_seen = (*self.explored, self.chosen), following, False

    def see(self, touched: Footprint) -> None:
        """The chosen one was played, and has touched this."""
        if not self.is_seen:
            chosen = self.choices.index(self.chosen)
            self.footprints = (*self.footprints[:chosen], touched, *self.footprints[chosen + 1 :])
            self.is_seen = True

    def footprint(self, choice: Choice, first: Footprint | None) -> Footprint:
        """What a choice touches; `first` stands for a request that has not begun yet."""
        return self.footprints[self.choices.index(choice)] or first or NOTHING

    def asleep_below(self, first: Footprint | None) -> frozenset[Choice]:
        """Choices that need not be explored after the chosen one."""
        taken = self.footprint(self.chosen, first)
        return frozenset(
            other
            for other in self.asleep.union(self.explored)
            if other.actor[:1] != self.chosen.actor[:1] and not self.footprint(other, first).conflicts(taken)
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the tree of schedules that somebody explores: those from a path on, as far as it may step back.

    What is left out of it because of its neighbours (sleep sets) stands in the nodes, so it does not matter who
    explores those, or when.
    """

    path: tuple[Node, ...] = ()
    """The choices of its first schedule, as far as they are known."""
    fixed: int = 0
    """At so many points from the first nothing else is chosen."""
    first: Footprint | None = None
    """Footprint of the first step of a request, if it is known."""

    def split(self) -> tuple[Branch, Branch] | None:
        """Two branches, the first of which comes first in the order of schedules; None if it cannot be divided.

        The second begins at the topmost point that has something left: most schedules may be expected there. What was
        chosen there must have been played, if what is left out depends on it.
        """
        for depth in range(self.fixed, len(self.path)):
            node = self.path[depth]
            if node.left and (node.is_seen or not node.footprints):
                second = replace(node)
                second.turn()
                return (
                    replace(self, fixed=depth + 1),
                    replace(self, path=(*self.path[:depth], second), fixed=depth),
                )
        return None


WHOLE_TREE = Branch()


class Search(Generic[Execution]):
    """All schedules of a branch, one after the other.

    Args:
        open_execution: begins a schedule.
        reduce: whether to leave out orders that make no difference.
        may_differ: whether a schedule may come along differently when it is played again, though nothing is wrong.
        branch: which schedules.
    """

    def __init__(
        self,
        open_execution: Callable[[Footprint | None], Execution],
        *,
        reduce: bool,
        may_differ: Callable[[Execution], bool] = lambda _: True,
        branch: Branch = WHOLE_TREE,
    ) -> None:
        self._open_execution = open_execution
        self._may_differ = may_differ
        self._reduce = reduce
        self._path: list[Node] = [replace(node) for node in branch.path]
        self._fixed = branch.fixed
        self._first = branch.first
        self.redundant = 0
        """Schedules that turned out on the way to be no different from an earlier one."""

    def schedules(self) -> Iterator[Execution]:
        """Play all schedules; each comes when it is complete. Its choices are its path.

        Raises:
            HarnessError: the explorer has lost control.
            UnsteadyError: a schedule came along differently that may not.
        """
        while True:
            execution = self._play()
            if execution is not None:
                yield execution
            if not self._step_back():
                return

    def rest(self) -> Branch | None:
        """What comes after the schedule that was played last; None if that was the end. Then play no more."""
        if not self._step_back():
            return None
        return Branch(tuple(self._path), self._fixed, self._first)

    @property
    def path(self) -> tuple[Choice, ...]:
        """The choices of the schedule that was played last."""
        return tuple(node.chosen for node in self._path)

    @property
    def place(self) -> tuple[int, ...]:
        """Where the schedule that was played last stands among all of them: they come in the order of their places."""
        return tuple(node.choices.index(node.chosen) for node in self._path)

    def _play(self) -> Execution | None:
        planned = len(self._path)
        for _ in range(TRIALS - 1):
            try:
                return self._play_once()
            except DivergedError:
                del self._path[planned:]
        return self._play_once()

    def _play_once(self) -> Execution | None:
        execution = self._open_execution(self._first)
        try:
            depth, useful = 0, True
            while choices := execution.choices():
                if not useful:
                    execution.take(choices[0])
                    continue
                useful = self._reach(execution, depth, choices)
                execution.take(self._path[depth].chosen if useful else choices[0])
                if useful and self._reduce:
                    self._path[depth].see(execution.touched)
                self._first = execution.first
                depth += 1
        finally:
            execution.end()
        self.redundant += not useful
        return execution if useful else None

    def _reach(self, execution: Execution, depth: int, choices: tuple[Choice, ...]) -> bool:
        """Make sure that there is a node at this depth; whether anything there is worth exploring."""
        if depth < len(self._path):
            if self._path[depth].choices != choices:
                error = DivergedError if self._may_differ(execution) else UnsteadyError
                raise error(say(ExplorerCode.DIVERGED))
            return True
        above = self._path[-1] if self._reduce and self._path else None
        asleep = above.asleep_below(self._first) if above else frozenset()
        awake = [choice for choice in choices if choice not in asleep] if asleep else choices
        if not awake:
            return False
        footprints = tuple(
            above.footprint(choice, self._first) if above and choice in asleep else execution.footprint(choice)
            for choice in choices
            if self._reduce
        )
        self._path.append(Node(choices, footprints, asleep, awake[0]))
        return True

    def _step_back(self) -> bool:
        """Choose what comes next at the deepest point that has something left; whether there is one."""
        while len(self._path) > self._fixed:
            node = self._path[-1]
            if node.left:
                node.turn()
                return True
            self._path.pop()
        return False
