"""The ranking of strategies, and what a run says of it; `explorer/test_guidance.py` explores every advice."""

from __future__ import annotations

import itertools

import pytest

from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import Cell, Line, PartResult
from backend.comparison.situations import SITUATIONS, Extent
from backend.faults import parse_fault
from backend.guidance.advice import NOTHING_FITS, all_texts, recommend, weigh
from backend.guidance.questions import QUESTIONS, Arrival, Effect, GuideQuestion, Key, Needs, Receiver
from backend.guidance.rules import RULES
from backend.model import EngineKind, GatewayKeys, OperationKey, Plan, Setup, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.guided import HARM, STRATEGIES, VARIANTS, every_needs


@pytest.mark.exhaustive
@pytest.mark.parametrize("keys", [GatewayKeys.NONE, GatewayKeys.HONOURED])
@pytest.mark.parametrize("variant", ["draft-07", "stripe"])
def test_a_key_does_not_cover_what_is_outside_unless_it_goes_on(
    laboratory: Laboratory, variant: str, keys: GatewayKeys
) -> None:
    receiver = Receiver.HONOURS if keys is GatewayKeys.HONOURED else Receiver.IGNORES
    needs = Needs(Effect.OUTSIDE, Key.CLIENT, Arrival.PROGRAM, receiver=receiver)
    advice = next(a for a in recommend(needs, STRATEGIES).ranking if a.name == f"idempotency-key/{variant}")
    setup = Setup("idempotency-key", variant, lease_ms=300, faults=(parse_fault("crash@gateway"),), gateway_keys=keys)
    plan = Plan((laboratory.intent(OperationKey.SEND_MESSAGE),), 1, Source.RETRY, timeout_ms=5_000, retries=8)
    verdicts = laboratory.lab.start_run(setup, plan).wait(60).verdicts

    assert set(verdicts) & HARM == {risk.verdict for risk in advice.risks}


# The ranking


def names(needs: Needs) -> list[str]:
    return [advice.name for advice in recommend(needs, STRATEGIES).ranking]


def test_only_sound_variants_that_guard_the_operation_are_ranked_and_all_others_say_why() -> None:
    for needs in every_needs():
        guidance = recommend(needs, STRATEGIES)
        for advice in guidance.ranking:
            assert VARIANTS[advice.name].sound
            assert needs.operation in VARIANTS[advice.name].guards
            assert all((*advice.reasons, *advice.notes))
        assert len(guidance.ranking) + len(guidance.rejected) == len(VARIANTS)
        assert all(rejection.reason for rejection in guidance.rejected)


def test_whatever_has_a_risk_stands_behind_whatever_has_none() -> None:
    for needs in every_needs():
        risky = [bool(advice.risks) for advice in recommend(needs, STRATEGIES).ranking]
        assert risky == sorted(risky)


@pytest.mark.parametrize(
    ("needs", "first"),
    [
        (Needs(), "unique-index/on-conflict"),
        (Needs(Effect.STATUS), "state-machine/status-guard"),
        (Needs(Effect.AMOUNT), "unique-index/on-conflict"),
        (Needs(Effect.AMOUNT, Key.NONE), "optimistic-lock/version-from-form"),
        (Needs(key=Key.CLIENT, arrival=Arrival.PROGRAM), "idempotency-key/draft-07"),
        (Needs(key=Key.CLIENT, arrival=Arrival.QUEUE), "inbox/same-transaction"),
        (Needs(arrival=Arrival.QUEUE), "unique-index/on-conflict"),
        (Needs(key=Key.NONE), "token/delete-first"),
        (Needs(Effect.OUTSIDE, receiver=Receiver.HONOURS), "unique-index/on-conflict"),
    ],
)
def test_the_natural_choice_comes_first(needs: Needs, first: str) -> None:
    assert names(needs)[0] == first


def test_nothing_is_recommended_where_nothing_tells_a_duplicate() -> None:
    assert names(Needs(key=Key.NONE, arrival=Arrival.PROGRAM)) == []
    assert NOTHING_FITS in all_texts()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_each_answer_changes_something(question: GuideQuestion) -> None:
    mattering = [needs for needs in every_needs() if needs.effect in question.only_for]
    for one, other in itertools.pairwise(choice.value for choice in question.choices):
        assert any(
            recommend(needs.answered(question.key, one), STRATEGIES)
            != recommend(needs.answered(question.key, other), STRATEGIES)
            for needs in mattering
        )


def test_a_measured_line_that_contradicts_an_advice_puts_it_last() -> None:
    guidance = recommend(Needs(), STRATEGIES)
    first = guidance.ranking[0]
    subject = Subject(first.operation, EngineKind.POSTGRESQL, first.strategy, first.variant, "", "", sound=True)
    part = SITUATIONS[SituationKey.CLICKS].parts(subject, Extent(quick=True))[0]
    result = PartResult(part, {Verdict.DUPLICATED: 1}, {}, 2, None, None, {}, (), 0.1, proven=1)
    weighed = weigh(guidance, [Line(subject, (Cell(subject, SituationKey.CLICKS, (result,)),))])

    assert weighed.ranking[-1].name == first.name
    assert weighed.ranking[-1].contradicted_by == (SituationKey.CLICKS,)
    assert weigh(guidance, []).ranking == guidance.ranking


def test_every_rule_is_about_a_variant_that_there_is() -> None:
    assert {rule.name for rule in RULES} == {name for name, variant in VARIANTS.items() if variant.sound} - {
        "pessimistic-lock/unindexed"
    }
