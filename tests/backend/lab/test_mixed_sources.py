"""Several sources at once on one intent: a click while a retry is under way, a message, and a caller from outside."""

from __future__ import annotations

import pytest

from backend.lab.lab import Lab
from backend.model.options import LabOptions
from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import wait_for

PLACE = OperationKey.PLACE_ORDER
SLOW_MS = 700


def everything_at_once(laboratory: Laboratory, intent: Intent, strategy: str) -> int:
    """A client that loses patience, two clicks, a message and a request from outside; how many submissions that was."""
    slow, quick = Setup(strategy, processing_delay_ms=SLOW_MS), Setup(strategy)
    retry = Plan((intent,), 1, Source.RETRY, timeout_ms=200, retries=2, backoff_ms=50)
    runs = [laboratory.lab.start_run(slow, retry)]
    assert wait_for(laboratory.told, lambda: len(laboratory.told.replies) > 0)  # it gave up once, and tries again
    runs.append(laboratory.lab.start_run(quick, Plan((intent,), 2)))
    runs.append(laboratory.lab.start_run(quick, Plan((intent,), 1, Source.REDELIVERY)))
    outside = caller_of(laboratory.lab).submit(
        PLACE, strategy, order_no=intent.key, item=intent.item, quantity=intent.quantity
    )
    assert outside.status in {201, 409}
    for run in runs:
        run.wait(60)
    return 3 + 2 + 1 + 1


@pytest.mark.parametrize("strategy", ["none", "unique-index"])
def test_what_all_of_them_did_to_one_intent_is_judged_together(laboratory: Laboratory, strategy: str) -> None:
    intent = laboratory.intent(PLACE)
    submissions = everything_at_once(laboratory, intent, strategy)
    expected = 1 if strategy == "unique-index" else submissions
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == expected)
    verdict = Verdict.EXACTLY_ONCE if strategy == "unique-index" else Verdict.DUPLICATED
    told, lab = laboratory.told, laboratory.lab
    assert wait_for(told, lambda: lab.judgement().verdicts == {verdict: 1})  # nobody waits for a caller from outside
    judgement = lab.judgement()
    assert (judgement.intents, judgement.effects, judgement.verdicts) == (1, expected, {verdict: 1})
    assert judgement.final
    assert judgement.contradictions == ()
    answers = [reply.answer for reply in laboratory.told.replies]
    assert answers.count(Answer.TIMEOUT) == 3
    assert len(answers) == submissions - 1  # the one from outside was answered there
    assert all(row.key == intent.key for row in laboratory.told.rows)


def test_a_second_lab_on_the_same_intents_shows_up_in_the_first(laboratory: Laboratory) -> None:
    connection = laboratory.lab.connection()
    intent = laboratory.intent(PLACE)
    laboratory.lab.start_run(Setup("none"), Plan((intent,), 1)).wait(30)
    other = Lab(LabOptions(database=str(connection["database"]), redis=str(connection["redis"])), Recorder())
    try:
        other.start()
        report = other.start_run(Setup("none"), Plan((intent,), 1)).wait(30)
    finally:
        other.close()
    assert report.verdicts == {Verdict.DUPLICATED: 1}
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 2)
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == {Verdict.DUPLICATED: 1})
