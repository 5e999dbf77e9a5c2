"""JetStream for threads: one connection, whose event loop has a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import nats
from nats.errors import Error
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from backend.engines.broker.says import BrokerCode
from backend.model.errors import BrokerError
from backend.model.sentence import plain, say

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Sequence

    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js.client import JetStreamContext

    from backend.engines.broker.address import BrokerAddress

T = TypeVar("T")

_CONSUMER = "backend"
_MESSAGE_ID = "Nats-Msg-Id"
_ANSWER_S = 5.0
_RECONNECT_S = 0.05
_AT_A_TIME = 200
"""So many messages are published before their acknowledgements are awaited."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a stream holds for its consumers."""

    waiting: int
    """Messages that nobody got yet."""
    unacknowledged: int
    """Messages that somebody got and nobody has acknowledged, as long as they may be delivered again."""
    delivered: int
    """Number of the last message that anybody got; 0 for none."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a message that was published."""

    number: int
    """Its place on the stream, or that of the one that was there before it."""
    is_duplicate: bool
    """Whether the server had one with the same id, and did not keep this one."""


@dataclass(frozen=True, slots=True)
class Got:
    """A message as it was delivered."""

    data: bytes
    number: int
    """Its place on the stream."""
    delivery: int
    """1 for the first."""
    message: Msg


class NatsClient:
    """A connection that comes back by itself, as often as the server does. Thread-safe.

    Args:
        address: where the server is.

    Raises:
        BrokerError: it does not answer.
    """

    def __init__(self, address: BrokerAddress) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        self._pulls: dict[str, JetStreamContext.PullSubscription] = {}
        try:
            with _in_our_words():
                self._connection = self._run(_connect(address))
        except BrokerError:
            self._end_loop()
            raise
        self._stream = self._connection.jetstream(timeout=_ANSWER_S)

    def open_stream(self, name: str, ack_wait_s: float, most_deliveries: int, window_s: float) -> None:
        """Make a stream, and its consumer, which any number of processes pull from.

        Args:
            name: of both the stream and its only subject.
            ack_wait_s: after so long a message that is not acknowledged is delivered again.
            most_deliveries: after so many deliveries of a message there is no other.
            window_s: for so long the server knows the id of a message, and drops another one with it.

        Raises:
            BrokerError: the server refused, or does not answer.
        """
        stream = StreamConfig(name=name, subjects=[name], storage=StorageType.FILE, duplicate_window=window_s)
        consumer = ConsumerConfig(
            durable_name=_CONSUMER, ack_policy=AckPolicy.EXPLICIT, ack_wait=ack_wait_s, max_deliver=most_deliveries
        )
        with _in_our_words():
            self._run(self._stream.add_stream(stream))
            self._run(self._stream.add_consumer(name, consumer))

    def publish(self, name: str, messages: Sequence[tuple[bytes, str]]) -> list[Published]:
        """Put messages onto a stream, in their order.

        Args:
            name: of the stream.
            messages: each with its id, by which the server tells a second one; empty for none.

        Raises:
            BrokerError: the server refused, or does not answer; some of them may be there.
        """
        found: list[Published] = []
        with _in_our_words():
            for start in range(0, len(messages), _AT_A_TIME):
                found += self._run(self._publish(name, messages[start : start + _AT_A_TIME]))
        return found

    def fetch(self, name: str, wait_s: float) -> Got | None:
        """The next message of a stream, a new one or one that nobody has acknowledged in time; None if there is none.

        Args:
            name: of the stream.
            wait_s: so long it may take until there is one.

        Raises:
            BrokerError: the server does not answer, or the stream is gone.
        """
        with _in_our_words():
            pull = self._pulls.get(name)
            if pull is None:
                pull = self._pulls[name] = self._run(self._stream.pull_subscribe_bind(_CONSUMER, name))
            try:
                (message,) = self._run(pull.fetch(1, timeout=wait_s))
            except NatsTimeoutError:
                return None
        about = message.metadata
        return Got(message.data, about.sequence.stream, about.num_delivered, message)

    def forget(self, name: str) -> None:
        """Pull no more from a stream."""
        if pull := self._pulls.pop(name, None):
            with suppress(Error):
                self._run(pull.unsubscribe())

    def acknowledge(self, got: Got) -> None:
        """Have a message delivered no more; returns when the server has heard it.

        Raises:
            BrokerError: the server does not answer.
        """
        with _in_our_words():
            self._run(got.message.ack_sync(timeout=_ANSWER_S))

    def state(self, name: str) -> StreamState | None:
        """What a stream holds; None where there is none.

        Raises:
            BrokerError: the server does not answer.
        """
        with _in_our_words():
            try:
                about = self._run(self._stream.consumer_info(name, _CONSUMER))
            except NotFoundError:
                return None
        delivered = about.delivered.stream_seq if about.delivered else 0
        return StreamState(about.num_pending or 0, about.num_ack_pending or 0, delivered)

    def take_back(self, name: str, last: int) -> int:
        """Remove what nobody got yet, the last one first, so that what stays is the beginning of the stream.

        Args:
            name: of the stream.
            last: place of the last message on it.

        Returns:
            The place of the last message that somebody got.

        Raises:
            BrokerError: the server does not answer.
        """
        for number in range(last, 0, -1):
            state = self.state(name)
            if state is None or state.delivered >= number:
                break
            with _in_our_words():
                self._run(self._stream.delete_msg(name, number))
        state = self.state(name)
        return state.delivered if state else 0

    def purge_stream(self, name: str) -> None:
        """Remove all messages of a stream; nothing happens where there is none.

        Raises:
            BrokerError: the server does not answer.
        """
        with _in_our_words(), suppress(NotFoundError):
            self._run(self._stream.purge_stream(name))

    def delete_stream(self, name: str) -> None:
        """Remove a stream with all that it holds; nothing happens where there is none.

        Raises:
            BrokerError: the server does not answer.
        """
        with _in_our_words(), suppress(NotFoundError):
            self._run(self._stream.delete_stream(name))

    def close(self) -> None:
        """Hang up."""
        with suppress(Error):
            self._run(self._connection.close())
        self._end_loop()

    async def _publish(self, name: str, messages: Sequence[tuple[bytes, str]]) -> list[Published]:
        answers = await asyncio.gather(
            *(
                self._stream.publish(name, data, headers={_MESSAGE_ID: message_id} if message_id else None)
                for data, message_id in messages
            )
        )
        return [Published(answer.seq, bool(answer.duplicate)) for answer in answers]

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (Error, OSError) as error:
        reason = plain(str(error).removeprefix("nats: ").strip() or type(error).__name__)
        raise BrokerError(say(BrokerCode.NO_ANSWER, reason=reason)) from None


async def _connect(address: BrokerAddress) -> Client:
    return await nats.connect(
        f"nats://127.0.0.1:{address.port}",
        user=address.user,
        password=address.password,
        max_reconnect_attempts=-1,
        reconnect_time_wait=_RECONNECT_S,
        error_cb=_say_nothing,
    )


async def _say_nothing(_error: Exception) -> None:
    """Whoever waits for an answer hears of it."""
