"""What changed between two surveys that asked the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.explorer.survey import CellState
from backend.explorer.survey_says import SurveyCode, counted_finding, scope_sentence, short_finding
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.explorer.survey import Combination, Scope, Survey, SurveyCell
    from backend.model.sentence import Sentence
    from backend.model.vocabulary import Verdict

_SAYS_NOTHING = frozenset({CellState.NOT_ASKED, CellState.FAILED})


class ChangeKind(StrEnum):
    """How a cell differs from the one before; of several differences, the first in this order."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    PROVEN_NOW = "proven now"
    PROVEN_NO_MORE = "proven no more"
    OUTCOMES = "other outcomes"
    STATE = "other state"
    COUNTS = "other counts"
    DECLARATION = "declared otherwise"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs."""

    kind: ChangeKind
    pair: Combination
    before: SurveyCell | None
    after: SurveyCell | None

    @property
    def sentence(self) -> Sentence:
        """What changed, with the counts before and now."""
        cells = {"before": self.before, "now": self.after}
        word = counted_finding if self.kind is ChangeKind.COUNTS else short_finding
        return say(_CODES[self.kind], **{name: word(cell) for name, cell in cells.items() if cell})


_CODES = {
    ChangeKind.APPEARED: SurveyCode.APPEARED,
    ChangeKind.VANISHED: SurveyCode.VANISHED,
    ChangeKind.PROVEN_NOW: SurveyCode.PROVEN_NOW,
    ChangeKind.PROVEN_NO_MORE: SurveyCode.PROVEN_NO_MORE,
    ChangeKind.OUTCOMES: SurveyCode.OUTCOMES,
    ChangeKind.STATE: SurveyCode.STATE,
    ChangeKind.COUNTS: SurveyCode.COUNTS,
    ChangeKind.DECLARATION: SurveyCode.DECLARATION,
}


def compare(earlier: Survey, later: Survey) -> tuple[Change, ...]:
    """What changed, in the order of the later grid; what vanished comes last.

    Counts are compared where both ran every schedule, or the same number of them: a search that was cut short by a
    time or a person says nothing by its counts.

    Raises:
        SubmitTwiceError: the two surveys asked different things.
    """
    if _asked(earlier.scope) != _asked(later.scope):
        scopes = {"before": scope_sentence(earlier.scope), "now": scope_sentence(later.scope)}
        raise SubmitTwiceError(say(SurveyCode.NOT_COMPARABLE, **scopes))
    before = {cell.pair: cell for cell in earlier.cells}
    after = {cell.pair: cell for cell in later.cells}
    pairs = [*after, *(pair for pair in before if pair not in after)]
    changes = (_change(pair, before.get(pair), after.get(pair)) for pair in pairs)
    return tuple(change for change in changes if change is not None)


def _asked(scope: Scope) -> tuple[int, int, int, int, str]:
    return scope.requests, scope.crashes, scope.expiries, scope.failovers, scope.gateway_keys


def _change(pair: Combination, before: SurveyCell | None, after: SurveyCell | None) -> Change | None:
    if before is None or after is None:
        kind = ChangeKind.APPEARED if before is None else ChangeKind.VANISHED
        return Change(kind, pair, before, after) if before or after else None
    difference = _kind(before, after)
    return None if difference is None else Change(difference, pair, before, after)


def _kind(before: SurveyCell, after: SurveyCell) -> ChangeKind | None:
    if before.state is not after.state:
        return _kind_of_state(before, after)
    if _verdicts(before) != _verdicts(after):
        return ChangeKind.OUTCOMES
    comparable = before.exhaustive == after.exhaustive and (after.exhaustive or before.schedules == after.schedules)
    if comparable and _counts(before) != _counts(after):
        return ChangeKind.COUNTS
    if before.exhaustive != after.exhaustive:
        return ChangeKind.STATE
    return ChangeKind.DECLARATION if before.sound != after.sound else None


def _kind_of_state(before: SurveyCell, after: SurveyCell) -> ChangeKind:
    if after.state is CellState.PROVEN:
        return ChangeKind.PROVEN_NOW
    if before.state is CellState.PROVEN and after.state not in _SAYS_NOTHING:
        return ChangeKind.PROVEN_NO_MORE
    both_ran = before.schedules and after.schedules
    return ChangeKind.OUTCOMES if both_ran and _verdicts(before) != _verdicts(after) else ChangeKind.STATE


def _verdicts(cell: SurveyCell) -> frozenset[Verdict]:
    return frozenset(verdict for verdict, count in cell.outcomes.items() if count)


def _counts(cell: SurveyCell) -> tuple[int, int, Mapping[Verdict, int]]:
    return cell.schedules, cell.classes, dict(cell.outcomes)
