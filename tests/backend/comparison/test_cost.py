"""The arithmetic of costs, on recorded replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count, pairwise, repeat

import pytest

from backend.comparison.cost import Round, Turn, Turns, cost_of, in_turns
from backend.comparison.cost_records import NOISE, Cost, Finding, OtherLoad
from backend.comparison.machine_load import processors
from backend.comparison.progress import TimeLeft
from backend.comparison.questions import BASELINE, Subject
from backend.comparison.words import cost_facts, milliseconds, rate_text, ratio_text
from backend.model.observed import Reply
from backend.model.vocabulary import Answer, EngineKind, OperationKey

SUBJECT = Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, "token", "delete-first", sound=True)
MS = 1_000_000
QUIET, CROWDED = 0.05, 0.9


def burst(*milliseconds: int, answer: Answer = Answer.CREATED) -> Round:
    """Submissions that all left at the same moment, answered after so long."""
    replies = tuple(Reply(str(n), str(n), answer, 201, None, 0, ms * MS) for n, ms in enumerate(milliseconds))
    return Round(replies, {EngineKind.POSTGRESQL: 2.0})


def turns(baseline: tuple[int, ...], variant: tuple[int, ...]) -> Turns:
    """Rounds of one submission each, answered after so many milliseconds."""
    return alternating([burst(ms) for ms in baseline], [burst(ms) for ms in variant])


def alternating(baseline: list[Round], variant: list[Round]) -> Turns:
    return Turns(
        tuple(Turn(before, one, after) for (before, after), one in zip(pairwise(baseline), variant, strict=True))
    )


def cost(baseline: tuple[int, ...], variant: tuple[int, ...], others: OtherLoad | None = None) -> Cost:
    return cost_of(SUBJECT, turns(baseline, variant), others)


def test_sides_take_turns_the_baseline_on_both_sides_and_the_first_pairs_only_warm_up() -> None:
    order: list[str] = []
    rounds = {
        "baseline": iter([burst(900), burst(300), burst(10), burst(10), burst(10)]),
        "variant": iter([burst(1), burst(3), burst(20), burst(20)]),
    }

    def side(name: str) -> Round:
        order.append(name)
        return next(rounds[name])

    (measured,) = in_turns(lambda: side("baseline"), [lambda: side("variant")], 2)
    assert order == [*["baseline", "variant"] * 4, "baseline"]
    assert measured.ratios == pytest.approx((0.5, 0.5))
    assert measured.itself == pytest.approx((1.0, 1.0))


def test_several_share_a_baseline_and_come_in_one_order_and_in_the_other() -> None:
    order: list[str] = []

    def side(name: str, milliseconds: int) -> Round:
        order.append(name)
        return burst(milliseconds)

    variants = [partial(side, name, milliseconds) for name, milliseconds in (("a", 20), ("b", 40), ("c", 10))]
    found = in_turns(partial(side, "-", 10), variants, 3)
    assert "".join(order) == "-abc-cba" + "-abc-cba-abc-"
    assert [one.ratios for one in found] == [pytest.approx((ratio,) * 3) for ratio in (0.5, 0.25, 1.0)]
    assert [one.itself for one in found] == [pytest.approx((1.0,) * 3)] * 3


def test_wherever_one_stands_between_two_of_the_baseline_a_drift_leaves_its_ratio_alone() -> None:
    clock = count()

    def slowed(factor: float) -> Round:
        """Twice as slow after sixteen rounds: the throughput falls from round to round by the same amount."""
        return burst(round(1_000_000 / (1 - next(clock) / 32) / factor))

    found = in_turns(partial(slowed, 1), [partial(slowed, factor) for factor in (0.5, 0.8, 1.0, 1.25)], 2)
    for one, factor in zip(found, (0.5, 0.8, 1.0, 1.25), strict=True):
        assert one.ratios == pytest.approx((factor,) * 2, rel=1e-4)
        assert max(one.itself) < 0.9


def test_one_that_ends_leaves_the_others_their_turns_but_for_the_one_in_which_it_ended() -> None:
    left = iter([burst(20)] * 4)
    first = repeat(burst(20))
    ran = count()

    def counted() -> Round:
        next(ran)
        return next(first)

    found = in_turns(lambda: burst(10), [counted, lambda: next(left, None), lambda: burst(40)], 5)
    assert [len(one.all) for one in found] == [5, 2, 5]
    assert next(ran) == 2 + 5 + 1
    assert found[0].ratios == pytest.approx((0.5,) * 5)
    assert found[2].ratios == pytest.approx((0.25,) * 5)


def test_only_those_take_part_in_more_turns_that_want_them() -> None:
    order: list[str] = []

    def side(name: str, loads: Iterator[float]) -> Round:
        order.append(name)
        return loaded(10, loads)

    spoilt = iter([QUIET, QUIET, CROWDED, *[QUIET] * 20])
    found = in_turns(
        partial(side, "-", repeat(QUIET)), [partial(side, "a", repeat(QUIET)), partial(side, "b", spoilt)], 2
    )
    assert "".join(order) == "-ab-ba" + "-ab-ba-b-"
    assert [(len(one.all), len(one.counted)) for one in found] == [(2, 2), (3, 2)]


def test_a_drift_that_slows_both_sides_leaves_the_ratio_alone() -> None:
    assert cost((100, 110, 120, 130), (210, 230, 250)).ratio == pytest.approx(0.5, abs=0.01)


def test_one_bad_moment_does_not_move_the_median() -> None:
    assert cost((10, 10, 10, 10), (20, 9_000, 20)).ratio == pytest.approx(0.5)


def test_two_bad_moments_of_the_baseline_take_no_ratio_away() -> None:
    measured = cost((100, 100, 100, 180, 100, 101, 100, 101, 350, 101, 100, 101, 100), (200,) * 12)
    assert measured.spread == pytest.approx(1.01)
    assert ratio_text(measured) == "0.50"


def test_a_turn_in_which_others_were_at_work_is_run_again() -> None:
    loads = iter([QUIET] * 6 + [CROWDED] + [QUIET] * 20)
    (found,) = in_turns(lambda: loaded(10, loads), [lambda: loaded(20, loads)], 4)
    measured = cost_of(SUBJECT, found, None)
    assert len(measured.ratios) == len(measured.itself) == 4
    assert measured.left_out == 2
    assert any("2 rounds were left out" in str(fact) for fact in cost_facts(measured))
    assert measured.load is not None
    assert measured.baseline is not None
    assert (measured.load.submissions, measured.baseline.submissions) == (4, 5)


@pytest.mark.parametrize(("quiet", "turns_run"), [(0, 3), (7, 8)])
def test_where_others_hardly_ever_rest_it_ends_without_a_ratio(quiet: int, turns_run: int) -> None:
    loads = iter([QUIET] * quiet + [CROWDED] * 30)
    (found,) = in_turns(lambda: loaded(10, loads), [lambda: loaded(20, loads)], 4)
    measured = cost_of(SUBJECT, found, OtherLoad(processors(), 0.0, found.others))
    assert len(found.all) == turns_run
    assert_refused(measured)


def loaded(milliseconds: int, loads: Iterator[float]) -> Round:
    """A round of one submission, beside which other programs took such a part of all processors."""
    return replace(burst(milliseconds), others=next(loads) * processors())


def test_a_ratio_within_what_the_baseline_differs_from_itself_is_no_difference() -> None:
    measured = cost((100, 120, 100, 120), (110, 118, 121))
    assert measured.spread == pytest.approx(1.2)
    assert measured.finding is Finding.NO_DIFFERENCE
    assert ratio_text(measured) == "no difference seen"
    assert ratio_text(measured, "zh_CN") == "看不出差别"


def test_a_ratio_outside_of_it_is_told_with_the_spread() -> None:
    measured = cost((100, 105, 100, 105), (200, 210, 205))
    assert measured.finding is Finding.RATIO
    assert ratio_text(measured) == "0.50"
    assert any("within a factor of 1.05" in str(fact) for fact in cost_facts(measured))


def test_a_baseline_that_differs_too_much_from_itself_carries_no_ratio_at_all() -> None:
    measured = cost((100, 180, 100, 100), (200, 210, 205))
    assert measured.spread > NOISE
    assert_refused(measured)


def test_on_a_machine_that_others_use_there_is_no_ratio_however_even_it_looks() -> None:
    quiet = cost((100, 100, 100), (200, 200), OtherLoad(2, 0.1, 0.4))
    assert ratio_text(quiet) == "0.50"
    crowded = cost((100, 100, 100), (200, 200), OtherLoad(2, 0.1, 1.3))
    assert_refused(crowded)
    assert any("1.3 of 2 processors" in str(fact) for fact in cost_facts(crowded))


def assert_refused(measured: Cost) -> None:
    assert measured.finding is Finding.NOISY
    assert measured.ratio is None
    assert ratio_text(measured) == "noisy"
    assert rate_text(measured) == milliseconds(measured, "p50_ms") == "\N{EN DASH}"
    assert not any("round by round" in str(fact) for fact in cost_facts(measured))


def test_the_baseline_has_no_ratio_to_itself() -> None:
    subject = Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, BASELINE.strategy, BASELINE.variant, sound=False)
    measured = cost_of(subject, turns((100, 100, 100), (110, 110)), None)
    assert measured.finding is Finding.BASELINE
    assert ratio_text(measured) == "baseline"


def test_throughput_is_from_the_first_sent_to_the_last_answered() -> None:
    assert burst(10, 40, 20, 30).per_second == pytest.approx(100)


def test_a_load_pools_its_rounds_and_counts_refusals() -> None:
    rounds = alternating([burst(10, 30), burst(20), burst(20)], [burst(10, 30), burst(20, answer=Answer.BUSY)])
    load = cost_of(SUBJECT, rounds, None).load
    assert load is not None
    assert (load.submissions, load.refused, load.p50_ms, load.p99_ms) == (3, 1, 20, 30)
    assert load.steps == {EngineKind.POSTGRESQL: 2.0}


def test_time_left_learns_from_tasks_of_its_kind_and_scales_the_guesses_of_others() -> None:
    left = TimeLeft([], ["quick", "slow", "quick", "slow"], {"quick": 1.0, "slow": 10.0})
    assert left.seconds == 22
    left.note("quick", 3.0)
    assert left.seconds == 3 + 30 + 30
    left.note("slow", 20.0)
    assert (left.seconds, left.done, left.total) == (23, 2, 4)


def test_what_several_labs_do_takes_a_part_of_the_time_and_what_one_does_alone_all_of_it() -> None:
    left = TimeLeft(["alone"] * 2, ["beside"] * 6, {"alone": 5.0, "beside": 1.0}, labs=3)
    assert left.seconds == 10 + 2
    left.note("alone", 5.0)
    left.note("beside", 1.0)
    assert left.seconds == pytest.approx(5 + 5 / 3)
    assert (left.done, left.total) == (2, 8)
    left.labs = 1
    assert left.seconds == 5 + 5
