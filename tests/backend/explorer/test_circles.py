"""Who is refused where requests wait for each other, as told from what the server says of its waits."""

from __future__ import annotations

import pytest

from backend.explorer.circles import Circles
from backend.explorer.errors import LateDeadlockError

OF_TWO = [(1, [2], 10.0, 1.0), (2, [1], 11.0, 0.0)]


@pytest.fixture
def seen() -> Circles:
    circles = Circles()
    circles.begin_choice()
    circles.see(OF_TWO)
    return circles


def test_whoever_waited_longest_is_refused_every_time(seen: Circles) -> None:
    assert not seen.was_choice(1)


def test_another_one_is_refused_only_if_the_circle_was_closed_late(seen: Circles) -> None:
    with pytest.raises(LateDeadlockError):
        seen.was_choice(2)


@pytest.mark.parametrize("refused", [1, 2])
def test_it_does_not_matter_whether_the_answer_of_the_other_one_comes_first(seen: Circles, refused: int) -> None:
    """The refused one lets the other one go, and that is what both of them tell at the same time."""
    seen.let_go()
    if refused == 1:
        assert not seen.was_choice(refused)
        return
    with pytest.raises(LateDeadlockError):
        seen.was_choice(refused)


def test_those_that_are_let_go_together_are_the_choice_of_the_server(seen: Circles) -> None:
    """Also one that was in a circle before."""
    assert not seen.was_choice(1)
    seen.let_go()
    seen.see([(2, [3], 12.0, 0.0), (3, [2], 12.0, 0.0)])
    assert seen.was_choice(2)


def test_a_circle_that_nobody_saw_is_played_again(seen: Circles) -> None:
    with pytest.raises(LateDeadlockError):
        seen.was_choice(3)


def test_who_waits_for_a_circle_is_not_in_it() -> None:
    circles = Circles()
    circles.see([*OF_TWO, (3, [1], 1.0, 10.0)])
    assert not circles.was_choice(1)
