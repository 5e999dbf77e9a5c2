"""How a consumer gets its messages off a stream of NATS JetStream."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from backend.engines.broker.address import BrokerAddress, address_file
from backend.engines.broker.nats_client import NatsClient
from backend.instance.deliveries import Delivery
from backend.instance.queue import KEY_LIFE_SECONDS, Message
from backend.model.vocabulary import EngineKind, Source

if TYPE_CHECKING:
    from pathlib import Path

    import redis

    from backend.engines.broker.nats_client import Got
    from backend.instance.queue import Queue
    from backend.tap.observer import Tap

_WAIT_SECONDS = 0.1


class NatsDeliveries:
    """What a consumer pulls off the streams. The server delivers again what it does not hear of in time.

    Args:
        folder: the lab's private one, which says where the server is.
        queue: an untapped client of the Redis-protocol server, in which deliveries are counted: a JetStream server that
            is killed may forget its own count.
        tap: where acknowledgements pass.

    Raises:
        BrokerError: the server does not answer.
    """

    def __init__(self, folder: Path, queue: redis.Redis, tap: Tap) -> None:
        content = address_file(folder, Source.NATS).read_bytes()
        self._client = NatsClient(msgspec.json.decode(content, type=BrokerAddress))
        self._queue = queue
        self._tap = tap

    def next(self, queue: Queue) -> Delivery | None:
        """The next message of a run, new or overdue; None if none came in a moment.

        Raises:
            BrokerError: the server does not answer, or the stream is gone.
        """
        got = self._client.fetch(queue.run, _WAIT_SECONDS)
        if got is None:
            return None
        now = time.monotonic_ns()  # how long the stream was empty before is no part of the delivery
        return Delivery(
            queue,
            str(got.number),
            msgspec.json.decode(got.data, type=Message),
            self._count(queue, got),
            EngineKind.BROKER,
            f"MSG.NEXT {queue.run}",
            f"stream sequence {got.number}, delivery {got.delivery} as the server counts",
            now,
            now,
            is_pending=lambda: True,
            acknowledge=partial(self._acknowledge, queue, got),
        )

    def _count(self, queue: Queue, got: Got) -> int:
        pipeline = self._queue.pipeline(transaction=False)
        pipeline.hincrby(queue.deliveries, str(got.number))
        pipeline.expire(queue.deliveries, KEY_LIFE_SECONDS)
        number, _ = pipeline.execute()
        return int(number)

    def forget(self, queue: Queue) -> None:
        """This queue was deleted: its run is over."""
        self._client.forget(queue.run)

    def _acknowledge(self, queue: Queue, got: Got) -> None:
        self._tap.run(
            EngineKind.BROKER,
            "ACK",
            (queue.run, got.number),
            lambda: self._client.acknowledge(got),
            lambda _: "+ACK",
        )
