from __future__ import annotations

import gc

from backend.explorer.seldom_collecting import seldom_collecting
from backend.model.vocabulary import OperationKey
from tests.backend.explorer.conftest import Bench


def test_the_thresholds_of_the_process_come_back_with_the_last_who_collects_seldom() -> None:
    usual = gc.get_threshold()
    first, second = seldom_collecting(), seldom_collecting()
    with first:
        seldom = gc.get_threshold()
        assert seldom[0] > usual[0]
        second.__enter__()
    assert gc.get_threshold() == seldom
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_an_explorer_that_is_open_and_plays_nothing_leaves_the_thresholds_alone(bench: Bench) -> None:
    usual = gc.get_threshold()
    assert bench.explore(OperationKey.PLACE_ORDER, "none", "direct").exhaustive
    assert gc.get_threshold() == usual
