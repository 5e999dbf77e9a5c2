"""Which line of a strategy is at work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from backend.explorer.question import Place
from backend.strategies import shown_path

if TYPE_CHECKING:
    from types import FrameType


def calling_place() -> Place:
    """The innermost line of a strategy among the callers; an empty place if there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the documented way to see who calls
    while frame is not None:
        if shown := shown_path(frame.f_code.co_filename):
            return Place(shown, frame.f_lineno)
        frame = frame.f_back
    return Place()
