"""Bodies that callers have announced and not sent yet.

The HTTP server hands a body over as it comes, and has no limit of time for it: a caller that does not send the rest
keeps a thread until it hangs up. So there are more threads than submissions that are handled at a time, and of those
that wait for the rest of a body so many at most that the others always find one.
"""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

from backend.instance.problems import Problem
from backend.instance.says import ApiCode
from backend.model.sentence import say

if TYPE_CHECKING:
    from types import TracebackType

MOST_UNFINISHED = 64


class Unfinished:
    """Counts them; a context manager around the reading of one. Thread-safe."""

    def __init__(self, most: int = MOST_UNFINISHED) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._count = 0

    def __enter__(self) -> None:
        """Begin to read one.

        Raises:
            Problem: there are too many already.
        """
        with self._guard:
            if self._count >= self._most:
                detail = say(ApiCode.TOO_MANY_UNFINISHED, count=self._count)
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too-many-unfinished", "Busy", detail)
            self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It has come, or does not any more."""
        with self._guard:
            self._count -= 1
