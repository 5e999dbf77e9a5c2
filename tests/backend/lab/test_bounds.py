"""What is kept of runs has a bound, and no number becomes wrong by it."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from backend.archive.run_book import MOST_INTENTS, RunBook
from backend.lab.forms import FormDesk
from backend.lab.ledger import Ledger
from backend.lab.reply_count import ReplyCount
from backend.lab.run_intents import RunIntents
from backend.lab.run_notes import Notes
from backend.lab.step_book import StepBook
from backend.lab.tally import Latencies, percentiles
from backend.model.business_keys import KeyMaker
from backend.model.intents import NewIntents
from backend.model.observed import Reply, Row, Step
from backend.model.plan import Intent
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Pace, Verdict
from backend.shop.seen_rows import Origin, SeenRows
from tests.backend.conftest import Laboratory
from tests.tables import exhaustive_but, values

if TYPE_CHECKING:
    from backend.model.judgement import Report

INTENT = Intent(OperationKey.PLACE_ORDER, "A-1", "pen", 1)
FEW, MANY, BATCH = 4_000, 12_000, 500


def step(name: str, number: int, command: str = "COMMIT", begun: int = 5) -> Step:
    return Step(name, number, 1, EngineKind.POSTGRESQL, command, "ok", "", begun + number, begun + number + 1)


def feed(ledger: Ledger, notes: Notes, book: RunBook, first: int, last: int) -> None:
    """Submissions of one intent, each of which makes a row and is told so."""
    run = ledger.announce([INTENT])
    for begin in range(first, last, BATCH):
        names = [f"lab-1.{number}" for number in range(begin, begin + BATCH)]
        replies = [Reply(name, "A-1", Answer.CREATED, 201, None, 0, n * 997) for n, name in enumerate(names)]
        rows = [Row("orders", number, "A-1", "pen", 1, name, 0.0, 1) for number, name in enumerate(names, begin)]
        ledger.add_replies(replies, lambda key: ("orders", key), run)
        rows = ledger.add_rows(rows)
        for listener in (notes, book):
            (listener.replies_received if isinstance(listener, Notes) else listener.add_replies)(replies)
            (listener.rows_added if isinstance(listener, Notes) else listener.add_rows)(rows)


def test_a_submission_that_is_over_takes_a_few_bytes_in_all_books() -> None:
    ledger, book = Ledger(), RunBook()
    with Notes(MANY, "en") as notes:
        feed(ledger, notes, book, 1, FEW)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            feed(ledger, notes, book, FEW + BATCH, MANY)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown / (MANY - FEW) < 60, f"{grown} bytes"
    ledger.compare(ledger.answered())
    judged = ledger.judgement()
    assert (judged.effects, judged.contradicting) == (judged.submissions, 0)
    assert judged.verdicts == {Verdict.DUPLICATED: 1}


def feed_intents(
    ledger: Ledger, notes: Notes, counts: ReplyCount, seen: SeenRows, desk: FormDesk, wanted: NewIntents, each: int
) -> None:
    """So many submissions of each of these intents, of which each makes a row and is told so."""
    plan = RunIntents(wanted)
    desk.open(wanted, frozenset(), sa.create_engine("sqlite://"), lambda _method, _paths: ())
    run = ledger.announce(wanted)
    numbers = itertools.count(len(seen) + 1)
    for start in range(0, len(wanted), BATCH):
        batch = [intent.key for intent in wanted[start : start + BATCH]] * each
        some = [(key, f"lab-1.{next(numbers)}") for key in batch]
        replies = [Reply(name, key, Answer.CREATED, 201, None, 0, n * 997) for n, (key, name) in enumerate(some)]
        rows = [Row("orders", len(seen) + n, key, "pen", 1, name, 0.0, 1) for n, (key, name) in enumerate(some, 1)]
        ledger.add_replies(replies, plan.entry, run)
        counts.settle(key for key, _ in some)
        counts.add(replies)
        notes.replies_received(replies)
        for row in rows:
            seen.put(row.id, (row.key, row.submission_id, datetime(2026, 1, 1, tzinfo=UTC)))
        notes.rows_added(ledger.add_rows(rows))
        ledger.judgement(final=False)


@pytest.mark.parametrize(("each", "most"), exhaustive_but([(1, 250), (2, 550)], values(1)))
def test_an_intent_that_is_over_takes_some_bytes_in_all_books(
    each: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its plan, its form, its key and its rows included. It took 2.4 KiB, and 2.7 with two submissions."""
    monkeypatch.setattr("backend.lab.tally._MOST_EXACT", BATCH)
    ledger, counts, seen, desk, maker = Ledger(), ReplyCount(), SeenRows(), FormDesk(), KeyMaker()
    with Notes(1, "en") as notes:

        def submit(count: int) -> NewIntents:
            wanted = NewIntents(maker.make_several(OperationKey.PLACE_ORDER, count), "", 1)
            feed_intents(ledger, notes, counts, seen, desk, wanted, each)
            return wanted

        kept = [submit(2 * BATCH)]
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            kept.append(submit(5 * BATCH))
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown / len(kept[1]) < most, f"{grown / len(kept[1])} bytes"
    judged = ledger.judgement()
    assert judged.verdicts == {Verdict.EXACTLY_ONCE if each == 1 else Verdict.DUPLICATED: 7 * BATCH}
    assert (judged.effects, len(ledger.without_effect())) == (7 * BATCH * each, 0)


