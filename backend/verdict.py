"""The judge: what became of one intent, from its effects and answers.

It looks at rows read back and at what callers were told, never at what a strategy says of itself.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from backend.model import Answer, Verdict
from backend.sentence import Code, Sentence, say
from backend.terms import answer_term


class ContradictionCode(Code):
    """Answers that do not fit the rows."""

    CREATED_WITHOUT_ROW = "contradiction.created_without_row"
    DENIED_WITH_ROW = "contradiction.denied_with_row"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one intent after everything is quiet."""

    effects: int
    """Rows read back."""
    answers: frozenset[Answer] = frozenset()
    """What its callers were told."""
    barred: bool = False
    """Whether something without an expiry keeps every further submission out."""


def judge(facts: Facts) -> Verdict:
    """The verdict on one intent."""
    if facts.effects > 1:
        return Verdict.DUPLICATED
    if facts.effects == 1:
        return Verdict.EXACTLY_ONCE
    if facts.barred:
        return Verdict.STUCK
    if any(answer.claims_done for answer in facts.answers):
        return Verdict.LOST
    return Verdict.UNDECIDED


_DENIES_AN_EFFECT = frozenset({Answer.DUPLICATE, Answer.BUSY, Answer.CONFLICT})


def contradictions(
    answers: Iterable[tuple[str, Answer]], effects: Container[str], most: int = 3
) -> dict[str, Sentence]:
    """Answers that do not fit the rows: such a thing is a bug in a strategy or in this program.

    Args:
        answers: each submission with what its caller was told.
        effects: the submissions that a row names as its maker.
        most: how many sentences to make.

    Returns:
        A sentence for each submission.
    """
    found: dict[str, Sentence] = {}
    for submission, answer in answers:
        if len(found) == most:
            break
        if answer is Answer.CREATED and submission not in effects:
            found[submission] = say(ContradictionCode.CREATED_WITHOUT_ROW, submission=submission)
        elif answer in _DENIES_AN_EFFECT and submission in effects:
            found[submission] = say(
                ContradictionCode.DENIED_WITH_ROW, submission=submission, answer=answer_term(answer)
            )
    return found
