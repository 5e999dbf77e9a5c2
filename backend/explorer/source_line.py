"""Which line of a strategy is at work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from backend import strategies
from backend.explorer.question import Place

if TYPE_CHECKING:
    from types import FrameType

_STRATEGIES = str(Path(strategies.__file__).parent)
_ROOT = Path(strategies.__file__).parents[2]


def calling_place() -> Place:
    """The innermost line of a strategy among the callers; an empty place if there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the documented way to see who calls
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_STRATEGIES):
            return Place(Path(name).relative_to(_ROOT).as_posix(), frame.f_lineno)
        frame = frame.f_back
    return Place()
