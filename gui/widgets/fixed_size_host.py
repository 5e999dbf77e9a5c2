"""A widget whose inner changes stay inside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class FixedSizeHost(QWidget):
    """Holds one widget that changes many times a second, and gives it all of its own size.

    A label that takes another text has every layout above it laid out again, and a splitter among them repaints all
    that it holds. It has no layout, which is where Qt stops asking.

    Args:
        content: what it holds; its height is looked at when it is shown and when fonts or style change.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.settle()

    def settle(self) -> None:
        """Look at the content's height again."""
        content = self._content
        self.setMinimumWidth(content.minimumSizeHint().width())
        self.setFixedHeight(min(max(content.sizeHint().height(), content.minimumHeight()), content.maximumHeight()))

    def sizeHint(self) -> QSize:  # noqa: N802
        """That of the content."""
        return self._content.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """By now the style is known."""
        self.settle()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Fonts or the style may have changed."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.settle()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Pass the size on."""
        super().resizeEvent(event)
        self._content.resize(event.size())
