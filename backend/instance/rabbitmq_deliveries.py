"""How a consumer gets its messages off a queue of RabbitMQ."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from backend.engines.broker.address import BrokerAddress, address_file
from backend.engines.broker.rabbitmq_client import RabbitClient
from backend.instance.deliveries import Delivery
from backend.instance.queue import KEY_LIFE_SECONDS, Message
from backend.model.vocabulary import EngineKind, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    import redis

    from backend.engines.broker.rabbitmq_client import Got
    from backend.instance.queue import Queue
    from backend.tap.observer import Tap

_WAIT_SECONDS = 0.1


class RabbitDeliveries:
    """What one thread of a consumer gets. The broker delivers again what was not acknowledged when a connection breaks.

    Args:
        folder: the lab's private one, which says where the broker is.
        queue: an untapped client of the Redis-protocol server, in which deliveries are counted: RabbitMQ says of a
            message only whether somebody may have got it before.
        tap: where acknowledgements pass.
    """

    def __init__(self, folder: Path, queue: redis.Redis, tap: Tap) -> None:
        content = address_file(folder, Source.RABBITMQ).read_bytes()
        self._address = msgspec.json.decode(content, type=BrokerAddress)
        self._clients: dict[Queue, RabbitClient] = {}
        self._queue = queue
        self._tap = tap

    def next(self, queue: Queue, prefetch: int) -> Delivery | None:
        """The next message of a run; None if none came in a moment.

        Raises:
            BrokerError: the broker does not answer, or the queue is gone.
        """
        client = self._clients.get(queue) or self._clients.setdefault(queue, RabbitClient(self._address))
        got = client.next(queue.run, prefetch, _WAIT_SECONDS / len(self._clients))
        if got is None:
            return None
        now = time.monotonic_ns()  # how long the queue was empty before is no part of the delivery
        message = msgspec.json.decode(got.data, type=Message)
        return Delivery(
            queue,
            message.submission_id,
            message,
            self._count(queue, message),
            EngineKind.BROKER,
            f"basic.deliver {queue.run}",
            f"delivery tag {got.tag}, {'redelivered' if got.redelivered else 'not redelivered'}",
            now,
            now,
            is_pending=lambda: True,
            acknowledge=partial(self._step, "ACK", got, client.acknowledge),
            give_back=partial(self._step, "NACK requeue", got, client.give_back),
        )

    def keep(self, queues: Collection[Queue]) -> None:
        """Hang up on all others: what was not acknowledged is delivered again."""
        for queue in [queue for queue in self._clients if queue not in queues]:
            self._clients.pop(queue).close()

    def _count(self, queue: Queue, message: Message) -> int:
        pipeline = self._queue.pipeline(transaction=False)
        pipeline.hincrby(queue.deliveries, message.submission_id)
        pipeline.expire(queue.deliveries, KEY_LIFE_SECONDS)
        number, _ = pipeline.execute()
        return int(number)

    def _step(self, command: str, got: Got, do: Callable[[Got], None]) -> None:
        self._tap.run(EngineKind.BROKER, command, (got.tag,), lambda: do(got), lambda _: "sent")
