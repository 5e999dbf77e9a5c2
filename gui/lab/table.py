"""A table view for live records: fixed row height, own painting, follows the newest row until somebody scrolls away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui.forms import KEY_ROLE, describe
from gui.theme import GRID, Theme, code_font

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.lab.records import RecordModel

DOT = 8
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class RecordDelegate(QStyledItemDelegate):
    """Paints a cell straight from its record; several times quicker than the style, which matters at 60 Hz."""

    def __init__(self, theme: Theme, view: RecordTable) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        metrics = QFontMetrics(view.font())
        self._character = max(1, metrics.horizontalAdvance("0"))
        self._metrics = metrics
        self.refresh()

    def refresh(self) -> None:
        """Take the colours from the theme again."""
        colours = self._theme.colours
        self._text = QPen(QColor(colours.text))
        self._line = QPen(QColor(colours.hairline))
        self._selected = QBrush(QColor(colours.selection))
        self._mark = QBrush(QColor(colours.accent))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Background, hairline, dot, text."""
        model = self._view.records
        record, column = model.records[index.row()], model.columns[index.column()]
        box: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        tint = model.tint(record, self._theme.colours)
        if selected:
            painter.fillRect(box, self._selected)
        elif tint is not None:
            painter.fillRect(box, tint)
        painter.setPen(self._line)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if selected and index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), self._mark)
        left = box.left() + GRID
        if column.accent and (dot := model.dot(record, self._theme.colours)) is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(dot)
            painter.drawEllipse(left, box.center().y() - DOT // 2 + 1, DOT, DOT)
            painter.restore()
            left += DOT + GRID - 2
        space = QRect(left, box.top(), box.right() - GRID + 2 - left, box.height() - 1)
        painter.setPen(self._text)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(space, side | Qt.AlignmentFlag.AlignVCenter, self._fitted(column.text(record), space.width()))

    def _fitted(self, text: str, width: int) -> str:
        if not text.isascii():
            return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        room = width // self._character
        return text if len(text) <= room else text[: max(0, room - 1)] + ELLIPSIS


class RecordTable(QTableView):
    """Shows a RecordModel.

    Signals:
        submission_chosen: somebody selected a record of this submission.
    """

    submission_chosen = Signal(str)

    def __init__(
        self, name: str, title: str, model: RecordModel[Any], theme: Theme, empty: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        describe(self, title)
        self.setToolTip("")
        self.records = model
        self._theme = theme
        self._empty = empty
        self._following = True
        self.follow_newest = True
        """Whether to scroll to new records while the newest is in sight."""
        self.setFont(code_font(0.95))
        self.setModel(model)
        self._delegate = RecordDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self._lay_out()
        model.rowsAboutToBeInserted.connect(self._note_position)
        model.rowsInserted.connect(self._follow)
        theme.changed.connect(self._repaint)

    def _lay_out(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
        height = QFontMetrics(self.font()).height() + GRID
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(32)
        columns.setAccessibleName(self.accessibleName())
        rows.setAccessibleName(self.accessibleName())
        character = QFontMetrics(self.font()).horizontalAdvance("0")
        for number, column in enumerate(self.records.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            columns.setSectionResizeMode(number, mode)
            columns.resizeSection(number, column.width * character + 2 * GRID)

    def choose(self, submission_id: str) -> None:
        """Select the submission's first record without telling anybody; nothing where it has none."""
        row = self.records.row_of(submission_id)
        if self.current_submission() == submission_id and row >= 0:
            return
        selection = self.selectionModel()
        blocked = self.blockSignals(True)
        if row < 0:
            selection.clear()
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

    @Slot()
    def _note_position(self) -> None:
        bar = self.verticalScrollBar()
        self._following = bar.value() >= bar.maximum() - self.verticalHeader().defaultSectionSize()

    @Slot()
    def _follow(self) -> None:
        if self._following and self.follow_newest:
            self.scrollToBottom()

    @Slot()
    def _repaint(self) -> None:
        self._delegate.refresh()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The records, or what will appear here and how to make it appear."""
        super().paintEvent(event)
        if self.records.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setFont(self.window().font())
            painter.setPen(QColor(self._theme.colours.muted))
            box = self.viewport().rect().adjusted(4 * GRID, 4 * GRID, -4 * GRID, -4 * GRID)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._empty
            )
            painter.end()
