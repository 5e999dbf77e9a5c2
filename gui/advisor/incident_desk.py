"""Opens the incidents, and has both sides of one run in the Lab, or explored, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from gui.wording.catalogue import Catalogue

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTabWidget

    from backend.comparison.exhibit import Exhibit
    from backend.comparison.incidents import Incident
    from backend.explorer.question import Exploration, Question
    from backend.model.catalogue import StrategyInfo
    from backend.model.judgement import Report
    from gui.advisor.incidents_dialog import IncidentsDialog
    from gui.explore.page import ExplorePage
    from gui.lab.page import LabPage
    from gui.link.bridge import LabBridge
    from gui.link.pending_run import PendingRun
    from gui.theme import Theme


class IncidentDesk(QObject):
    """The way from an incident to its runs.

    Args:
        theme: the dialog's colours.
        pages: the window's pages; also the parent of the dialog.
        lab: where runs are shown.
        explore: where explorations are.
        bridge: tells when a run is over.
    """

    def __init__(self, theme: Theme, pages: QTabWidget, lab: LabPage, explore: ExplorePage, bridge: LabBridge) -> None:
        super().__init__(pages)
        self._theme, self._pages, self._lab, self._explore = theme, pages, lab, explore
        self._catalogue = Catalogue()
        self._to_run: list[Exhibit] = []
        self._to_explore: list[Question] = []
        self._pending: PendingRun | None = None
        self._running: Exhibit | None = None
        self._reports: dict[str, Report] = {}
        self._findings: dict[Question, Exploration] = {}
        self.dialog: IncidentsDialog | None = None
        bridge.events.catalogue_ready.connect(self._fill)
        bridge.events.run_over.connect(self._note_end)
        lab.ready_changed.connect(self._run_next)
        explore.explorer.found.connect(self._note_finding)
        explore.explorer.failed.connect(self._forget_questions)

    def open(self) -> None:
        """Show the incidents beside the window."""
        if self.dialog is None:
            self.dialog = self._make()
        self._refresh()
        QTimer.singleShot(0, self.dialog, self.dialog.bring_to_front)

    def close(self) -> None:
        """The window closes."""
        if self.dialog is not None:
            self.dialog.close()

    def _make(self) -> IncidentsDialog:
        from gui.advisor.incidents_dialog import IncidentsDialog  # noqa: PLC0415, RUF100  (not for the first paint)

        dialog = IncidentsDialog(self._theme, self._catalogue, self._reports, self._findings, self._pages)
        dialog.run_asked.connect(self._run)
        dialog.proof_asked.connect(self._prove)
        dialog.list.currentRowChanged.connect(self._refresh)
        return dialog

    @Slot(object)
    def _fill(self, strategies: tuple[StrategyInfo, ...]) -> None:
        self._catalogue = Catalogue(strategies)
        self._refresh()

    # Runs

    @Slot(object)
    def _run(self, incident: Incident) -> None:
        self._to_run = [incident.damage, incident.cured]
        self._pages.setCurrentWidget(self._lab)
        self._run_next()

    @Slot()
    def _run_next(self) -> None:
        if self._to_run and self._running is None and self._lab.ready:
            self._running = self._to_run.pop(0)  # before anything is said of knobs that turn
            self._pending = self._lab.show_exhibit(self._running)
            if self._pending is None:
                self._running = None
                self._to_run.clear()
        self._refresh()

    @Slot(object)
    def _note_end(self, pending: PendingRun) -> None:
        if pending is not self._pending or self._running is None:
            return
        if pending.report is not None:
            self._reports[self._running.key] = pending.report
        if pending.report is None or pending.cancelled:
            self._to_run.clear()
        self._pending = self._running = None
        self._run_next()

    # Explorations

    @Slot(object)
    def _prove(self, incident: Incident) -> None:
        self._to_explore = [incident.proof, incident.proof_of_cure]
        self._pages.setCurrentWidget(self._explore)
        self._explore_next()

    @Slot()
    def _explore_next(self) -> None:
        if self._to_explore and not self._explore.explorer.busy:
            self._explore.ask(self._to_explore.pop(0))
        self._refresh()

    @Slot(object)
    def _note_finding(self, found: Exploration) -> None:
        self._findings[found.question] = found
        if not found.exhaustive:
            self._to_explore.clear()
        QTimer.singleShot(0, self, self._explore_next)

    @Slot()
    def _forget_questions(self) -> None:
        self._to_explore.clear()
        self._refresh()

    def _refresh(self) -> None:
        if self.dialog is not None:
            self.dialog.refresh()
            self.dialog.allow(
                run=self._lab.ready and not self._to_run,
                prove=bool(self._catalogue.strategies) and not self._explore.explorer.busy,
            )
