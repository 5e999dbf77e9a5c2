"""Intents that are made when they are asked for."""

from __future__ import annotations

from backend.model.business_keys import KeyMaker
from backend.model.intents import NewIntents, names, operations
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey

STOCK = OperationKey.ADD_STOCK


def test_they_are_what_a_list_of_them_is() -> None:
    maker = KeyMaker()
    first = maker.make(STOCK)
    keys = maker.make_several(STOCK, 3)
    following = maker.make(STOCK)
    made = [keys.at(place) for place in range(3)]
    assert [int(key.rpartition("-")[2]) for key in (first, *made, following)] == [1, 2, 3, 4, 5]
    new = NewIntents(keys, "", 2)
    expected = [Intent(STOCK, key, f"item {number}", 2) for number, key in enumerate(made, 1)]
    assert list(new) == expected
    assert [new[place] for place in range(3)] == expected
    assert [new[place] for place in range(-3, 0)] == expected
    assert (len(new), new[1:9], new[::-2]) == (3, expected[1:], expected[::-2])
    assert list(names(new)) == list(names(expected)) == [(STOCK, key) for key in made]
    assert operations(new) == operations(expected) == {STOCK}


def test_where_an_item_is_named_all_are_about_it() -> None:
    assert {intent.item for intent in NewIntents(KeyMaker().make_several(STOCK, 3), "pen", 1)} == {"pen"}
