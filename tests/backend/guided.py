"""Every advice that any answers lead to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from backend.comparison.guidance.advice import Advice, recommend
from backend.comparison.guidance.questions import QUESTIONS, Needs
from backend.lab.lab import Lab
from backend.model.vocabulary import Verdict

STRATEGIES = Lab.strategies()
VARIANTS = {f"{s.key}/{v.key}": v for s in STRATEGIES for v in s.variants}
HARM = {Verdict.DUPLICATED, Verdict.LOST, Verdict.STUCK}


def every_needs() -> Iterator[Needs]:
    for answers in itertools.product(*(question.choices for question in QUESTIONS)):
        needs = Needs()
        for question, value in zip(QUESTIONS, answers, strict=True):
            needs = needs.answered(question.key, value)
        yield needs


def every_advice() -> list[Advice]:
    found = {
        (advice.operation, advice.name, advice.gateway_keys): advice
        for needs in every_needs()
        for advice in recommend(needs, STRATEGIES).ranking
    }
    return list(found.values())
