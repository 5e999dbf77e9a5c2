"""Ends a strategy that computes without end: the explorer's thread is the one that it keeps busy."""

from __future__ import annotations

import ctypes
import threading
import time
from typing import TYPE_CHECKING

from backend.explorer.errors import EndlessError, Interrupted
from backend.explorer.says import ExplorerCode
from backend.model.sentence import plain, say
from backend.strategies import place_of

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE_S = 10
"""Of processor time, from entering to leaving: a machine that is busy with other things does not use it up."""
_LOOKS_EVERY_S = 0.5


class Watchdog:
    """Looks after the thread that made it, while it is entered. Close it in the end.

    It can only interrupt Python's own code: a call that sleeps in the system is waited for.
    """

    def __init__(self) -> None:
        self._patience_s = PATIENCE_S
        self._watched = threading.get_ident()
        self._guard = threading.Lock()
        self._began: float | None = None
        self._closed = threading.Event()
        self.variant = ""
        """What is to be named where it does not end."""
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look after nothing any more."""
        self._closed.set()
        self._thread.join()

    def __enter__(self) -> None:
        self._began = self._processor_time()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            with self._guard:
                self._began = None
        except Interrupted as late:
            kind, error = Interrupted, late
        if kind is Interrupted and error is not None:
            file, line = place_of(error)
            place = say(ExplorerCode.ENDLESS_PLACE, file=file, line=line) if file else plain("?")
            raise EndlessError(
                say(ExplorerCode.ENDLESS_LOOP, variant=self.variant, seconds=self._patience_s, place=place)
            ) from None

    def _run(self) -> None:
        while not self._closed.wait(_LOOKS_EVERY_S):
            with self._guard:
                if self._began is not None and self._processor_time() - self._began > self._patience_s:
                    self._began = None
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(self._watched), ctypes.py_object(Interrupted)
                    )

    def _processor_time(self) -> float:
        """Of the thread that is watched; where that cannot be had, the time on the wall."""
        if not hasattr(time, "pthread_getcpuclockid"):
            return time.monotonic()
        return time.clock_gettime(time.pthread_getcpuclockid(self._watched))
