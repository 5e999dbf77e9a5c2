"""However the tree of schedules is divided, the same are played, in places in the same order: one of each class."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from backend.explorer.footprints import EXPIRY, LAST_CHANCE, NOTHING, Footprint, canonical, without_answer
from backend.explorer.question import Choice, EventKind
from backend.explorer.search import WHOLE_TREE, Branch, Search

ACTORS = "ABC"
EXPIRE = Choice(EventKind.EXPIRE)


@dataclass(frozen=True)
class Tree:
    """Requests that take so many steps each; the steps at which they touch the same are given by a seed."""

    steps: tuple[int, ...]
    seed: int
    expires: bool
    """Whether something expires once, after a step that touches it and before all have their answers."""

    def search(self, *, reduce: bool = True, branch: Branch = WHOLE_TREE) -> Search[Walk]:
        return Search(lambda _: Walk(self), reduce=reduce, branch=branch)


class Walk:
    """A schedule of a tree."""

    first = NOTHING

    def __init__(self, tree: Tree) -> None:
        self._left = dict(zip(ACTORS, tree.steps, strict=False))
        self._tree = tree
        self._may_expire = tree.expires
        self._is_leased = False
        self.touched = NOTHING
        self.trace: list[tuple[str, str, Footprint]] = []

    def choices(self) -> tuple[Choice, ...]:
        steps = tuple(Choice(EventKind.STEP, actor) for actor, left in self._left.items() if left)
        return (*steps, EXPIRE) if steps and self._may_expire and self._is_leased else steps

    def footprint(self, choice: Choice) -> Footprint:
        if choice is EXPIRE:
            return EXPIRY | Footprint(writes=frozenset("x"))
        chance = random.Random(f"{self._tree.seed} {choice.actor} {self._left[choice.actor]}")  # noqa: S311  a sample
        own = Footprint(writes=frozenset(chance.sample("xyz", 1)))
        return own | LAST_CHANCE if self._tree.expires else own

    def take(self, choice: Choice) -> None:
        self.touched = self.footprint(choice)
        if choice is EXPIRE:
            self._may_expire = False
        else:
            self._left[choice.actor] -= 1
            self._is_leased = self._is_leased or "x" in self.touched.writes
            if self._left[choice.actor]:
                self.touched = without_answer(self.touched)
        number = sum(actor == choice.actor for actor, _, _ in self.trace)
        self.trace.append((choice.actor, f"{choice.actor} {number}", self.touched))

    def end(self) -> None:
        pass


def trees(most_steps: int) -> st.SearchStrategy[Tree]:
    steps = st.lists(st.integers(1, most_steps), min_size=2, max_size=3).map(tuple)
    return st.builds(Tree, steps, st.integers(0, 99), st.booleans())


def played(tree: Tree, branch: Branch, most: int | None) -> tuple[list[object], Branch | None]:
    search = tree.search(branch=branch)
    found: list[object] = []
    for number, _ in enumerate(search.schedules(), 1):
        found.append((search.place, search.path))
        if number == most:
            return found, search.rest()
    return found, None


def in_parts(tree: Tree, chance: random.Random) -> Iterator[object]:
    """Take any branch, play some of it, divide what is left, and go on with any other."""
    left = [WHOLE_TREE]
    while left:
        found, rest = played(tree, left.pop(chance.randrange(len(left))), chance.randint(1, 4))
        yield from found
        parts = rest.split() if rest and chance.random() < 0.7 else None
        left += parts or ([rest] if rest else [])


@given(tree=trees(3), chance=st.randoms(use_true_random=False))
def test_parts_make_the_whole(tree: Tree, chance: random.Random) -> None:
    whole, rest = played(tree, WHOLE_TREE, None)
    assert rest is None
    assert whole == sorted(whole)  # type: ignore[type-var]  # places come first, and no two are equal
    assert sorted(in_parts(tree, chance)) == whole  # type: ignore[type-var]


@given(tree=trees(2))
def test_one_schedule_of_each_class_is_played_though_nobody_knows_beforehand_which_steps_are_the_last(
    tree: Tree,
) -> None:
    """After the last answer nothing expires any more, so what expires does so before it: that is another class."""
    everything = {canonical(walk.trace) for walk in tree.search(reduce=False).schedules()}
    reduced = [canonical(walk.trace) for walk in tree.search().schedules()]

    assert sorted(reduced) == sorted(everything)
