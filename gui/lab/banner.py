"""What really happened, in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from backend.model.judgement import Judgement
from backend.model.step_words import mark_sentence
from backend.model.terms import wanted_term
from backend.model.vocabulary import OperationKey, Verdict
from gui.theme import Theme
from gui.widgets.banner import Banner
from gui.wording.live import follow_language
from gui.wording.speech import speak
from gui.wording.terms import instance_word, short, verdict_word

if TYPE_CHECKING:
    from collections.abc import Collection

TICK_MS = 200
"""How often the seconds of what is still at work are shown anew."""


def visible_verdict(judgement: Judgement, *, running: bool = True) -> Verdict | None:
    """The worst verdict; while a run is under way only a duplicate, as no later row can take it back."""
    worst = judgement.worst
    return worst if judgement.final or not running or worst is Verdict.DUPLICATED else None


class Sentences(QObject):
    """Puts judgements into words. A QObject, as lupdate sees plurals only in a QObject's own tr."""

    def sentence(self, judgement: Judgement, operations: Collection[OperationKey], *, running: bool = True) -> str:
        """What was wanted and what happened, such as ``1 order wanted, 7 rows: 6 duplicates``."""
        wanted = self.wanted(judgement.intents, operations)
        happened = self.tr("%n row(s)", "", judgement.effects)
        outcome = self.outcome(judgement, running=running)
        if not outcome:
            pattern = self.tr("%1, %2 so far")
            return pattern.replace("%1", wanted).replace("%2", happened)
        pattern = self.tr("%1, %2: %3")
        return pattern.replace("%1", wanted).replace("%2", happened).replace("%3", outcome)

    def wanted(self, intents: int, operations: Collection[OperationKey]) -> str:
        """How many of what were wanted; intents, where several operations are mixed."""
        only = set(operations)
        return speak(wanted_term(only.pop(), intents)) if len(only) == 1 else self.tr("%n intent(s)", "", intents)

    def outcome(self, judgement: Judgement, *, running: bool = True) -> str:
        """The worst of what happened; empty where it is too early to say."""
        worst = visible_verdict(judgement, running=running)
        if worst is None:
            return ""
        count = judgement.verdicts.get(worst, 0)
        if worst is Verdict.DUPLICATED:
            return self.tr("%n duplicate(s)", "", judgement.duplicates)
        if worst is Verdict.LOST:
            return self.tr("%n lost, though a caller was told it is done", "", count)
        if worst is Verdict.STUCK:
            return self.tr("%n stuck, nobody can complete it", "", count)
        if worst is Verdict.UNDECIDED and judgement.working:
            return self.tr("%n undecided, still at work", "", count)
        if worst is Verdict.UNDECIDED and judgement.unheard:
            return self.tr("%n undecided, not all was heard or read back", "", count)
        if worst is Verdict.UNDECIDED:
            return self.tr("%n undecided, and nobody was told that it is done", "", count)
        if judgement.intents > 1:
            return self.tr("each exactly once")
        return self.tr("exactly once")

    def at_work(self, judgement: Judgement, now_ns: int) -> str:
        """Who is still at work, since when, and at what; empty where nobody is."""
        if not judgement.working or not judgement.at_work:
            return ""
        longest = judgement.at_work[0]
        seconds = QLocale().toString(max(0, now_ns - longest.since_ns) / 1e9, "f", 1)
        if longest.begun:
            pattern = self.tr("Still at work: %1 in %2 for %3 s")
        else:
            pattern = self.tr("Still waiting to be taken up: %1 by %2 for %3 s")
        text = pattern.replace("%1", short(longest.submission_id)).replace("%2", instance_word(longest.instance))
        text = text.replace("%3", seconds)
        if longest.step:
            text += self.tr(", at %1").replace("%1", speak(mark_sentence(longest.step)))
        if judgement.working > 1:
            text += self.tr(", and %n more", "", judgement.working - 1)
        return text


class VerdictBanner(Banner):
    """The verdict on the intents of the current run, who is still at work, and answers that contradict the rows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._sentences = Sentences(self)
        self._judgement = Judgement()
        self._operations: Collection[OperationKey] = ()
        self._running = False
        self.sentence.setObjectName("verdictLabel")
        self.note.setObjectName("verdictNote")
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._show_note)
        self.show_idle()
        follow_language(self, self._say_again)

    def _say_again(self) -> None:
        self.show_judgement(self._judgement, self._operations, running=self._running)

    def show_idle(self) -> None:
        """Nothing was submitted since the last reset."""
        self._clock.stop()
        self.say(None, lambda: self.tr("Nothing submitted yet"), lambda: self.tr("Submit once. Then submit twice."))

    def show_judgement(
        self, judgement: Judgement, operations: Collection[OperationKey], *, running: bool = True
    ) -> None:
        """What really happened, as far as is known.

        Args:
            judgement: on the intents of the current run.
            operations: what those intents ask for.
            running: whether a run is under way; one that was cancelled is not, though work of it may go on.
        """
        self._judgement, self._operations, self._running = judgement, operations, running
        if judgement.intents == 0:
            self.show_idle()
            return
        verdict = visible_verdict(judgement, running=running)
        if verdict is None:
            word = self.tr("Running, provisional")
        elif judgement.final:
            word = verdict_word(verdict)
        else:
            word = self.tr("%1, provisional").replace("%1", verdict_word(verdict))
        sentence = self._sentences.sentence(judgement, operations, running=running)
        self.say(verdict, word, sentence, self._note())
        if judgement.working and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()

    def note_running(self, *, running: bool) -> None:
        """A run began, or the last one is over."""
        if running != self._running:
            self.show_judgement(self._judgement, self._operations, running=running)

    @Slot()
    def _show_note(self) -> None:
        self.note.setText(self._note())

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody reads the seconds."""
        super().hideEvent(event)
        self._clock.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The clock goes on."""
        super().showEvent(event)
        if self._judgement.working:
            self._clock.start()

    def _note(self) -> str:
        judgement = self._judgement
        if text := self._sentences.at_work(judgement, time.monotonic_ns()):
            return text
        return speak(judgement.contradictions[0]) if judgement.contradictions else ""
