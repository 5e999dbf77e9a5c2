"""Carrying out one job: which delivery leaves when, on which connection."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from backend.model import Pace
from backend.senders.connections import Connection, ConnectionPool
from backend.senders.http import Response
from backend.senders.messages import Delivery, Finished, Job, Outcome

_FIRST_ERROR_STATUS = 400


class Shot:
    """One delivery on its connection. Loading, firing and waiting are apart, so that many can be fired in one go."""

    __slots__ = ("_loop", "_on_end", "_timer", "connection", "delivery", "sent_ns")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        connection: Connection,
        delivery: Delivery,
        on_end: Callable[[Shot, Outcome], None],
    ) -> None:
        self.connection = connection
        self.delivery = delivery
        self.sent_ns = 0
        self._loop = loop
        self._on_end = on_end
        self._timer: asyncio.TimerHandle | None = None

    def fire(self) -> None:
        """Write the request."""
        self.sent_ns = self.connection.send(self.delivery.request, self._answered)

    def wait_for_answer(self, timeout_ms: int) -> None:
        """Give up when the time is over."""
        self._timer = self._loop.call_later(timeout_ms / 1000, self._give_up)

    def _answered(self, _connection: Connection, response: Response | None, reason: str) -> None:
        if self._timer:
            self._timer.cancel()
        if response is None:
            self._end(error=reason)
        else:
            self._end(status=response.status, body=response.body, replayed=response.replayed)

    def _give_up(self) -> None:
        self.connection.abandon()
        self._end(timed_out=True)

    def _end(
        self, *, status: int = 0, body: bytes = b"", replayed: bool = False, timed_out: bool = False, error: str = ""
    ) -> None:
        outcome = Outcome(
            self.delivery.submission_id,
            self.delivery.intent_key,
            status,
            body,
            replayed,
            self.sent_ns,
            time.monotonic_ns(),
            timed_out=timed_out,
            error=error,
        )
        self._on_end(self, outcome)


class Dispatch:
    """One job under way.

    Args:
        job: what to send.
        pool: connections.
        report: gets each outcome.
        finish: called once, when every delivery has ended or was cancelled.
    """

    def __init__(
        self, job: Job, pool: ConnectionPool, report: Callable[[Outcome], None], finish: Callable[[Finished], None]
    ) -> None:
        self._job = job
        self._pool = pool
        self._report = report
        self._finish = finish
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Delivery] = deque()
        self._following: dict[str, deque[Delivery]] = {}
        self._in_flight: Counter[str] = Counter()
        self._done: set[str] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._clicks_to_come = 0
        self._sent = self._held_back = self._cancelled = self._open = 0
        self._release_ns = 0
        self._is_finished = False

    async def start(self) -> None:
        """Let the deliveries leave at the pace of the job."""
        match self._job.pace:
            case Pace.SIMULTANEOUS:
                await self._release(self._not_held_back(self._job.deliveries))
            case Pace.INTERVAL:
                self._schedule_clicks(self._job.deliveries)
            case Pace.ONE_AFTER_ANOTHER:
                await self._release(self._first_of_each_intent(self._job.deliveries))
        self._finish_if_done()

    def cancel(self) -> None:
        """Send no more."""
        self._cancelled += len(self._waiting) + sum(map(len, self._following.values())) + self._clicks_to_come
        self._waiting.clear()
        self._following.clear()
        self._clicks_to_come = 0
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._finish_if_done()

    # Leaving

    def _not_held_back(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """All click at the same time: with a disabled button, the first of each intent passes."""
        passed = []
        for delivery in deliveries:
            if self._job.disable_button and self._in_flight[delivery.intent_key]:
                self._hold_back(delivery)
            else:
                self._in_flight[delivery.intent_key] += 1
                passed.append(delivery)
        return passed

    def _first_of_each_intent(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        for delivery in deliveries:
            self._following.setdefault(delivery.intent_key, deque()).append(delivery)
        firsts = [followers.popleft() for followers in self._following.values()]
        for first in firsts:
            self._in_flight[first.intent_key] += 1
        return firsts

    async def _release(self, deliveries: Sequence[Delivery]) -> None:
        """Open all connections, then write to them in one go; the rest leaves as connections get free."""
        first, self._waiting = deliveries[: self._job.connections], deque(deliveries[self._job.connections :])
        opened = await asyncio.gather(*(self._connect(delivery) for delivery in first))
        ready = [(connection, delivery) for connection, delivery in zip(opened, first, strict=True) if connection]
        shots = [self._load(connection, delivery) for connection, delivery in ready]
        for shot in shots:
            shot.fire()
        for shot in shots:
            shot.wait_for_answer(self._job.timeout_ms)
        if shots:
            self._release_ns = shots[-1].sent_ns - shots[0].sent_ns

    def _schedule_clicks(self, deliveries: Sequence[Delivery]) -> None:
        self._clicks_to_come = len(deliveries)
        begin = self._loop.time()
        for number, delivery in enumerate(deliveries):
            timer = self._loop.call_at(begin + number * self._job.interval_ms / 1000, self._click, delivery)
            self._timers.add(timer)

    def _click(self, delivery: Delivery) -> None:
        self._clicks_to_come -= 1
        if self._must_hold_back(delivery.intent_key):
            self._hold_back(delivery)
            self._finish_if_done()
        else:
            self._in_flight[delivery.intent_key] += 1
            self._send_soon(delivery)

    def _must_hold_back(self, intent_key: str) -> bool:
        in_flight = self._job.disable_button and self._in_flight[intent_key] > 0
        return in_flight or (self._job.once_per_intent and intent_key in self._done)

    def _hold_back(self, delivery: Delivery) -> None:
        self._held_back += 1
        now = time.monotonic_ns()
        self._report(Outcome(delivery.submission_id, delivery.intent_key, sent_ns=now, received_ns=now, held_back=True))

    def _send_soon(self, delivery: Delivery) -> None:
        connection = self._pool.take(self._job.targets[delivery.target])
        if connection:
            self._send(connection, delivery)
            return
        task = self._loop.create_task(self._connect_and_send(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect_and_send(self, delivery: Delivery) -> None:
        self._open += 1
        connection = await self._connect(delivery)
        self._open -= 1
        if connection:
            self._send(connection, delivery)

    async def _connect(self, delivery: Delivery) -> Connection | None:
        target = self._job.targets[delivery.target]
        idle = self._pool.take(target)
        if idle:
            return idle
        try:
            return await self._pool.open(target)
        except OSError as error:
            now = time.monotonic_ns()
            reason = f"Instance {delivery.target + 1} does not accept connections: {error.strerror}."
            self._sent += 1
            self._settle(
                delivery,
                Outcome(delivery.submission_id, delivery.intent_key, sent_ns=now, received_ns=now, error=reason),
            )
            return None

    def _send(self, connection: Connection, delivery: Delivery) -> None:
        shot = self._load(connection, delivery)
        shot.fire()
        shot.wait_for_answer(self._job.timeout_ms)

    def _load(self, connection: Connection, delivery: Delivery) -> Shot:
        self._sent += 1
        self._open += 1
        return Shot(self._loop, connection, delivery, self._shot_ended)

    def _shot_ended(self, shot: Shot, outcome: Outcome) -> None:
        self._open -= 1
        if outcome.status:
            self._pool.give_back(shot.connection)
        self._settle(shot.delivery, outcome)

    # Ending

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        self._in_flight[delivery.intent_key] -= 1
        if 0 < outcome.status < _FIRST_ERROR_STATUS:
            self._done.add(delivery.intent_key)
        self._report(outcome)
        self._send_next(delivery.intent_key)
        self._finish_if_done()

    def _send_next(self, intent_key: str) -> None:
        """A connection is free, and perhaps an intent's next submission may leave."""
        followers = self._following.get(intent_key)
        while followers:
            follower = followers.popleft()
            if self._must_hold_back(intent_key):
                self._hold_back(follower)
                continue
            self._in_flight[intent_key] += 1
            self._send_soon(follower)
            return
        if self._waiting:
            self._send_soon(self._waiting.popleft())

    def _finish_if_done(self) -> None:
        more = self._open or self._waiting or self._clicks_to_come or any(self._following.values()) or self._tasks
        if more or self._is_finished or any(self._in_flight.values()):
            return
        self._is_finished = True
        self._finish(Finished(self._job.job_id, self._sent, self._held_back, self._cancelled, self._release_ns))
