"""Keys that no earlier run behind the same URL has used."""

from __future__ import annotations

from backend.model.business_keys import KeyMaker, random_part
from backend.model.vocabulary import OperationKey

MAKERS = 2_000
"""Of 65,536 parts so many would share some thirty."""


def test_keys_of_thousands_of_runs_never_meet() -> None:
    keys = [KeyMaker().make(operation) for _ in range(MAKERS) for operation in OperationKey]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {len("A-3F9CK7-0001")}


def test_nor_do_those_of_as_many_checks() -> None:
    assert len({random_part(6).lower() for _ in range(MAKERS // 10)}) == MAKERS // 10
