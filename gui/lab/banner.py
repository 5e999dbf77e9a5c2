"""What really happened, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from backend.model import Judgement, OperationKey, Verdict
from gui.banner import Banner
from gui.lab.words import verdict_word
from gui.speech import speak
from gui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Collection


def visible_verdict(judgement: Judgement) -> Verdict | None:
    """The worst verdict; before a run is quiet only a duplicate, as no later row can take it back."""
    worst = judgement.worst
    return worst if judgement.final or worst is Verdict.DUPLICATED else None


class Sentences(QObject):
    """Puts judgements into words. A QObject, as lupdate sees plurals only in a QObject's own tr."""

    def sentence(self, judgement: Judgement, operations: Collection[OperationKey]) -> str:
        """What was wanted and what happened, such as ``1 order wanted, 7 rows: 6 duplicates``."""
        wanted = self.wanted(judgement.intents, operations)
        happened = self.tr("%n row(s)", "", judgement.effects)
        outcome = self.outcome(judgement)
        if not outcome:
            pattern = self.tr("%1, %2 so far")
            return pattern.replace("%1", wanted).replace("%2", happened)
        pattern = self.tr("%1, %2: %3")
        return pattern.replace("%1", wanted).replace("%2", happened).replace("%3", outcome)

    def wanted(self, intents: int, operations: Collection[OperationKey]) -> str:
        """How many of what were wanted; intents, where several operations are mixed."""
        if set(operations) == {OperationKey.PLACE_ORDER}:
            return self.tr("%n order(s) wanted", "", intents)
        if set(operations) == {OperationKey.PAY_ORDER}:
            return self.tr("%n payment(s) wanted", "", intents)
        if set(operations) == {OperationKey.ADD_STOCK}:
            return self.tr("%n stock change(s) wanted", "", intents)
        if set(operations) == {OperationKey.CANCEL_ORDER}:
            return self.tr("%n cancellation(s) wanted", "", intents)
        if set(operations) == {OperationKey.SEND_MESSAGE}:
            return self.tr("%n message(s) wanted", "", intents)
        return self.tr("%n intent(s)", "", intents)

    def outcome(self, judgement: Judgement) -> str:
        """The worst of what happened; empty where it is too early to say."""
        worst = visible_verdict(judgement)
        if worst is None:
            return ""
        count = judgement.verdicts.get(worst, 0)
        if worst is Verdict.DUPLICATED:
            return self.tr("%n duplicate(s)", "", judgement.duplicates)
        if worst is Verdict.LOST:
            return self.tr("%n lost, though a caller was told it is done", "", count)
        if worst is Verdict.STUCK:
            return self.tr("%n stuck, nobody can complete it", "", count)
        if worst is Verdict.UNDECIDED:
            return self.tr("%n undecided, and every caller knows it", "", count)
        if judgement.intents > 1:
            return self.tr("each exactly once")
        return self.tr("exactly once")


class VerdictBanner(Banner):
    """The verdict on all intents, and the first answer that contradicts the rows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._sentences = Sentences(self)
        self.sentence.setObjectName("verdictLabel")
        self.sentence.setAccessibleName(self.tr("Verdict"))
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing was submitted since the last reset."""
        self.say(None, self.tr("Nothing submitted yet"), self.tr("Submit once. Then submit twice."))

    def show_judgement(self, judgement: Judgement, operations: Collection[OperationKey]) -> None:
        """What really happened, as far as is known."""
        if judgement.intents == 0:
            self.show_idle()
            return
        verdict = visible_verdict(judgement)
        word = self.tr("Running…") if verdict is None else verdict_word(verdict)
        note = speak(judgement.contradictions[0]) if judgement.contradictions else ""
        self.say(verdict, word, self._sentences.sentence(judgement, operations), note)
