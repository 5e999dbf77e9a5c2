"""Opens the questions, and follows the links of an advice to the pages."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from backend.comparison.guidance.trials import trial_of
from gui.wording.catalogue import Catalogue

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTabWidget

    from backend.comparison.guidance.advice import Advice
    from backend.model.catalogue import StrategyInfo
    from gui.advisor.dialog import GuidanceDialog
    from gui.compare.page import ComparePage
    from gui.explore.page import ExplorePage
    from gui.lab.page import LabPage
    from gui.settings import Settings
    from gui.theme import Theme


class Guide(QObject):
    """The way from the questions to the runs.

    Args:
        theme: the dialog's colours.
        pages: the window's pages; also the parent of the dialog.
        lab: where an advice is tried.
        compare: where it is measured.
        explore: where it is proved.
        settings: remember the answers.
    """

    def __init__(
        self,
        theme: Theme,
        pages: QTabWidget,
        lab: LabPage,
        compare: ComparePage,
        explore: ExplorePage,
        settings: Settings,
    ) -> None:
        super().__init__(pages)
        self._theme = theme
        self._pages, self._lab, self._compare, self._explore = pages, lab, compare, explore
        self._settings = settings
        self._catalogue = Catalogue()
        self.dialog: GuidanceDialog | None = None

    @Slot(object)
    def fill(self, strategies: tuple[StrategyInfo, ...]) -> None:
        """Know the strategies, and have the dialog's code at hand: reading it takes as long as a frame."""
        importlib.import_module("gui.advisor.dialog")
        self._catalogue = Catalogue(strategies)

    @property
    def is_filled(self) -> bool:
        """Whether the strategies are known."""
        return bool(self._catalogue.strategies)

    def open(self) -> None:
        """Show the questions beside the window; nothing happens before the strategies are known."""
        if not self._catalogue.strategies:
            return
        if self.dialog is None:
            self.dialog = self._make()
        QTimer.singleShot(0, self.dialog, self.dialog.bring_to_front)

    def close(self) -> None:
        """The window closes."""
        if self.dialog is not None:
            self.dialog.close()

    def _make(self) -> GuidanceDialog:
        from gui.advisor.dialog import GuidanceDialog  # noqa: PLC0415, RUF100  (not needed for the first paint)

        survey = self._explore.survey
        dialog = GuidanceDialog(
            self._theme,
            self._catalogue,
            lambda: self._compare.table.cells.lines,
            lambda: survey.survey.cells if survey.survey else (),
            self._settings,
            self._pages,
        )
        dialog.ranking.lab_asked.connect(self._try_out)
        dialog.ranking.compare_asked.connect(self._measure)
        dialog.ranking.explore_asked.connect(self._prove)
        return dialog

    @Slot(object)
    def _try_out(self, advice: Advice) -> None:
        self._pages.setCurrentWidget(self._lab)
        trial = trial_of(advice)
        self._lab.try_out(advice.operation, trial.setup, trial.plan)

    @Slot(object)
    def _measure(self, advice: Advice) -> None:
        self._pages.setCurrentWidget(self._compare)
        self._compare.ask(advice.operation, advice.strategy)

    @Slot(object)
    def _prove(self, advice: Advice) -> None:
        self._pages.setCurrentWidget(self._explore)
        self._explore.ask(advice.question)
