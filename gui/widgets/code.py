"""The code that runs, with line numbers, the chosen variant's function marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gui.theme import GRID, Theme, code_font
from gui.widgets.forms import describe
from gui.wording.live import put

if TYPE_CHECKING:
    from PySide6.QtGui import QTextDocument

    from backend.model.catalogue import SourceCode
    from gui.theme import Colours


class Highlighter(QSyntaxHighlighter):
    """Colours Python by tokens that were found once for the whole text."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._spans: dict[int, list[tuple[int, int, str]]] = {}

    def prepare(self, text: str) -> None:
        """Find the tokens of a text that is about to be shown."""
        self._spans = spans_by_line(text)

    def highlightBlock(self, text: str) -> None:  # noqa: N802, ARG002
        """Colour one line."""
        colours = self._theme.colours
        for start, length, kind in self._spans.get(self.currentBlock().blockNumber(), ()):
            form = QTextCharFormat()
            form.setForeground(QColor(getattr(colours, kind)))
            if kind == "comment":
                form.setFontItalic(False)
            self.setFormat(start, length, form)


def spans_by_line(text: str) -> dict[int, list[tuple[int, int, str]]]:
    """For each line from 0, the start, length and kind of what is coloured in it."""
    from pygments.lexers.python import PythonLexer  # noqa: PLC0415, RUF100  (only who looks at code pays for it)
    from pygments.token import Comment, Keyword, Literal, Name, Operator, String, Token

    kinds = (
        (Comment, "comment"), (String, "string"), (Keyword, "keyword"), (Operator.Word, "keyword"),
        (Literal.Number, "number"), (Name.Function, "function"), (Name.Class, "function"), (Name.Decorator, "function"),
        (Token, ""),
    )  # fmt: skip
    spans: dict[int, list[tuple[int, int, str]]] = {}
    line = column = 0
    for _, token, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(text):
        kind = next(name for family, name in kinds if token in family)
        for number, part in enumerate(value.split("\n")):
            if number:
                line, column = line + 1, 0
            if part and kind:
                spans.setdefault(line, []).append((column, len(part), kind))
            column += len(part)
    return spans


class LineNumbers(QWidget):
    """The margin with the numbers."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the largest number."""
        return QSize(self._view.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The numbers of the lines in sight."""
        self._view.paint_margin(self, event)


class CodeView(QPlainTextEdit):
    """Read-only source code, scrolled to what was chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeView")
        describe(
            self,
            lambda: self.tr("Code of the strategy"),
            lambda: self.tr("The file from which the chosen variant runs"),
        )
        self.setToolTip("")
        self._theme = theme
        self._source: SourceCode | None = None
        self._shown: SourceCode | None = None
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(code_font(0.95))
        put(self.setPlaceholderText, lambda: self.tr("The code of the chosen variant appears here."))
        self._highlighter = Highlighter(self.document(), theme)
        self._margin = LineNumbers(self)
        self.blockCountChanged.connect(self._fit_margin)
        self.updateRequest.connect(self._scroll_margin)
        theme.changed.connect(self._recolour)
        self._fit_margin()

    def show_source(self, source: SourceCode | None) -> None:
        """Show this code, or none, at once or when the pane comes into sight."""
        self._source = source
        if self.isVisible():
            self._render()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Render what was chosen while nobody looked."""
        super().showEvent(event)
        self._render()

    def _render(self) -> None:
        source = self._source
        if source == self._shown:
            return
        if source is None:
            self._shown = None
            self.setExtraSelections([])
            self.setPlainText("")
            return
        if self._shown is None or source.text != self._shown.text:
            self._highlighter.prepare(source.text)
            self.setPlainText(source.text)
        self._shown = source
        self._mark()
        last = self.document().findBlockByNumber(min(source.last_line, self.blockCount()) - 1)
        first = self.document().findBlockByNumber(source.first_line - 1)
        self.setTextCursor(QTextCursor(last))
        self.setTextCursor(QTextCursor(first))
        self.verticalScrollBar().setValue(max(0, source.first_line - 2))

    def _mark(self) -> None:
        if self._shown is None:
            return
        marks = []
        for number in range(self._shown.first_line - 1, self._shown.last_line):
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(self._theme.colours.code_mark))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(self.document().findBlockByNumber(number))
            marks.append(mark)
        self.setExtraSelections(marks)

    @Slot()
    def _recolour(self) -> None:
        self._highlighter.rehighlight()
        self._mark()
        self._margin.update()

    # The margin

    def margin_width(self) -> int:
        """Pixels that the numbers need."""
        return self.fontMetrics().horizontalAdvance("0") * (len(str(self.blockCount())) + 1) + 2 * GRID

    @Slot()
    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    @Slot(QRect, int)
    def _scroll_margin(self, area: QRect, by: int) -> None:
        if by:
            self._margin.scroll(0, by)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The margin keeps the height of the view."""
        super().resizeEvent(event)
        box = self.contentsRect()
        self._margin.setGeometry(QRect(box.left(), box.top(), self.margin_width(), box.height()))

    def paint_margin(self, margin: QWidget, event: QPaintEvent) -> None:
        """Numbers, those of the chosen function in the ordinary text colour."""
        painter = QPainter(margin)
        colours: Colours = self._theme.colours
        painter.fillRect(event.rect(), QColor(colours.surface))
        painter.setFont(QFont(self.font()))
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            number = block.blockNumber() + 1
            chosen = self._shown is not None and self._shown.first_line <= number <= self._shown.last_line
            painter.setPen(QColor(colours.text if chosen else colours.disabled))
            place = QRect(0, round(box.top()), margin.width() - GRID, round(box.height()))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
            block = block.next()
        painter.end()
