"""A field for faults: a line of text, as on the command line, and a menu of ready ones."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from backend.model.errors import SubmitTwiceError
from backend.model.faults import parse_fault
from backend.model.plan import Fault
from gui.theme import GRID, code_font
from gui.widgets.forms import button, describe
from gui.wording.live import follow_language, put, worded
from gui.wording.speech import speak

_GROUPS = (
    ("crash@redis:DEL", "crash@redis:SET", "crash@sql:INSERT:before", "crash@sql:COMMIT", "crash@redis:XACK:before"),
    ("reset@sql:COMMIT:before", "error@sql:COMMIT:before", "error@reply"),
    ("delay@sql:INSERT:before=300", "delay@reply:before=300", "network=50", "pause@sql:INSERT:before=800"),
    (
        "pause@database=500", "kill@database#1", "restart@database#1", "kill@redis#1", "restart@redis#1",
        "failover@redis#1", "partition@redis#1",
    ),
)  # fmt: skip
"""By what is struck."""
READY = tuple(fault for group in _GROUPS for fault in group)
"""What the menu offers: one of each kind, in the syntax that can be typed as well. Those of servers
name their moment, after the first answer: without one it would be another with another number of submissions."""


def about(fault: str) -> str:
    """What a ready fault does, in a few words."""
    return {
        "crash@redis:DEL": QCoreApplication.translate("FaultField", "the backend dies after its DEL"),
        "crash@redis:SET": QCoreApplication.translate("FaultField", "the backend dies after its SET"),
        "crash@sql:INSERT:before": QCoreApplication.translate("FaultField", "the backend dies before its INSERT"),
        "crash@sql:COMMIT": QCoreApplication.translate("FaultField", "the backend dies after its COMMIT"),
        "crash@redis:XACK:before": QCoreApplication.translate("FaultField", "the consumer dies before it acknowledges"),
        "reset@sql:COMMIT:before": QCoreApplication.translate("FaultField", "the connections break before COMMIT"),
        "error@sql:COMMIT:before": QCoreApplication.translate("FaultField", "an exception, and COMMIT is not sent"),
        "error@reply": QCoreApplication.translate("FaultField", "an exception instead of the response"),
        "delay@sql:INSERT:before=300": QCoreApplication.translate("FaultField", "INSERT is sent 300 ms later"),
        "delay@reply:before=300": QCoreApplication.translate("FaultField", "the response leaves 300 ms later"),
        "network=50": QCoreApplication.translate("FaultField", "50 ms on the way there, and back"),
        "pause@sql:INSERT:before=800": QCoreApplication.translate("FaultField", "the process stands still for 800 ms"),
        "pause@database=500": QCoreApplication.translate("FaultField", "the database stands still for 500 ms"),
        "kill@database#1": QCoreApplication.translate("FaultField", "the database is killed after the first answer"),
        "restart@database#1": QCoreApplication.translate("FaultField", "the database restarts after the first answer"),
        "kill@redis#1": QCoreApplication.translate("FaultField", "Redis is killed after the first answer"),
        "restart@redis#1": QCoreApplication.translate("FaultField", "Redis restarts after the first answer"),
        "failover@redis#1": QCoreApplication.translate("FaultField", "a replica that lacks the last keys takes over"),
        "partition@redis#1": QCoreApplication.translate("FaultField", "the replica is cut off from its primary"),
    }[fault]


class FaultField(QLineEdit):
    """Faults, separated by blanks.

    Signals:
        edited: they may be others now, or no longer what can be read.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("faultsEdit")
        self.complaint = ""
        """Why the text cannot be read, in one sentence; empty where it can."""
        self.faults: tuple[Fault, ...] = ()
        self.setFont(code_font(0.9))
        put(self.setPlaceholderText, lambda: self.tr("none"))
        self.textChanged.connect(self._read)
        follow_language(self, self._read)
        self.menu_button = self._make_menu()

    def _make_menu(self) -> QPushButton:
        push = button("faultsButton", "+", "quiet")
        describe(push, lambda: self.tr("Add a fault"), lambda: self.tr("Ready-made faults, one of each kind"))
        menu = QMenu(push)
        for group in _GROUPS:
            for fault in group:
                action = worded(QAction(menu), partial(_entry, fault))
                action.triggered.connect(partial(self.add, fault))
                menu.addAction(action)
            menu.addSeparator()
        none = worded(QAction(menu), lambda: self.tr("No faults"))
        none.triggered.connect(self.clear)
        menu.addAction(none)
        push.setMenu(menu)
        push.setFixedWidth(4 * GRID)
        return push

    def add(self, text: str) -> None:
        """One more fault."""
        self.setText(f"{self.text().strip()} {text}".strip())

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """These, and no others."""
        with QSignalBlocker(self):
            self.setText(" ".join(map(str, faults)))
            self.setCursorPosition(0)
        self._read()

    @Slot()
    def _read(self) -> None:
        self.faults, self.complaint = (), ""
        try:
            self.faults = tuple(parse_fault(text) for text in self.text().split())
        except SubmitTwiceError as error:
            self.complaint = speak(error.sentence)
        self.setToolTip(self.complaint or self.text() or self.accessibleDescription())
        self.setProperty("invalid", "true" if self.complaint else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.edited.emit()


def _entry(fault: str) -> str:
    """The second column of a menu is where shortcuts stand elsewhere."""
    return f"{fault}\t{about(fault)}"
