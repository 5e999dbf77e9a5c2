"""Cost against protection, all strategies in one picture, painted by hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from backend.comparison.picture import Band, Box, Mark, Picture, Price, ticks
from backend.comparison.says import CompareCode
from backend.model.sentence import say
from gui.theme import GRID, VERDICT_GLYPHS, Theme, code_font
from gui.widgets.forms import describe
from gui.widgets.hints import paint_hint
from gui.wording.comparison import ratio, situation_head
from gui.wording.live import put
from gui.wording.speech import speak

ROW = 3 * GRID
HEAD = 12 * GRID
BAND = 3 * GRID
FOOT = 6 * GRID
SQUARE = 22
LEAST_AXIS = 30 * GRID
SLANT = -50.0
"""Degrees; the heads of the narrow columns would not fit otherwise."""


class Chart(QWidget):
    """Bands by situations survived; within a band, a dot for each variant by its throughput."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareChart")
        self._theme = theme
        self._picture: Picture | None = None
        self._code = code_font(0.95)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        describe(self, lambda: self.tr("Cost against protection"))
        self.setToolTip("")
        theme.changed.connect(self.update)

    def show_picture(self, picture: Picture) -> None:
        """Paint this one."""
        self._picture = picture
        put(self.setAccessibleDescription, lambda: _described(picture))
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Nothing to paint."""
        self._picture = None
        self.setAccessibleDescription("")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its rows."""
        bands = self._picture.bands if self._picture else ()
        height = HEAD + sum(BAND + ROW * len(band.marks) for band in bands) + FOOT
        return QSize(90 * GRID, max(20 * GRID, height))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As high as its rows, and as wide as names, verdicts and a small axis."""
        return QSize(self._left() + LEAST_AXIS + self._margin(), self.sizeHint().height())

    def _left(self) -> int:
        if not self._picture:
            return 0
        names = [mark.name for band in self._picture.bands for mark in band.marks]
        width = max((QFontMetrics(self._code).horizontalAdvance(name) for name in names), default=0)
        return width + SQUARE * len(self._picture.situations) + 6 * GRID

    def _margin(self) -> int:
        """Behind the axis, for the words that stand behind its longest bars."""
        bands = self._picture.bands if self._picture else ()
        said = (ratio(mark.line) for band in bands for mark in band.marks if mark.price)
        return max(map(QFontMetrics(self._code).horizontalAdvance, said), default=0) + 3 * GRID

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Everything: some dozens of rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.colours.surface))
        if self._picture and self._picture.bands:
            self._paint(painter, self._picture)
        else:
            text = self.tr("All strategies in one picture: the higher the safer, the further to the right the cheaper.")
            paint_hint(painter, self, text, self._theme.colours)
        painter.end()

    def _paint(self, painter: QPainter, picture: Picture) -> None:
        left, right = self._left(), self.width() - self._margin()
        bottom = self.sizeHint().height() - FOOT
        self._paint_axis(painter, picture, QRect(left, HEAD, right - left, bottom - HEAD))
        self._paint_heads(painter, picture, left - SQUARE * len(picture.situations) - 2 * GRID)
        top = HEAD
        for band in picture.bands:
            self._paint_band(painter, band, top, right)
            top += BAND
            for mark in band.marks:
                self._paint_mark(painter, picture, mark, QRect(left, top, right - left, ROW))
                top += ROW

    def _paint_heads(self, painter: QPainter, picture: Picture, left: int) -> None:
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.colours.muted))
        for number, key in enumerate(picture.situations):
            painter.save()
            painter.translate(left + SQUARE * number + SQUARE // 2 + 4, HEAD + GRID // 2)
            painter.rotate(SLANT)
            painter.drawText(0, 0, situation_head(key))
            painter.restore()

    def _paint_axis(self, painter: QPainter, picture: Picture, box: QRect) -> None:
        colours = self._theme.colours
        painter.setFont(self.font())
        for tick in ticks(picture.top):
            x = box.left() + round(box.width() * tick / picture.top)
            painter.setPen(QColor(colours.muted if tick == 1.0 else colours.hairline))
            painter.drawLine(x, box.top(), x, box.bottom())
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRect(x - 30, box.bottom() + 4, 60, 18), Qt.AlignmentFlag.AlignHCenter, f"{tick:.2f}")
        caption = speak(picture.axis)
        width = painter.fontMetrics().horizontalAdvance(caption) + 1  # it may be longer than its axis
        start = max(0, min(box.center().x() - width // 2, self.width() - width))
        painter.drawText(QRect(start, box.bottom() + 22, width, 18), Qt.AlignmentFlag.AlignHCenter, caption)

    def _paint_band(self, painter: QPainter, band: Band, top: int, right: int) -> None:
        text = speak(say(CompareCode.BAND, survived=band.survived, reached=band.reached))
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.colours.muted))
        start = 2 * GRID
        painter.drawText(start, top + BAND - GRID, text)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.setPen(QColor(self._theme.colours.hairline))
        painter.drawLine(start + width + GRID, top + BAND - GRID - 4, right, top + BAND - GRID - 4)

    def _paint_mark(self, painter: QPainter, picture: Picture, mark: Mark, box: QRect) -> None:
        colours = self._theme.colours
        painter.setFont(self._code)
        painter.setPen(QColor(colours.text))
        squares = box.left() - SQUARE * len(picture.situations) - 2 * GRID
        painter.drawText(QRect(2 * GRID, box.top(), squares - 2 * GRID, ROW), Qt.AlignmentFlag.AlignVCenter, mark.name)
        for number, square in enumerate(mark.boxes):
            self._paint_square(painter, square, QRect(squares + SQUARE * number, box.top() + 2, SQUARE - 2, ROW - 4))
        if mark.price is None:
            painter.setPen(QColor(colours.muted))
            painter.drawText(box.adjusted(GRID, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, ratio(mark.line))
        else:
            self._paint_price(painter, picture, mark.price, ratio(mark.line), box)

    def _paint_square(self, painter: QPainter, square: Box | None, box: QRect) -> None:
        if square is None:
            return
        colours, verdict = self._theme.colours, square.verdict
        if verdict is None:
            painter.setPen(QColor(colours.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, square.glyph)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.verdict_tint(verdict))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(colours.verdict(verdict))
        painter.drawRect(box.left(), box.bottom() - 2, box.width(), 3)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, VERDICT_GLYPHS[verdict])

    def _paint_price(self, painter: QPainter, picture: Picture, price: Price, text: str, box: QRect) -> None:
        """The band within which there is no difference, the rounds as a line, the median as a dot."""
        colours, middle = self._theme.colours, box.center().y()

        def place(ratio: float) -> float:
            return box.left() + box.width() * min(ratio, picture.top) / picture.top

        first, last = place(1 / price.spread), place(price.spread)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.hairline))
        painter.drawRect(QRectF(first, box.top() + 3, last - first, box.height() - 6))
        painter.setPen(QColor(colours.muted))
        painter.drawLine(QPointF(place(price.lowest), middle), QPointF(place(price.highest), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(QPointF(place(price.ratio), middle), 5, 5)
        painter.setPen(QColor(colours.text))
        after = round(max(place(price.highest), last)) + GRID
        painter.drawText(QRect(after, box.top(), 200, ROW), Qt.AlignmentFlag.AlignVCenter, text)


def scrolled(chart: Chart) -> QScrollArea:
    """The chart in an area that scrolls where it does not fit."""
    area = QScrollArea()
    area.setWidget(chart)
    area.setWidgetResizable(True)
    describe(area, chart.accessibleName)
    area.setToolTip("")
    return area


def _described(picture: Picture) -> str:
    marks = [mark for band in picture.bands for mark in band.marks]
    return "; ".join(f"{mark.name}: {speak(mark.standing)}, {ratio(mark.line)}" for mark in marks)
