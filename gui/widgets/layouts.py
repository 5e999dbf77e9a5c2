"""How a page lies: a column of controls at the left, and what they lead to at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from gui.widgets.sidebar import Sidebar

_REST = 1000
"""Pixels that the right side asks for beside the side bar; the splitter gives it all that is left."""
_OF_SCREEN = 0.8


def column(*widgets: QWidget, spacing: int, margin: int = 0) -> QWidget:
    """Widgets one below the other, with a margin above and below."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, margin, 0, margin)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return made


def stack(*parts: QWidget) -> QWidget:
    """Parts one below the other without a gap; the last one takes the height that is left."""
    made = column(*parts, spacing=0)
    layout = made.layout()
    if isinstance(layout, QVBoxLayout):
        layout.setStretch(len(parts) - 1, 1)
    return made


def side_by_side(sidebar: Sidebar, right: QWidget) -> QSplitter:
    """A side bar and what is at its right, with a hairline between them that can be moved."""
    across = QSplitter(Qt.Orientation.Horizontal)
    across.setHandleWidth(1)
    across.setChildrenCollapsible(False)
    across.addWidget(sidebar)
    across.addWidget(right)
    across.setStretchFactor(1, 1)
    across.setSizes([sidebar.least_width, _REST])
    return across


def fill(page: QWidget, content: QWidget) -> None:
    """Have a page consist of its content."""
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(content)


def high(dialog: QWidget, least: int) -> int:
    """The height of a dialog that has a lot to show: most of the screen's, and so many pixels at least."""
    return max(least, round(_OF_SCREEN * dialog.screen().availableGeometry().height()))
