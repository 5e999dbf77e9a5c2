"""What was found about a service, in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.model.sentence import say
from backend.model.vocabulary import Verdict
from backend.service.outside.words import CheckCode, verdict_sentence
from gui.widgets.exploration_banner import ExplorationBanner
from gui.wording.exploration import worst_of
from gui.wording.live import Words
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from backend.service.outside.model import Check
    from gui.theme import Theme


class ServiceBanner(ExplorationBanner):
    """The verdict on a service: the worst of its situations, or of its interleavings."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.sentence.setObjectName("serviceLabel")

    def show_idle(self) -> None:
        """Nothing was checked yet."""
        self.say(
            None,
            lambda: self.tr("Nothing checked yet"),
            lambda: self.tr("Your own service, in any language, unchanged."),
            lambda: self.tr("Open a file that describes it or an example, and press Check."),
        )

    def show_checking(self) -> None:
        """A check has begun."""
        self.say(
            None,
            lambda: self.tr("Checking…"),
            lambda: self.tr("Every intent is submitted more than once, in each situation."),
        )

    def show_check(self, check: Check) -> None:
        """What a check found."""
        verdicts = {verdict: 1 for situation in check.situations for verdict in situation.verdicts}
        worst = worst_of(verdicts)
        word: Words = partial(verdict_word, worst) if worst else lambda: self.tr("Not checked")
        if check.is_cancelled and worst is Verdict.EXACTLY_ONCE:
            worst, word = None, lambda: self.tr("Not finished")
        self.say(worst, word, lambda: speak(verdict_sentence(check)), partial(self._notes, check))

    def _notes(self, check: Check) -> str:
        notes = [speak(say(CheckCode.UNATTRIBUTED, steps=check.unattributed))] if check.unattributed else []
        if check.broken_off:
            notes.insert(0, speak(say(CheckCode.BROKEN_OFF, reason=check.broken_off)))
        elif check.is_cancelled:
            notes.insert(0, self.tr("Cancelled; what was measured is kept."))
        return "  ".join(notes)

    def show_trouble(self, sentence: Words, *, has_more: bool) -> None:
        """It could not be checked or explored; the output of the service may say more."""
        note: Words = (lambda: self.tr("What the service wrote is below, under Output.")) if has_more else ""
        self.say(None, lambda: self.tr("Did not work"), sentence, note)
