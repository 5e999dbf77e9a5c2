"""The timeline's arithmetic: where things are, in what order, and what is in sight."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from backend.model.observed import Reply, Step
from backend.model.vocabulary import Answer, EngineKind
from gui.widgets.timeline.lane import Mishap
from gui.widgets.timeline.lanes import Extent, LaneBook
from gui.widgets.timeline.scale import MOST_READABLE, Scale

MS = 1_000_000


def step(submission: str, begin: int, end: int, command: str = "SELECT 1", answer: str = "OK", number: int = 0) -> Step:
    engine = EngineKind.REDIS if command.startswith(("SET", "DEL")) else EngineKind.POSTGRESQL
    engine = EngineKind.HTTP if command.startswith(("reply", "crash")) else engine
    return Step(submission, number, 0, engine, command, answer, "", begin, end)


def reply(submission: str, sent: int, received: int, answer: Answer = Answer.CREATED, status: int = 201) -> Reply:
    return Reply(submission, "A-1", answer, status, None, sent, received)


instants = st.integers(min_value=0, max_value=10**15)
scales = st.builds(
    Scale,
    width=st.integers(50, 2000),
    height=st.integers(50, 1000),
    left_ns=instants,
    ns_per_pixel=st.floats(20, 1e9),
    top=st.floats(0, 1000),
    lane_pixels=st.floats(0.01, 22),
)


@given(scales, st.floats(0, 2000))
def test_a_pixel_is_found_again_from_its_instant(scale: Scale, x: float) -> None:
    assert abs(scale.x_of(scale.instant_at(x)) - x) <= 0.5 / scale.ns_per_pixel + 1e-6


@given(scales, st.floats(1.01, 8), st.floats(0, 1000), st.floats(0, 500))
def test_zooming_keeps_what_is_under_the_pointer_there(scale: Scale, factor: float, x: float, y: float) -> None:
    zoomed = scale.zoomed(factor, x, y)
    assert abs(zoomed.x_of(scale.instant_at(x)) - x) < 0.2
    assert abs((zoomed.top + y / zoomed.lane_pixels) - (scale.top + y / scale.lane_pixels)) < 1e-6


@given(scales, st.integers(0, 5000), st.integers(1, 5000), instants, st.integers(20_000, 10**12))
def test_fitting_brings_everything_into_sight_but_lanes_too_low_to_be_read(
    scale: Scale, first: int, count: int, begin: int, length: int
) -> None:
    fitted = scale.fitted(Extent(first, first + count, begin, begin + length))
    assert 0 <= fitted.x_of(begin) < fitted.x_of(begin + length) <= fitted.width
    assert fitted.y_of(first) >= 0
    assert fitted.y_of(first + count) <= fitted.height + 1e-6 or (count <= MOST_READABLE and fitted.lane_pixels == 14)


def test_ticks_are_round_milliseconds_in_sight() -> None:
    scale = Scale(width=500, left_ns=7 * MS, ns_per_pixel=1000.0)
    ticks = list(scale.ticks(zero_ns=7 * MS, apart=100))
    assert [text for _, text in ticks] == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]
    assert [round(x) for x, _ in ticks] == [0, 100, 200, 300, 400, 500]


def test_what_is_in_sight_is_what_a_look_at_everything_finds() -> None:
    chance = random.Random(3)  # noqa: S311  repeatable
    book = LaneBook()
    steps: list[Step] = []
    for lane in range(200):
        now = chance.randrange(1000)
        for number in range(20):
            end = now + chance.randrange(50)
            steps.append(step(str(lane), now, end, number=number))
            now = end + chance.randrange(20)
    shuffled = steps[:]
    chance.shuffle(shuffled)
    for first in range(0, len(shuffled), 37):
        book.add_steps(shuffled[first : first + 37])
    begins = [book[place].begin for place in range(len(book))]
    assert begins == sorted(begins)
    assert all(book.place_of(book[place]) == place for place in range(len(book)))
    for begin in range(0, 1500, 83):
        end = begin + chance.randrange(1, 120)
        for lane in range(200):
            found = book.find(str(lane))
            assert found is not None
            wanted = {s.number for s in found.steps if s.started_ns <= end and s.ended_ns >= begin}
            got = {s.number for s in book.steps_between(found, begin, end)}
            assert got == wanted


def test_lanes_are_ordered_by_sending_and_the_newest_burst_stands_alone() -> None:
    book = LaneBook()
    book.add_steps([step("b", 20 * MS, 21 * MS), step("a", 30 * MS, 31 * MS)])
    book.add_replies([reply("a", 1 * MS, 40 * MS), reply("b", 2 * MS, 41 * MS)])
    assert [book[place].submission for place in range(2)] == ["a", "b"]
    book.add_replies([reply("c", 9000 * MS, 9001 * MS)])
    assert book.extent(newest=True) == Extent(2, 3, 9000 * MS, 9001 * MS)
    assert book.extent() == Extent(0, 3, 1 * MS, 9001 * MS)
    assert book.burst_at(50 * MS) == 1 * MS


def test_a_long_step_joins_what_looked_like_two_bursts() -> None:
    book = LaneBook()
    book.add_steps([step("a", 1 * MS, 2 * MS), step("b", 3000 * MS, 3001 * MS)])
    assert book.extent(newest=True).first == 1
    book.add_steps([step("a", 3 * MS, 4000 * MS, number=1)])
    assert book.extent(newest=True) == Extent(0, 2, 1 * MS, 4000 * MS)


def test_a_lease_ends_by_a_deletion_or_by_itself() -> None:
    book = LaneBook()
    book.add_steps(
        [
            step("a", 1 * MS, 2 * MS, "SET k x PX 50 NX"),
            step("b", 60 * MS, 62 * MS, "SET k y PX 50 NX"),
            step("a", 80 * MS, 81 * MS, "DEL k", "1", number=1),
            step("c", 90 * MS, 91 * MS, "SET k z PX 50 NX", "(nil)"),
        ]
    )
    lanes = {name: book.find(name) for name in "abc"}
    leases = {name: book.leases(lane) for name, lane in lanes.items() if lane}
    assert [(lease.released_ns, lease.ended_ns) for lease in leases["a"]] == [(None, 52 * MS)]
    assert [(lease.released_ns, lease.released_by) for lease in leases["b"]] == [(81 * MS, "a")]
    assert leases["c"] == []


RENEW = "EVAL if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end 1 k x 50"


def _leases(*steps: Step) -> list[tuple[str, int, int | None]]:
    """Key, end and release of the leases of submission a, in milliseconds."""
    book = LaneBook()
    book.add_steps(steps)
    lane = book.find("a")
    assert lane is not None
    found = [(lease.key, lease.ended_ns, lease.released_ns) for lease in book.leases(lane)]
    return [(key, ended // MS, released and released // MS) for key, ended, released in found]


def test_a_lease_that_is_renewed_lives_on_until_it_is_deleted() -> None:
    set_, renew, delete = "SET k x PX 50 NX", redis(RENEW), redis("DELIFEQ k x", number=3)
    taken = step("a", 1 * MS, 2 * MS, set_)
    first = structs.replace(renew, started_ns=39 * MS, ended_ns=40 * MS, answer="1")
    assert _leases(taken, first) == [("k", 90, None)]
    assert _leases(taken, first, structs.replace(delete, started_ns=69 * MS, ended_ns=70 * MS)) == [("k", 70, 70)]
    assert _leases(taken, structs.replace(first, answer="(nil)")) == [("k", 52, None)]


@pytest.mark.parametrize(
    ("command", "released"),
    [
        ("EVAL if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end 1 k x", 40),
        ("EVAL redis.call('PEXPIRE', KEYS[1], 9) return redis.call('DEL', KEYS[1]) 1 k", 40),
        ("EVALSHA 0f1e 1 k x", 40),
        ("EVAL return redis.call('GET', KEYS[1]) 1 k", None),
        ("EVAL return redis.call('INCR', KEYS[2]) 2 k model-1", None),
    ],
)
def test_a_script_releases_what_it_deletes(command: str, released: int | None) -> None:
    called = structs.replace(redis(command), started_ns=39 * MS, ended_ns=40 * MS)
    ((_, _, found),) = _leases(step("a", 1 * MS, 2 * MS, "SET k x PX 50 NX"), called)
    assert found == released


def test_each_of_several_servers_has_leases_of_its_own() -> None:
    taken = [step("a", n * MS, n * MS, f"SET k x PX 500 NX @{n}", number=n) for n in (1, 2, 3)]
    freed = [
        structs.replace(redis(f"DELIFEQ k x @{n}"), started_ns=(100 + n) * MS, ended_ns=(100 + n) * MS)
        for n in (1, 2, 3)
    ]
    assert _leases(*taken, *freed) == [("k @1", 101, 101), ("k @2", 102, 102), ("k @3", 103, 103)]


def test_a_lease_is_over_when_somebody_else_is_granted_the_key() -> None:
    assert _leases(
        step("a", 1 * MS, 2 * MS, "SET k x PX 500 NX"), step("b", 90 * MS, 91 * MS, "SET k y PX 500 NX")
    ) == [("k", 91, None)]


@pytest.mark.parametrize(
    "order",
    [
        order
        for order in itertools.permutations(range(4))
        if order.index(0) < order.index(1) and order.index(2) < order.index(3)
    ],
)
@pytest.mark.parametrize(("life", "first", "second"), [(500, "a", "b"), (5, "", "a")])
def test_who_hears_late_of_a_deletion_has_not_deleted_what_another_was_granted_since(
    order: tuple[int, ...], life: int, first: str, second: str
) -> None:
    """Of a key that was there until then; not where it had run out, and somebody else's was deleted."""
    steps = (
        step("a", 1 * MS, 2 * MS, f"SET k x PX {life} NX"),
        step("a", 9 * MS, 15 * MS, "DEL k", "1", number=1),
        step("b", 10 * MS, 12 * MS, "SET k y PX 500 NX"),
        step("b", 20 * MS, 21 * MS, "DEL k", "1", number=1),
    )
    book = LaneBook()
    for place in order:
        book.add_steps([steps[place]])
    ends = [book.leases(lane)[0] for name in "ab" if (lane := book.find(name))]
    assert [end.released_by for end in ends] == [first, second]
    assert ends[0].ended_ns < 12 * MS


