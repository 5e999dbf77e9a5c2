"""What a caller was told, in the window's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.wording.terms import answer_word

if TYPE_CHECKING:
    from backend.model.observed import Reply


def reply_text(reply: Reply) -> str:
    """The answer's word; a click that was never sent has none."""
    return (
        QCoreApplication.translate("RepliesModel", "blocked by the button")
        if reply.held_back
        else answer_word(reply.answer)
    )
