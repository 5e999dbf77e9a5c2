from __future__ import annotations

import gc

from backend.explorer.seldom_collecting import seldom_collecting


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
