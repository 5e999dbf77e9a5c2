"""A table view for live records: painted by hand, following the newest row until somebody scrolls away."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPointF, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from backend.model.vocabulary import Verdict
from gui.theme import GRID, Theme, code_font
from gui.widgets.column_fitting import DOT, PADDING, ColumnFitting
from gui.widgets.copying_table import CopyingTable
from gui.widgets.forms import KEY_ROLE, describe
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.inks import Inks
from gui.widgets.records import Tone
from gui.widgets.roomy_header import RoomyHeader
from gui.wording.live import Words, in_words, name_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QMenu, QPushButton, QWidget

    from gui.theme import Colours
    from gui.widgets.records import Column, RecordModel

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class RowInks(Inks):
    """With the backgrounds of records that stand out."""

    def __init__(self, colours: Colours) -> None:
        super().__init__(colours)
        self.highlights: dict[Verdict | Tone, QColor] = {verdict: colours.verdict_tint(verdict) for verdict in Verdict}
        self.highlights[Tone.ALARM] = QColor(colours.alarm_tint)


class RecordTable(CopyingTable):
    """Shows a RecordModel.

    Signals:
        submission_chosen: somebody selected a record of this submission.
    """

    submission_chosen = Signal(str)

    def __init__(
        self,
        name: str,
        title: Words,
        model: RecordModel[Any],
        theme: Theme,
        empty: Words,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        describe(self, title)
        self.setToolTip("")
        self.records = model
        self._theme = theme
        self._empty = empty
        self._following = True
        self._scroll = QTimer(self)
        self._scroll.setSingleShot(True)
        self._scroll.setInterval(0)
        self._scroll.timeout.connect(self._follow)
        self._offered: tuple[QPushButton, ...] = ()
        self.follow_newest = True
        """Whether to scroll to new records while the newest is in sight."""
        self.setFont(code_font(0.95))
        self.setHorizontalHeader(RoomyHeader(self))
        self.setModel(model)
        self._inks = RowInks(theme.colours)
        self._measure()
        self._lay_out()
        model.rowsAboutToBeInserted.connect(self._note_position)
        model.rowsInserted.connect(self._follow_soon)
        model.about_to_filter.connect(self._note_current)
        model.filtered.connect(self._choose_again)
        self._fitting = ColumnFitting(self, model, self.room_of, self.text_width)
        theme.changed.connect(self._repaint)

    def say_when_empty(self, text: Words) -> None:
        """Another text for as long as there is no record."""
        self._empty = text
        self.viewport().update()

    def _why_empty(self) -> str:
        return self.tr("No row has this text. Esc shows all.") if self.records.records else in_words(self._empty)

    @Slot()
    def _note_current(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.records.meant = self.records.gone + self.records.number_of(index.row())

    @Slot()
    def _choose_again(self) -> None:
        """The record that was current before others were hidden is so where it is shown, now or later."""
        row = self.records.row_at(self.records.meant - self.records.gone)
        if row >= 0:
            blocked = self.blockSignals(True)
            self.setCurrentIndex(self.records.index(row, 0))
            self.blockSignals(blocked)
        self._follow_soon()

    def _measure(self) -> None:
        """What painting by hand needs to know of the font."""
        self._metrics = QFontMetrics(self.font())
        self._advance = QFontMetricsF(self.font()).horizontalAdvance("0" * 100) / 100
        """What a character really takes, which may be a fraction of a pixel less: in a line it adds up."""
        self._height = self._metrics.height() + GRID
        self._baseline = (self._height + self._metrics.ascent() - self._metrics.descent()) // 2

    def magnify(self, factor: float) -> None:
        """Show everything so many times as large."""
        self._note_position()
        self.setFont(code_font(0.95 * factor))
        self._measure()
        self._size()
        self._fitting.fit()
        self._follow_soon()
        self.viewport().update()

    def _lay_out(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setHighlightSections(False)
        columns.setSectionsMovable(True)
        columns.setMinimumSectionSize(32)
        name_part(self.horizontalHeader, self.accessibleName)
        name_part(self.verticalHeader, self.accessibleName)
        for number, column in enumerate(self.records.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            columns.setSectionResizeMode(number, mode)
        self._size()

    def _size(self) -> None:
        """Rows and columns as the font wants them."""
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(self._height)
        rows.setDefaultSectionSize(self._height)
        columns.setFont(self.font())  # inherited only, it would go with the next style sheet
        self.records.head_font = self.font()  # what heads are painted in; a font of the viewport ends the process
        for number, column in enumerate(self.records.columns):
            columns.resizeSection(number, self.room_of(column.width))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Columns share another room, and whoever was at the end stays there."""
        self._note_position()
        super().resizeEvent(event)
        self._fitting.fit()
        self._follow_soon()

    def text_width(self, text: str) -> float:
        """Pixels that a text takes in a cell. Letters of ASCII all have one width."""
        return len(text) * self._advance if text.isascii() else self._metrics.horizontalAdvance(text)

    def room_of(self, characters: int) -> int:
        """Pixels of a column that has room for so many characters."""
        return ceil(characters * self._advance) + 2 * PADDING

    def choose(self, submission_id: str) -> None:
        """Select the submission's first record without telling anybody; nothing where it has none."""
        row = self.records.row_of(submission_id)
        if self.current_submission() == submission_id and row >= 0:
            return
        selection = self.selectionModel()
        blocked = self.blockSignals(True)
        if row < 0:
            selection.clear()
            self.records.meant = self.records.place_of(submission_id)
        else:
            self.setCurrentIndex(self.records.index(row, 0))
        self.blockSignals(blocked)
        self.viewport().update()

    def current_submission(self) -> str:
        """The submission of the selected record, or an empty string."""
        index = self.currentIndex()
        return str(index.data(KEY_ROLE)) if index.isValid() else ""

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802
        """Tell which submission was chosen."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.submission_chosen.emit(str(current.data(KEY_ROLE)))

    # Copying

    def shown_rows(self) -> Sequence[int]:
        """Of the records that are shown."""
        return range(len(self.records.shown))

    def texts(self, rows: Iterable[int]) -> list[list[str]]:
        """Whole, also where a cell has no room for it."""
        header = self.horizontalHeader()
        columns = [self.records.columns[header.logicalIndex(place)] for place in range(header.count())]
        shown = self.records.shown
        return [
            [in_words(column.title) for column in columns],
            *([column.text(shown[row]) for column in columns] for row in rows),
        ]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with rows."""
        self.make_menu().popup(event.globalPos())

    def offer(self, *buttons: QPushButton) -> None:
        """Have what these buttons do in the menu as well: it is about the selected rows."""
        self._offered = buttons

    def make_menu(self) -> QMenu:
        """The menu of the table; it goes when it is closed."""
        menu = self.copying_menu()
        for push in self._offered:
            action = menu.addAction(push.text())
            action.setEnabled(push.isEnabled())
            action.triggered.connect(push.click)
        return menu

    @Slot()
    def _note_position(self) -> None:
        if self._scroll.isActive() or not self.isVisible():
            return  # the bar lags behind the rows that came last
        bar = self.verticalScrollBar()
        self._following = bar.value() >= bar.maximum() - self.verticalHeader().defaultSectionSize()

    @Slot()
    def _follow_soon(self) -> None:
        """Scroll once for all that arrives in one turn of the event loop, and not where nobody sees it."""
        if self._following and self.follow_newest and self.isVisible():
            self._scroll.start()

    @Slot()
    def _follow(self) -> None:
        if self._following and self.follow_newest:
            self.scrollToBottom()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What arrived while nobody looked is followed now."""
        super().showEvent(event)
        self._follow()

    @Slot()
    def _repaint(self) -> None:
        self._inks = RowInks(self._theme.colours)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The rows in sight, straight from their records; several times quicker than cell by cell through the style."""
        painter = QPainter(self.viewport())
        if self.records.shown:
            self._paint_rows(painter, event.rect())
        else:
            paint_hint(painter, self.viewport(), self._why_empty(), self._theme.colours)
        paint_focus(painter, self.viewport(), self, self._theme.colours)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A ring shows where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The ring goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _paint_rows(self, painter: QPainter, area: QRect) -> None:
        records, height, offset = self.records.shown, self._height, self.verticalHeader().offset()
        selection = self.selectionModel().selection()
        parts = map(selection.at, range(selection.count()))
        selected = [range(part.top(), part.bottom() + 1) for part in parts]
        columns = [
            (column, self.columnViewportPosition(number), self.columnWidth(number))
            for number, column in enumerate(self.records.columns)
        ]
        painter.setFont(self.font())
        first = max(0, (offset + area.top()) // height)
        last = min(len(records) - 1, (offset + area.bottom()) // height)
        for number in range(first, last + 1):
            top = number * height - offset
            self._paint_background(
                painter,
                records[number],
                QRect(0, top, area.right() + 1, height),
                selected=any(number in part for part in selected),
            )
            self._paint_texts(painter, records[number], columns, top)

    def _paint_background(self, painter: QPainter, record: object, box: QRect, *, selected: bool) -> None:
        highlight = self.records.highlight(record)
        if selected:
            painter.fillRect(box, self._inks.selection)
            painter.fillRect(0, box.top(), 3, box.height(), self._inks.accent)
        elif highlight in self._inks.highlights:
            painter.fillRect(box, self._inks.highlights[highlight])
        painter.fillRect(0, box.bottom(), box.width(), 1, self._inks.hairline)
        painter.setPen(self._inks.muted if highlight is Tone.EARLIER else self._inks.text)

    def _paint_texts(
        self, painter: QPainter, record: object, columns: list[tuple[Column[Any], int, int]], top: int
    ) -> None:
        for column, left, width in columns:
            start, room = left + PADDING, width - 2 * PADDING
            if column.accent and (engine := self.records.engine(record)) is not None:
                self._paint_dot(painter, self._inks.engines[engine], start, top)
                start, room = start + DOT + PADDING, room - DOT - PADDING
            self._paint_text(painter, column.text(record), start, top, room, right=column.right)

    def _paint_text(self, painter: QPainter, text: str, start: float, top: int, room: int, *, right: bool) -> None:
        """A cell, which begins or ends where its column's title does. Letters of ASCII all have one width."""
        if text.isascii():
            length = len(text) * self._advance
            if length > room:
                text = text[: max(0, int(room / self._advance) - 1)] + ELLIPSIS
                length = room
        else:
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            length = self._metrics.horizontalAdvance(text)
        if right:
            start += max(0.0, room - length)
        painter.drawText(QPointF(start, top + self._baseline), text)

    def _paint_dot(self, painter: QPainter, colour: QColor, left: int, top: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(left, top + (self._height - DOT) // 2, DOT, DOT)
        painter.restore()
