"""Source `redelivery`: messages on a stream, handled by consumers, delivered again when nobody acknowledges them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec
import redis

from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence
from backend.instance.queue import GROUP, KEY_LIFE_SECONDS, Handled, Message, Queue, delivery_id, queues_key
from backend.lab.senders.messages import Flying
from backend.model.errors import EngineError
from backend.model.observed import Reply
from backend.model.sentence import Code, Sentence, from_document, say
from backend.model.vocabulary import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from backend.lab.work_book import WorkBook

_LOOK_SECONDS = 0.1
_GATHER_SECONDS = 0.01
"""Reports that come one soon after the other are fetched together."""
_AT_A_TIME = 1_000
_AWAY_SECONDS = 30.0
"""So long a server that is not ours may be away. Ours comes back, with the queue or without it."""
_IN_ORDER_SECONDS = 0.3
"""So long a reply waits for what becomes of an earlier delivery, so that they are told in their order."""


class DeliveryCode(Code):
    """What is said of a delivery by the queue."""

    DELIVERY = "delivery.delivery"
    DELIVERY_SAID = "delivery.delivery_said"
    DIED = "delivery.died"
    GONE = "delivery.gone"
    REDIS_FAILED = "delivery.redis_failed"
    ANSWERS_MISSING = "delivery.answers_missing"


class Redelivery:
    """Messages of one run under way; waits, and is cancelled, as what the sender process sends.

    Args:
        queue: an untapped client.
        lab: names the consumers that are to read them.
        run: a name that no other run has.
        visibility_timeout_ms: when a message that nobody has acknowledged is delivered again.
        messages: to be put onto the stream.
        works: knows which deliveries are being handled.
        on_replies: told what became of each delivery, also of those that a consumer did not survive.
        comes_back: whether the server, should it be away, is being started again.
    """

    def __init__(
        self,
        queue: redis.Redis,
        lab: str,
        run: str,
        visibility_timeout_ms: int,
        messages: Sequence[Message],
        works: WorkBook,
        on_replies: Callable[[Sequence[Reply]], None],
        comes_back: Callable[[], bool] = lambda: False,
    ) -> None:
        self._comes_back = comes_back
        self._queue = queue
        self._queues = queues_key(lab)
        self._keys = Queue(run)
        self._visibility_timeout_ms = visibility_timeout_ms
        self._messages = {message.submission_id: message for message in messages}
        self._works = works
        self._on_replies = on_replies
        self._cancelled = threading.Event()
        self._left = threading.Event()
        self._sent_ns: dict[str, int] = {}
        self._entries: dict[str, str] = {}
        """Where each message is on the stream; those that were taken back are not here."""
        self._told: dict[str, set[int]] = {name: set() for name in self._messages}
        """Deliveries of each message whose end was told."""
        self._gaps: dict[tuple[str, int], threading.Event] = {}
        """Deliveries that another one has overtaken: the event is set when all processes have told what they handle."""

    def cancel(self) -> None:
        """Take back what nobody has got yet; what was delivered is awaited."""
        self._cancelled.set()

    def leave(self) -> None:
        """Let nobody wait any longer, and nothing be delivered again."""
        self._left.set()

    def wait_until_over(self) -> bool:
        """Put the messages onto the stream and wait until none of them can be delivered again.

        A delivery that another one has overtaken may still be handled then.

        Returns:
            Whether it is so; False if somebody had `leave` called before.

        Raises:
            EngineError: the Redis-protocol server went away.
        """
        try:
            self._put()
            self._follow()
            self._withdraw()
        except redis.exceptions.RedisError as error:
            raise _failed(DeliveryCode.REDIS_FAILED, error) from None
        return not self._left.is_set()

    def close(self) -> None:
        """Tell what is left to tell, once nothing is at work any more or nobody waits for it; delete the keys.

        Raises:
            EngineError: the Redis-protocol server went away.
        """
        try:
            self._drain()
            self._tell_ended(all_known=not self._left.is_set())
            self._queue.delete(self._keys.reports)
        except redis.exceptions.RedisError as error:
            raise _failed(DeliveryCode.ANSWERS_MISSING, error) from None

    def flying(self) -> list[Flying]:
        """Nothing: what is not being handled when nobody waits any more is not delivered any more."""
        return []

    @property
    def is_over(self) -> bool:
        """As `flying` says: the consumers know what they are at."""
        return True

    def _put(self) -> None:
        pipeline = self._queue.pipeline(transaction=False)
        pipeline.xgroup_create(self._keys.stream, GROUP, id="0", mkstream=True)
        pipeline.expire(self._keys.stream, KEY_LIFE_SECONDS * 24)
        now = time.monotonic_ns()
        for message in self._messages.values():
            pipeline.xadd(self._keys.stream, message.fields())
            self._sent_ns[message.submission_id] = now
        pipeline.hset(self._queues, self._keys.run, str(self._visibility_timeout_ms))
        _, _, *entries, _ = pipeline.execute()
        self._entries = dict(zip(self._messages, entries, strict=True))

    def _follow(self) -> None:
        """Take reports until the stream holds nothing that may be delivered; a server that went away may come back."""
        away = None
        while not self._left.is_set():
            try:
                if self._nothing_more():
                    return
            except redis.exceptions.ConnectionError:
                away = away or time.monotonic()
                if time.monotonic() > away + _AWAY_SECONDS and not self._comes_back():
                    raise
                self._left.wait(_LOOK_SECONDS)
            else:
                away = None

    def _nothing_more(self) -> bool:
        """Take what is reported next; whether nothing more can be."""
        if self._cancelled.is_set():
            self._take_back()
            self._cancelled.clear()
        if self._drain():
            self._left.wait(_GATHER_SECONDS)
        elif all(self._told.values()) and self._is_quiet():
            return True
        elif answer := self._await_report():
            self._take(answer)
        elif self._is_quiet():
            return True
        if self._gaps:
            self._tell_ended(all_known=False)
        return False

    def _await_report(self) -> str | None:
        found: Any = self._queue.blpop([self._keys.reports], timeout=_LOOK_SECONDS)
        return found[1] if found else None

    def _is_quiet(self) -> bool:
        """Whether each message was delivered and acknowledged, or is gone."""
        try:
            stream: Any = self._queue.xinfo_stream(self._keys.stream)
            (group,) = self._queue.xinfo_groups(self._keys.stream)
        except redis.exceptions.ResponseError:
            return True  # the server has lost the stream
        delivered: Any = group["last-delivered-id"]
        return not group["pending"] and bool(delivered == stream["last-generated-id"])

    def _withdraw(self) -> None:
        """Let no consumer take anything of it from now on."""
        pipeline = self._queue.pipeline(transaction=True)
        pipeline.hdel(self._queues, self._keys.run)
        pipeline.delete(self._keys.stream)
        pipeline.execute()

    def _take_back(self) -> None:
        """In one transaction, so that what is delivered in this moment is known to be."""
        pipeline = self._queue.pipeline(transaction=True)
        pipeline.xinfo_groups(self._keys.stream)
        pipeline.xgroup_setid(self._keys.stream, GROUP, "$")
        (group,), _ = pipeline.execute()
        last = _position(group["last-delivered-id"])
        self._entries = {name: entry for name, entry in self._entries.items() if _position(entry) <= last}

    def _drain(self) -> bool:
        """Take what is reported; whether anything was."""
        taken = False
        while True:
            reports: Any = self._queue.lpop(self._keys.reports, _AT_A_TIME) or ()
            for report in reports:
                self._take(report)
            taken = taken or bool(reports)
            if len(reports) < _AT_A_TIME:
                return taken

    def _take(self, report: str) -> None:
        handled = msgspec.json.decode(report, type=Handled)
        name = handled.submission_id
        self._told[name].add(handled.delivery)
        self._gaps.pop((name, handled.delivery), None)
        self._look_for_gaps(name, handled.delivery)
        detail = from_document(handled.detail)
        answer = Answer(handled.answer)
        self._on_replies([self._reply(name, handled.delivery, answer, detail, handled.began_ns, handled.ended_ns)])

    def _look_for_gaps(self, name: str, delivery: int) -> None:
        """Notice earlier deliveries of a message that have not been told of, and tell those that have ended."""
        fresh = [number for number in range(1, delivery) if number not in self._told[name]]
        fresh = [number for number in fresh if (name, number) not in self._gaps]
        if not fresh:
            return
        known = threading.Event()
        self._gaps.update(((name, number), known) for number in fresh)
        self._works.ask(known.set)
        if known.wait(_IN_ORDER_SECONDS):
            self._tell_ended(all_known=False)

    def _tell_ended(self, *, all_known: bool) -> None:
        """Tell the deliveries that ended without a report: their consumers died.

        Args:
            all_known: whether nothing is at work any more, so that no other report will come.
        """
        gaps = [gap for gap, known in self._gaps.items() if all_known or known.is_set()]
        at_work = {work.submission_id for work in self._works.at_work()}
        ended = [gap for gap in gaps if delivery_id(*gap) not in at_work]
        if ended:
            self._drain()  # one that has just ended has reported before
        for name, number in ended:
            if self._gaps.pop((name, number), None):
                self._on_replies([self._died(name, number, DeliveryCode.DIED)])
        if all_known:
            for name in self._without_a_word():
                self._on_replies([self._died(name, 1, DeliveryCode.GONE)])

    def _without_a_word(self) -> Iterator[str]:
        return (name for name in self._entries if not self._told[name])

    def _died(self, name: str, delivery: int, why: DeliveryCode) -> Reply:
        self._told[name].add(delivery)
        return self._reply(name, delivery, Answer.ERROR, say(why), self._sent_ns[name], time.monotonic_ns())

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


def _failed(code: DeliveryCode, error: redis.exceptions.RedisError) -> EngineError:
    return EngineError(say(code, reason=one_sentence(error, say(EngineCode.THE_REDIS_SERVER))))


def _position(entry: str) -> tuple[int, int]:
    """An entry id as numbers, which have the order of the stream."""
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number)
