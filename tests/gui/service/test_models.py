"""What the table of a check says."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from backend.model.vocabulary import Answer, Verdict
from backend.service.outside.model import CheckSituation, IntentResult, SituationResult
from gui.service.models import SituationLine, SituationsModel


def _line(*, reached: bool) -> SituationLine:
    intents = [IntentResult(f"i-{n}", 1, (Answer.CREATED,), Verdict.EXACTLY_ONCE, is_reached=reached) for n in range(3)]
    result = SituationResult(CheckSituation.CRASH, 2, tuple(intents))
    return SituationLine(CheckSituation.CRASH, result.verdicts, result)


def test_what_was_never_reached_proves_nothing(qtbot: QtBot, english: None) -> None:
    model = SituationsModel()
    model.append([_line(reached=True), _line(reached=False)])
    assert [model.highlight(line) for line in model.records] == [Verdict.EXACTLY_ONCE, None]
    assert [model.index(row, 1).data() for row in (0, 1)] == ["\N{CHECK MARK}  3 exactly once", "not reached"]


def test_the_worst_intent_is_the_one_with_most_effects_among_the_worst_verdict() -> None:
    effects = {"i-0": 1, "i-1": 2, "i-2": 5, "i-3": 5, "i-4": 3}
    intents = [
        IntentResult(key, count, (), Verdict.DUPLICATED if count > 1 else Verdict.EXACTLY_ONCE, is_reached=True)
        for key, count in effects.items()
    ]
    worst = SituationResult(CheckSituation.CLICKS, 5, tuple(intents)).worst
    assert worst is not None
    assert worst.key == "i-2"
