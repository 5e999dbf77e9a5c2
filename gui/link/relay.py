"""Carries what other threads have to say to the GUI thread, in its order and in slices that leave time for painting."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance, Slot

if TYPE_CHECKING:
    from collections.abc import Collection

TICK_MS = 16
SLICE_SECONDS = 0.008
"""Time that a tick may spend on emitting; what is left waits for the next."""
PIECE = 400
"""Records handed to the models at once."""


class Relay(QObject):
    """One queue for everything, emptied on the GUI thread once a frame.

    Args:
        batches: signals whose argument is a sequence that may be handed on in pieces.
        states: signals of which only the latest of several in a row matters.
    """

    _woken = Signal()

    def __init__(
        self, batches: Collection[SignalInstance], states: Collection[SignalInstance], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._batches, self._states = tuple(batches), tuple(states)
        self._events: deque[tuple[SignalInstance, tuple[Any, ...]]] = deque()
        self._scheduled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.flush)
        self._woken.connect(self._schedule, Qt.ConnectionType.QueuedConnection)

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._events

    def post(self, signal: SignalInstance, *arguments: Any) -> None:  # noqa: ANN401
        """Have `signal` emitted on the GUI thread, after everything posted before it; from any thread."""
        self._events.append((signal, arguments))
        if not self._scheduled:
            self._scheduled = True
            with suppress(RuntimeError):  # a window that lost its patience is gone already
                self._woken.emit()

    def discard(self) -> None:
        """Forget what waits."""
        self._events.clear()

    @Slot()
    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Emit for as long as a slice lasts."""
        self._scheduled = False
        until = perf_counter() + SLICE_SECONDS
        while self._events:
            self._emit_next()
            if perf_counter() > until:
                break
        if self._events:
            self._scheduled = True
            self._timer.start()

    def _emit_next(self) -> None:
        signal, arguments = self._events.popleft()
        if signal in self._batches and len(arguments[0]) > PIECE:
            self._events.appendleft((signal, (arguments[0][PIECE:],)))
            arguments = (arguments[0][:PIECE],)
        elif signal in self._states and self._events and self._events[0][0] == signal:
            return
        signal.emit(*arguments)
