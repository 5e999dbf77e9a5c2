"""AMQP for one thread at a time: a connection that is opened again where it broke."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPConnectionError, AMQPError, ChannelClosedByBroker

from backend.engines.broker.says import BrokerCode
from backend.model.errors import BrokerError
from backend.model.sentence import plain, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.engines.broker.address import BrokerAddress

_ANSWER_S = 5.0
_PERSISTENT = 2
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Got:
    """A message as it was delivered."""

    data: bytes
    tag: int
    """The number of the delivery on its channel."""
    redelivered: bool
    """Whether the broker says that somebody may have got it before."""


class RabbitClient:
    """For one thread.

    Args:
        address: where the broker is.
    """

    def __init__(self, address: BrokerAddress) -> None:
        self._address = address
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None
        self._consumes = False
        self._arrived: deque[Got] = deque()

    def declare(self, name: str) -> None:
        """Make a queue that outlives the broker's process.

        Raises:
            BrokerError: the broker refused, or does not answer.
        """
        with self._in_our_words():
            self._open().queue_declare(name, durable=True)

    def publish(self, name: str, messages: Sequence[bytes]) -> None:
        """Put messages onto a queue, each confirmed by the broker.

        Raises:
            BrokerError: the broker refused, or does not answer; some of them may be there.
        """
        with self._in_our_words():
            channel = self._open()
            channel.confirm_delivery()
            for data in messages:
                channel.basic_publish("", name, data, pika.BasicProperties(delivery_mode=_PERSISTENT))

    def ready(self, name: str) -> int | None:
        """How many messages of a queue nobody has just now; None where there is no such queue.

        Raises:
            BrokerError: the broker does not answer.
        """
        with self._in_our_words():
            try:
                return int(self._open().queue_declare(name, passive=True).method.message_count)
            except ChannelClosedByBroker as error:
                if error.reply_code == _NOT_FOUND:
                    return None
                raise

    def purge(self, name: str) -> None:
        """Remove what nobody has just now; nothing happens where there is no such queue.

        Raises:
            BrokerError: the broker does not answer.
        """
        with self._in_our_words(), suppress(ChannelClosedByBroker):
            self._open().queue_purge(name)

    def delete(self, name: str) -> None:
        """Remove a queue; nothing happens where there is none.

        Raises:
            BrokerError: the broker does not answer.
        """
        with self._in_our_words():
            self._open().queue_delete(name)

    def next(self, name: str, prefetch: int, wait_s: float) -> Got | None:
        """The next message of a queue, of the same one each time; None if none came in time.

        Args:
            name: of the queue.
            prefetch: so many messages may be here without an acknowledgement.
            wait_s: so long it may take until there is one.

        Raises:
            BrokerError: the broker does not answer, or there is no such queue.
        """
        with self._in_our_words():
            channel = self._open()
            if not self._consumes:
                channel.basic_qos(prefetch_count=prefetch)
                channel.basic_consume(name, self._arrive)
                self._consumes = True
            if not self._arrived and self._connection:
                self._connection.process_data_events(wait_s)
        return self._arrived.popleft() if self._arrived else None

    def acknowledge(self, got: Got) -> None:
        """Have a message delivered no more. The broker does not answer that.

        Raises:
            BrokerError: the connection broke.
        """
        with self._in_our_words():
            self._open().basic_ack(got.tag)

    def give_back(self, got: Got) -> None:
        """Have a message delivered again.

        Raises:
            BrokerError: the connection broke.
        """
        with self._in_our_words():
            self._open().basic_nack(got.tag, requeue=True)

    def close(self) -> None:
        """Hang up: what was not acknowledged is delivered again."""
        self._hang_up()

    def _arrive(self, _channel: BlockingChannel, method: Any, _properties: object, data: bytes) -> None:  # noqa: ANN401  pika has no types
        self._arrived.append(Got(data, int(method.delivery_tag), bool(method.redelivered)))

    def _open(self) -> BlockingChannel:
        if self._channel is None or not self._channel.is_open:
            self._hang_up()
            self._connection = _connect(self._address)
            self._channel = self._connection.channel()
        return self._channel

    def _hang_up(self) -> None:
        connection, self._connection, self._channel, self._consumes = self._connection, None, None, False
        self._arrived.clear()
        if connection:
            with suppress(AMQPError, OSError):
                connection.close()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (AMQPError, OSError) as error:
            self._hang_up()
            reason = plain(str(error) or type(error).__name__)
            raise BrokerError(say(BrokerCode.NO_ANSWER, reason=reason)) from None


def ask_version(address: BrokerAddress) -> str | None:
    """The version that the broker gives; None if it does not answer yet."""
    with suppress(AMQPError, OSError):
        connection = _connect(address)
        told: dict[str, Any] = connection._impl.server_properties  # noqa: SLF001  nothing public tells
        connection.close()
        return str(told["version"])
    return None


def _connect(address: BrokerAddress) -> BlockingConnection:
    parameters = pika.ConnectionParameters(
        "127.0.0.1",
        address.port,
        credentials=pika.PlainCredentials(address.user, address.password),
        heartbeat=0,  # work that takes long is no sign of death: the connection breaks where its process ends
        socket_timeout=_ANSWER_S,
        stack_timeout=3 * _ANSWER_S,
        blocked_connection_timeout=_ANSWER_S,
    )
    try:
        return BlockingConnection(parameters)
    except AMQPConnectorException as error:  # a handshake that takes too long: pika makes no AMQPError of it
        raise AMQPConnectionError(str(error)) from None
