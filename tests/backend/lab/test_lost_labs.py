"""A lab whose supervisor was killed ends what is under way with what was heard; nobody waits for what does not come."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from backend.engines.says import ProcessCode
from backend.lab.work_book import Quiet, WorkBook
from backend.model.judgement import Report
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import born_since, family, named, own_lab, wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
INTENTS, SUBMISSIONS, HEARD = 20, 3, 6
PATIENCE_S = 25
"""What must not be waited for takes 30 seconds, or never comes."""
HELD_S = 5
"""Should the run need him who is held up, it goes on then."""


def lost_in_mid_run(options: LabOptions, source: Source, pace: Pace = Pace.INTERVAL) -> tuple[Report, Laboratory]:
    others = family()
    with own_lab(options) as laboratory:
        supervisor = named(born_since(others), "supervisor_process")
        intents = tuple(laboratory.intent(PLACE, number) for number in range(1, INTENTS + 1))
        setup = Setup("none", processing_delay_ms=100)
        run = laboratory.lab.start_run(
            setup, Plan(intents, SUBMISSIONS, source=source, pace=pace, interval_ms=100, timeout_ms=60_000)
        )
        assert wait_for(laboratory.told, lambda: len(laboratory.told.replies) >= HEARD)
        os.kill(supervisor.pid, signal.SIGKILL)
        return run.wait(PATIENCE_S), laboratory


def require_what_was_heard(report: Report, laboratory: Laboratory) -> None:
    heard = len(laboratory.told.replies)
    assert report.broken_off is not None
    assert report.broken_off.code is ProcessCode.SUPERVISOR_ENDED
    assert sum(report.answers.values()) == heard < INTENTS * SUBMISSIONS
    assert (report.working, report.cancelled) == (0, False)
    assert report.verdicts[Verdict.UNDECIDED] >= INTENTS - heard
    assert set(report.verdicts) <= {Verdict.UNDECIDED, Verdict.DUPLICATED}
    assert laboratory.told.failures == [str(report.broken_off)]


@pytest.mark.parametrize(
    "source", exhaustive_but([Source.CLICKS, Source.RETRY, Source.REDELIVERY], values(Source.REDELIVERY))
)
def test_a_run_whose_supervisor_is_killed_is_reported_with_what_was_heard(source: Source) -> None:
    require_what_was_heard(*lost_in_mid_run(LabOptions(database="sqlite"), source))


@pytest.mark.parametrize("source", exhaustive_but([Source.CLICKS, Source.REDELIVERY], values(Source.CLICKS)))
def test_it_is_so_where_only_the_backend_processes_were_ours(laboratory: Laboratory, source: Source) -> None:
    there = laboratory.lab.connection()
    options = LabOptions(database=str(there["database"]), redis=str(there["redis"]))
    require_what_was_heard(*lost_in_mid_run(options, source))


def test_why_a_run_breaks_off_is_known_before_anybody_is_told() -> None:
    """Whose socket ends first is the supervisor, and only then do those die whose parent it was."""
    others, held, gate = family(), threading.Event(), threading.Event()

    def hold(_code: int) -> None:
        held.set()
        gate.wait(HELD_S)

    with own_lab(LabOptions(database="sqlite")) as laboratory:
        supervisor = named(born_since(others), "supervisor_process")
        run = laboratory.lab.start_run(Setup("none", processing_delay_ms=60_000), Plan((laboratory.intent(PLACE),), 1))
        assert wait_for(laboratory.told, lambda: bool(laboratory.told.under_way))
        machinery = laboratory.lab._machinery
        assert machinery is not None
        machinery._supervisor.spawn("short", ["/bin/sleep", "0"]).on_exit(hold)
        try:
            assert held.wait(PATIENCE_S)
            os.kill(supervisor.pid, signal.SIGKILL)
            assert wait_for(laboratory.told, lambda: bool(laboratory.told.failures))
        finally:
            gate.set()
        report = run.wait(PATIENCE_S)
    assert report.broken_off is not None
    assert report.broken_off.code is ProcessCode.SUPERVISOR_ENDED


def test_nobody_waits_for_processes_once_none_of_them_is_heard_any_more() -> None:
    book, found = WorkBook(), list[Quiet]()
    book.connect(lambda _done: None)
    book.stop()
    asking = threading.Thread(target=lambda: found.append(book.wait_until_over([], lambda: False)), daemon=True)
    asking.start()
    asking.join(PATIENCE_S)
    assert found == [Quiet.UNTOLD]
