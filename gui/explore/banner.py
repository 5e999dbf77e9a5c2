"""What was found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.banner import Banner
from gui.explore.words import sentence_of, worst_of
from gui.lab.words import verdict_word

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from backend.explorer.question import Exploration
    from gui.theme import Theme


class ExplorationBanner(Banner):
    """The verdict on a strategy: the worst that any order came to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.sentence.setObjectName("exploreLabel")
        self.sentence.setAccessibleName(self.tr("Finding"))
        self.note.setProperty("role", "caption")
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing was explored yet."""
        self.say(
            None,
            self.tr("Nothing explored yet"),
            self.tr("Every order in which duplicates can run, on real engines."),
            self.tr("Choose a strategy at the left and press Explore."),
        )

    def show_exploring(self) -> None:
        """An exploration has begun."""
        self.say(None, self.tr("Exploring…"), self.tr("Running every order, one after the other."))

    def show_failure(self, sentence: str) -> None:
        """It could not be explored."""
        self.say(None, self.tr("Could not explore"), sentence)

    def show_found(self, found: Exploration) -> None:
        """What was found."""
        worst = worst_of(found.outcomes)
        word = self.tr("Not finished") if worst is None else verdict_word(worst)
        self.say(worst, word, sentence_of(found), "  ".join(found.notes))
