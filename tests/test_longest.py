from __future__ import annotations

from pathlib import Path

from tests.longest import LONGEST

PROJECT = Path(__file__).parents[1]


def test_what_takes_longest_is_there_and_stands_once() -> None:
    assert [file for file in LONGEST if not (PROJECT / file).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)
