"""The judge: what became of one intent, from its effects and answers.

It looks at rows read back and at what callers were told, never at what a strategy says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.sentence import Code, Sentence, say
from backend.model.terms import answer_term
from backend.model.vocabulary import Answer, Verdict

if TYPE_CHECKING:
    from backend.model.observed import GoneRow


class ContradictionCode(Code):
    """Answers that do not fit the rows."""

    CREATED_WITHOUT_ROW = "contradiction.created_without_row"
    CREATED_AND_GONE = "contradiction.created_and_gone"
    DENIED_WITH_ROW = "contradiction.denied_with_row"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one intent."""

    effects: int
    """Rows read back."""
    answers: frozenset[Answer] = frozenset()
    """What its callers were told."""
    barred: bool = False
    """Whether something without an expiry keeps every further submission out."""
    at_work: bool = False
    """Whether something of it is still at work, so that another effect may come."""


def judge(facts: Facts) -> Verdict:
    """The verdict on one intent."""
    if facts.effects > 1:
        return Verdict.DUPLICATED
    if facts.at_work:
        return Verdict.UNDECIDED
    if facts.effects == 1:
        return Verdict.EXACTLY_ONCE
    if facts.barred:
        return Verdict.STUCK
    if any(answer.claims_done for answer in facts.answers):
        return Verdict.LOST
    return Verdict.UNDECIDED


_DENIES_AN_EFFECT = frozenset({Answer.DUPLICATE, Answer.BUSY, Answer.CONFLICT})


def contradicts(answer: Answer, *, has_row: bool) -> bool:
    """Whether an answer does not fit the rows: such a thing is a bug in a strategy or in this program.

    Args:
        answer: what the caller of a submission was told.
        has_row: whether a row names this submission as its maker.
    """
    return answer in _DENIES_AN_EFFECT if has_row else answer is Answer.CREATED


def contradiction(submission: str, answer: Answer, gone: GoneRow | None = None) -> Sentence:
    """Such an answer in words.

    Args:
        submission: that was told it.
        answer: what it was told.
        gone: its row, where that was seen and is not there any more.
    """
    if answer in _DENIES_AN_EFFECT:
        return say(ContradictionCode.DENIED_WITH_ROW, submission=submission, answer=answer_term(answer))
    if gone:
        code = ContradictionCode.CREATED_AND_GONE
        return say(code, submission=submission, table=gone.table, row=gone.id, key=gone.key)
    return say(ContradictionCode.CREATED_WITHOUT_ROW, submission=submission)
