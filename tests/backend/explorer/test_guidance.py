"""No advice that the explorer contradicts: each is explored on the real engines, with what it warns of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.comparison.guidance.advice import Advice
from backend.explorer.question import Question
from backend.model.vocabulary import EngineKind
from tests.backend.explorer.conftest import Bench
from tests.backend.guided import HARM, VARIANTS, every_advice

pytestmark = pytest.mark.exhaustive

MOST_SCHEDULES = 60
"""Of each question: with an expiry there are thousands of orders, and what a lease risks shows in the first of them."""
EXPLORED = [advice for advice in every_advice() if EngineKind.ZOOKEEPER not in VARIANTS[advice.name].engines]


def label(advice: Advice) -> str:
    return f"{advice.operation}-{advice.name}-{advice.gateway_keys}"


@pytest.mark.parametrize("advice", EXPLORED, ids=label)
def test_no_order_crash_or_expiry_contradicts_an_advice(bench: Bench, advice: Advice) -> None:
    asked = Question(advice.operation, advice.strategy, advice.variant, gateway_keys=advice.gateway_keys)
    lock = int(advice.expires)
    questions = [asked, replace(asked, requests=1, crashes=1, expiries=lock)]
    if lock:
        questions.append(replace(asked, expiries=1))
    found = {verdict for question in questions for verdict in bench.ask(question, MOST_SCHEDULES).outcomes}

    warned = {risk.verdict for risk in advice.risks}
    if advice.strategy == "idempotency-key":
        assert not found & HARM  # the explorer's clock stands still, and with it the lease; a lab runs that
    else:
        assert found & HARM == warned
