"""The queues as sources: messages on a stream, handled by consumers, delivered again when nobody acknowledges them."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec
import redis

from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence
from backend.instance.queue import Handled, Message, Queue, delivery_id
from backend.lab.senders.messages import Flying
from backend.model.errors import BrokerError, EngineError
from backend.model.observed import Reply
from backend.model.sentence import Code, Sentence, from_document, say
from backend.model.vocabulary import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from backend.lab.senders.run_queue import RunQueue
    from backend.lab.work_book import WorkBook

_LOOK_SECONDS = 0.1
_GATHER_SECONDS = 0.01
"""Reports that come one soon after the other are fetched together."""
_AT_A_TIME = 1_000
_AWAY_SECONDS = 30.0
"""So long a server that is not ours may be away. Ours comes back, with the queue or without it."""
_BUSY = "BUSY"
_IN_ORDER_SECONDS = 0.3
"""So long a reply waits for what becomes of an earlier delivery, so that they are told in their order."""


class DeliveryCode(Code):
    """What is said of a delivery by the queue."""

    DELIVERY = "delivery.delivery"
    DELIVERY_SAID = "delivery.delivery_said"
    DIED = "delivery.died"
    GONE = "delivery.gone"
    KNOWN = "delivery.known"
    REDIS_FAILED = "delivery.redis_failed"
    ANSWERS_MISSING = "delivery.answers_missing"


class Redelivery:
    """Messages of one run under way; waits, and is cancelled, as what the sender process sends.

    Args:
        queue: what they are put onto.
        client: an untapped one of the Redis-protocol server, by which consumers tell what became of each delivery.
        run: a name that no other run has.
        messages: to be put onto the queue.
        works: knows which deliveries are being handled.
        on_replies: told what became of each delivery, also of those that a consumer did not survive.
        comes_back: whether what is away is being started again.
        lost: tells why there are no consumers any more, nor will be; None while there are.
    """

    def __init__(
        self,
        queue: RunQueue,
        client: redis.Redis,
        run: str,
        messages: Sequence[Message],
        works: WorkBook,
        on_replies: Callable[[Sequence[Reply]], None],
        comes_back: Callable[[], bool] = lambda: False,
        lost: Callable[[], Sentence | None] = lambda: None,
    ) -> None:
        self._comes_back = comes_back
        self._lost = lost
        self._queue = queue
        self._client = client
        self._reports = Queue(run).reports
        self._messages = {message.submission_id: message for message in messages}
        self._works = works
        self._on_replies = on_replies
        self._cancelled = threading.Event()
        self._left = threading.Event()
        self._sent_ns = 0
        self._taken: Collection[str] = ()
        """Messages that the queue has taken, without those that were taken back."""
        self._fetched: deque[str] = deque()
        """Reports that are to be taken next."""
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

    def put(self) -> None:
        """Put the messages onto the queue; consumers get them from then on.

        Raises:
            EngineError: the Redis-protocol server, or the broker, went away; some of them may be there.
        """
        with self._or_nothing():
            self._put()

    def wait_until_over(self) -> bool:
        """Wait until none of the messages can be delivered again.

        A delivery that another one has overtaken may still be handled then.

        Returns:
            Whether it is so; False if somebody had `leave` called before.

        Raises:
            EngineError: the Redis-protocol server, the broker or all consumers went away.
        """
        with self._or_nothing():
            self._follow()
            if self._left.is_set():
                self._queue.withdraw()
        return not self._left.is_set()

    def close(self) -> None:
        """Tell what is left to tell, once nothing is at work any more or nobody waits for it; delete the keys.

        Raises:
            EngineError: the Redis-protocol server went away.
        """
        try:
            self._drain()
            self._tell_ended(all_known=not self._left.is_set())
            self._client.delete(self._reports)
        except redis.exceptions.RedisError as error:
            raise _failed(DeliveryCode.ANSWERS_MISSING, error) from None
        finally:
            self._queue.close()

    def flying(self) -> list[Flying]:
        """Nothing: what is not being handled when nobody waits any more is not delivered any more."""
        return []

    @property
    def forsaken(self) -> tuple[Flying, ...]:
        """As `flying`."""
        return ()

    @property
    def is_over(self) -> bool:
        """As `flying` says: the consumers know what they are at."""
        return True

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        """Should it break off, no message is delivered any more, as far as the server can be told."""
        try:
            yield
        except (redis.exceptions.RedisError, EngineError) as error:
            with suppress(redis.exceptions.RedisError, EngineError):
                self._queue.withdraw()
            if isinstance(error, EngineError):
                raise
            raise _failed(DeliveryCode.REDIS_FAILED, error) from None

    def _put(self) -> None:
        self._sent_ns = time.monotonic_ns()
        self._taken = self._queue.put(list(self._messages.values()))
        known = [name for name in self._messages if name not in self._taken]
        for name in known:
            self._told[name].add(1)
        now = time.monotonic_ns()
        self._on_replies([self._reply(name, Answer.DUPLICATE, say(DeliveryCode.KNOWN), now) for name in known])

    def _follow(self) -> None:
        """Take reports until the queue holds nothing that may be delivered, and withdraw it.

        A server that went away may come back, as one does that is busy with a script.
        """
        away = None
        while not self._left.is_set():
            if lost := self._lost():
                raise EngineError(lost)
            try:
                if self._nothing_more():
                    self._queue.withdraw()
                    return
            except (redis.exceptions.ConnectionError, redis.exceptions.ResponseError, BrokerError) as error:
                if isinstance(error, redis.exceptions.ResponseError) and not str(error).startswith(_BUSY):
                    raise
                away = away or time.monotonic()
                if time.monotonic() > away + _AWAY_SECONDS and not self._comes_back():
                    raise
                self._left.wait(_LOOK_SECONDS)
            else:
                away = None

    def _nothing_more(self) -> bool:
        """Take what is reported next; whether nothing more can be."""
        if self._cancelled.is_set():
            self._taken = self._queue.take_back()
            self._cancelled.clear()
        if self._drain():
            self._left.wait(_GATHER_SECONDS)
        elif all(self._told.values()) and self._queue.is_quiet():
            return True
        elif answer := self._await_report():
            self._take(answer)
        elif self._queue.is_quiet():
            return True
        if self._gaps:
            self._tell_ended(all_known=False)
        return False

    def _await_report(self) -> str | None:
        found: Any = self._client.blpop([self._reports], timeout=_LOOK_SECONDS)
        return found[1] if found else None

    def _drain(self) -> bool:
        """Take what is reported; whether anything was.

        To take a report may mean to look for others: those that were fetched together with it come first.
        """
        taken = False
        while True:
            reports: Any = self._client.lpop(self._reports, _AT_A_TIME) or ()
            self._fetched.extend(reports)
            while self._fetched:
                self._take(self._fetched.popleft())
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
        told = say(
            DeliveryCode.DELIVERY_SAID if detail else DeliveryCode.DELIVERY,
            delivery=handled.delivery,
            **({"detail": detail} if detail else {}),
        )
        self._on_replies([self._reply(name, answer, told, handled.ended_ns, handled.delivery, handled.began_ns)])

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
        return (name for name in self._taken if not self._told[name])

    def _died(self, name: str, delivery: int, why: DeliveryCode) -> Reply:
        self._told[name].add(delivery)
        told = say(DeliveryCode.DELIVERY_SAID, delivery=delivery, detail=say(why))
        return self._reply(name, Answer.ERROR, told, time.monotonic_ns(), delivery)

    def _reply(
        self, name: str, answer: Answer, detail: Sentence, ended_ns: int, delivery: int = 1, began_ns: int | None = None
    ) -> Reply:
        return Reply(
            submission_id=delivery_id(name, delivery),
            intent_key=self._messages[name].intent_key,
            answer=answer,
            status=0,
            detail=detail,
            sent_ns=began_ns or self._sent_ns,
            received_ns=ended_ns,
            retry_of=name if delivery > 1 else "",
        )


def _failed(code: DeliveryCode, error: redis.exceptions.RedisError) -> EngineError:
    return EngineError(say(code, reason=one_sentence(error, say(EngineCode.THE_REDIS_SERVER))))
