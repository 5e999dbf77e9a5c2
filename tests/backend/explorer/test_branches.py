"""However the tree of schedules is divided, the same schedules are played, in places that are in the same order."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from backend.explorer.footprints import NOTHING, Footprint
from backend.explorer.question import Choice, EventKind
from backend.explorer.search import WHOLE_TREE, Branch, Search

ACTORS = "ABC"


class Walk:
    """Requests that take so many steps each; the steps at which they touch the same are given by a seed."""

    first = NOTHING

    def __init__(self, steps: tuple[int, ...], seed: int) -> None:
        self._left = dict(zip(ACTORS, steps, strict=False))
        self._seed = seed

    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(EventKind.STEP, actor) for actor, left in self._left.items() if left)

    def footprint(self, choice: Choice) -> Footprint:
        chance = random.Random(f"{self._seed} {choice.actor} {self._left[choice.actor]}")  # noqa: S311  a sample
        return Footprint(writes=frozenset(chance.sample("xyz", 1)))

    def take(self, choice: Choice) -> None:
        self._left[choice.actor] -= 1

    def end(self) -> None:
        pass


def played(steps: tuple[int, ...], seed: int, branch: Branch, most: int | None) -> tuple[list[object], Branch | None]:
    search = Search(lambda _: Walk(steps, seed), reduce=len(steps) > 2, branch=branch)
    found: list[object] = []
    for number, _ in enumerate(search.schedules(), 1):
        found.append((search.place, search.path))
        if number == most:
            return found, search.rest()
    return found, None


def in_parts(steps: tuple[int, ...], seed: int, chance: random.Random) -> Iterator[object]:
    """Take any branch, play some of it, divide what is left, and go on with any other."""
    left = [WHOLE_TREE]
    while left:
        found, rest = played(steps, seed, left.pop(chance.randrange(len(left))), chance.randint(1, 4))
        yield from found
        parts = rest.split() if rest and chance.random() < 0.7 else None
        left += parts or ([rest] if rest else [])


@given(
    steps=st.lists(st.integers(1, 3), min_size=2, max_size=3).map(tuple),
    seed=st.integers(0, 99),
    chance=st.randoms(use_true_random=False),
)
def test_parts_make_the_whole(steps: tuple[int, ...], seed: int, chance: random.Random) -> None:
    whole, rest = played(steps, seed, WHOLE_TREE, None)
    assert rest is None
    assert whole == sorted(whole)  # type: ignore[type-var]  # places come first, and no two are equal
    assert sorted(in_parts(steps, seed, chance)) == whole  # type: ignore[type-var]
