"""Which one for me: answers become a ranking, and each place in it leads to the runs that bear it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QWidget

from backend.comparison.guidance.advice import recommend, weigh
from gui.advisor.questions import QuestionList
from gui.advisor.ranking import RankingView
from gui.theme import GRID
from gui.widgets.layouts import high
from gui.wording.live import follow_language, put

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.comparison.records import Line
    from backend.explorer.survey import SurveyCell
    from gui.settings import Settings
    from gui.theme import Theme
    from gui.wording.catalogue import Catalogue

QUESTIONS_WIDTH = 44 * GRID


class GuidanceDialog(QDialog):
    """Stands beside the window; closes when one of its links is followed.

    Args:
        theme: its colours.
        catalogue: the strategies.
        lines: what the Compare page has measured so far.
        cells: what Explore all has found so far.
        settings: remember the answers.
    """

    def __init__(
        self,
        theme: Theme,
        catalogue: Catalogue,
        lines: Callable[[], Sequence[Line]],
        cells: Callable[[], Sequence[SurveyCell]],
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("guidanceDialog")
        put(self.setWindowTitle, lambda: self.tr("Which one for me?"))
        self._catalogue = catalogue
        self._lines, self._cells = lines, cells
        self._settings = settings
        self.questions = QuestionList()
        self.questions.setObjectName("sidebar")
        self.questions.restore(settings)
        self.questions.changed.connect(self._answered)
        self.ranking = RankingView(theme, catalogue)
        for asked in (self.ranking.lab_asked, self.ranking.compare_asked, self.ranking.explore_asked):
            asked.connect(self.accept)
        self.ranking.way_out_asked.connect(self.questions.answer)
        theme.changed.connect(self.refresh)
        follow_language(self, self.refresh)
        left = QScrollArea()
        left.setWidget(self.questions)
        left.setWidgetResizable(True)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setFixedWidth(QUESTIONS_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addWidget(self.ranking, 1)
        self.resize(130 * GRID, high(self, 86 * GRID))

    @Slot()
    def bring_to_front(self) -> None:
        """Before everything else."""
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """With what has been measured meanwhile."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def _answered(self) -> None:
        self.questions.save(self._settings)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Rank anew."""
        lines = self._lines()
        guidance = weigh(recommend(self.questions.needs, self._catalogue.strategies), lines)
        self.ranking.show_guidance(guidance, lines, self._cells())
