"""Every exhibit really runs, and comes to the verdict that its text promises."""

from __future__ import annotations

import pytest

from backend.comparison.exhibits import EXHIBITS, Exhibit, find_exhibit
from backend.model.judgement import Report
from backend.model.observed import Reply, Step
from backend.model.vocabulary import Answer, Verdict
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


def test_a_blind_release_lets_a_third_holder_in_while_the_second_is_at_work(laboratory: Laboratory) -> None:
    report = shown(laboratory, "blind-release")
    assert report.answers == {Answer.CREATED: 2, Answer.BUSY: 1, Answer.DUPLICATE: 1}
    first, refused, second, third = sorted(laboratory.told.replies, key=lambda reply: reply.sent_ns)
    assert [reply.answer for reply in (first, refused, second, third)] == [
        Answer.CREATED,
        Answer.BUSY,
        Answer.CREATED,
        Answer.DUPLICATE,
    ]
    steps = {reply.submission_id: laboratory.lab.steps_of(reply.submission_id) for reply in laboratory.told.replies}

    def when(reply: Reply, command: str) -> Step:
        return next(step for step in steps[reply.submission_id] if step.command.startswith(command))

    taken, released = when(second, "SET"), when(first, "DEL")
    assert (taken.answer, released.answer) == ("OK", "1")
    assert taken.ended_ns < released.started_ns, "the first released while the second held the lock"
    assert released.ended_ns < taken.ended_ns + 1_200_000_000, "its lease would have held longer"
    assert when(third, "SET").answer == "OK"
    assert when(third, "SET").ended_ns < when(second, "INSERT").started_ns, "the third walked in on the second"


def test_keys_are_unique_and_variants_exist() -> None:
    assert len({exhibit.key for exhibit in EXHIBITS}) == len(EXHIBITS)
    for exhibit in EXHIBITS:
        _, variant = find(exhibit.setup.strategy, exhibit.setup.variant)
        assert exhibit.operation not in variant.refusals
