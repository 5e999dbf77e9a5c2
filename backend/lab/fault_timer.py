"""When the servers of a run are killed, restarted or paused."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from backend.engines.says import ProcessCode
from backend.model.errors import SubmitTwiceError
from backend.model.faults import mark_of, moment_ms, of_step
from backend.model.sentence import say
from backend.model.vocabulary import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from backend.model.plan import Fault

    Disturb = Callable[[Fault, Callable[[], bool]], None]


class ServerFaults:
    """Carries out the faults of servers at their moments, each on a thread of its own.

    Args:
        faults: of servers.
        disturb: carries one out and returns when the server answers again; asks whether no more answers come.
        asked_for: submissions that were asked for; without a moment of its own a fault comes after half of them.
    """

    def __init__(self, faults: Sequence[Fault], disturb: Disturb, asked_for: int) -> None:
        self._faults = faults
        self._disturb = disturb
        self._half = asked_for // 2
        self._changed = threading.Condition()
        self._answers = 0
        self._over = False
        self._failure: SubmitTwiceError | None = None
        self._threads: list[threading.Thread] = []
        self._done: list[Fault] = []
        """Those that came about, or were begun."""

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self._faults)

    @property
    def at_once(self) -> tuple[Fault, ...]:
        """Those that come before anything is answered."""
        return tuple(fault for fault in self._faults if not moment_ms(fault) and not self._awaited(fault))

    def begin(self) -> None:
        """The submissions leave now."""
        began = time.monotonic()
        for fault in self._faults:
            thread = threading.Thread(target=self._wait_and_disturb, args=(fault, began), name="fault", daemon=True)
            self._threads.append(thread)
            thread.start()

    def answers_came(self, count: int) -> None:
        """So many answers have come by now."""
        with self._changed:
            self._answers = count
            self._changed.notify_all()

    def end(self) -> None:
        """No more answers come: what has not happened by now does not; what has is awaited.

        Raises:
            SubmitTwiceError: a server did not come back.
        """
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        if self._failure:
            raise self._failure

    @property
    def failed_over(self) -> bool:
        """Whether a standby has taken the place of the database."""
        return any(fault.kind is FaultKind.FAILOVER and fault.place == "database" for fault in self._done)

    def missed(self, faults: Sequence[Fault], marks: Collection[str] | None) -> tuple[Fault, ...]:
        """Those of these that did not come about; two at steps that leave the same mark are not told apart.

        Args:
            faults: all of a run.
            marks: that those at steps have left; None where that is not known.
        """
        servers = tuple(fault for fault in self._faults if fault not in self._done)
        at_steps = (fault for fault in faults if of_step(fault))
        return (*servers, *(fault for fault in at_steps if marks is not None and mark_of(fault) not in marks))

    def _wait_and_disturb(self, fault: Fault, began: float) -> None:
        if self._moment_comes(fault, began):
            self._done.append(fault)
            try:
                self._disturb(fault, lambda: self._over)
            except SubmitTwiceError as error:
                self._failure = error
            except Exception as error:  # noqa: BLE001  whoever waits for the end of the run is told
                self._failure = SubmitTwiceError(
                    say(ProcessCode.TOLD_WRONGLY, what=str(fault), error=type(error).__name__)
                )

    def _usual(self, fault: Fault) -> int:
        """After how many answers it comes where it does not say; a partition is there from the start."""
        return 0 if fault.kind is FaultKind.PARTITION else self._half

    def _moment_comes(self, fault: Fault, began: float) -> bool:
        with self._changed:
            if after_ms := moment_ms(fault):
                left = began + after_ms / 1000 - time.monotonic()
                return not self._changed.wait_for(lambda: self._over, max(0.0, left))
            awaited = self._awaited(fault)
            self._changed.wait_for(lambda: self._over or self._answers >= awaited)
            return self._answers >= awaited

    def _awaited(self, fault: Fault) -> int:
        return self._usual(fault) if fault.nth is None else fault.nth