def test_an_answer_that_is_kept_is_no_lease() -> None:
    assert _leases(step("a", 1 * MS, 2 * MS, "SET answer:k created PX 500")) == []


def redis(command: str, number: int = 1) -> Step:
    """A command of submission a, which has found its key."""
    return structs.replace(step("a", 0, 0, command, "1", number), engine=EngineKind.REDIS)


def test_mishaps_are_told_from_what_the_caller_and_the_trace_saw() -> None:
    book = LaneBook()
    book.add_steps([step("crashed", 1, 2), step("lost", 1, 2), step("lost", 3, 4, "reply 201", number=1)])
    book.add_replies(
        [
            reply("crashed", 0, 9, Answer.ERROR, 0),
            reply("lost", 0, 9, Answer.ERROR, 0),
            reply("late", 0, 9, Answer.TIMEOUT, 0),
            reply("fine", 0, 9),
            reply("refused", 0, 9, Answer.ERROR, 500),
        ]
    )
    mishaps = {book[place].submission: book[place].mishap for place in range(len(book))}
    assert mishaps == {
        "crashed": Mishap.CUT_OFF,
        "lost": Mishap.BROKEN,
        "late": Mishap.TIMEOUT,
        "fine": Mishap.NONE,
        "refused": Mishap.NONE,
    }


def test_the_oldest_lanes_make_room() -> None:
    book = LaneBook(capacity=100)
    for number in range(250):
        book.add_steps([step(str(number), number * 10, number * 10 + 5)])
    assert len(book) <= 100
    assert book[len(book) - 1].submission == "249"
    assert book.find("0") is None
