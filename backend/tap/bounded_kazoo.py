"""Kazoo's threads, without a wait that nobody can end: a call that gets no answer fails after some seconds.

By itself kazoo keeps a call that is made without a connection until there is one again, however long that takes.
"""

from __future__ import annotations

from typing import Any

from kazoo.handlers.threading import AsyncResult, SequentialThreadingHandler
from kazoo.retry import KazooRetry

_ANSWER_SECONDS = 5.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.2


class _BoundedResult(AsyncResult):  # type: ignore[misc]
    """The result of one call."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: ANN401  as in kazoo
        """Wait for it.

        Raises:
            KazooTimeoutError: the answer does not come in time.
        """
        return super().get(block, _ANSWER_SECONDS if timeout is None else timeout)


class BoundedHandler(SequentialThreadingHandler):  # type: ignore[misc]
    """As kazoo's own, with a limit to each wait for an answer."""

    def async_result(self) -> _BoundedResult:
        """A result that will come."""
        return _BoundedResult(self)


def quick_retry(handler: BoundedHandler) -> KazooRetry:
    """How often a lost connection is tried again: a server of ours is back within a second or two."""
    return KazooRetry(max_tries=-1, delay=_FIRST_PAUSE_S, max_delay=_LONGEST_PAUSE_S, sleep_func=handler.sleep_func)
