"""Forms by page, beside an ordinary dictionary; and how they are opened, without a lab."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from backend.lab import forms
from backend.lab.form_book import BLANK, Form, FormBook
from backend.lab.forms import FormDesk
from backend.lab.senders.messages import Outcome
from backend.model.business_keys import KeyMaker
from backend.model.intents import NewIntents
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey
from backend.strategies.base import Need

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACE, STOCK = OperationKey.PLACE_ORDER, OperationKey.ADD_STOCK
INTENTS = st.builds(
    Intent,
    st.sampled_from([PLACE, OperationKey.PAY_ORDER, STOCK]),
    st.builds("A-{:04}".format, st.integers(1, 9)),
    st.sampled_from(["pen", "book"]),
    st.just(1),
)


def page(intent: Intent) -> tuple[str, ...]:
    """A key may be used for two operations, and for two items in stock."""
    return intent.operation, intent.key, *([intent.item] if intent.operation is STOCK else [])


@given(st.lists(INTENTS, max_size=30), st.lists(INTENTS, max_size=10))
def test_a_book_holds_what_an_ordinary_dictionary_holds(put: list[Intent], loaded_anew: list[Intent]) -> None:
    book, ordinary = FormBook(), dict[tuple[str, ...], Form]()
    for number, intent in enumerate(put):
        if intent not in book:
            book.put(intent, Form(version=number))
        ordinary.setdefault(page(intent), Form(version=number))
    assert [book.of(intent) for intent in put] == [ordinary[page(intent)] for intent in put]
    other = book.without(loaded_anew)
    gone = set(map(page, loaded_anew))
    for intent in (*put, *loaded_anew):
        assert (intent in book) is (page(intent) in ordinary)
        assert (intent in other) is (page(intent) in ordinary and page(intent) not in gone)
        if intent in other:
            assert other.of(intent) == ordinary[page(intent)]


def test_a_page_that_was_not_opened_has_no_form() -> None:
    with pytest.raises(KeyError):
        FormBook().of(Intent(PLACE, "A-0001", "pen", 1))


def nobody(_method: str, _paths: Sequence[str]) -> Sequence[Outcome]:
    raise AssertionError


def test_forms_are_fetched_some_at_a_time_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_OPENED_AT_A_TIME", 3)
    asked: list[int] = []

    def fetch(method: str, paths: Sequence[str]) -> Sequence[Outcome]:
        assert (method, set(paths)) == ("POST", {"/tokens"})
        told = range(sum(asked), sum(asked) + len(paths))
        asked.append(len(paths))
        return [Outcome("", "", 201, msgspec.json.encode({"token": f"token {number}"})) for number in told]

    desk, database = FormDesk(), sa.create_engine("sqlite://")
    intents = NewIntents(KeyMaker().make_several(PLACE, 7), "", 1)
    needs = frozenset({Need.TOKEN})
    first = desk.open(intents, needs, database, fetch)
    assert asked == [3, 3, 1]
    assert [first.of(intent).token for intent in intents] == [f"token {number}" for number in range(7)]
    again = desk.open(intents, needs, database, nobody)
    assert [again.of(intent) for intent in intents] == [first.of(intent) for intent in intents]
    desk.reload(intents[:2])
    anew = desk.open(intents, needs, database, fetch)
    assert [anew.of(intent).token for intent in intents[:3]] == ["token 7", "token 8", "token 2"]
    assert [first.of(intent).token for intent in intents[:3]] == ["token 0", "token 1", "token 2"], "as it was loaded"
    assert desk.handed_out(database).tokens == {f"token {number}" for number in range(9)}
    assert len(desk.handed_out(database).intents) == 7


def test_a_variant_that_needs_nothing_has_blank_forms() -> None:
    intents = NewIntents(KeyMaker().make_several(PLACE, 2), "", 1)
    opened = FormDesk().open(intents, frozenset(), sa.create_engine("sqlite://"), nobody)
    assert [opened.of(intent) for intent in intents] == [BLANK, BLANK]


def test_a_form_takes_little_more_than_what_it_holds() -> None:
    """A key of 36 characters has 85 bytes, and an entry among what was handed out. It took 750 bytes."""
    desk, database, count = FormDesk(), sa.create_engine("sqlite://"), 5_000
    intents = NewIntents(KeyMaker().make_several(PLACE, count), "", 1)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        opened = desk.open(intents, frozenset({Need.IDEMPOTENCY_KEY}), database, nobody)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown / count < 400, f"{grown / count} bytes"
    assert opened.of(intents[-1]).idempotency_key
