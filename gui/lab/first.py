"""Three ways to begin, in the empty table of rows: somebody who sees the window for the first time need not search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from backend.comparison.exhibits import find_exhibit
from backend.model.vocabulary import EngineKind
from gui.theme import GRID
from gui.widgets.forms import button, describe
from gui.wording.live import Words

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QPushButton

    from backend.comparison.exhibits import Exhibit
    from backend.model.plan import Plan, Setup
    from backend.model.vocabulary import OperationKey
    from gui.link.bridge import LabBridge
    from gui.widgets.table import RecordTable


class Runner(Protocol):
    """What runs what is chosen: the Lab page."""

    @property
    def ready_changed(self) -> SignalInstance: ...  # noqa: D102

    def show_exhibit(self, exhibit: Exhibit) -> object:
        """Run an exhibit."""

    def show_situation(
        self, operation: OperationKey, database: EngineKind, setup: Setup, plan: Plan, instances: int
    ) -> None:
        """Turn every knob to a situation."""

    def spam(self) -> None:
        """Run it."""


class FirstChoices(QWidget):
    """Lies on a table for as long as it is empty.

    Args:
        table: of the rows.
        page: what runs what is chosen.
        bridge: tells when something runs.
    """

    def __init__(self, table: RecordTable, page: Runner, bridge: LabBridge) -> None:
        super().__init__(table.viewport())
        self.setObjectName("firstChoices")
        self._page = page
        self._table = table
        self._ready = False
        self._running = False
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 0, GRID, GRID)
        row.setSpacing(GRID)
        row.addStretch(1)
        self.double_click = self._add(
            "firstDoubleClick",
            lambda: self.tr("A double click"),
            lambda: self.tr("Two clicks on one form, with no protection"),
        )
        self.index = self._add(
            "firstUniqueIndex",
            lambda: self.tr("The same, under a unique index"),
            lambda: self.tr("Two clicks again; one row"),
        )
        self.lost_order = self._add(
            "firstLostOrder",
            lambda: self.tr("A lost order"),
            lambda: self.tr("A token that is used up by a request that dies"),
        )
        row.addStretch(1)
        self.double_click.clicked.connect(self._show_double_click)
        self.index.clicked.connect(self._show_index)
        self.lost_order.clicked.connect(self._show_lost_order)
        page.ready_changed.connect(self.note_ready)
        bridge.events.runs_changed.connect(self.note_runs)
        table.viewport().installEventFilter(self)
        for changes in (table.records.rowsInserted, table.records.modelReset, table.records.rowsRemoved):
            changes.connect(self._refresh)
        self._refresh()

    def _add(self, name: str, text: Words, about: Words) -> QPushButton:
        made = button(name, text, "quiet")
        made.setFont(QApplication.font())  # not that of the table, which is for what engines say
        describe(made, text, about)
        row = self.layout()
        if row is not None:
            row.addWidget(made)
        return made

    @Slot()
    def _show_double_click(self) -> None:
        self._page.show_exhibit(find_exhibit("double-click"))

    @Slot()
    def _show_index(self) -> None:
        """The double click once more, with nothing changed but the strategy."""
        shown = find_exhibit("double-click")
        setup = replace(shown.setup, strategy="unique-index", variant="catch-violation")
        self._page.show_situation(shown.operation, EngineKind.POSTGRESQL, setup, shown.plan, shown.instances)
        self._page.spam()

    @Slot()
    def _show_lost_order(self) -> None:
        self._page.show_exhibit(find_exhibit("token-lost-order"))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """At the bottom of the table, which says above what will appear in it."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        room, height = self._table.viewport().size(), self.sizeHint().height()
        self.setGeometry(0, room.height() - height, room.width(), height)

    @Slot(bool)
    def note_ready(self, ready: bool) -> None:
        """Whether something can be run just now."""
        self._ready = ready
        self._refresh()

    @Slot(int)
    def note_runs(self, runs: int) -> None:
        """How many runs are under way: what is asked for already need not be offered."""
        self._running = runs > 0
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        for each in (self.double_click, self.index, self.lost_order):
            each.setEnabled(self._ready)
        self.setVisible(not self._table.records.records and not self._running)
        self._place()
