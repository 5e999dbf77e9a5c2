"""The table of the Compare page: each cell tells by glyph, word and colour what came of it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QStyleOptionViewItem, QWidget

from gui.compare.model import ComparisonModel, Index
from gui.theme import GRID, Theme, code_font
from gui.widgets.cells import CellDelegate
from gui.widgets.forms import describe
from gui.widgets.frozen import FrozenTable
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.refitting import Refitting
from gui.wording.live import follow_language, in_words

PADDING = 4
RESULT = 1
"""The column that says what a line comes to."""
EDGE = 3
"""Pixels at the left of a cell in the strong colour of its verdict."""
INSET = 3
"""Pixels by which heads of columns stand further inside than the style has the texts of cells."""


class ComparisonDelegate(CellDelegate):
    """A cell in the tint of its verdict, with an edge in the strong colour and a hairline below.

    Args:
        theme: for the colours.
        view: whose cells.
    """

    def __init__(self, theme: Theme, view: ComparisonTable) -> None:
        super().__init__(view, INSET)
        self._theme = theme
        self._model = view.cells

    def background(self, index: Index) -> QBrush | None:
        """The tint."""
        verdict = self._model.highlight(index)
        return None if verdict is None else QBrush(self._theme.colours.verdict_tint(verdict))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        super().paint(painter, option, index)
        colours, box, verdict = self._theme.colours, option.rect, self._model.highlight(index)
        if verdict is not None:
            painter.fillRect(box.left(), box.top(), EDGE, box.height(), colours.verdict(verdict))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(colours.hairline))


class ComparisonTable(FrozenTable):
    """Shows a ComparisonModel; which strategy a line is about stays in sight.

    Signals:
        opened: the Cell that somebody wants to see in the Lab.
        explore_asked: the Cell that somebody wants to have explored.
    """

    opened = Signal(object)
    explore_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareTable")
        describe(self, lambda: self.tr("Strategies by situation"), lambda: self.tr("Enter opens a cell in the Lab"))
        self._theme = theme
        self.cells = ComparisonModel(self)
        self.setFont(code_font(0.95))
        self.setModel(self.cells)
        self.setItemDelegate(ComparisonDelegate(theme, self))
        self._lay_out()
        self._longest: list[int] = []
        """Pixels of the longest text that each column had so far."""
        self._refitting = Refitting(self.heads, self._fit)
        self.cells.rowsInserted.connect(self._note_rows)
        self.cells.dataChanged.connect(self._note_cells)
        self.cells.modelReset.connect(self._forget_widths)
        self._forget_widths()
        follow_language(self, self.fit_columns)
        self.fit_columns()
        self.doubleClicked.connect(self.activate)
        theme.changed.connect(self.viewport().update)

    def _lay_out(self) -> None:
        self.setShowGrid(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(0)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID)
        self.heads.setFont(self.window().font())
        self.heads.setMinimumSectionSize(8 * GRID)

    def fit_columns(self) -> None:
        """At once, to all that is there, in the language of now."""
        self.cells.forget_texts()
        self._forget_widths()
        self._measure(range(len(self.cells.lines)))
        self._refitting.now()
        self.viewport().update()

    @Slot()
    def _forget_widths(self) -> None:
        self._longest = [0] * len(self.cells.columns)

    @Slot(QModelIndex, int, int)
    def _note_rows(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._measure(range(first, last + 1))
        self._refitting.soon()

    @Slot(QModelIndex, QModelIndex)
    def _note_cells(self, first: QModelIndex, last: QModelIndex) -> None:
        self._measure(range(first.row(), last.row() + 1))
        self._refitting.soon()

    def _measure(self, rows: range) -> None:
        """Only rows with news: while several labs measure, these come many times a second."""
        width = self.fontMetrics().horizontalAdvance
        for row in rows:
            wide = map(width, self.cells.texts(row))
            self._longest = [max(each) for each in zip(self._longest, wide, strict=True)]

    def _fit(self) -> None:
        """As wide as their texts, so that many of them are in sight; once somebody has dragged one, they stay."""
        if self._refitting.by_hand:
            return
        character = self.fontMetrics().horizontalAdvance("0")
        for number, column in enumerate(self.cells.columns):
            head = self.heads.fontMetrics().horizontalAdvance(in_words(column.title))
            longest = min(self._longest[number], column.width * character)
            self.heads.resizeSection(number, max(head, longest) + 4 * PADDING)
        self._widen_result()

    def _widen_result(self) -> None:
        """What a line comes to has the room that is left, as far as it needs it."""
        now, left = self.heads.sectionSize(RESULT), self.viewport().width() - self.heads.length()
        self.heads.resizeSection(RESULT, max(now, min(self._longest[RESULT] + 4 * PADDING, now + left)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other room."""
        super().resizeEvent(event)
        self._refitting.soon()

    def column_key(self, number: int) -> str:
        """The situation, or what of the costs it is."""
        return self.cells.columns[number].key

    def activate(self, index: Index) -> None:
        """Have the cell opened in the Lab, where there is something to see."""
        cell = self.cells.cell(index)
        if cell and cell.telling:
            self.opened.emit(cell)

    def activation(self) -> str:
        """Opens it."""
        return self.tr("Open the cell in the Lab")

    def add_to_menu(self, menu: QMenu, index: Index) -> None:
        """Open and explore."""
        cell = self.cells.cell(index)
        in_lab = menu.addAction(self.tr("&Open in the Lab"))
        in_lab.setEnabled(cell is not None and cell.telling is not None)
        in_lab.triggered.connect(lambda: self.opened.emit(cell))
        explore = menu.addAction(self.tr("&Explore"))
        explore.setEnabled(cell is not None)
        explore.triggered.connect(lambda: self.explore_asked.emit(cell))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The cells; while there are none, what will be here and how to get it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if not self.cells.lines:
            text = self.tr(
                "A row for each strategy, a column for each way in which a submission arrives twice, and what the "
                "protection costs. Press Compare."
            )
            paint_hint(painter, self.viewport(), text, self._theme.colours)
        paint_focus(painter, self.viewport(), self, self._theme.colours)
        painter.end()
