"""How far something is, as a bar that also says so in words."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar

from gui.widgets.forms import describe
from gui.wording.live import Words


class ProgressBar(QProgressBar):
    """A bar without figures in it; a screen reader hears a sentence instead.

    Args:
        name: whose progress it shows.
        object_name: what it is found by.
    """

    def __init__(self, name: Words, object_name: str = "") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setTextVisible(False)
        describe(self, name)
        self.setToolTip("")
        self.rest()

    def rest(self) -> None:
        """Nothing is under way."""
        self.setRange(0, 1)
        self.setValue(0)
        self.setAccessibleDescription("")

    def wait(self) -> None:
        """Something is under way, and nobody knows how long it takes."""
        self.setRange(0, 0)

    def show_share(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        self.setRange(0, total)
        self.setValue(done)
