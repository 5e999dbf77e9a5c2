"""The lab's end of the queue of one run."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import redis

from backend.instance.announced import Announced, queues_key
from backend.instance.queue import GROUP, KEY_LIFE_SECONDS, MOST_DELIVERIES, Queue
from backend.model.errors import BrokerError
from backend.model.vocabulary import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from backend.engines.broker.keeper import BrokerKeeper
    from backend.engines.broker.nats_client import NatsClient
    from backend.instance.queue import Message
    from backend.model.plan import Setup

_NO_SUCH_KEY = "no such key"
"""All else that a server may answer, such as that it is busy with a script, says nothing of the stream."""


class RunQueue(Protocol):
    """What messages are put onto, and what becomes of them there.

    What it raises where its server is away: `redis.exceptions.RedisError` or `BrokerError`.
    """

    def put(self, messages: Sequence[Message]) -> Collection[str]:
        """Put messages onto it, and have consumers read it; the submission ids of those that it has taken."""

    def is_quiet(self) -> bool:
        """Whether each message was delivered and acknowledged, or is gone."""

    def take_back(self) -> Collection[str]:
        """Remove what nobody got yet; the submission ids of what was delivered."""

    def withdraw(self) -> None:
        """Let no consumer take anything of it from now on."""

    def close(self) -> None:
        """Remove what is left of it, once nothing is at work any more or nobody waits for it."""


class StreamQueue:
    """A stream of the Redis-protocol server.

    Args:
        client: untapped.
        lab: names the consumers that are to read it.
        run: a name that no other run has.
        setup: says when a message is delivered again.
    """

    def __init__(self, client: redis.Redis, lab: str, run: str, setup: Setup) -> None:
        self._client = client
        self._queues = queues_key(lab)
        self._keys = Queue(run)
        self._announced = Announced(Source.REDELIVERY, setup.visibility_timeout_ms)
        self._entries: dict[str, str] = {}
        """Where each message is."""

    def put(self, messages: Sequence[Message]) -> Collection[str]:
        """As in `RunQueue`."""
        pipeline = self._client.pipeline(transaction=False)
        pipeline.xgroup_create(self._keys.stream, GROUP, id="0", mkstream=True)
        pipeline.expire(self._keys.stream, KEY_LIFE_SECONDS * 24)
        for message in messages:
            pipeline.xadd(self._keys.stream, message.fields())
        pipeline.hset(self._queues, self._keys.run, msgspec.json.encode(self._announced))
        _, _, *entries, _ = pipeline.execute()
        self._entries = dict(zip((message.submission_id for message in messages), entries, strict=True))
        return self._entries

    def is_quiet(self) -> bool:
        """As in `RunQueue`."""
        try:
            stream = self._client.xinfo_stream(self._keys.stream)
            (group,) = self._client.xinfo_groups(self._keys.stream)
        except redis.exceptions.ResponseError as error:
            if _NO_SUCH_KEY in str(error):
                return True  # the server has lost the stream
            raise
        return not group["pending"] and bool(group["last-delivered-id"] == stream["last-generated-id"])

    def take_back(self) -> Collection[str]:
        """As in `RunQueue`; in one transaction, so that what is delivered in this moment is known to be."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.xinfo_groups(self._keys.stream)
        pipeline.xgroup_setid(self._keys.stream, GROUP, "$")
        (group,), _ = pipeline.execute()
        last = _position(group["last-delivered-id"])
        return [name for name, entry in self._entries.items() if _position(entry) <= last]

    def withdraw(self) -> None:
        """As in `RunQueue`."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.hdel(self._queues, self._keys.run)
        pipeline.delete(self._keys.stream)
        pipeline.execute()

    def close(self) -> None:
        """The client is the lab's."""


