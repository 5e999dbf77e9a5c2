"""What went wrong for other people: a list that is searched by words of the reports, and one of them beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from backend.comparison.incidents import Incident, find_incidents
from gui.advisor.incident_view import IncidentView
from gui.theme import GRID
from gui.widgets.forms import button, describe
from gui.widgets.layouts import high
from gui.wording.live import follow_language, put
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.explorer.question import Exploration, Question
    from backend.model.judgement import Report
    from gui.theme import Theme
    from gui.wording.catalogue import Catalogue

LIST_WIDTH = 44 * GRID


class IncidentsDialog(QDialog):
    """Stands beside the window, and stays there while it runs what it shows.

    Args:
        theme: its colours.
        catalogue: the strategies.
        reports: what runs of exhibits came to, by their keys; it may grow.
        findings: what explorations came to, by their questions; it may grow.

    Signals:
        run_asked: an Incident, of which both runs are wanted.
        proof_asked: an Incident, of which both explorations are wanted.
    """

    run_asked = Signal(object)
    proof_asked = Signal(object)

    def __init__(
        self,
        theme: Theme,
        catalogue: Catalogue,
        reports: Mapping[str, Report],
        findings: Mapping[Question, Exploration],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("incidentsDialog")
        put(self.setWindowTitle, lambda: self.tr("Incidents"))
        self.view = IncidentView(theme, catalogue, reports, findings)
        self.search = QLineEdit()
        self.search.setObjectName("incidentSearch")
        self.search.setClearButtonEnabled(True)
        put(self.search.setPlaceholderText, lambda: self.tr("gap lock, visibility timeout, 40001…"))
        describe(self.search, lambda: self.tr("Search"), lambda: self.tr("Words of the report, in English or Chinese"))
        self.count = QLabel()
        self.count.setObjectName("incidentCount")
        self.count.setProperty("role", "caption")
        self.list = QListWidget()
        self.list.setObjectName("incidentList")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(
            self.list,
            lambda: self.tr("Incidents"),
            lambda: self.tr("What went wrong for other people, by public reports"),
        )
        self.run = button("incidentRunButton", lambda: self.tr("&Run both"), "primary")
        describe(
            self.run, lambda: self.tr("Run both"), lambda: self.tr("In the Lab: first without the cure, then with it")
        )
        self.prove = button("incidentProveButton", lambda: self.tr("&Explore both"))
        describe(
            self.prove,
            lambda: self.tr("Explore both"),
            lambda: self.tr("Every interleaving, first without the cure, then with"),
        )
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._begin_search)
        self.list.currentRowChanged.connect(self.refresh)
        self.run.clicked.connect(lambda: self._ask(self.run_asked))
        self.prove.clicked.connect(lambda: self._ask(self.proof_asked))
        theme.changed.connect(self.refresh)
        self._fill()
        follow_language(self, self._fill)
        follow_language(self, self.refresh)

    def _lay_out(self) -> None:
        left = QWidget()
        left.setObjectName("sidebar")
        left.setFixedWidth(LIST_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.addWidget(self.search)
        column.addWidget(self.count)
        column.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        buttons.setSpacing(GRID)
        buttons.addWidget(self.run)
        buttons.addWidget(self.prove)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.view, 1)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addLayout(right, 1)
        self.resize(150 * GRID, high(self, 80 * GRID))

    @property
    def incident(self) -> Incident | None:
        """The one that is shown."""
        index = self.list.currentIndex()
        found: Incident | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        return found

    def allow(self, *, run: bool, prove: bool) -> None:
        """Whether something can be run or explored just now."""
        self.run.setEnabled(run and self.incident is not None)
        self.prove.setEnabled(prove and self.incident is not None)

    @Slot()
    def bring_to_front(self) -> None:
        """Before everything else."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    @Slot()
    def _begin_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Esc takes back what was searched; only without that it closes the dialog."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if self.search.text() and event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if self.search.text() and event.type() is QEvent.Type.KeyPress:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def refresh(self) -> None:
        """Show the chosen one with what is known of it by now."""
        self.view.show_incident(self.incident)

    @Slot()
    def _fill(self) -> None:
        shown = self.incident
        self.list.clear()
        found = find_incidents(self.search.text())
        total = len(find_incidents(""))
        put(self.count.setText, lambda: self._counted(len(found), total))
        for incident in found:
            item = QListWidgetItem(speak(incident.title))
            item.setData(Qt.ItemDataRole.UserRole, incident)
            item.setToolTip(", ".join(incident.reports))
            self.list.addItem(item)
            if incident is shown:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.refresh()

    def _counted(self, shown: int, total: int) -> str:
        written = QLocale().toString
        return self.tr("%1 of %2 shown").replace("%1", written(shown)).replace("%2", written(total))

    def _ask(self, signal: SignalInstance) -> None:
        if self.incident is not None:
            signal.emit(self.incident)
