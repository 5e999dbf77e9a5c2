"""What a compared situation leads to: the Lab, where it can be run, and the explorer, where it can be explored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from backend.comparison.questions import SituationKey
from backend.explorer.question import Question
from backend.model.vocabulary import EngineKind, Replication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTabWidget

    from backend.comparison.records import ComparedCell
    from gui.compare.page import ComparePage
    from gui.explore.page import ExplorePage
    from gui.lab.page import LabPage


class FollowUps(QObject):
    """Takes what somebody asks for on the Compare page to another page.

    Args:
        pages: of the window.
        lab: one of them.
        compare: one of them.
        explore: one of them.
    """

    def __init__(self, pages: QTabWidget, lab: LabPage, compare: ComparePage, explore: ExplorePage) -> None:
        super().__init__(pages)
        self._pages = pages
        self._lab = lab
        self._explore = explore
        compare.lab_asked.connect(self._show_in_lab)
        compare.explore_asked.connect(self._ask_explorer)

    @Slot(object)
    def _show_in_lab(self, cell: ComparedCell) -> None:
        """A compared situation, ready to be run; where there were several runs, the one with the worst verdict."""
        if cell.telling is None:
            return
        part, subject = cell.telling.part, cell.subject
        self._pages.setCurrentWidget(self._lab)
        self._lab.show_situation(subject.operation, subject.database, part.setup, part.plan, part.instances)

    @Slot(object)
    def _ask_explorer(self, cell: ComparedCell) -> None:
        """The question that fits a compared situation, ready to be explored."""
        subject, situation = cell.subject, cell.situation
        replication = _failed_database(cell)
        self._pages.setCurrentWidget(self._explore)
        self._explore.ask(
            Question(
                subject.operation,
                subject.strategy,
                subject.variant,
                crashes=int(situation is SituationKey.CRASH),
                expiries=int(situation is SituationKey.LEASE),
                failovers=int(situation is SituationKey.FAILOVER and replication is None),
                database_failovers=int(replication is not None),
                replication=replication or Replication.ASYNCHRONOUS,
            )
        )


def _failed_database(cell: ComparedCell) -> Replication | None:
    """How the standby followed that has taken over, where the telling run is about the database."""
    part = cell.telling.part if cell.telling else None
    if cell.situation is not SituationKey.FAILOVER or part is None or part.needs is not EngineKind.POSTGRESQL:
        return None
    return None if cell.subject.on_standby else part.setup.replication
