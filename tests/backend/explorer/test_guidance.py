"""No advice that the explorer contradicts: each is explored on the real engines, with what it warns of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.comparison.guidance.advice import Advice
from backend.comparison.questions import SituationKey
from backend.explorer.question import Question
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
from tests.backend.explorer.conftest import Bench
from tests.backend.guided import HARM, VARIANTS, every_advice
from tests.tables import exhaustive_but

MOST_SCHEDULES = 60
"""Of each question: with an expiry there are thousands of orders, and what a lease risks shows in the first of them."""
EXPLORED = [advice for advice in every_advice() if EngineKind.ZOOKEEPER not in VARIANTS[advice.name].engines]


def label(advice: Advice) -> str:
    return f"{advice.operation}-{advice.name}-{advice.gateway_keys}"


def is_of_a_token(advice: Advice) -> bool:
    """Whether it is one with two risks, each of which comes to something else."""
    return advice.operation is OperationKey.PLACE_ORDER and advice.strategy == "token"


def questions(advice: Advice) -> dict[SituationKey | None, Question]:
    """What is asked about each situation that the explorer can play, and about none of them: every order."""
    asked = Question(advice.operation, advice.strategy, advice.variant, gateway_keys=advice.gateway_keys)
    lock = int(advice.expires)
    return {
        None: asked,
        SituationKey.CRASH: replace(asked, requests=1, crashes=1, expiries=lock),
        SituationKey.LEASE: replace(asked, expiries=lock),
        SituationKey.FAILOVER: replace(asked, failovers=1),
    }


@pytest.mark.parametrize("advice", exhaustive_but(EXPLORED, is_of_a_token), ids=label)
def test_no_order_crash_expiry_or_failover_contradicts_an_advice(bench: Bench, advice: Advice) -> None:
    found = {
        situation: bench.ask(question, MOST_SCHEDULES).outcomes.keys() & HARM
        for situation, question in questions(advice).items()
    }

    harm = set[Verdict]().union(*found.values())
    if advice.strategy == "idempotency-key":
        assert not harm  # the explorer's clock stands still, and with it the lease; a lab runs that
    else:
        assert harm == {risk.verdict for risk in advice.risks}
        for risk in advice.risks:
            assert risk.verdict in found[risk.situation]
