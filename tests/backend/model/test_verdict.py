"""The judge, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.model.verdict import Facts, contradiction, contradicts, judge
from backend.model.vocabulary import Answer, Verdict

ANSWERS = st.frozensets(st.sampled_from(Answer))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (Facts(1), Verdict.EXACTLY_ONCE),
        (Facts(2), Verdict.DUPLICATED),
        (Facts(0), Verdict.UNDECIDED),
        (Facts(0, frozenset({Answer.ERROR, Answer.TIMEOUT, Answer.BUSY, Answer.CONFLICT})), Verdict.UNDECIDED),
        (Facts(0, frozenset({Answer.CREATED})), Verdict.LOST),
        (Facts(0, frozenset({Answer.ERROR, Answer.DUPLICATE})), Verdict.LOST),
        (Facts(0, frozenset({Answer.REPLAYED})), Verdict.LOST),
        (Facts(0, frozenset({Answer.BUSY}), barred=True), Verdict.STUCK),
        (Facts(1, frozenset({Answer.BUSY}), barred=True), Verdict.EXACTLY_ONCE),
    ],
)
def test_each_verdict(facts: Facts, verdict: Verdict) -> None:
    assert judge(facts) is verdict


@given(effects=st.integers(1, 1_000), answers=ANSWERS, barred=st.booleans())
def test_where_there_is_an_effect_only_the_rows_count(
    effects: int, answers: frozenset[Answer], *, barred: bool
) -> None:
    expected = Verdict.EXACTLY_ONCE if effects == 1 else Verdict.DUPLICATED
    assert judge(Facts(effects, answers, barred)) is expected


@given(answers=ANSWERS, more=st.sampled_from(Answer))
def test_a_further_answer_never_makes_a_lost_intent_better(answers: frozenset[Answer], more: Answer) -> None:
    assert judge(Facts(0, answers | {more})).severity >= judge(Facts(0, answers)).severity


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("made", [True, False])
def test_which_answers_contradict_the_rows(answer: Answer, *, made: bool) -> None:
    denies = {Answer.DUPLICATE, Answer.BUSY, Answer.CONFLICT}
    assert contradicts(answer, has_row=made) is (answer in denies if made else answer is Answer.CREATED)


@pytest.mark.parametrize("answer", [Answer.CREATED, Answer.BUSY])
def test_a_contradiction_names_the_submission(answer: Answer) -> None:
    assert "1.7" in str(contradiction("1.7", answer))


@given(effects=st.integers(0, 3), answers=ANSWERS, barred=st.booleans())
def test_nothing_but_a_duplicate_is_certain_while_something_is_at_work(
    effects: int, answers: frozenset[Answer], *, barred: bool
) -> None:
    expected = Verdict.DUPLICATED if effects > 1 else Verdict.UNDECIDED
    assert judge(Facts(effects, answers, barred, at_work=True)) is expected
