"""The book of a lab, without a lab."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backend.lab.ledger import Ledger, entry_of
from backend.lab.tally import Tally, percentiles
from backend.model.judgement import Judgement
from backend.model.observed import GoneRow, Reply, Row
from backend.model.plan import Intent
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer, OperationKey, Verdict

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
INTENTS = {key: Intent(PLACE, key, "pen", 1) for key in "abc"}
ENTRIES = {key: entry_of(PLACE, key) for key in "abc"}
numbers = itertools.count(1)


def row(key: str, submission: str = "", table: str = "orders") -> Row:
    return Row(table, next(numbers), key, "pen", 1, submission, 0.0, ordinal=1)


def reply(key: str, answer: Answer, submission: str = "", ms: float = 1.0, *, held_back: bool = False) -> Reply:
    name = submission or f"reply-{next(numbers)}"
    return Reply(name, key, answer, 200, None, 0, round(ms * 1e6), held_back)


def test_an_empty_book() -> None:
    assert Ledger().judgement() == Judgement()


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("row"), st.sampled_from("abc")),
        st.tuples(st.just("reply"), st.sampled_from("abc"), st.sampled_from(Answer)),
        st.tuples(st.just("judge"), st.booleans()),
    ),
    max_size=30,
)


@given(events=EVENTS)
def test_judging_piecemeal_is_judging_at_once(events: list[tuple[object, ...]]) -> None:
    """The ledger keeps count as it goes; a count made from scratch must come to the same."""
    ledger = Ledger()
    run = ledger.announce(list(INTENTS.values()))
    effects: Counter[str] = Counter()
    told: dict[str, set[Answer]] = {key: set() for key in INTENTS}
    for event in events:
        match event:
            case ("row", str(key)):
                effects[key] += 1
                assert [numbered.ordinal for numbered in ledger.add_rows([row(key)])] == [effects[key]]
            case ("reply", str(key), Answer() as answer):
                told[key].add(answer)
                ledger.add_replies([reply(key, answer)], ENTRIES.__getitem__, run)
            case ("judge", bool(final)):
                ledger.judgement(final=final)
    afresh = Counter(judge(Facts(effects[key], frozenset(told[key]))) for key in INTENTS)
    judgement = ledger.judgement()
    assert judgement.verdicts == dict(afresh) == dict(ledger.verdicts_of(set(ENTRIES.values())))
    assert judgement.effects == effects.total() == ledger.effects_of(set(ENTRIES.values()))
    assert judgement.duplicates == sum(max(0, count - 1) for count in effects.values())
    assert {intent.key for intent in ledger.without_effect()} == {key for key in INTENTS if not effects[key]}
    during = ledger.judgement(final=False).verdicts
    assert during.keys() <= {Verdict.EXACTLY_ONCE, Verdict.DUPLICATED}


def test_a_key_of_another_operation_is_another_intent() -> None:
    ledger = Ledger()
    pay = Intent(PAY, "a", "pen", 1)
    ledger.announce([INTENTS["a"], pay])
    ledger.add_rows([row("a"), row("a", table="payments")])
    assert ledger.judgement().verdicts == {Verdict.EXACTLY_ONCE: 2}
    ledger.add_rows([row("a", table="payments")])
    assert ledger.verdicts_of({entry_of(PAY, "a")}) == {Verdict.DUPLICATED: 1}
    assert ledger.verdicts_of({ENTRIES["a"]}) == {Verdict.EXACTLY_ONCE: 1}
    assert ledger.effects_of({entry_of(PAY, "a")}) == 2


def test_held_back_clicks_are_no_submissions() -> None:
    ledger = Ledger()
    ledger.add_replies(
        [reply("a", Answer.CREATED), reply("a", Answer.ERROR, held_back=True)], ENTRIES.__getitem__, Tally()
    )
    judgement = ledger.judgement()
    assert (judgement.submissions, judgement.held_back) == (1, 1)
    assert judgement.answers == {Answer.CREATED: 1}


def test_who_is_barred_is_stuck_until_a_row_comes() -> None:
    ledger = Ledger()
    ledger.announce(list(INTENTS.values()))
    ledger.set_barred([INTENTS["a"]])
    assert ledger.judgement().verdicts == {Verdict.STUCK: 1, Verdict.UNDECIDED: 2}
    ledger.add_rows([row("a")])
    assert ledger.judgement().verdicts == {Verdict.EXACTLY_ONCE: 1, Verdict.UNDECIDED: 2}


def test_an_answer_is_compared_only_with_rows_that_were_read_later() -> None:
    ledger = Ledger()
    run = ledger.announce(list(INTENTS.values()))
    ledger.add_replies([reply("a", Answer.CREATED, "1.1")], ENTRIES.__getitem__, run)
    early = ledger.answered()
    ledger.add_replies([reply("b", Answer.CREATED, "2.1")], ENTRIES.__getitem__, run)
    ledger.add_rows([row("a", "1.1")])
    ledger.compare(early)
    assert ledger.contradictions() == (0, ())
    ledger.compare(ledger.answered())
    count, (sentence,) = ledger.contradictions()
    assert count == 1
    assert ledger.contradictions("2") == (1, ledger.judgement().contradictions) == (1, (sentence,))
    assert ledger.contradictions("1") == (0, ())
    assert ledger.answered() == ()


def contradict(ledger: Ledger, key: str, count: int) -> None:
    """A run of that name whose answers have no rows."""
    run = ledger.announce([INTENTS[key]])
    names = {f"{key}.{number}" for number in range(count)}
    ledger.add_replies([reply(key, Answer.CREATED, name) for name in names], ENTRIES.__getitem__, run)
    ledger.compare(ledger.answered())


def test_contradictions_of_a_later_run_are_told_after_those_of_earlier_ones() -> None:
    ledger = Ledger()
    contradict(ledger, "a", 4)
    contradict(ledger, "b", 5)
    count, examples = ledger.contradictions("b")
    assert (count, len(examples)) == (5, 3)
    judged = ledger.judgement()
    assert (judged.contradicting, len(judged.contradictions)) == (9, 3)
    assert judged.run is not None
    assert (judged.run.contradicting, judged.run.contradictions) == (5, examples)


def test_the_current_run_is_judged_apart_from_what_was_before() -> None:
    ledger = Ledger()
    first = ledger.announce([INTENTS["a"]])
    ledger.add_replies([reply("a", Answer.CREATED), reply("a", Answer.CREATED)], ENTRIES.__getitem__, first)
    ledger.add_rows([row("a"), row("a")])
    second = ledger.announce([INTENTS["b"]])
    ledger.add_rows([row("b")])
    ledger.add_replies([reply("b", Answer.CREATED, ms=7)], ENTRIES.__getitem__, second)
    judged = ledger.judgement()
    assert judged.verdicts == {Verdict.DUPLICATED: 1, Verdict.EXACTLY_ONCE: 1}
    assert judged.run is not None
    assert judged.run.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert (judged.run.intents, judged.run.effects, judged.run.submissions) == (1, 1, 1)
    assert (judged.run.answers, judged.run.p50_ms) == ({Answer.CREATED: 1}, 7.0)
    assert judged.run.wanted == {ENTRIES["b"]}


def test_clicks_on_one_intent_are_one_run() -> None:
    ledger = Ledger()
    for number in range(3):
        run = ledger.announce([INTENTS["a"]])
        ledger.add_replies([reply("a", Answer.CREATED, f"{number}.1")], ENTRIES.__getitem__, run)
        ledger.add_rows([row("a", f"{number}.1")])
    judged = ledger.judgement().run
    assert judged is not None
    assert (judged.intents, judged.submissions, judged.effects) == (1, 3, 3)
    assert judged.verdicts == {Verdict.DUPLICATED: 1}


def test_an_intent_that_is_at_work_is_undecided_unless_it_is_duplicated() -> None:
    ledger = Ledger()
    ledger.announce(list(INTENTS.values()))
    ledger.add_rows([row("a"), row("b"), row("b")])
    at_work = set(ENTRIES.values())
    assert ledger.verdicts_of(set(ENTRIES.values()), at_work) == {Verdict.UNDECIDED: 2, Verdict.DUPLICATED: 1}
    judged = ledger.judgement(at_work=list(at_work))
    assert judged.verdicts == {Verdict.UNDECIDED: 2, Verdict.DUPLICATED: 1}
    assert judged.run is not None
    assert judged.run.verdicts == judged.verdicts
    assert ledger.judgement().verdicts == {Verdict.EXACTLY_ONCE: 1, Verdict.DUPLICATED: 1, Verdict.UNDECIDED: 1}


def gone(one: Row) -> GoneRow:
    return GoneRow(one.table, one.id, one.key, one.submission_id)


def test_rows_that_are_not_there_any_more_do_not_count() -> None:
    ledger = Ledger()
    ledger.announce([INTENTS["a"]])
    made = [row("a"), row("a")]
    ledger.add_rows(made)
    ledger.remove([gone(made[0])])
    assert ledger.judgement().verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert ledger.remove([gone(made[0])]) == [], "it has gone already"
    ledger.remove([gone(made[1])])
    judged = ledger.judgement()
    assert (judged.effects, judged.verdicts) == (0, {Verdict.UNDECIDED: 1})


def test_one_of_several_rows_of_a_submission_may_go() -> None:
    """As the relay of an outbox makes them. Whoever has one left was told the truth."""
    ledger = Ledger()
    run = ledger.announce([INTENTS["a"]])
    made = [row("a", "1.1"), row("a", "1.1"), row("a", "1.1")]
    ledger.add_rows(made)
    ledger.add_replies([reply("a", Answer.CREATED, "1.1")], ENTRIES.__getitem__, run)
    went = list(map(gone, made))
    ledger.compare(ledger.answered())
    for one in went[:2]:
        ledger.remove([one])
        assert ledger.compare(()) == []
    ledger.remove(went[2:])
    assert ledger.compare((), overtaken=lambda name: name == "1.1") == []
    assert ledger.compare(()) == ["1.1"]
    assert ledger.compare(()) == []
    assert ledger.contradictions("1")[0] == 1
    assert f"row {made[2].id} of orders" in str(ledger.contradictions()[1][0])
    ledger.add_rows(made[:1])
    assert ledger.contradictions("1") == ledger.contradictions() == (0, ())


def test_a_denial_beside_a_row_stays_a_contradiction_when_the_row_has_gone() -> None:
    ledger = Ledger()
    run = ledger.announce([INTENTS["a"]])
    made = row("a", "1.1")
    ledger.add_rows([made])
    ledger.remove([gone(made)])
    ledger.add_replies([reply("a", Answer.DUPLICATE, "1.1")], ENTRIES.__getitem__, run)
    assert ledger.compare(ledger.answered()) == ["1.1"]
    ledger.add_rows([made])
    assert ledger.contradictions()[0] == 1, "it is there again, and was denied"


@given(data=st.data())
def test_whatever_comes_and_goes_effects_count_in_the_order_of_their_numbers(data: st.DataObject) -> None:
    """What was told, corrected by what was told anew, is what a count made from scratch comes to."""
    ledger = Ledger()
    told: dict[tuple[str, int], Row] = {}
    keys = {number: data.draw(st.sampled_from("ab")) for number in data.draw(st.permutations(range(8)))}
    waiting = [Row("orders", number, key, "pen", 1, "", 0.0, ordinal=1) for number, key in keys.items()]
    while waiting:
        batch = [waiting.pop() for _ in range(min(len(waiting), data.draw(st.integers(1, 4))))]
        removed = data.draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
        ledger.remove([gone(told.pop(place)) for place in removed])
        numbered = ledger.add_rows(sorted(batch, key=lambda each: each.id))
        told.update({each.place: each for each in numbered})
        moved = ledger.moved(numbered)
        assert not {each.place for each in moved} & {each.place for each in numbered}
        for each in moved:
            told[each.place] = replace(told[each.place], ordinal=each.ordinal)
        for key in "ab":
            of_it = sorted((each for each in told.values() if each.key == key), key=lambda each: each.id)
            assert [each.ordinal for each in of_it] == list(range(1, len(of_it) + 1))
            assert ledger.effects_of({ENTRIES[key]}) == len(of_it)
    assert ledger.moved() == []


def test_a_cleared_book_is_an_empty_book() -> None:
    ledger = Ledger()
    run = ledger.announce(list(INTENTS.values()))
    ledger.add_replies([reply("a", Answer.CREATED)], ENTRIES.__getitem__, run)
    ledger.compare(ledger.answered())
    ledger.add_rows([row("b"), row("b")])
    ledger.clear()
    assert ledger.judgement() == Judgement()
    assert [numbered.ordinal for numbered in ledger.add_rows([row("b")])] == [1]


@given(st.lists(st.floats(0, 1e6), max_size=300).map(sorted))
def test_percentiles_are_values_that_were_seen(ordered: list[float]) -> None:
    p50, p99 = percentiles(ordered)
    if not ordered:
        assert (p50, p99) == (None, None)
        return
    assert p50 in ordered
    assert p99 in ordered
    assert p50 is not None
    assert sum(value <= p50 for value in ordered) * 2 >= len(ordered)
    assert p99 is not None
    assert sum(value <= p99 for value in ordered) >= 0.99 * len(ordered)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=50))
def test_latencies_may_come_in_any_order(latencies: list[float]) -> None:
    ledger = Ledger()
    replies = [reply("a", Answer.CREATED, ms=ms) for ms in latencies]
    ledger.add_replies(replies, ENTRIES.__getitem__, Tally())
    ordered = sorted(reply.latency_ms for reply in replies)
    judgement = ledger.judgement()
    assert (judgement.p50_ms, judgement.p99_ms) == percentiles(ordered)
