"""The widths of columns: some are as wide as their texts, and some take the room that is left."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHeaderView

from gui.widgets.refitting import Refitting
from gui.wording.live import in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QTableView

    from gui.widgets.records import Column, RecordModel

DOT = 8
PADDING = 6
"""Pixels between the text of a cell and the edges of its column."""
MOST_READ = 200
"""Records whose texts are measured."""


class ColumnFitting(QObject):
    """Gives the columns of a table their widths, again whenever its records or its room are others.

    Args:
        table: whose columns; it is dressed.
        records: its model.
        room_of: pixels that so many characters take in it.
        text_width: pixels that a text takes in it.
    """

    def __init__(
        self,
        table: QTableView,
        records: RecordModel[Any],
        room_of: Callable[[int], int],
        text_width: Callable[[str], float],
    ) -> None:
        super().__init__(table)
        self._table = table
        self._records = records
        self._room_of = room_of
        self._text_width = text_width
        columns = list(enumerate(records.columns))
        self._taking = [(number, column) for number, column in columns if column.stretch]
        self._fitted = sorted(((number, one) for number, one in columns if one.fits), key=lambda pair: pair[1].fits)
        fitted = {number for number, _ in self._fitted}
        self._refitting = Refitting(table.horizontalHeader(), self._fit, fitted.__contains__)
        if fitted:
            for signal in (records.rowsInserted, records.dataChanged, records.modelReset, records.headerDataChanged):
                signal.connect(self._refitting.soon)

    def fit(self) -> None:
        """At once."""
        self._refitting.now()

    def _fit(self) -> None:
        """Columns that take the room that is left have some all the same where none is left: then the table scrolls."""
        least = {number: self._least(column) for number, column in self._taking}
        if self._fitted and not self._refitting.by_hand:
            self._fit_texts(sum(least.values()))
        self._share(least)
        self._table.updateGeometries()  # the scroll bar would know it later

    def _least(self, column: Column[Any]) -> int:
        """No more than it has something to say."""
        room = self._room_of(min(column.width, column.least))
        return min(room, max(self._wanted(column))) if self._fitted else room

    def _wanted(self, column: Column[Any]) -> tuple[int, int]:
        """Pixels for the title of a column, and for its longest text."""
        texts = [column.text(record) for record in self._records.shown[:MOST_READ]]
        longest = max(map(self._text_width, texts), default=0.0) + 2 * PADDING + (DOT + PADDING) * column.accent
        longest += 1  # texts of a fraction of a pixel more are cut
        return ceil(self._text_width(in_words(column.title)) + 2 * PADDING), ceil(longest)

    def _fit_texts(self, kept: int) -> None:
        """As wide as heads, then as wide as texts, one column after the other as long as there is room."""
        head, wanted = self._table.horizontalHeader(), {}
        for number, column in self._fitted:
            title, longest = self._wanted(column)
            wanted[number] = title, max(title, min(longest, self._room_of(column.width)))
        others = {number for number, _ in (*self._fitted, *self._taking)}
        fixed = sum(head.sectionSize(number) for number in range(head.count()) if number not in others)
        room = self._table.viewport().width() - fixed - kept - sum(least for least, _ in wanted.values())
        for number, _ in self._fitted:
            least, most = wanted[number]
            given = min(most - least, max(0, room))
            head.resizeSection(number, least + given)
            room -= given

    def _share(self, least: dict[int, int]) -> None:
        columns = self._table.horizontalHeader()
        others = sum(columns.sectionSize(number) for number in range(columns.count()) if number not in least)
        enough = self._table.viewport().width() - others >= sum(least.values())
        for number, size in least.items():
            mode = QHeaderView.ResizeMode.Stretch if enough else QHeaderView.ResizeMode.Interactive
            if columns.sectionResizeMode(number) is not mode:
                columns.setSectionResizeMode(number, mode)
            if not enough:
                columns.resizeSection(number, size)
