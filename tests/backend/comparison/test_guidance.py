"""The ranking of strategies, and what a run says of it; `explorer/test_guidance.py` explores every advice."""

from __future__ import annotations

import itertools

import pytest

from backend.comparison.guidance.advice import recommend, weigh
from backend.comparison.guidance.questions import (
    QUESTIONS,
    Again,
    Arrival,
    Effect,
    GuideQuestion,
    Key,
    Needs,
    Receiver,
)
from backend.comparison.guidance.says import GuideCode, about_choice, choice_term, question_term
from backend.comparison.guidance.trials import trial_of
from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import ComparedCell, Line, PartResult
from backend.comparison.situations import SITUATIONS, Extent
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, GatewayKeys, OperationKey, Source, Verdict
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


def test_where_nothing_tells_a_duplicate_nothing_is_recommended_but_a_way_out() -> None:
    guidance = recommend(Needs(key=Key.NONE, arrival=Arrival.PROGRAM), STRATEGIES)
    assert guidance.ranking == ()
    assert guidance.headline is not None
    assert str(guidance.headline) == "Nothing can work: a retry looks like a new order."
    assert guidance.way_out is not None
    assert recommend(guidance.way_out, STRATEGIES).ranking


def test_the_way_out_leads_somewhere_wherever_there_is_none_without_it() -> None:
    for needs in every_needs():
        guidance = recommend(needs, STRATEGIES)
        assert bool(guidance.way_out) is not bool(guidance.ranking)
        assert guidance.way_out is None or recommend(guidance.way_out, STRATEGIES).ranking


def test_outside_of_our_reach_the_headline_says_reconcile_unless_the_service_honours_keys() -> None:
    ignoring = recommend(Needs(Effect.OUTSIDE, receiver=Receiver.IGNORES), STRATEGIES)
    assert ignoring.headline is not None
    assert ignoring.headline.code is GuideCode.OUTSIDE
    assert "Reconcile" in str(ignoring.headline)
    assert recommend(Needs(Effect.OUTSIDE, receiver=Receiver.HONOURS), STRATEGIES).headline is None
    assert recommend(Needs(), STRATEGIES).headline is None


def test_after_days_idempotency_keys_stand_before_every_lock() -> None:
    found = 0
    for needs in every_needs():
        ranked = [(advice.name, bool(advice.risks)) for advice in recommend(needs, STRATEGIES).ranking]
        keys = [place for place, (name, _) in enumerate(ranked) if name.startswith("idempotency-key/")]
        safe_locks = [place for place, (name, risky) in enumerate(ranked) if "-lock/" in name and not risky]
        if needs.again is Again.DAYS and keys and safe_locks and not ranked[keys[0]][1]:
            found += 1
            assert max(keys) < min(safe_locks), ranked
    assert found > 0


def test_every_word_of_the_questions_and_the_rules_is_there() -> None:
    for question in QUESTIONS:
        assert str(question_term(question.key))
        for choice in question.choices:
            assert str(choice_term(question.key, choice)) != str(about_choice(question.key, choice))
    for variant in VARIANTS.values():
        if fit := variant.claims.fit:
            assert str(fit.why) != str(fit.mind)


# What to try


@pytest.mark.parametrize(
    ("needs", "name", "source", "faults"),
    [
        (Needs(), "unique-index/on-conflict", Source.CLICKS, []),
        (Needs(arrival=Arrival.PROGRAM), "unique-index/on-conflict", Source.RETRY, []),
        (Needs(arrival=Arrival.QUEUE), "unique-index/on-conflict", Source.REDELIVERY, ["crash@redis:XACK:before"]),
        (Needs(key=Key.NONE), "token/delete-first", Source.RETRY, ["crash@redis"]),
        (Needs(), "distributed-lock/redis", Source.RETRY, []),
        (Needs(Effect.OUTSIDE), "unique-index/on-conflict", Source.RETRY, ["crash@gateway"]),
        (Needs(Effect.OUTSIDE, receiver=Receiver.HONOURS), "unique-index/on-conflict", Source.CLICKS, []),
    ],
)
def test_what_is_tried_is_the_situation_that_was_asked_about(
    needs: Needs, name: str, source: Source, faults: list[str]
) -> None:
    advice = next(each for each in recommend(needs, STRATEGIES).ranking if each.name == name)
    trial = trial_of(advice)
    assert trial.plan.source is source
    assert [str(fault) for fault in trial.setup.faults] == faults
    assert trial.setup.gateway_keys is needs.gateway_keys
    if source is Source.RETRY and not faults:
        assert trial.setup.processing_delay_ms > trial.plan.timeout_ms
    if name == "distributed-lock/redis":
        assert trial.setup.lease_ms < trial.setup.processing_delay_ms


def test_there_is_something_to_try_for_every_advice() -> None:
    for needs in every_needs():
        for advice in recommend(needs, STRATEGIES).ranking:
            trial = trial_of(advice)
            assert (trial.setup.strategy, trial.setup.variant) == (advice.strategy, advice.variant)
            assert {risk.situation for risk in advice.risks[:1]} <= {trial.situation}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_each_answer_changes_something(question: GuideQuestion) -> None:
    mattering = [needs for needs in every_needs() if needs.effect in question.only_for]
    for one, other in itertools.pairwise(question.choices):
        assert any(
            recommend(needs.answered(question.key, one), STRATEGIES)
            != recommend(needs.answered(question.key, other), STRATEGIES)
            for needs in mattering
        )


def test_a_measured_line_that_contradicts_an_advice_puts_it_last() -> None:
    guidance = recommend(Needs(), STRATEGIES)
    first = guidance.ranking[0]
    subject = Subject(first.operation, EngineKind.POSTGRESQL, first.strategy, first.variant, sound=True)
    part = SITUATIONS[SituationKey.CLICKS].parts(subject, Extent(quick=True))[0]
    result = PartResult(part, {Verdict.DUPLICATED: 1}, {}, 2, None, None, {}, (), 0.1, proven=1)
    weighed = weigh(guidance, [Line(subject, (ComparedCell(subject, SituationKey.CLICKS, (result,)),))])

    assert weighed.ranking[-1].name == first.name
    assert weighed.ranking[-1].contradicted_by == (SituationKey.CLICKS,)
    assert weigh(guidance, []).ranking == guidance.ranking


def test_every_sound_variant_says_when_it_fits() -> None:
    assert {name for name, variant in VARIANTS.items() if variant.claims.fit} == {
        name for name, variant in VARIANTS.items() if variant.sound
    } - {
        "pessimistic-lock/unindexed",
        "unique-index/deferred-caught",
    }
