"""One consumer of the queue: ``python -m backend.instance.consumer``, with its settings in the environment.

It reads as textbook consumers do: what is new, and what others have not acknowledged within the visibility time-out,
whether they have died or are still at work; it acknowledges a message when the strategy has answered that the intent
is done, and leaves it pending when it could not be handled now.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import msgspec
import redis

from backend.engines.redis_client import create_redis, redis_urls
from backend.instance import bodies
from backend.instance.announced import Announcements
from backend.instance.deliveries import Deliveries
from backend.instance.flows import ServicesAsWished, flow_of
from backend.instance.problems import REFUSALS, from_exception, replayed
from backend.instance.queue import KEY_LIFE_SECONDS, MOST_DELIVERIES, Handled, Message, delivery_id
from backend.instance.redis_connections import tell_connections
from backend.instance.says import QueueCode
from backend.instance.services import warm_up
from backend.instance.wiring import connect
from backend.model.errors import BrokerError
from backend.model.sentence import Sentence, say, to_document
from backend.model.vocabulary import Answer, OperationKey, Source
from backend.strategies import find
from backend.tap.observer import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from backend.instance.deliveries import Delivery
    from backend.instance.nats_deliveries import NatsDeliveries
    from backend.instance.queue import Queue
    from backend.instance.rabbitmq_deliveries import RabbitDeliveries
    from backend.instance.wiring import Wiring
    from backend.tap.observer import Flow
    from backend.tap.trace import Taking

_IDLE_SECONDS = 0.03
_CLAIM_SECONDS = 0.1
"""How often, at least, what is overdue is asked for."""
_MOST_HELPED = 15
"""So many messages are handled at a time, beside a new one off a stream of the Redis-protocol server. A run at its
worst has half of them: a message is delivered at most five times, and each of the two consumers has one new message."""
_HANDLERS = 1 + _MOST_HELPED
_UNFINISHED = frozenset({Answer.ERROR, Answer.BUSY})
"""After these the message stays pending: it was not handled, or somebody else is at it."""


class Consumer:
    """Handles messages until the process ends.

    Off a stream of the Redis-protocol server, new ones one after the other, and beside them those that are overdue:
    somebody looks for them whatever else is at work, so that it does not depend on an idle consumer whether a message
    is delivered again. Off a broker, which delivers again by itself, several at a time.

    Args:
        number: of this process; it names the consumer in the groups.
        wiring: the engines, tapped, and the trace, which is flushed before the outcome of a delivery is told.
        queue: an untapped client.
    """

    def __init__(self, number: int, wiring: Wiring, queue: redis.Redis) -> None:
        self._services, self._tap, self._trace = wiring.services, wiring.tap, wiring.trace
        self._wished = ServicesAsWished(replace(self._services, replay=replayed))
        self._folder = Path(wiring.settings.trace).parent
        self._queue = queue
        self._announced = Announcements(queue, wiring.settings.lab)
        self._deliveries = Deliveries(queue, self._services.redis, f"consumer-{number}")
        self._jetstream: NatsDeliveries | None = None
        self._rabbit: RabbitDeliveries | None = None
        self._never = threading.Event()
        self._guard = threading.Lock()
        self._at_work: Counter[str] = Counter()
        """Entries of streams."""
        self._helpers = threading.BoundedSemaphore(_MOST_HELPED)

    def run(self) -> None:
        """Handle messages for ever."""
        for work in (self._take_over, self._pull, self._consume):
            threading.Thread(target=self._repeat, args=(work,), name=work.__name__, daemon=True).start()
        self._repeat(self._handle_next)

    def _repeat(self, work: Callable[[], None]) -> None:
        while True:
            try:
                work()
            except (redis.exceptions.RedisError, BrokerError):  # it may come back, with what was not acknowledged
                self._never.wait(_IDLE_SECONDS)

    def _handle_next(self) -> None:
        """Handle a new message of each run, if there is one."""
        queues = list(self._announced.of(Source.REDELIVERY))
        for queue in queues:
            with self._until_it_is_over(queue):
                if got := self._deliveries.new(queue, blocks=len(queues) == 1):
                    self._handle(got, nullcontext())  # one that is acknowledged meanwhile is not handled
        if len(queues) != 1:
            self._never.wait(_IDLE_SECONDS)

    def _take_over(self) -> None:
        """Take over what is overdue, each in a thread of its own; then wait for a while."""
        queues = self._announced.of(Source.REDELIVERY)
        for queue, told in queues.items():
            with self._until_it_is_over(queue):
                for got in self._deliveries.overdue(queue, told.visibility_timeout_ms, self._at_work):
                    self._helpers.acquire()
                    self._in_a_thread(got)
        timeouts = (told.visibility_timeout_ms / 4000 for told in queues.values())
        self._never.wait(min([_CLAIM_SECONDS, *timeouts]))

    def _pull(self) -> None:
        """Pull a message of each run off the broker, and handle it in a thread of its own."""
        queues = list(self._announced.of(Source.NATS))
        for queue in queues:
            self._helpers.acquire()  # first: what nobody has the time to handle stays where it is
            got, taking = None, self._trace.taking()
            try:
                with self._until_it_is_over(queue):
                    got = self._nats().next(queue)
            finally:
                if got is None:
                    taking.end()
                    self._helpers.release()
            if got:
                self._in_a_thread(got, taking)
        if not queues:
            self._never.wait(_IDLE_SECONDS)

    def _consume(self) -> None:
        """Handle what RabbitMQ delivers, one message after the other, on the thread that has the connection."""
        queues, taking = self._announced.of(Source.RABBITMQ), self._trace.taking()
        try:
            for queue, told in queues.items():
                if got := self._rabbitmq().next(queue, told.prefetch):
                    self._handle(got, taking.suspended())
        except BaseException:
            if self._rabbit:
                self._rabbit.keep(())
            raise
        finally:
            taking.end()
        if self._rabbit:
            self._rabbit.keep(queues)
        if not queues:
            self._never.wait(_IDLE_SECONDS)

    def _rabbitmq(self) -> RabbitDeliveries:
        if self._rabbit is None:
            from backend.instance.rabbitmq_deliveries import RabbitDeliveries  # noqa: PLC0415, RUF100  as above

            self._rabbit = RabbitDeliveries(self._folder, self._queue, self._tap)
        return self._rabbit

    def _nats(self) -> NatsDeliveries:
        if self._jetstream is None:
            from backend.instance.nats_deliveries import NatsDeliveries  # noqa: PLC0415, RUF100  most never want it

            self._jetstream = NatsDeliveries(self._folder, self._queue, self._tap)
        return self._jetstream

    def _in_a_thread(self, got: Delivery, taking: Taking | None = None) -> None:
        threading.Thread(target=self._help, args=(got, taking), name="delivery", daemon=True).start()

    def _help(self, got: Delivery, taking: Taking | None) -> None:
        try:
            with suppress(redis.exceptions.RedisError, BrokerError), self._until_it_is_over(got.queue):
                self._handle(got, taking.handed_over() if taking else nullcontext())
        finally:
            if taking:
                taking.end()
            self._helpers.release()

    @contextmanager
    def _until_it_is_over(self, queue: Queue) -> Iterator[None]:
        """A run may end, and its stream be deleted, at any moment."""
        try:
            yield
        except redis.exceptions.ResponseError as error:
            if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                raise
            self._announced.forget(queue)
        except BrokerError:
            if self._jetstream:
                self._jetstream.forget(queue)
            raise

    def _handle(self, got: Delivery, begun: AbstractContextManager[None]) -> None:
        """Handle a message; `begun` is entered once the lab can hear of it."""
        message = got.message
        operation = urlsplit(message.path).path.rpartition("/")[2]
        submission = delivery_id(message.submission_id, got.number)
        with self._working(got.entry), self._trace.handling(submission, operation, message.intent_key), begun:
            began = time.monotonic_ns()
            outcome = self._deliver(got, submission)
            if outcome is None:
                return
            answer, detail = outcome
            self._trace.flush()
            said = to_document(detail) if detail else None
            handled = Handled(message.submission_id, got.number, answer, said, began, time.monotonic_ns())
            pipeline = self._queue.pipeline(transaction=False)
            pipeline.rpush(got.queue.reports, msgspec.json.encode(handled))
            pipeline.expire(got.queue.reports, KEY_LIFE_SECONDS)
            pipeline.execute()

    @contextmanager
    def _working(self, entry: str) -> Iterator[None]:
        with self._guard:
            self._at_work[entry] += 1
        try:
            yield
        finally:
            with self._guard:
                self._at_work -= Counter({entry: 1})

    def _deliver(self, got: Delivery, submission: str) -> tuple[Answer, Sentence | None] | None:
        """Handle a message, and acknowledge it if nobody needs to get it again; None where it is nobody's any more."""
        with self._tap.flow(flow_of(got.message.headers.get, submission)) as flow:
            self._note(flow, got)
            if not got.is_pending():
                return None
            answer, detail = self._answer(got.message, submission, got.number)
            done = answer not in _UNFINISHED or got.number >= MOST_DELIVERIES
            try:
                (got.acknowledge if done else got.give_back)()
            except BrokerError as error:  # it is delivered again
                return Answer.ERROR, error.sentence
        return answer, detail

    def _note(self, flow: Flow, got: Delivery) -> None:
        """The delivery is the first step of its submission: it began before anybody knew whose it is."""
        command = f"DELIVER {got.number}: {got.command}"
        self._trace.after(Call(flow, flow.steps, got.engine, command, (), got.began_ns, got.ended_ns, got.answer))
        flow.steps += 1

    def _answer(self, message: Message, submission: str, delivery: int) -> tuple[Answer, Sentence | None]:
        if delivery > MOST_DELIVERIES:
            return Answer.ERROR, say(QueueCode.GIVEN_UP, deliveries=MOST_DELIVERIES)
        url = urlsplit(message.path)
        query = parse_qs(url.query)
        try:
            operation = OperationKey(url.path.rpartition("/")[2])
            _, variant = find(query["strategy"][0], query.get("variant", [""])[0])
            body = bodies.read_body(operation, message.body)
            key = message.headers.get("Idempotency-Key", "")
            services = self._wished.of(message.headers.get)
            answer = variant.run(bodies.to_request(operation, body, submission, services.gateway, key), services)
        except Exception as error:  # noqa: BLE001  whatever it is, the message was not handled
            problem = from_exception(error)
            return problem.answer, problem.detail
        refusal = REFUSALS.get(answer)
        return answer, refusal.detail if refusal else None


def main() -> None:
    """Consume until interrupted."""
    wiring = connect(_HANDLERS)
    warm_up(wiring.services, 1)
    queue = create_redis(redis_urls(wiring.engines.redis)[0])
    tell_connections(queue, wiring.trace.note_redis)
    wiring.trace.get_ready()
    Consumer(wiring.settings.number, wiring, queue).run()


if __name__ == "__main__":
    main()
