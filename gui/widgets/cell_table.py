"""A table that is gone through cell by cell, and copied row by row: of the Compare page, of a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from gui.widgets.arrangement import Arrangement
from gui.widgets.copying_table import CopyingTable
from gui.widgets.roomy_header import RoomyHeader
from gui.widgets.view_keys import ViewKey
from gui.wording.live import name_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtWidgets import QMenu, QWidget

Index = QModelIndex | QPersistentModelIndex


class CellTable(CopyingTable):
    """Has a menu, and lets columns be moved; a subclass says what its cells stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads = RoomyHeader(self)
        self.setHorizontalHeader(self.heads)
        self.selects_several = False
        """Whether more than one row is selected."""
        self.arrangement = Arrangement(self.heads, self.column_key)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setToolTip("")
        rows = self.verticalHeader()
        name_part(self.verticalHeader, self.accessibleName)
        name_part(self.horizontalHeader, self.accessibleName)
        for header in (rows, self.heads):
            header.setHighlightSections(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.heads.setSectionsMovable(True)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Other columns, which are arranged as those of the same name were."""
        super().setModel(model)
        if model is not None:
            model.modelAboutToBeReset.connect(self.arrangement.note)
            model.modelReset.connect(self._columns_changed)

    @Slot()
    def _columns_changed(self) -> None:
        self.fit_columns()
        self.arrangement.apply()

    # What a subclass says

    def column_key(self, number: int) -> str:
        """What a column is called in the settings, whichever others there are."""
        raise NotImplementedError

    def fit_columns(self) -> None:
        """Give columns the widths that they have at first."""

    def activate(self, index: Index) -> None:
        """Do what Enter does on a cell."""
        raise NotImplementedError

    def activation(self) -> str:
        """What Enter does on a cell, for the list of keys."""
        raise NotImplementedError

    def add_to_menu(self, menu: QMenu, index: Index) -> None:
        """What can be done with a cell."""
        raise NotImplementedError

    # Keys, copying, menu

    def own_keys(self) -> tuple[ViewKey, ...]:
        """Enter."""
        return (ViewKey(("Return", "Enter"), self.activation(), lambda: self.activate(self.currentIndex())),)

    def shown_rows(self) -> Sequence[int]:
        """Those that no filter hides."""
        return [row for row in range(self.model().rowCount()) if not self.isRowHidden(row)]

    def texts(self, rows: Iterable[int]) -> list[list[str]]:
        """With the title of each row, where rows have one."""
        model, across, down = self.model(), Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        columns = [self.heads.logicalIndex(place) for place in range(self.heads.count())]
        titled = not self.verticalHeader().isHidden()
        lines = [[""] * titled + [str(model.headerData(column, across)) for column in columns]]
        for row in rows:
            if not self.isRowHidden(row):
                title = [str(model.headerData(row, down))] if titled else []
                lines.append(title + [str(model.index(row, column).data()) for column in columns])
        return lines

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with the cell under the pointer, or with the current one."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index: Index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        self.make_menu(index).popup(event.globalPos() if by_mouse or not index.isValid() else below)

    def make_menu(self, index: Index | None = None) -> QMenu:
        """The menu of a cell, the current one unless said; it goes when it is closed."""
        menu = self.copying_menu()
        self.add_to_menu(menu, self.currentIndex() if index is None else index)
        return menu

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802
        """Several rows are marked, one is not: it has the frame of the current cell."""
        super().selectionChanged(selected, deselected)
        several = len(self.selectionModel().selectedRows()) > 1
        if several or self.selects_several:
            self.viewport().update()
        self.selects_several = several

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802
        """The frame moves."""
        super().currentChanged(current, previous)
        self.viewport().update()
