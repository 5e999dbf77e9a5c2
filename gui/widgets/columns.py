"""Columns of a table as somebody has arranged them: their order and their widths, kept for the next session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHeaderView, QTableView

from gui.settings import Group
from gui.widgets.arrangement import BY_HAND, BY_HAND_SIGN
from gui.widgets.cell_table import CellTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.settings import Settings


def save_columns(root: QWidget, settings: Settings) -> None:
    """Keep the columns of a widget that is a table, and of all tables below it."""
    for table in _tables(root):
        header = table.horizontalHeader()
        described = table.arrangement.described if isinstance(table, CellTable) else describe_columns(header)
        settings.remember(_key(table), described)


def restore_columns(root: QWidget, settings: Settings) -> None:
    """Arrange the columns of all those tables as they were; what does not fit the table counts as absent."""
    for table in _tables(root):
        if isinstance(table, CellTable):
            table.arrangement.described = settings.text(_key(table))
        else:
            arrange_columns(table.horizontalHeader(), settings.text(_key(table)))


def _tables(root: QWidget) -> list[QTableView]:
    below = root.findChildren(QTableView)
    return [root, *below] if isinstance(root, QTableView) else below


def _key(table: QTableView) -> str:
    return Group.COLUMNS.key(table.objectName())


def describe_columns(header: QHeaderView) -> str:
    """Logical numbers with their widths, in the order in which they are shown, such as ``1:80 0:40``."""
    shown = [header.logicalIndex(place) for place in range(header.count())]
    described = " ".join(f"{number}:{header.sectionSize(number)}" for number in shown)
    return f"{BY_HAND_SIGN}{described}" if header.property(BY_HAND) else described


def arrange_columns(header: QHeaderView, described: str) -> None:
    """Give columns order and widths; one that takes the room that is left keeps doing so."""
    pairs = [part.partition(":")[::2] for part in described.removeprefix(BY_HAND_SIGN).split()]
    if not all(number.isdecimal() and width.isdecimal() for number, width in pairs):
        return
    wanted = [(int(number), int(width)) for number, width in pairs]
    if sorted(number for number, _ in wanted) != list(range(header.count())):
        return
    if described.startswith(BY_HAND_SIGN):
        header.setProperty(BY_HAND, True)
    for place, (number, width) in enumerate(wanted):
        header.moveSection(header.visualIndex(number), place)
        if header.sectionResizeMode(number) is QHeaderView.ResizeMode.Interactive:
            header.resizeSection(number, min(max(width, header.minimumSectionSize()), _WIDEST))


_WIDEST = 2000
