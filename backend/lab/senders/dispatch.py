"""Carrying out one job: which delivery leaves when, and when all of it is over."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from backend.lab.senders.buttons import Buttons
from backend.lab.senders.connections import Connection, ConnectionPool, sentence_of
from backend.lab.senders.messages import Delivery, Finished, Flying, Job, Outcome
from backend.lab.senders.pending_requests import Patience, PendingRequest, send_together
from backend.lab.senders.retries import backoff_seconds, invites_a_retry, next_attempt, with_port
from backend.lab.senders.says import SendingCode
from backend.model.sentence import say, to_document
from backend.model.vocabulary import Pace

_SUCCESS = range(200, 300)
_LONGEST_CONNECT_SECONDS = 5.0
_KNOCK_SECONDS = 0.02
_FEW = 2_000
"""Further deliveries are wanted when fewer than so many are left."""


class Dispatch:
    """One job under way. Everything runs on the event loop.

    Args:
        job: what to send.
        pool: connections.
        report: gets the outcome of each delivery that was sent, could not be sent or was held back.
        finish: called once, when every delivery has ended or was cancelled.
        let_go: called with the name of a delivery that the backend has let go of after its caller had given up.
        want: called when further deliveries should come.
    """

    def __init__(
        self,
        job: Job,
        pool: ConnectionPool,
        report: Callable[[Outcome], None],
        finish: Callable[[Finished], None],
        let_go: Callable[[str], None],
        want: Callable[[], None] = lambda: None,
    ) -> None:
        self._job = job
        self._pool = pool
        self._report = report
        self._finish = finish
        self._let_go = let_go
        self._want = want
        self._more, self._wants = job.more, False
        self._stock = 0
        """Deliveries that have neither left nor been held back."""
        self._loop = asyncio.get_running_loop()
        self._patience = Patience(self._loop, job.timeout_ms / 1000)
        self._waiting: deque[Delivery] = deque()
        """Due, but without a connection to leave on."""
        self._following: dict[str, deque[Delivery]] = {}
        """By intent, while one of it is due or in flight: not due before the one in front is answered."""
        self._clicks: deque[Delivery] = deque()
        """Not due before their time."""
        self._clicked = 0
        self._began = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._backing_off: dict[asyncio.TimerHandle, Delivery] = {}
        self._flying: dict[str, PendingRequest] = {}
        """What has left, and the backend has not let go of."""
        self._buttons = Buttons(job)
        self._under_way = 0
        self._sent = self._held_back = self._cancelled = self._release_ns = 0
        self._is_cancelled = self._is_finished = False

    @property
    def over(self) -> bool:
        """Whether nothing of it is on its way or in the backend any more."""
        return self._is_finished and not self._flying

    def flying(self) -> list[Flying]:
        """What has left, and the backend has not let go of."""
        return [
            Flying(name, pending.delivery.intent_key, pending.delivery.target, pending.sent_ns)
            for name, pending in self._flying.items()
        ]

    def start(self) -> None:
        """Let the deliveries leave at the pace of the job."""
        self._stock = len(self._job.deliveries)
        match self._job.pace:
            case Pace.SIMULTANEOUS:
                self._begin(self._clicks_that_pass(self._job.deliveries))
            case Pace.ONE_AFTER_ANOTHER:
                self._begin(self._first_of_each_intent(self._job.deliveries))
            case Pace.INTERVAL:
                self._clicks.extend(self._job.deliveries)
                self._began = self._loop.time()
                self._click()
        self._want_if_few()
        self._finish_if_done()

    def add(self, deliveries: Sequence[Delivery], *, more: bool) -> None:
        """Further deliveries of the job; whether there are still more."""
        if self._is_cancelled:
            self._cancelled += len(deliveries)
            return
        self._more, self._wants = more, False
        self._stock += len(deliveries)
        match self._job.pace:
            case Pace.SIMULTANEOUS:
                self._waiting.extend(self._clicks_that_pass(deliveries))
            case Pace.ONE_AFTER_ANOTHER:
                self._waiting.extend(self._first_of_each_intent(deliveries))
            case Pace.INTERVAL:
                is_late = not self._clicks
                self._clicks.extend(deliveries)
                if is_late:
                    self._click()
        while self._waiting and self._under_way < self._job.connections:
            self._pass(self._waiting.popleft())
        self._want_if_few()
        self._finish_if_done()

    def _want_if_few(self) -> None:
        if self._more and not self._wants and self._stock < _FEW:
            self._wants = True
            self._want()

    def cancel(self) -> None:
        """Send no more; what is in flight is awaited."""
        self._is_cancelled = True
        self._more = False
        self._cancelled += len(self._waiting) + len(self._clicks) + sum(map(len, self._following.values()))
        self._waiting.clear()
        self._clicks.clear()
        self._following.clear()
        if self._timer:
            self._timer.cancel()
        for timer, delivery in self._backing_off.items():
            timer.cancel()
            self._buttons.land(delivery.intent_key)
        self._under_way -= len(self._backing_off)
        self._cancelled += len(self._backing_off)
        self._backing_off.clear()
        self._finish_if_done()

    # What leaves next

    def _begin(self, due: Sequence[Delivery]) -> None:
        """Release as many as there may be connections; the others leave as connections get free."""
        self._waiting.extend(due[self._job.connections :])
        self._leave(due[: self._job.connections])

    def _clicks_that_pass(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """All click at the same time: with a disabled button, the first of each intent passes."""
        if not self._job.disable_button:
            return deliveries
        passed = []
        for delivery in deliveries:
            if self._buttons.is_first_click(delivery.intent_key):
                passed.append(delivery)
            else:
                self._hold_back(delivery)
        return passed

    def _first_of_each_intent(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        first = []
        for delivery in deliveries:
            if (followers := self._following.get(delivery.intent_key)) is not None:
                followers.append(delivery)
            else:
                self._following[delivery.intent_key] = deque()
                first.append(delivery)
        return first

    def _click(self) -> None:
        """Let all clicks happen that are due, answers or not, as long as there may be more connections.

        Those that the loop was late for happen at once.
        """
        seconds = self._job.interval_ms / 1000
        now = self._loop.time()
        while self._clicks and self._began + self._clicked * seconds <= now:
            delivery = self._clicks.popleft()
            self._clicked += 1
            if self._buttons.holds_back(delivery.intent_key) or self._under_way < self._job.connections:
                self._pass(delivery)
            else:
                self._waiting.append(delivery)
        if self._clicks:
            self._timer = self._loop.call_at(self._began + self._clicked * seconds, self._click)
        self._finish_if_done()

    def _next(self, intent_key: str) -> None:
        """A connection is free, and perhaps the next submission of an intent is due."""
        while (delivery := self._due(intent_key)) and not self._pass(delivery):
            pass

    def _due(self, intent_key: str) -> Delivery | None:
        if followers := self._following.get(intent_key):
            return followers.popleft()
        self._following.pop(intent_key, None)  # none of it is in flight, nor follows
        return self._waiting.popleft() if self._waiting else None

    def _pass(self, delivery: Delivery) -> bool:
        """Let it leave, unless it is to be held back; whether it leaves."""
        if self._buttons.holds_back(delivery.intent_key):
            self._hold_back(delivery)
            self._waiting.extendleft(reversed(self._following.pop(delivery.intent_key, ())))  # nothing is in front
            return False
        self._leave([delivery])
        return True

    def _hold_back(self, delivery: Delivery) -> None:
        self._held_back += 1
        self._stock -= 1
        now = time.monotonic_ns()
        self._report(Outcome(delivery.submission_id, delivery.intent_key, sent_ns=now, received_ns=now, held_back=True))
        self._want_if_few()

    # Leaving

    def _leave(self, batch: Sequence[Delivery]) -> None:
        """Write these in one go, as soon as each has a connection."""
        self._under_way += len(batch)
        self._stock -= len(batch)
        self._want_if_few()
        self._buttons.leave(delivery.intent_key for delivery in batch)
        self._depart(batch)

    def _depart(self, batch: Sequence[Delivery]) -> None:
        idle = [self._pool.take(self._job.targets[delivery.target]) for delivery in batch]
        ready = [connection for connection in idle if connection]
        if len(ready) == len(batch):
            self._send_together(ready, batch)
            return
        task = self._loop.create_task(self._connect_and_send(idle, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect_and_send(self, idle: Sequence[Connection | None], batch: Sequence[Delivery]) -> None:
        found = await asyncio.gather(*map(self._connect, idle, batch))
        pairs = [(c, d) for c, d in zip(found, batch, strict=True) if isinstance(c, Connection)]
        self._send_together([connection for connection, _ in pairs], [delivery for _, delivery in pairs])
        for result, delivery in zip(found, batch, strict=True):
            if isinstance(result, OSError):
                self._refused(delivery, result)

    async def _connect(self, idle: Connection | None, delivery: Delivery) -> Connection | OSError:
        if idle:
            return idle
        seconds = min(_LONGEST_CONNECT_SECONDS, self._job.timeout_ms / 1000)
        end = self._loop.time() + seconds
        while True:
            try:
                return await self._pool.open(self._job.targets[delivery.target], seconds)
            except ConnectionRefusedError as error:
                if not self._job.awaits_instances or self._loop.time() > end or self._is_cancelled:
                    return error
            except OSError as error:
                return error
            await asyncio.sleep(_KNOCK_SECONDS)

    def _send_together(self, connections: Sequence[Connection], batch: Sequence[Delivery]) -> None:
        if self._is_cancelled:
            self._turn_back(connections, batch)
            return
        if self._job.names_ports:
            batch = [
                msgspec.structs.replace(delivery, request=with_port(delivery.request, connection.port))
                for connection, delivery in zip(connections, batch, strict=True)
            ]
        pairs = zip(connections, batch, strict=True)
        requests = [PendingRequest(c, delivery, self._request_ended, self._request_let_go) for c, delivery in pairs]
        if not requests:
            return
        self._flying.update((pending.delivery.submission_id, pending) for pending in requests)
        if self._job.network_ms:
            self._send_with_latency(requests)
            return
        spread_ns = send_together(requests)
        if self._job.pace is Pace.SIMULTANEOUS and not self._sent:
            self._release_ns = spread_ns
        self._sent += len(requests)
        self._patience.add(requests)

    def _send_with_latency(self, requests: Sequence[PendingRequest]) -> None:
        """The callers send now; what they send is written when it has come all the way."""
        seconds = self._job.network_ms / 1000
        for pending in requests:
            pending.send_with_latency(self._loop, seconds)
        self._sent += len(requests)
        self._patience.add(requests)
        self._loop.call_later(seconds, send_together, requests)

    def _turn_back(self, connections: Sequence[Connection], batch: Sequence[Delivery]) -> None:
        for connection in connections:
            self._pool.give_back(connection)
        for delivery in batch:
            self._buttons.land(delivery.intent_key)
        self._under_way -= len(batch)
        self._cancelled += len(batch)
        self._finish_if_done()

    def _refused(self, delivery: Delivery, error: OSError) -> None:
        """There is no connection, so no byte of it has left.

        A request is written only to a connection that was made in time; one that was not is closed, also where the
        system had made it and a server finds it in its queue later: it finds nothing on it.
        """
        now = time.monotonic_ns()
        reason = say(SendingCode.NO_CONNECTION, instance=delivery.target + 1, reason=sentence_of(error))
        self._sent += 1
        self._settle(
            Outcome(
                delivery.submission_id,
                delivery.intent_key,
                sent_ns=now,
                received_ns=now,
                error=to_document(reason),
                retry_of=delivery.first_id,
                target=delivery.target,
                was_sent=False,
            ),
            delivery,
        )

    # Ending

    def _request_ended(self, pending: PendingRequest, outcome: Outcome) -> None:
        if not outcome.lingers:
            del self._flying[outcome.submission_id]
            if pending.connection.is_open and pending.written:
                self._pool.give_back(pending.connection)
        self._patience.forget_ended()
        self._settle(outcome, pending.delivery)

    def _request_let_go(self, pending: PendingRequest) -> None:
        del self._flying[pending.delivery.submission_id]
        self._let_go(pending.delivery.submission_id)

    def _settle(self, outcome: Outcome, delivery: Delivery) -> None:
        may_again = delivery.attempt < self._job.retries and not self._is_cancelled
        if may_again and invites_a_retry(outcome, self._job.retry_on):
            self._report(msgspec.structs.replace(outcome, retried=True))
            self._back_off(next_attempt(self._job, delivery))
            return
        self._under_way -= 1
        self._buttons.land(outcome.intent_key, succeeded=outcome.status in _SUCCESS)
        self._report(outcome)
        self._next(outcome.intent_key)
        self._finish_if_done()

    def _back_off(self, delivery: Delivery) -> None:
        """Its caller keeps its place among those under way, and sends again after a while."""

        def send() -> None:
            del self._backing_off[timer]
            self._depart([delivery])

        timer = self._loop.call_later(backoff_seconds(self._job, delivery.attempt), send)
        self._backing_off[timer] = delivery

    def _finish_if_done(self) -> None:
        if self._under_way or self._waiting or self._clicks or self._more or self._is_finished:
            return
        self._is_finished = True
        self._finish(Finished(self._job.job_id, self._sent, self._held_back, self._cancelled, self._release_ns))
