"""A box that shows what an engine, a service or a step said, to be read and copied."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit

from gui.theme import GRID, code_font
from gui.widgets.forms import describe
from gui.wording.live import Words, put


def text_box(name: str, title: Words, placeholder: Words) -> QPlainTextEdit:
    """An empty one.

    Args:
        name: of the object.
        title: what a screen reader calls it.
        placeholder: what will be here.
    """
    box = QPlainTextEdit()
    box.setObjectName(name)
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setFont(code_font(0.95))
    describe(box, title)
    box.setToolTip("")
    put(box.setPlaceholderText, placeholder)
    return box


def height_of(box: QPlainTextEdit, lines: int) -> int:
    """Pixels of a box that shows so many lines."""
    return lines * box.fontMetrics().lineSpacing() + 2 * GRID
