"""Columns of a table as somebody has arranged them: their order and their widths, kept for the next session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHeaderView

from gui.settings import Group
from gui.widgets.table import RecordTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.settings import Settings


def save_columns(root: QWidget, settings: Settings) -> None:
    """Keep the columns of all tables below a widget."""
    for table in root.findChildren(RecordTable):
        settings.remember(_key(table), describe_columns(table.horizontalHeader()))


def restore_columns(root: QWidget, settings: Settings) -> None:
    """Arrange the columns of all tables below a widget as they were; what does not fit the table counts as absent."""
    for table in root.findChildren(RecordTable):
        arrange_columns(table.horizontalHeader(), settings.text(_key(table)))


def _key(table: RecordTable) -> str:
    return Group.COLUMNS.key(table.objectName())


def describe_columns(header: QHeaderView) -> str:
    """Logical numbers with their widths, in the order in which they are shown, such as ``1:80 0:40``."""
    shown = [header.logicalIndex(place) for place in range(header.count())]
    return " ".join(f"{number}:{header.sectionSize(number)}" for number in shown)


def arrange_columns(header: QHeaderView, described: str) -> None:
    """Give columns order and widths; one that takes the room that is left keeps doing so."""
    pairs = [part.partition(":")[::2] for part in described.split()]
    if not all(number.isdecimal() and width.isdecimal() for number, width in pairs):
        return
    wanted = [(int(number), int(width)) for number, width in pairs]
    if sorted(number for number, _ in wanted) != list(range(header.count())):
        return
    for place, (number, width) in enumerate(wanted):
        header.moveSection(header.visualIndex(number), place)
        if header.sectionResizeMode(number) is QHeaderView.ResizeMode.Interactive:
            header.resizeSection(number, min(max(width, header.minimumSectionSize()), _WIDEST))


_WIDEST = 2000
