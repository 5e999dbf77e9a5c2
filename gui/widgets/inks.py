"""A theme's colours as painters take them, made once a theme and not once a stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from gui.theme import Colours


class Inks:
    """What most painters need; one that needs more adds it."""

    def __init__(self, colours: Colours) -> None:
        self.surface, self.sunken = QColor(colours.surface), QColor(colours.window)
        self.text, self.muted = QColor(colours.text), QColor(colours.muted)
        self.hairline, self.border = QColor(colours.hairline), QColor(colours.border)
        self.selection, self.accent = QColor(colours.selection), QColor(colours.accent)
        self.alarm = QColor(colours.alarm)
        self.engines = {kind: colours.engine(kind) for kind in EngineKind}
