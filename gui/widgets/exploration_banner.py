"""What was found, in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.model.vocabulary import Verdict
from gui.widgets.banner import Banner
from gui.wording.exploration import worst_of
from gui.wording.live import Words, put
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from backend.explorer.question import Exploration
    from gui.theme import Theme


class ExplorationBanner(Banner):
    """The verdict on a strategy: the worst that any interleaving came to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.sentence.setObjectName("exploreLabel")
        put(self.sentence.setAccessibleName, lambda: self.tr("Finding"))
        self.note.setProperty("role", "caption")
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing was explored yet."""
        self.say(
            None,
            lambda: self.tr("Nothing explored yet"),
            lambda: self.tr("Every interleaving of duplicate requests, on real engines."),
            lambda: self.tr("Choose a strategy at the left and press Explore."),
        )

    def show_exploring(self) -> None:
        """An exploration has begun."""
        self.say(
            None, lambda: self.tr("Exploring…"), lambda: self.tr("Running every interleaving, one after the other.")
        )

    def show_failure(self, sentence: Words) -> None:
        """It could not be explored."""
        self.say(None, lambda: self.tr("Could not explore"), sentence)

    def show_found(self, found: Exploration) -> None:
        """What was found."""
        worst = worst_of(found.outcomes)
        proves_nothing = worst is None or (worst is Verdict.EXACTLY_ONCE and not found.exhaustive)
        word: Words = (
            (lambda: self.tr("Not finished")) if worst is None or proves_nothing else partial(verdict_word, worst)
        )
        worst = None if proves_nothing else worst
        self.say(worst, word, partial(speak, found.finding), lambda: "  ".join(map(speak, found.notes)))
