"""What is told of processes is told in the order in which it happened, whichever was seen first."""

from __future__ import annotations

import threading

from backend.engines.says import ProcessCode
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until


def test_a_process_that_killed_itself_on_purpose_is_not_said_to_have_ended_before(laboratory: Laboratory) -> None:
    machinery = laboratory.lab._machinery
    assert machinery is not None
    busy, over = threading.Event(), threading.Event()

    def hold() -> None:
        """The thread that hears the processes hears of the crash when the end is known already."""
        busy.set()
        over.wait(60)

    machinery._trace.ask(hold)
    assert busy.wait(30)
    child = machinery._processes.child(1)
    assert child is not None
    before = child.pid
    crashing = Setup("none", faults=(parse_fault("crash@sql:COMMIT"),))
    try:
        run = laboratory.lab.start_run(crashing, Plan((laboratory.intent(OperationKey.PLACE_ORDER),), 1))
        assert wait_until(lambda: child.pid not in {None, before}, 30), "its end is known, and it is started again"
    finally:
        over.set()
    run.wait(60)
    assert laboratory.wait_until_up()
    assert [sentence.code for sentence in laboratory.told.told] == [ProcessCode.INSTANCE_KILLED]
