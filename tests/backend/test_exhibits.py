"""Every exhibit really runs, and comes to the verdict that its text promises."""

from __future__ import annotations

import pytest

from backend.exhibits import EXHIBITS, Exhibit, find_exhibit
from backend.model import Answer, Report, Verdict
from backend.strategies import find
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import wait_for

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_an_exhibit_keeps_its_promise(laboratory: Laboratory, exhibit: Exhibit) -> None:
    laboratory.lab.set_instances(exhibit.instances)
    intent = laboratory.intent(exhibit.operation)
    report = laboratory.lab.start_run(exhibit.setup, exhibit.plan_for(intent)).wait(90)

    assert report.verdicts == {exhibit.promises: 1}
    assert report.contradictions == () or exhibit.promises is Verdict.LOST


def shown(laboratory: Laboratory, key: str) -> Report:
    exhibit = find_exhibit(key)
    plan = exhibit.plan_for(laboratory.intent(exhibit.operation))
    return laboratory.lab.start_run(exhibit.setup, plan).wait(90)


def test_a_key_that_comes_with_another_body_is_refused_and_the_first_wish_stands(laboratory: Laboratory) -> None:
    assert shown(laboratory, "key-reused").answers == {Answer.CREATED: 1, Answer.CONFLICT: 1}
    assert [(reply.status, "another request" in str(reply.detail)) for reply in laboratory.told.replies] == [
        (201, False),
        (422, True),
    ]
    assert wait_for(laboratory.told, lambda: [row.quantity for row in laboratory.told.rows] == [1])


def test_a_holder_that_wakes_up_late_is_told_so_by_the_fence(laboratory: Laboratory) -> None:
    shown(laboratory, "stale-holder-refused")
    first, retry = laboratory.told.replies
    assert (first.answer, retry.answer) == (Answer.TIMEOUT, Answer.CREATED)
    assert laboratory.lab.steps_of(first.submission_id)[-1].answer == "conflict"


def test_keys_are_unique_and_variants_exist() -> None:
    assert len({exhibit.key for exhibit in EXHIBITS}) == len(EXHIBITS)
    for exhibit in EXHIBITS:
        _, variant = find(exhibit.setup.strategy, exhibit.setup.variant)
        assert exhibit.operation not in variant.refusals
