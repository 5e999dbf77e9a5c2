"""Noticing, in the steps of submissions, that one has committed since a moment and answers for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.observed import Step

_ANSWERS = ("reply 2", "XACK")
"""How the step begins by which a caller, or the queue, is told that it is done."""


class AnsweredCommit:
    """Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked_ns = 0
        self._since_ns: int | None = None
        """The moment, while nothing was found yet."""
        self._committed: set[str] = set()
        self.came = False
        """Whether there was one since the moment."""

    def watch(self, since_ns: int) -> None:
        """Look for one whose COMMIT has begun after this moment, from when that was first asked for."""
        with self._changed:
            if since_ns != self._asked_ns:
                self._asked_ns = self._since_ns = since_ns
                self.came = False
                self._committed.clear()

    def see(self, steps: Sequence[Step]) -> None:
        """Some more steps, those of a submission in their order."""
        with self._changed:
            if self._since_ns is None:
                return
            for step in steps:
                if step.command == "COMMIT" and step.ended_ns and not step.error and step.started_ns > self._since_ns:
                    self._committed.add(step.submission_id)
                elif step.submission_id in self._committed and step.command.startswith(_ANSWERS):
                    self.came, self._since_ns = True, None
                    self._changed.notify_all()
                    return

    def wait(self, seconds: float) -> None:
        """Wait for it, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self.came, seconds)
