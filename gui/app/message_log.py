"""What the window has said since it was opened: a message that went before somebody had read it is still here."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidgetItem, QVBoxLayout

from gui.theme import GRID
from gui.widgets.listing import Listing
from gui.wording.live import Words, follow_language, in_words, put

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

MOST = 500
"""Messages that are kept, the latest ones."""
SIZE = (90 * GRID, 50 * GRID)


class MessageLog(QObject):
    """Keeps sentences with the time of day at which they were said.

    Signals:
        noted: a sentence was added.
    """

    noted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.messages: deque[tuple[QDateTime, Words]] = deque(maxlen=MOST)

    @Slot(object)
    def note(self, sentence: Words) -> None:
        """This was said just now."""
        self.messages.append((QDateTime.currentDateTime(), sentence))
        self.noted.emit()

    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not self.messages


class MessagesDialog(QDialog):
    """The messages, the latest first; stays open beside the window and follows what is said."""

    def __init__(self, log: MessageLog, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("messagesDialog")
        put(self.setWindowTitle, lambda: self.tr("Messages"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._log = log
        self.listing = Listing("messagesList", lambda: self.tr("Messages"))
        self.list = self.listing.tree
        self.list.setWordWrap(True)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.addWidget(self.listing)
        self.resize(*SIZE)
        log.noted.connect(self._fill)
        self._fill()
        follow_language(self, self._fill)

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        self.list.setHeaderLabels([self.tr("At"), self.tr("Message")])
        for at, words in reversed(self._log.messages):
            sentence = in_words(words)
            time = QLocale().toString(at.time(), "HH:mm:ss")
            item = QTreeWidgetItem([time, sentence])
            item.setToolTip(1, sentence)
            self.list.addTopLevelItem(item)
        self.listing.look()
