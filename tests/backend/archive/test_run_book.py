"""What is seen of runs becomes entries, bounded and on a time axis of their own."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from backend.archive.entries import START_NS, RunRecord
from backend.archive.run_book import MOST_REPLIES, MOST_ROWS, MOST_STEPS, RunBook
from backend.model.observed import GoneRow, LockWait, Step
from tests.backend.archive.samples import BEGAN, intent, replies, report, rows, settings, steps


def _record(book: RunBook, *keys: str, each: int = 3) -> RunRecord:
    entry = book.entry(
        BEGAN, settings(database="postgresql://me:secret@host/shop"), [intent(key) for key in keys], report(),
        lambda name: steps(name, each),
    )  # fmt: skip
    assert isinstance(entry.content, RunRecord)
    return entry.content


def test_a_run_is_kept_with_what_belongs_to_its_intents() -> None:
    book = RunBook()
    book.add_rows([*rows(2, "A-1"), *rows(1, "B-2")])
    book.add_replies([*replies(2, "A-1"), *replies(1, "B-2", "r-2")])
    book.add_waits([LockWait("r-1.2", 5, 6, ()), LockWait("r-2.1", 5, 6, ())])
    record = _record(book, "A-1")
    assert {row.key for row in record.rows} == {reply.intent_key for reply in record.replies} == {"A-1"}
    assert [wait.submission_id for wait in record.waits] == ["r-1.2"]
    assert {step.submission_id for step in record.steps} == {"r-1.1", "r-1.2"}


def test_it_begins_where_every_kept_run_begins() -> None:
    book = RunBook()
    later = [
        replace(reply, sent_ns=reply.sent_ns + 10**15, received_ns=reply.received_ns + 10**15) for reply in replies()
    ]
    book.add_replies(later)
    record = book.entry(BEGAN, settings(), [intent()], report(), lambda _: ()).content
    assert isinstance(record, RunRecord)
    assert min(reply.sent_ns for reply in record.replies) == START_NS
    assert [reply.latency_ms for reply in record.replies] == [reply.latency_ms for reply in later]


def test_what_has_not_ended_stays_so() -> None:
    book = RunBook()
    book.add_replies(replies(1))
    under_way = [structs.replace(step, ended_ns=0) for step in steps()]
    record = book.entry(BEGAN, settings(), [intent()], report(), lambda _: under_way).content
    assert isinstance(record, RunRecord)
    assert {step.ended_ns for step in record.steps} == {0}


def test_a_password_is_not_kept() -> None:
    record = _record(RunBook(), "A-1")
    assert record.settings.database == "postgresql://me@host/shop"


def test_submissions_before_the_run_are_counted() -> None:
    book = RunBook()
    book.add_replies(replies(5))
    assert _record(book, "A-1").earlier == 5 - report().sent


def test_rows_that_are_gone_are_gone() -> None:
    book = RunBook()
    book.add_rows(rows(2))
    book.remove_rows([GoneRow("orders", 2, "A-1", "r-1.2")])
    assert [row.id for row in _record(book, "A-1").rows] == [1]
    book.clear()
    assert _record(book, "A-1").rows == ()


def test_however_much_comes_a_bounded_part_is_kept_and_the_rest_is_counted() -> None:
    book = RunBook()
    for number in range(3):
        book.add_rows(rows(1_000, f"K-{number}"))
        book.add_replies(replies(1_000, f"K-{number}", f"r-{number}"))
    record = _record(book, "K-0", "K-1", "K-2", each=4)
    assert (len(record.rows), len(record.replies), len(record.steps)) == (MOST_ROWS, MOST_REPLIES, MOST_STEPS)
    assert (record.left_out.rows, record.left_out.replies) == (1_000, 1_000)
    assert record.left_out.submissions > 0


def test_the_evidence_of_a_duplicate_is_kept_before_anything_else() -> None:
    book = RunBook()
    keys = [f"K-{number}" for number in range(MOST_ROWS)]
    for key in keys:
        book.add_rows(rows(1, key))
    book.add_rows(rows(2, "twice"))
    assert len([row for row in _record(book, *keys, "twice").rows if row.key == "twice"]) == 2


def test_a_step_is_cut_only_between_steps() -> None:
    book = RunBook()
    book.add_replies(replies(1))
    many: list[Step] = list(steps(count=MOST_STEPS + 5))
    record = book.entry(BEGAN, settings(), [intent()], report(), lambda _: many).content
    assert isinstance(record, RunRecord)
    assert len(record.steps) == MOST_STEPS
