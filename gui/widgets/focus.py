"""The keyboard, lent to what comes up for a while, and given back when that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class LentFocus(QObject):
    """Remembers who had the focus.

    Args:
        borrower: the focus is in it, or in a part of it, until it is hidden.
    """

    def __init__(self, borrower: QWidget) -> None:
        super().__init__(borrower)
        self._borrower = borrower
        self._lender: QWidget | None = None

    def take(self, part: QWidget) -> None:
        """Give the focus to a part of the borrower."""
        now = QApplication.focusWidget()
        if now is not None and not self._is_within(now):
            self._lender = now
            now.destroyed.connect(self._forget)
        part.setFocus()

    def give_back(self) -> None:
        """Whoever had it has it again, unless it went elsewhere meanwhile; to be called before the borrower goes."""
        lender, self._lender = self._lender, None
        if lender is None:
            return
        lender.destroyed.disconnect(self._forget)
        now = QApplication.focusWidget()
        if (now is None or self._is_within(now)) and lender.isVisible() and lender.isEnabled():
            lender.setFocus()

    def _forget(self) -> None:
        self._lender = None

    def _is_within(self, widget: QWidget) -> bool:
        return widget is self._borrower or self._borrower.isAncestorOf(widget)
