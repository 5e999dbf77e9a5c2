"""Every key of the window: its commands by page, and what views do with keys of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
)

from gui.theme import GRID
from gui.widgets.forms import describe
from gui.widgets.listing import Listing
from gui.widgets.view_keys import listed, native
from gui.wording.live import follow_language, put, worded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from gui.app.commands import CommandTable

SIZE = (70 * GRID, 80 * GRID)


class ShortcutsDialog(QDialog):
    """A list with a heading for each page and each view; goes when it is closed."""

    def __init__(self, table: CommandTable, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("shortcutsDialog")
        put(self.setWindowTitle, lambda: self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.listing = Listing("shortcutsList", lambda: self.tr("Keyboard shortcuts"))
        self.list = self.listing.tree
        self.list.setUniformRowHeights(True)
        self._table = table
        self._fill()
        follow_language(self, self._fill)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox()
        close = worded(QPushButton(), lambda: self.tr("Close"))
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        describe(close, lambda: self.tr("Close"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.listing)
        layout.addWidget(buttons)
        self.resize(*SIZE)
        self.resize(self.size().boundedTo(window.size()))

    def _fill(self) -> None:
        table = self._table
        self.list.clear()
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        with_keys = [command for command in table.commands if command.shortcut]
        for page in ("", *table.page_titles):
            lines = [(table.title_of(each), native(each.shortcut)) for each in with_keys if table.page_of(each) == page]
            self._add(page or self.tr("Everywhere"), lines)
        for view in table.keys_of_views():
            self._add(view.title, listed(view.keys))
        self.list.expandAll()
        self.listing.look()

    def _add(self, title: str, lines: Iterable[tuple[str, str]]) -> None:
        head = QTreeWidgetItem([title])
        font = self.font()
        font.setBold(True)
        head.setFont(0, font)
        self.list.addTopLevelItem(head)
        head.addChildren([QTreeWidgetItem([what, keys]) for what, keys in lines])
