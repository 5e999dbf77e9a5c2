"""Sets of submission ids."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from backend.lab.name_set import NameSet

NAMES = st.one_of(
    st.builds("{}.{}".format, st.sampled_from(["lab-1", "lab-2", "a.b", ""]), st.integers(0, 3000)),
    st.builds("lab-1.{}-{}".format, st.integers(0, 1100), st.integers(0, 3)),
    st.sampled_from(["lab-1.007", "lab-1.7\n", "x.1\n2.3", "lab-1.٣", "lab-1.12345678901", "lab-1.5-03"]),
    st.text(max_size=6),
)


@given(st.lists(st.tuples(st.booleans(), NAMES), max_size=60), NAMES)
def test_it_holds_what_an_ordinary_set_holds(changes: list[tuple[bool, str]], other: str) -> None:
    ours, ordinary = NameSet(), set[str]()
    for puts_in, name in changes:
        if puts_in:
            assert ours.add(name) is (name not in ordinary)
            ordinary.add(name)
        else:
            assert ours.discard(name) is (name in ordinary)
            ordinary.discard(name)
    assert (len(ours), sorted(ours)) == (len(ordinary), sorted(ordinary))
    assert (other in ours) is (other in ordinary)


def test_names_of_a_run_take_next_to_nothing() -> None:
    names = NameSet()
    for number in range(1, 100_001):
        names.add(f"lab-1.{number}")
    assert sum(map(sys.getsizeof, names._words.values())) < 20_000
    assert "lab-1.100000" in names
    assert "lab-1.100001" not in names
