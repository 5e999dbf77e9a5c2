"""How a run is ended before its end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.lab.senders.messages import Flying
    from backend.lab.senders.redelivery import Redelivery
    from backend.lab.senders.sending import Sending

LAST_ANSWERS_SECONDS = 0.5
"""What is in flight may still be answered for so long when a run is cancelled. What is at work then is undecided."""


class Cancellation:
    """Stops what a run sends; after a while nobody waits any longer for what is at work. Thread-safe.

    Args:
        wake: wakes who waits until nothing is at work.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._asked = threading.Event()
        self._left = threading.Event()
        self._sending: Sending | Redelivery | None = None
        self._timers: list[threading.Timer] = []
        self.out_of_time = False
        """Whether it is the run's limit that has cancelled it."""
        self._broken_off = False

    @property
    def asked(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._asked.is_set()

    @property
    def left(self) -> bool:
        """Whether nobody waits any longer for what is at work."""
        return self._left.is_set()

    def wait_until_left(self, seconds: float) -> bool:
        """As `left`, after so many seconds at most."""
        return self._left.wait(seconds)

    @property
    def by_hand(self) -> bool:
        """Whether somebody has cancelled the run, not its limit, nor that it broke off."""
        return self.asked and not (self.out_of_time or self._broken_off)

    def limit(self, seconds: float) -> None:
        """Cancel the run in so many seconds."""
        self._after(seconds, self._run_out)

    def cancel(self, patience_s: float) -> None:
        """Stop sending; `patience_s` seconds later nobody waits for what is at work."""
        self._stop()
        if patience_s:
            self._after(patience_s, self._leave)
        else:
            self._leave()

    def _stop(self) -> None:
        self._asked.set()
        if sending := self._sending:
            sending.cancel()

    def break_off(self) -> None:
        """Something has failed without which the run cannot go on: stop sending. What is at work is waited for."""
        self._broken_off = not self.asked
        self._stop()

    def hold(self, sending: Sending | Redelivery) -> None:
        """From now on this is what is cancelled."""
        self._sending = sending
        if self.asked:
            sending.cancel()
        if self.left:
            sending.leave()

    def flying(self) -> Sequence[Flying]:
        """What has left for a backend process that has not let go of it, as far as one knows."""
        return self._sending.flying() if self._sending else ()

    def forsaken(self) -> Sequence[Flying]:
        """What had left, and nobody hears more of."""
        return self._sending.forsaken if self._sending else ()

    def end(self) -> None:
        """The run is over: nothing is waited for."""
        for timer in self._timers:
            timer.cancel()

    def _run_out(self) -> None:
        self.out_of_time = True
        self.cancel(LAST_ANSWERS_SECONDS)

    def _leave(self) -> None:
        self._left.set()
        if sending := self._sending:
            sending.leave()
        self._wake()

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, what)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()
