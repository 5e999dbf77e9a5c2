"""Lines of text in a dialog, under headings or not, with a field that finds some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QTreeWidget, QVBoxLayout, QWidget

from gui.theme import GRID
from gui.widgets.forms import describe
from gui.widgets.view_keys import ViewKey, press
from gui.wording.live import Words, in_words, name_part, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtWidgets import QTreeWidgetItem


class LineTree(QTreeWidget):
    """Copies lines as they are shown, below one another; a heading is copied as a line of its own."""

    def lines(self) -> Iterator[QTreeWidgetItem]:
        """All lines that are shown, from top to bottom."""
        for number in range(self.topLevelItemCount()):
            head = self.topLevelItem(number)
            if head is not None and not head.isHidden():
                yield head
                yield from (each for each in _children(head) if not each.isHidden())

    def copy(self) -> None:
        """Put the selected lines into the clipboard."""
        self._copy(line for line in self.lines() if line.isSelected())

    def copy_all(self) -> None:
        """Put all lines that are shown into the clipboard."""
        self._copy(self.lines())

    def _copy(self, lines: Iterable[QTreeWidgetItem]) -> None:
        if text := "\n".join(text_of(line, "\t") for line in lines):
            QGuiApplication.clipboard().setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy."""
        if not press(event, (ViewKey(("Ctrl+C",), self.tr("Copy the selected lines"), self.copy),)):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with lines."""
        self.make_menu().popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """The menu; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.accessibleName())
        copy = menu.addAction(self.tr("&Copy the selected lines"))
        copy.setEnabled(bool(self.selectedItems()))
        copy.triggered.connect(self.copy)
        menu.addAction(self.tr("Copy &all lines")).triggered.connect(self.copy_all)
        return menu


class Listing(QWidget):
    """The lines, and above them what finds some of them: Ctrl+F goes there.

    Args:
        name: object name of the lines.
        title: what a screen reader calls them.
    """

    def __init__(self, name: str, title: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = LineTree()
        self.tree.setObjectName(name)
        describe(self.tree, title)
        self.tree.setToolTip("")
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        name_part(self.tree.header, self.tree.accessibleName)
        self.edit = QLineEdit()
        self.edit.setObjectName(f"{name}Find")
        self.edit.setClearButtonEnabled(True)
        put(self.edit.setPlaceholderText, lambda: self.tr("Find"))
        describe(self.edit, lambda: self.tr("Find in: %1").replace("%1", in_words(title)))
        self.edit.setToolTip("")
        self.edit.textChanged.connect(self.look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.edit)
        layout.addWidget(self.tree)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._find)

    @Slot()
    def _find(self) -> None:
        self.edit.selectAll()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def look(self) -> None:
        """Show the lines that have the text, with their headings; to be called when other lines are there."""
        wanted = self.edit.text().casefold()
        for number in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(number)
            if head is None:
                continue
            here, below = wanted in text_of(head).casefold(), False
            for line in _children(head):
                found = here or wanted in text_of(line).casefold()
                line.setHidden(not found)
                below = below or found
            head.setHidden(not (here or below))


def text_of(line: QTreeWidgetItem, between: str = " ") -> str:
    """What a line says."""
    return between.join(text for column in range(line.columnCount()) if (text := line.text(column)))


def _children(head: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [line for number in range(head.childCount()) if (line := head.child(number)) is not None]