class JetStreamQueue:
    """A stream of NATS JetStream. Consumers learn of it as of any other.

    Args:
        nats: where it is.
        client: untapped, of the Redis-protocol server.
        lab: names the consumers that are to read it.
        run: a name that no other run has.
        setup: says when a message is delivered again, and how long its id is known.
    """

    def __init__(self, nats: NatsClient, client: redis.Redis, lab: str, run: str, setup: Setup) -> None:
        self._nats = nats
        self._client = client
        self._queues = queues_key(lab)
        self._run = run
        self._setup = setup
        self._announced = Announced(Source.NATS, setup.visibility_timeout_ms)
        self._places: dict[str, int] = {}
        """Where each message is."""

    def put(self, messages: Sequence[Message]) -> Collection[str]:
        """As in `RunQueue`. A message whose id the server knows is not taken."""
        setup = self._setup
        window_s = setup.deduplication_ms / 1000
        self._nats.open_stream(self._run, setup.visibility_timeout_ms / 1000, MOST_DELIVERIES, window_s)
        with_id = [(msgspec.json.encode(one), one.intent_key if setup.deduplication_ms else "") for one in messages]
        for message, published in zip(messages, self._nats.publish(self._run, with_id), strict=True):
            if not published.is_duplicate:
                self._places[message.submission_id] = published.number
        self._client.hset(self._queues, self._run, msgspec.json.encode(self._announced).decode())
        return self._places

    def is_quiet(self) -> bool:
        """As in `RunQueue`."""
        state = self._nats.state(self._run)
        return state is None or not (state.waiting or state.unacknowledged)

    def take_back(self) -> Collection[str]:
        """As in `RunQueue`."""
        last = self._nats.take_back(self._run, max(self._places.values(), default=0))
        return [name for name, place in self._places.items() if place <= last]

    def withdraw(self) -> None:
        """As in `RunQueue`. Who is still at work on a message can acknowledge it."""
        self._client.hdel(self._queues, self._run)
        self._nats.purge_stream(self._run)

    def close(self) -> None:
        """As in `RunQueue`. A server that does not answer takes it along when it goes."""
        with suppress(BrokerError, redis.exceptions.RedisError):
            self._client.delete(Queue(self._run).deliveries)
            self._nats.delete_stream(self._run)
        self._nats.close()


class RabbitQueue:
    """A queue of RabbitMQ. Consumers learn of it as of any other.

    Args:
        broker: knows what is delivered and not acknowledged, which AMQP does not tell.
        client: untapped, of the Redis-protocol server.
        lab: names the consumers that are to read it.
        run: a name that no other run has.
        setup: says how many messages a consumer may have at a time.
        at_work: whether consumers are handling messages: then nobody needs to be asked.
    """

    def __init__(
        self,
        broker: BrokerKeeper,
        client: redis.Redis,
        lab: str,
        run: str,
        setup: Setup,
        at_work: Callable[[], bool],
    ) -> None:
        from backend.engines.broker.rabbitmq_client import RabbitClient  # noqa: PLC0415, RUF100  most never want it

        self._rabbit = RabbitClient(broker.require())
        self._broker = broker
        self._client = client
        self._queues = queues_key(lab)
        self._run = run
        self._announced = Announced(Source.RABBITMQ, setup.visibility_timeout_ms, setup.prefetch)
        self._at_work = at_work

    def put(self, messages: Sequence[Message]) -> Collection[str]:
        """As in `RunQueue`."""
        self._rabbit.declare(self._run)
        self._rabbit.publish(self._run, [msgspec.json.encode(message) for message in messages])
        self._client.hset(self._queues, self._run, msgspec.json.encode(self._announced).decode())
        return [message.submission_id for message in messages]

    def is_quiet(self) -> bool:
        """As in `RunQueue`. To ask what is not acknowledged takes a second: only if all else says that it is over."""
        ready = self._rabbit.ready(self._run)
        if ready is None:
            return True
        return not ready and not self._at_work() and not self._unacknowledged()

    def _unacknowledged(self) -> int:
        """Messages that some consumer has, and the ready ones that have come back meanwhile."""
        table = self._broker.ask("list_queues", "name", "messages")
        counts = dict(line.rsplit(maxsplit=1) for line in table.splitlines() if len(line.split()) > 1)
        return int(counts.get(self._run, "0"))

    def take_back(self) -> Collection[str]:
        """As in `RunQueue`. What came back from a consumer goes with the rest; it was delivered."""
        self._rabbit.purge(self._run)
        found: Any = self._client.hkeys(Queue(self._run).deliveries)
        return list(found)

    def withdraw(self) -> None:
        """As in `RunQueue`. Who is still at work on a message can acknowledge it."""
        self._client.hdel(self._queues, self._run)
        self._rabbit.purge(self._run)

    def close(self) -> None:
        """As in `RunQueue`. A broker that does not answer takes it along when it goes."""
        with suppress(BrokerError, redis.exceptions.RedisError):
            self._client.delete(Queue(self._run).deliveries)
            self._rabbit.delete(self._run)
        self._rabbit.close()


def _position(entry: str) -> tuple[int, int]:
    """An entry id as numbers, which have the order of the stream."""
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number)
