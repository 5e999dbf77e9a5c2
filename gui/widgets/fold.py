"""Rows of a section that go behind a chip where there is no room for them; it says how many of them are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.widgets.forms import button, describe
from gui.wording.live import Words, follow_language, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from gui.widgets.forms import Section


class Fold(QObject):
    """Some knobs of a section, which are there or folded.

    Who presses the chip decides; as long as nobody has, the side bar does, by the room that there is.

    Args:
        name: object name of the chip.
        section: whose rows.
        title: of the chip.
        fields: of the rows.
        in_use: how many of the knobs do not stand where they stand at first.

    Signals:
        moved: somebody has pressed the chip.
    """

    moved = Signal()

    def __init__(
        self, name: str, section: Section, title: Words, fields: Sequence[QWidget], in_use: Callable[[], int]
    ) -> None:
        super().__init__(section)
        self._section, self._title, self._fields, self._in_use = section, title, tuple(fields), in_use
        self.by_hand = False
        self.chip = button(name, title, "chip")
        self.chip.setCheckable(True)
        self.chip.setChecked(True)
        self.chip.toggled.connect(self._show)
        self.chip.clicked.connect(self._note_hand)
        section.add_beside_title(self.chip)
        follow_language(self, self.count)
        self.count()

    @property
    def is_open(self) -> bool:
        """Whether the knobs are there."""
        return self.chip.isChecked()

    @property
    def in_use(self) -> int:
        """How many of the knobs do not stand where they stand at first."""
        return self._in_use()

    @property
    def height(self) -> int:
        """What its rows take, or would take, with the gaps between them."""
        return sum(self._section.height_of(field) for field in self._fields)

    def fold(self, *, folded: bool) -> None:
        """Have the knobs there or not."""
        self.chip.setChecked(not folded)

    @Slot(bool)
    def _show(self, shown: bool) -> None:
        self._section.fold(self._fields, folded=not shown)
        self.count()

    @Slot()
    def _note_hand(self) -> None:
        self.by_hand = True
        self.moved.emit()

    @Slot()
    def count(self) -> None:
        """Say how many of the knobs are in use."""
        used, title = self.in_use, in_words(self._title)
        sign = "\N{MINUS SIGN}" if self.is_open else "+"
        self.chip.setText(f"{sign} {title} \N{MIDDLE DOT} {used}" if used else f"{sign} {title}")
        self.chip.setProperty("used", "true" if used and not self.is_open else "false")
        self.chip.style().unpolish(self.chip)
        self.chip.style().polish(self.chip)
        describe(self.chip, self._title, self._about)

    def _about(self) -> str:
        used = self.in_use
        said = self.tr("Knobs that are not where they were at first: %1").replace("%1", str(used))
        shown = self.tr("Press to fold them.") if self.is_open else self.tr("They are folded; press to see them.")
        return f"{said}. {shown}"
