"""Source `redelivery`: messages on a stream, handled by consumers, delivered again when nobody acknowledges them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec
import redis

from backend.engines.sentences import one_sentence
from backend.errors import EngineError
from backend.model import Answer, Reply
from backend.sentence import Code, Sentence, from_document, say
from backend.stream import GROUP, STREAM, Handled, Message, delivery_id, reports_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LOOK_SECONDS = 0.2


class DeliveryCode(Code):
    """What is said of a delivery by the queue."""

    DELIVERY = "delivery.delivery"
    DELIVERY_SAID = "delivery.delivery_said"
    DIED = "delivery.died"
    NEVER = "delivery.never"


class Redelivery:
    """Messages of one run under way; waits, and is cancelled, as what the sender process sends.

    Args:
        queue: an untapped client.
        messages: to be put onto the stream.
        on_replies: told what became of each delivery, also of those that a consumer did not survive.
        patience_s: give up when nothing was heard for so long.
    """

    def __init__(
        self,
        queue: redis.Redis,
        messages: Sequence[Message],
        on_replies: Callable[[Sequence[Reply]], None],
        patience_s: float,
    ) -> None:
        self._queue = queue
        self._messages = {message.submission_id: message for message in messages}
        self._run = messages[0].run
        self._on_replies = on_replies
        self._patience_s = patience_s
        self._cancelled = threading.Event()
        self._sent_ns: dict[str, int] = {}
        self._entries: dict[str, str] = {}
        self._seen: dict[str, int] = {}
        """Deliveries of each message that were told so far."""

    def cancel(self) -> None:
        """Take back what nobody has got yet; what is pending is awaited."""
        self._cancelled.set()

    def wait(self, _timeout: float | None = None) -> None:
        """Put the messages onto the stream and wait until each is acknowledged.

        Raises:
            EngineError: the Redis-protocol server went away.
        """
        try:
            self._put()
            self._follow()
            self._queue.delete(reports_key(self._run))
        except redis.exceptions.RedisError as error:
            raise EngineError(
                f"{one_sentence(error, 'The Redis server')}; messages may still be on the queue."
            ) from None

    def _put(self) -> None:
        pipeline = self._queue.pipeline(transaction=False)
        now = time.monotonic_ns()
        for message in self._messages.values():
            pipeline.xadd(STREAM, message.fields())
            self._sent_ns[message.submission_id] = now
        self._entries = dict(zip(self._messages, pipeline.execute(), strict=True))

    def _follow(self) -> None:
        heard = time.monotonic()
        while self._entries:
            if self._cancelled.is_set():
                self._take_back()
                self._cancelled.clear()
            answer: Any = self._queue.blpop([reports_key(self._run)], timeout=_LOOK_SECONDS)
            if answer:
                heard = time.monotonic()
                self._take(msgspec.json.decode(answer[1], type=Handled))
            elif time.monotonic() > heard + self._patience_s:
                self._give_up()

    def _take(self, handled: Handled) -> None:
        name = handled.submission_id
        if name not in self._messages:
            return
        told = [self._died(name, number) for number in range(self._seen.get(name, 0) + 1, handled.delivery)]
        told.append(
            self._reply(
                name,
                handled.delivery,
                Answer(handled.answer),
                from_document(handled.detail),
                handled.began_ns,
                handled.ended_ns,
            )
        )
        self._seen[name] = handled.delivery
        if handled.over and (entry := self._entries.pop(name, "")):
            self._queue.xdel(STREAM, entry)
        self._on_replies(told)

    def _died(self, name: str, delivery: int) -> Reply:
        return self._reply(
            name, delivery, Answer.ERROR, say(DeliveryCode.DIED), self._sent_ns[name], time.monotonic_ns()
        )

    def _give_up(self) -> None:
        for name in list(self._entries):
            self._queue.xdel(STREAM, self._entries.pop(name))
            now = time.monotonic_ns()
            delivery = self._seen.get(name, 0) + 1
            self._on_replies(
                [self._reply(name, delivery, Answer.TIMEOUT, say(DeliveryCode.NEVER), self._sent_ns[name], now)]
            )

    def _take_back(self) -> None:
        pending: Any = self._queue.xpending_range(STREAM, GROUP, "-", "+", 1_000_000)
        delivered = {item["message_id"] for item in pending}
        for name, entry in list(self._entries.items()):
            if entry not in delivered and not self._seen.get(name) and self._queue.xdel(STREAM, entry):
                del self._entries[name]

    def _reply(
        self, name: str, delivery: int, answer: Answer, detail: Sentence | None, began: int, ended: int
    ) -> Reply:
        code = DeliveryCode.DELIVERY_SAID if detail else DeliveryCode.DELIVERY
        said = {"detail": detail} if detail else {}
        return Reply(
            submission_id=delivery_id(name, delivery),
            intent_key=self._messages[name].intent_key,
            answer=answer,
            status=0,
            detail=say(code, delivery=delivery, **said),
            sent_ns=began,
            received_ns=ended,
            retry_of=name if delivery > 1 else "",
        )
