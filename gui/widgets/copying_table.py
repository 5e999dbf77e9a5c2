"""A table whose rows can be copied, by a key and from a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu, QTableView

from gui.widgets.view_keys import ViewKey, press

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class CopyingTable(QTableView):
    """Copies rows as they are shown from left to right, below the titles; a subclass says what they read as."""

    # What a subclass says

    def shown_rows(self) -> Sequence[int]:
        """The numbers of the rows that are shown."""
        raise NotImplementedError

    def texts(self, rows: Iterable[int]) -> list[list[str]]:
        """What is copied of these rows, line by line and cell by cell, the titles first."""
        raise NotImplementedError

    def own_keys(self) -> tuple[ViewKey, ...]:
        """What other keys do here."""
        return ()

    # Keys, copying, menu

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do here, beside those that go from place to place."""
        return (*self.own_keys(), ViewKey(("Ctrl+C",), self.tr("Copy the selected rows"), self.copy))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Those keys."""
        if not press(event, self.keys()):
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows into the clipboard."""
        self._copy(sorted(index.row() for index in self.selectionModel().selectedRows()))

    def copy_all(self) -> None:
        """Put all rows that are shown into the clipboard."""
        self._copy(self.shown_rows())

    def _copy(self, rows: Iterable[int]) -> None:
        titles, *lines = self.texts(rows)
        if lines:
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in (titles, *lines)))

    def copying_menu(self) -> QMenu:
        """A menu to copy from, which a subclass adds to; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.accessibleName())
        copy = menu.addAction(self.tr("&Copy the selected rows"))
        copy.setEnabled(self.selectionModel().hasSelection())
        copy.triggered.connect(self.copy)
        copy_all = menu.addAction(self.tr("Copy &all rows"))
        copy_all.setEnabled(len(self.shown_rows()) > 0)
        copy_all.triggered.connect(self.copy_all)
        menu.addSeparator()
        return menu
