"""Numbers and sets by texts that run on, beside ordinary dictionaries and sets."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.lab.entries import Entries
from backend.lab.name_lists import NameLists
from backend.lab.number_map import NONE, NumberMap
from backend.lab.run_intents import RunIntents
from backend.model.plan import Intent
from backend.model.running_numbers import join, split
from backend.model.vocabulary import OperationKey

if TYPE_CHECKING:
    from collections.abc import Callable, Set

RUNNING = st.builds("A-3F9C-{:04}".format, st.integers(980, 1060))
"""So few that most parts have enough of them for a block."""
TEXTS = st.one_of(
    RUNNING,
    st.sampled_from(["", "7", "07", "007", "0007", "A-3F9C-1", "A-3F9C-٣٣٣", "A-²²²", "A-3F9C-1000\n", "\x00123"]),
    st.text(max_size=6),
)


@given(TEXTS)
def test_what_is_split_is_joined(text: str) -> None:
    assert join(*split(text)) == text


@given(st.lists(st.tuples(TEXTS, st.integers(0, 9)), max_size=200), TEXTS)
@example([(f"A-{number:04}", number % 10) for number in range(1_040)], "A-0007")
def test_it_holds_what_an_ordinary_dictionary_holds(changes: list[tuple[str, int]], other: str) -> None:
    ours, ordinary = NumberMap(), dict[str, int]()
    for text, number in changes:
        assert ours.put(text, number) is (text not in ordinary)
        ordinary[text] = number
    assert (len(ours), sorted(ours)) == (len(ordinary), sorted(ordinary))
    assert {text: ours.get(text) for text in ours} == ordinary
    assert ours.get(other) == ordinary.get(other, NONE)
    copied = ours.copy()
    for text in (*ordinary, other):
        ours.put(text, 77)
    assert {text: copied.get(text) for text in copied} == ordinary


def size_of(make: Callable[[], object]) -> int:
    """Other threads of the process may take some meanwhile."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        made = make()
        grown = tracemalloc.get_traced_memory()[0] - before
        del made
    finally:
        tracemalloc.stop()
    return grown


def test_texts_that_run_on_take_a_few_bytes_each() -> None:
    def make() -> NumberMap:
        numbers = NumberMap()
        for number in range(20_000):
            numbers.put(f"A-3F9C-{number:04}", number)
        return numbers

    assert size_of(make) < 8 * 20_000


def test_texts_of_which_each_is_by_itself_take_little_more_than_in_a_dictionary() -> None:
    """As the keys of callers from outside may be."""
    texts = [f"{number * 7919}" for number in range(10**5, 10**5 + 2_000)]

    def make() -> NumberMap:
        numbers = NumberMap()
        for text in texts:
            numbers.put(text, 1)
        return numbers

    assert size_of(make) < 3 * size_of(lambda: dict.fromkeys(texts, 1)) + 100 * len(texts)


ENTRIES = st.tuples(st.sampled_from(["orders", "payments"]), TEXTS)


@given(st.lists(ENTRIES, max_size=60), st.sets(ENTRIES, max_size=5))
def test_entries_are_a_set(added: list[tuple[str, str]], others: set[tuple[str, str]]) -> None:
    ours, ordinary = Entries(), set[tuple[str, str]]()
    for entry in added:
        assert ours.add(entry) is (entry not in ordinary)
        ordinary.add(entry)
    same: Set[tuple[str, str]] = ours
    assert same == ordinary
    assert ordinary == same
    assert len(ours) == len(ordinary)
    assert others & ours == others & ordinary == ours & others
    assert ordinary | ours == ordinary
    assert {entry for entry in others if entry in ours} == others & ordinary
    assert set(ours.tables) == {table for table, _ in ordinary}
    copied: Set[tuple[str, str]] = ours.copy()
    ours.add(("messages", "one more"))
    assert copied == ordinary


def test_the_intents_of_a_run_are_found_by_key_whatever_they_ask_for() -> None:
    wanted = [(OperationKey.PLACE_ORDER, "A-1"), (OperationKey.PAY_ORDER, "P-1"), (OperationKey.PLACE_ORDER, "A-2")]
    run = RunIntents([Intent(operation, key, "pen", 1) for operation, key in [*wanted, wanted[0]]])
    assert (len(run), run.entries.tables) == (3, ("orders", "payments"))
    assert [run.entry(key) for _, key in wanted] == [("orders", "A-1"), ("payments", "P-1"), ("orders", "A-2")]


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(TEXTS, max_size=9)), max_size=20))
def test_lists_say_what_was_put_into_them(changes: list[tuple[int, list[str]]]) -> None:
    ours, ordinary = NameLists(), {number: list[str]() for number in range(4)}
    for _ in ordinary:
        ours.begin()
    for number, names in changes:
        ours.put(number, names)
        ordinary[number] = names
        assert {each: ours.of(each) for each in ordinary} == ordinary
        assert ours.length(number) == len(names)


@pytest.mark.parametrize("count", [1, 8])
def test_a_name_in_a_list_takes_some_bytes(count: int) -> None:
    def make() -> NameLists:
        lists = NameLists()
        for number in range(4_000):
            lists.begin()
            lists.put(number, [f"lab-1.{number * count + place}" for place in range(count)])
        return lists

    assert size_of(make) < (10 + 20 * count) * 4_000
