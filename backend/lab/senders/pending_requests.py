"""Deliveries on their connections: written in one go, answered or given up one by one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence

from backend.lab.senders.connections import Connection, Written
from backend.lab.senders.http import Response
from backend.lab.senders.messages import Delivery, Outcome
from backend.lab.senders.undisturbed import undisturbed
from backend.model.sentence import Sentence, to_document

_SURELY_HELD_NS = 100_000_000
"""After twice as long the system lets go by itself, and only that is known which was before all of them."""


class PendingRequest:
    """One delivery on its connection."""

    __slots__ = (
        "_loop",
        "_on_end",
        "_on_let_go",
        "_seconds",
        "connection",
        "delivery",
        "due",
        "ended",
        "has_answered",
        "sent_ns",
        "written",
    )

    def __init__(
        self,
        connection: Connection,
        delivery: Delivery,
        on_end: Callable[[PendingRequest, Outcome], None],
        on_let_go: Callable[[PendingRequest], None],
    ) -> None:
        self.connection = connection
        self.delivery = delivery
        self.sent_ns = 0
        self.due = 0.0
        """When its caller gives up, in seconds of the loop's clock."""
        self.ended = False
        self.written = False
        self.has_answered = False
        """Whether the backend has let go of it, which its caller may hear later."""
        self._on_end = on_end
        self._on_let_go = on_let_go
        self._loop: asyncio.AbstractEventLoop | None = None
        self._seconds = 0.0

    def send_with_latency(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """The caller sends now. `fire` writes the request later, and the answer takes as many seconds back."""
        self.sent_ns = time.monotonic_ns()
        self._loop = loop
        self._seconds = seconds

    def answered(self, response: Response | None, reason: Sentence | None) -> None:
        """The response is there, or it will never be, for this reason."""
        if self._loop:
            self.has_answered = True
            self._loop.call_later(self._seconds, self._hear, response, reason)
        else:
            self._hear(response, reason)

    def _hear(self, response: Response | None, reason: Sentence | None) -> None:
        if self.ended:
            return
        self.ended = True
        sent = self.delivery
        if response:
            outcome = Outcome(
                sent.submission_id,
                sent.intent_key,
                response.status,
                response.body,
                response.replayed,
                self.sent_ns,
                time.monotonic_ns(),
                retry_of=sent.first_id,
                target=sent.target,
            )
        else:
            outcome = self._without_response(reason=reason)
        self._on_end(self, outcome)

    def give_up(self) -> None:
        """The caller waits no longer."""
        self.ended = True
        self._on_end(self, self._without_response(timed_out=True))
        if self.written:
            self.linger()  # else the request is still on its way, and arrives all the same

    def linger(self) -> None:
        """Stay until the backend has let go of the request, which it has if its answer is on the way."""
        if self.has_answered and self._loop:
            self.connection.close()
            self._loop.call_soon(self._on_let_go, self)
        else:
            self.connection.linger(lambda: self._on_let_go(self))

    def _without_response(self, *, timed_out: bool = False, reason: Sentence | None = None) -> Outcome:
        return Outcome(
            self.delivery.submission_id,
            self.delivery.intent_key,
            sent_ns=self.sent_ns,
            received_ns=time.monotonic_ns(),
            timed_out=timed_out,
            error=to_document(reason) if reason else None,
            retry_of=self.delivery.first_id,
            target=self.delivery.target,
            lingers=timed_out,
        )


class Patience:
    """Lets the callers of one job give up. All wait equally long, so one timer for the oldest is enough.

    Args:
        loop: the event loop.
        seconds: how long each waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._waiting: deque[PendingRequest] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, requests: Sequence[PendingRequest]) -> None:
        """These were just sent."""
        due = self._loop.time() + self._seconds
        for pending in requests:
            pending.due = due
        self._waiting.extend(requests)
        if self._timer is None:
            self._arm()

    def forget_ended(self) -> None:
        """Let go of what is over, as far as nothing older is still waiting."""
        waiting = self._waiting
        while waiting and waiting[0].ended:
            waiting.popleft()
        if self._timer and not waiting:
            self._arm()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._waiting[0].due, self._look) if self._waiting else None

    def _look(self) -> None:
        now = self._loop.time()
        due = [pending for pending in self._waiting if pending.due <= now and not pending.ended]
        for pending in due:
            pending.give_up()
        self.forget_ended()
        self._arm()


def send_together(requests: Sequence[PendingRequest], clock: Callable[[], int] = time.monotonic_ns) -> int:
    """Let all requests go with nothing in between but a look at the clock.

    The system has taken them before and only kept them, so that their sockets and buffers are ready. An instant is
    taken just before its request is let go, so that nothing the server does can seem to be earlier.

    Args:
        requests: in this order.
        clock: in nanoseconds.

    Returns:
        Nanoseconds from before the first request was let go to after the last one was.
    """
    instants: list[int] = []
    results: list[Written | None] = []
    many = len(requests) > 1
    with undisturbed() if many else contextlib.nullcontext():
        began = clock()
        prepared = [pending.connection.prepare(pending.delivery.request, hold=many) for pending in requests]
        for let_go, _ in prepared:
            instants.append(clock())
            try:
                results.append(let_go())
            except OSError as error:
                results.append(error)
        end = clock()
    if end - began > _SURELY_HELD_NS:
        instants = [began] * len(instants)
    for pending, instant, (_, taken), result in zip(requests, instants, prepared, results, strict=True):
        pending.written = True
        pending.sent_ns = pending.sent_ns or instant
        written = result if taken is None else taken
        pending.connection.await_response(pending.delivery.request, written or 0, pending.answered)
        if pending.ended:
            pending.linger()
    return end - instants[0]
