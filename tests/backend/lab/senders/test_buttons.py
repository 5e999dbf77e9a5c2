"""What a sender knows of the intents of a job."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest

from backend.lab.senders.buttons import Buttons
from backend.lab.senders.messages import Job, Target

JOB = Job(1, (Target("127.0.0.1", 1),), ())
INTENTS = 5_000


@pytest.mark.parametrize(
    ("disables", "once", "in_flight", "failed", "succeeded"),
    [
        (False, False, False, False, False),
        (True, False, True, False, False),
        (False, True, False, False, True),
        (True, True, True, False, True),
    ],
)
def test_a_click_is_held_back_as_the_job_says(
    *, disables: bool, once: bool, in_flight: bool, failed: bool, succeeded: bool
) -> None:
    buttons = Buttons(msgspec.structs.replace(JOB, disable_button=disables, once_per_intent=once))
    assert not buttons.holds_back("a")
    buttons.leave(["a", "b", "a"])
    buttons.land("a")
    assert buttons.holds_back("a") is in_flight, "another one is in flight"
    buttons.land("a")
    assert buttons.holds_back("a") is failed
    buttons.leave(["a"])
    buttons.land("a", succeeded=True)
    assert buttons.holds_back("a") is succeeded
    assert not buttons.holds_back("c")


def test_of_many_clicks_at_the_same_time_the_first_of_each_intent_passes() -> None:
    buttons = Buttons(msgspec.structs.replace(JOB, disable_button=True))
    assert [buttons.is_first_click(key) for key in "abaab"] == [True, True, False, False, False]


@pytest.mark.parametrize(("disables", "once", "most"), [(False, False, 10), (True, False, 10), (True, True, 20)])
def test_an_intent_that_is_over_takes_next_to_nothing(*, disables: bool, once: bool, most: int) -> None:
    """It took 190 bytes, whatever the job asked for. Other threads of the process may take some meanwhile."""
    buttons = Buttons(msgspec.structs.replace(JOB, disable_button=disables, once_per_intent=once))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(INTENTS):
            key = f"A-3F9C-{number:04}"
            buttons.leave([key])
            buttons.land(key, succeeded=True)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown / INTENTS < most, f"{grown / INTENTS} bytes"