def test_steps_of_the_first_the_remarkable_and_the_latest_are_kept_and_all_are_counted() -> None:
    book = StepBook(capacity=10, remarkable=4, first=2)
    book.count("lab-1")
    for number in range(1, 41):
        book.add([step(f"lab-1.{number}", place) for place in range(42 if number == 40 else 3)])
        if number in {20, 21, 22, 23}:
            book.keep([f"lab-1.{number}"])
    kept = {number for number in range(1, 41) if book.of(f"lab-1.{number}")}
    assert kept == {1, 2, 20, 21, 35, 36, 37, 38, 39, 40}
    assert book.gone == book.gone_of("lab-1") == 30
    assert book.mean_per_submission("lab-1") == {EngineKind.POSTGRESQL: (39 * 3 + 42) / 40}
    assert book.mean_per_submission("lab-1", ["lab-1.40"]) == {EngineKind.POSTGRESQL: 3}
    assert book.mean_per_submission("lab-1", ["lab-1.3", "lab-1.40"]) == {EngineKind.POSTGRESQL: 3}, "3 is not kept"
    book.end_count("lab-1")
    assert book.mean_per_submission("lab-1") == {}


def test_whose_commit_was_overtaken_is_known_after_its_steps_have_gone() -> None:
    promoted = [0]
    book = StepBook(capacity=1, remarkable=0, first=0, promoted_ns=lambda: promoted[0])
    book.add([step("lab-1.1", 0, begun=10)])
    book.add([step("lab-1.2", 0, "SELECT", begun=20)])
    promoted[0] = 100
    book.add([step("lab-1.3", 0, begun=90)])
    book.add([step("lab-1.4", 0, begun=110)])
    book.add([step("lab-1.5", 0, begun=80), step("lab-1.5", 1, begun=120)])
    assert [book.of(f"lab-1.{number}") for number in range(1, 5)] == [()] * 4
    assert [book.committed_before(f"lab-1.{n}", 100) for n in range(1, 6)] == [True, False, True, False, True]
    book.add([step("lab-1.6", 0, begun=130)])
    assert (book.of("lab-1.5"), book.committed_before("lab-1.5", 100)) == ((), True)
    promoted[0] = 200
    assert [book.committed_before(f"lab-1.{n}", 200) for n in range(1, 6)] == [True, False, True, True, True]


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=60), st.integers(1, 400))
def test_the_percentiles_of_many_are_those_of_all_to_four_digits(values: list[float], times: int) -> None:
    latencies = Latencies()
    for value in values * times:
        latencies.add(value)
    assert latencies.percentiles() == pytest.approx(percentiles(sorted(values * times)), rel=1e-3)


ORIGINS = st.tuples(
    st.sampled_from(["A-1", "A-2", ""]),
    st.one_of(st.builds("lab-1.{}".format, st.integers(0, 30)), st.sampled_from(["", "lab-1.3-2", "x\0y.7", "me.007"])),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  as it wants them
)


@given(
    st.dictionaries(st.integers(-5, 40), ORIGINS),
    st.sets(st.integers(-5, 40)),
    st.dictionaries(st.integers(-5, 40), ORIGINS),
)
def test_rows_that_were_read_are_known_exactly(
    first: dict[int, Origin], removed: set[int], later: dict[int, Origin]
) -> None:
    seen = SeenRows()
    for number, origin in first.items():
        seen.put(number, origin)
    seen.remove([seen.place_of(number) for number in removed if seen.place_of(number) >= 0])
    for number, origin in later.items():
        seen.put(number, origin)
    expected = {number: origin for number, origin in first.items() if number not in removed} | later
    assert list(seen.numbers) == sorted(expected)
    assert seen.total == sum(expected)
    for number, origin in expected.items():
        place = seen.place_of(number)
        assert (seen.key(place), seen.submission(place)) == origin[:2]
        assert seen.holds(place, origin)
        assert not seen.holds(place, (origin[0], origin[1] + "x", origin[2]))


def test_a_run_of_more_submissions_than_are_kept_is_judged_and_counted_whole(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = laboratory.lab._running()[0].steps
    for name, few in {"_capacity": 10, "_remarkable": 4, "_first": 2}.items():
        monkeypatch.setattr(steps, name, few)
    in_turn = Pace.ONE_AFTER_ANOTHER  # so that none makes room before all its steps have come
    report = laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=60, pace=in_turn)
    assert (report.effects, report.verdicts) == (60, {Verdict.DUPLICATED: 1})
    assert (report.answers, report.contradicting) == ({Answer.CREATED: 60}, 0)
    assert report.untraced == 50
    assert whole(report) == whole(laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=5, pace=in_turn))
    assert laboratory.lab.judgement().untraced == 55


def whole(report: Report) -> dict[EngineKind, float]:
    return dict(report.steps_per_submission)


def test_what_makes_room_in_a_file_is_counted() -> None:
    from tests.backend.archive.samples import BEGAN, intent, replies, report, rows, settings

    book = RunBook()
    keys = [f"K-{number}" for number in range(40)]
    for key in keys:
        book.add_rows(rows(1_000, key))
        book.add_replies(replies(1_000, key))
    assert book._rows <= 21_000
    record = book.entry(
        BEGAN, settings(), list(map(intent, keys)), replace(report(), sent=40_000), lambda _: ()
    ).content
    assert record.left_out.rows == 40_000 - len(record.rows)  # type: ignore[union-attr]
    assert record.left_out.replies == 40_000 - len(record.replies)  # type: ignore[union-attr]


def test_rows_of_intents_that_are_forgotten_make_room_for_others() -> None:
    """With what is remembered miscounted, later intents would keep a handful of rows each, as if all were full."""
    from tests.backend.archive.samples import rows

    book = RunBook()
    for number in range(MOST_INTENTS + 100):
        book.add_rows(rows(1, f"K-{number}"))
    assert book._rows == sum(len(seen.rows) for seen in book._of_intent.values()) == MOST_INTENTS
