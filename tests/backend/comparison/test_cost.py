"""The arithmetic of costs, on recorded replies."""

from __future__ import annotations

import pytest

from backend.comparison.cost import Round, cost_of, in_turns
from backend.comparison.progress import TimeLeft
from backend.comparison.records import Subject
from backend.model import Answer, EngineKind, OperationKey, Reply

SUBJECT = Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, "token", "delete-first", "", "", sound=True)
MS = 1_000_000


def burst(*milliseconds: int, answer: Answer = Answer.CREATED) -> Round:
    """Submissions that all left at the same moment, answered after so long."""
    replies = tuple(Reply(str(n), str(n), answer, 201, None, 0, ms * MS) for n, ms in enumerate(milliseconds))
    return Round(replies, {EngineKind.POSTGRESQL: 2.0})


def test_sides_take_turns_and_the_first_pair_only_warms_up() -> None:
    order: list[str] = []
    rounds = {"baseline": iter([burst(900), burst(10), burst(20)]), "variant": iter([burst(1), burst(20), burst(40)])}

    def side(name: str) -> Round:
        order.append(name)
        return next(rounds[name])

    pairs = in_turns(lambda: side("baseline"), lambda: side("variant"), 2)
    assert order == ["baseline", "variant"] * 3
    assert cost_of(SUBJECT, pairs).ratios == (0.5, 0.5)


def test_a_drift_that_slows_both_sides_leaves_the_ratio_alone() -> None:
    pairs = [(burst(10 * slow, 20 * slow), burst(20 * slow, 40 * slow)) for slow in (1, 3, 10)]
    cost = cost_of(SUBJECT, pairs)
    assert cost.ratio == pytest.approx(0.5)


def test_one_bad_moment_does_not_move_the_median() -> None:
    pairs = [(burst(10), burst(20)), (burst(10), burst(9_000)), (burst(10), burst(20))]
    assert cost_of(SUBJECT, pairs).ratio == pytest.approx(0.5)


def test_throughput_is_from_the_first_sent_to_the_last_answered() -> None:
    assert burst(10, 40, 20, 30).per_second == pytest.approx(100)


def test_a_load_pools_its_rounds_and_counts_refusals() -> None:
    cost = cost_of(SUBJECT, [(burst(10, 30), burst(10, 30)), (burst(20), burst(20, answer=Answer.BUSY))])
    assert cost.load is not None
    assert (cost.load.submissions, cost.load.refused, cost.load.p50_ms, cost.load.p99_ms) == (3, 1, 20, 30)
    assert cost.load.steps == {EngineKind.POSTGRESQL: 2.0}


def test_time_left_learns_from_tasks_of_its_kind_and_scales_the_guesses_of_others() -> None:
    left = TimeLeft(["quick", "slow", "quick", "slow"], {"quick": 1.0, "slow": 10.0})
    assert left.seconds == 22
    left.note(3.0)
    assert left.seconds == 3 + 30 + 30
    left.note(20.0)
    assert (left.seconds, left.done, left.total) == (23, 2, 4)
