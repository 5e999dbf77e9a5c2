"""Rare collections of garbage while schedules are played.

What a schedule leaves is kept until a hundred of them are judged, and goes by reference count then. To look for cycles
in it every 700 objects, as the interpreter does by itself, finds nothing and takes a twentieth of the time.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OBJECTS = 50_000
"""More than a hundred schedules keep."""
_guard = threading.Lock()
_inside = 0
"""How many threads of this process collect seldom just now."""
_usual = gc.get_threshold()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Collect only when there are that many objects more, in the whole process, as long as any thread is in here."""
    global _inside, _usual
    with _guard:
        if not _inside:
            _usual = gc.get_threshold()
            gc.set_threshold(_OBJECTS, *_usual[1:])
        _inside += 1
    try:
        yield
    finally:
        with _guard:
            _inside -= 1
            if not _inside:
                gc.set_threshold(*_usual)
