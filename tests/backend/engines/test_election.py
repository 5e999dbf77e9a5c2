from __future__ import annotations

import pytest

from backend.engines.zookeeper.ensemble import Election

LED = 2


@pytest.mark.parametrize(
    ("looks", "winners"),
    [
        ([(LED, False), (LED, False)], [None, None]),  # it was not even missed yet
        ([(LED, False), (None, False), (3, True)], [None, None, 3]),
        ([(LED, False), (3, False)], [None, 3]),
        ([(LED, False), (None, False), (LED, False)], [None, None, LED]),  # back before anybody saw that it was away
        ([(LED, True), (LED, True), (LED, False)], [None, None, LED]),
        ([(None, True), (None, False), (1, False)], [None, None, 1]),
    ],
)
def test_who_leads_is_said_once_it_is_decided(looks: list[tuple[int | None, bool]], winners: list[int | None]) -> None:
    election = Election(LED)
    assert [election.winner(leader, is_away=away) for leader, away in looks] == winners
