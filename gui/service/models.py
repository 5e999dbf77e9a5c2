"""What the Service page's tables show: the situations of a check, and the steps of its worst intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from backend.model.submission_ids import number_of
from backend.model.terms import verdict_term
from backend.model.vocabulary import Verdict
from backend.service.outside.words import CheckCode, counted, remarks, situation_term, told
from gui.theme import VERDICT_GLYPHS
from gui.widgets.records import Column, RecordModel
from gui.widgets.steps_model import StepTableModel
from gui.wording.exploration import number, worst_of
from gui.wording.punctuation import in_a_row, one_after_the_other
from gui.wording.speech import speak
from gui.wording.terms import answer_text, command_text, engine_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.model.observed import Step
    from backend.service.outside.model import CheckSituation, SituationResult

NONE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class SituationLine:
    """A situation, as far as it is known."""

    situation: CheckSituation
    verdicts: Mapping[Verdict, int]
    result: SituationResult | None = None

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict so far."""
        return worst_of(self.verdicts)

    @property
    def proves_nothing(self) -> bool:
        """Whether it went well, but what the situation is about happened to no intent."""
        result = self.result
        if result is None or not result.intents or result.reached:
            return False
        return self.worst is Verdict.EXACTLY_ONCE


class SituationsModel(RecordModel[SituationLine]):
    """A row for each situation that is checked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("SituationsModel", "Situation"),
                    44,
                    lambda line: situation_word(line.situation),
                    fits=5,
                ),
                Column(lambda: QCoreApplication.translate("SituationsModel", "Verdict"), 70, verdict_text, fits=1),
                Column(
                    lambda: QCoreApplication.translate("SituationsModel", "Effects"),
                    12,
                    effects_text,
                    right=True,
                    fits=2,
                ),
                Column(lambda: QCoreApplication.translate("SituationsModel", "Answers"), 70, answers_text, fits=4),
                Column(
                    lambda: QCoreApplication.translate("SituationsModel", "Reached"),
                    12,
                    reached_text,
                    right=True,
                    fits=3,
                ),
                Column(
                    lambda: QCoreApplication.translate("SituationsModel", "Remarks"), 12, remarks_text, stretch=True
                ),
            ),
            parent,
        )

    def begin(self, situations: Sequence[CheckSituation]) -> None:
        """Nothing is known of these yet."""
        self.clear()
        self.append([SituationLine(situation, {}) for situation in situations])

    def note(self, situation: CheckSituation, verdicts: Mapping[Verdict, int]) -> None:
        """The verdicts of a situation so far."""
        self._change(SituationLine(situation, verdicts))

    def show_results(self, results: Sequence[SituationResult]) -> None:
        """What was found; situations that were not come to stay as they are."""
        for result in results:
            self._change(SituationLine(result.situation, result.verdicts, result))

    def _change(self, line: SituationLine) -> None:
        keys = [each.situation for each in self.records]
        if line.situation in keys:
            self.replace(keys.index(line.situation), line)
            self.look_again()

    def submission_of(self, record: SituationLine) -> str:
        """The key of a row is its situation's."""
        return record.situation.value

    def highlight(self, record: SituationLine) -> Verdict | None:
        """Each in the colour of its worst verdict; glyph and word say so too. What was not reached proves nothing."""
        return None if record.proves_nothing else record.worst


def situation_word(key: CheckSituation) -> str:
    """What happens in a situation."""
    return speak(situation_term(key))


def verdict_text(line: SituationLine) -> str:
    """Glyph, and the verdicts with their numbers, the worst first; only the word where there is but one."""
    if line.worst is None:
        skipped = line.result is not None and line.result.skipped is not None
        return QCoreApplication.translate("SituationsModel", "not tried") if skipped else NONE
    if line.proves_nothing:
        return QCoreApplication.translate("SituationsModel", "not reached")
    if line.result is not None:
        parts = [speak(sentence) for sentence in counted(line.result)]
    else:
        ordered = sorted(line.verdicts.items(), key=lambda pair: -pair[0].severity)
        parts = [f"{number(count)} {speak(verdict_term(verdict))}" for verdict, count in ordered]
    return f"{VERDICT_GLYPHS[line.worst]:<2} {in_a_row(parts)}"


def effects_text(line: SituationLine) -> str:
    """How many effects all intents had."""
    return number(line.result.effects) if line.result and line.result.intents else NONE


def answers_text(line: SituationLine) -> str:
    """What callers were told, the most frequent first."""
    return in_a_row(map(speak, told(line.result))) if line.result else ""


def reached_text(line: SituationLine) -> str:
    """With how many intents it did happen."""
    if line.result is None or not line.result.intents:
        return NONE
    return f"{number(line.result.reached)}/{number(len(line.result.intents))}"


def remarks_text(line: SituationLine) -> str:
    """What is worth knowing besides, and does not stand in another column."""
    said = remarks(line.result) if line.result else ()
    return one_after_the_other(speak(sentence) for sentence in said if sentence.code is not CheckCode.REACHED)


class WireModel(StepTableModel):
    """The steps of all submissions of an intent, in their order on the wire."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("WireModel", "At, ms"), 9, self.offset_text, right=True, fits=1
                ),
                Column(lambda: QCoreApplication.translate("WireModel", "#"), 3, submission_number, right=True),
                Column(
                    lambda: QCoreApplication.translate("WireModel", "Engine"),
                    13,
                    lambda step: engine_name(step.engine),
                    accent=True,
                    fits=2,
                ),
                Column(
                    lambda: QCoreApplication.translate("WireModel", "Command"), 30, command_text, stretch=True, least=20
                ),
                Column(lambda: QCoreApplication.translate("WireModel", "Answer"), 12, answer_text, fits=3),
            ),
            parent,
        )

    def show(self, steps: Sequence[Step]) -> None:
        """Replace everything; times count from the first step."""
        self.show_from(steps[0].started_ns if steps else 0, steps)


def submission_number(step: Step) -> str:
    """The number of the submission among those of its intent."""
    return number_of(step.submission_id)
