"""What the board says of backend processes that ended, came back, or are not wanted any more."""

from __future__ import annotations

import pytest

from backend.health import HealthBoard
from backend.model import EngineKind
from backend.sentence import plain

ENDED = plain("It has ended.")


@pytest.fixture
def board() -> HealthBoard:
    return HealthBoard(lambda: None, lambda _sentence: None)


def test_a_process_that_is_being_started_again_is_away_until_it_is_ready(board: HealthBoard) -> None:
    board.process_ended(1, ENDED)
    board.processes_replaced(1)
    assert board.trouble(EngineKind.HTTP) == ENDED
    board.process_ready(1)
    assert board.trouble(EngineKind.HTTP) is None


def test_nobody_misses_a_process_that_is_not_wanted_any_more(board: HealthBoard) -> None:
    board.process_ended(2, ENDED)
    board.processes_replaced(1)
    assert board.trouble(EngineKind.HTTP) is None
