"""What is still at work when a run ends before its time."""

from __future__ import annotations

from backend.lab.left_behind import left_behind
from backend.lab.senders.messages import Flying
from backend.lab.step_book import StepBook
from backend.lab.work_book import Work

FIRST, SECOND = ("orders", "A-1"), ("orders", "A-2")


def test_who_has_an_answer_is_not_at_work_though_its_process_or_the_sender_has_yet_to_tell() -> None:
    works = [Work("1.1", FIRST, 1, 10), Work("1.2", FIRST, 1, 20)]
    flying = [(Flying("1.2", "A-1", 0, 15), FIRST), (Flying("1.3", "A-2", 0, 30), SECOND)]
    all_of_it = left_behind(works, flying, StepBook())
    assert all_of_it.count == 3
    assert all_of_it.names == {"1.1", "1.2", "1.3"}
    without = left_behind(works, flying, StepBook(), is_over=lambda name: name in {"1.1", "1.3"})
    assert without.count == 1
    assert without.names == {"1.2"}
    assert without.entries == {FIRST}
