"""The numbers of a report are of one moment, whatever is answered, and whatever commits, while it is made."""

from __future__ import annotations

import sys
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from backend.archive.entries import RunRecord, RunSettings
from backend.cli.run import RecordedNotes
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Verdict
from backend.shop.schema import orders
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until
from tests.backend.lab.test_end_of_a_run import unread_connections
from tests.backend.own_lab import instance_processes, stopped, wait_for

PLACE = OperationKey.PLACE_ORDER
SENT = 3


def require_one_picture(report: Report) -> None:
    assert report.sent == sum(report.answers.values()) + report.working == SENT
    assert report.working >= len(report.at_work)
    assert report.effects >= report.answers.get(Answer.CREATED, 0)
    assert report.contradictions == ()


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("is_read", [False, True], ids=["before-the-rows-are-read", "when-the-rows-are-read"])
def test_what_is_answered_while_rows_are_read_back(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, is_read: bool
) -> None:
    """All go on at the worst moment: they commit and are answered when the run has counted who is at work."""
    lab, told = laboratory.lab, laboratory.told
    laboratory.run(PLACE, "none", submissions=SENT)  # their connections stay: the next three leave at once
    told.forget()
    machinery, watch = lab._running()
    read_back, intents = watch.read_back, tuple(laboratory.intent(PLACE, number) for number in range(SENT))
    plan, notes = Plan(intents, 1), RecordedNotes(SENT, "en")
    told.also = notes

    def all_are_in() -> bool:
        with machinery.database.connect() as connection:
            mine = orders.c.order_no.in_([intent.key for intent in intents])
            return connection.scalar(sa.select(sa.func.count()).where(mine)) == SENT and not run.flying()  # type: ignore[attr-defined]

    with stopped(*instance_processes(laboratory)) as resume:

        def read_back_late() -> None:
            if is_read:
                read_back()
            resume()
            assert wait_until(all_are_in)
            if not is_read:
                read_back()

        monkeypatch.setattr(watch, "read_back", read_back_late)
        began, run = time.time(), lab.start_run(Setup("none"), plan)
        assert wait_for(told, lambda: unread_connections(laboratory) == SENT)
        run.cancel()
        report = run.wait(30)
    assert (report.effects, report.verdicts) == (0 if is_read else SENT, {Verdict.UNDECIDED: SENT})
    require_one_picture(report)
    assert wait_for(told, lambda: len(told.replies) == len(told.rows) == SENT), "all is told afterwards"
    assert wait_for(told, lambda: lab.judgement().verdicts.get(Verdict.EXACTLY_ONCE) == SENT)
    settings = RunSettings(PLACE, report.setup, plan, SENT, "", 1, 1, "postgresql")
    kept = notes.book.entry(began, settings, intents, report, lab.steps_of).content
    assert isinstance(kept, RunRecord)
    assert len(kept.rows) == report.effects
    assert Counter(reply.answer for reply in kept.replies) == report.answers
    assert sum(notes.reasons.values()) == sum(report.answers.values())


@pytest.mark.exhaustive
def test_a_run_whose_limit_comes_while_it_is_answered(laboratory: Laboratory) -> None:
    """Sixteen are handled at a time, and the limit comes when the first of them commit."""
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(50))
    plan = Plan(wanted, 4, limit_ms=500)
    report = laboratory.lab.start_run(Setup("none", "check-then-act", processing_delay_ms=980), plan).wait(30)
    assert report.out_of_time
    assert report.sent == sum(report.answers.values()) + report.working
    assert report.effects >= report.answers.get(Answer.CREATED, 0)
    assert report.contradictions == ()
