"""One consumer of the queue: ``python -m backend.instance.consumer``, with its settings in the environment.

It reads as textbook consumers do: first what somebody else left behind, then what is new; it acknowledges a message
when the strategy has answered that the intent is done, and leaves it pending when it could not be handled now.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import redis

from backend.engines.gateway.client import GatewayClient
from backend.engines.redis_client import create_redis
from backend.engines.zookeeper.address import address_file as zookeeper_file
from backend.instance import bodies
from backend.instance.flows import flow_of, services_of
from backend.instance.problems import REFUSALS, from_exception
from backend.instance.queue import (
    CLAIM_AFTER_MS,
    GROUP,
    KEY_LIFE_SECONDS,
    MOST_DELIVERIES,
    Handled,
    Message,
    Queue,
    delivery_id,
    queues_key,
)
from backend.instance.services import open_services, warm_up
from backend.instance.settings import InstanceSettings
from backend.model.sentence import Code, Sentence, say, to_document
from backend.model.vocabulary import Answer, OperationKey
from backend.strategies import find, use_folder
from backend.tap.faults import instance_observers
from backend.tap.observer import Tap
from backend.tap.trace import Trace
from backend.tap.zookeeper import ZooKeeperSessions

if TYPE_CHECKING:
    from backend.strategies.base import Services

_BLOCK_MS = 100
_IDLE_SECONDS = 0.03
_CLAIM_SECONDS = 0.1
"""How often somebody else's messages are asked for while there are new ones: they are left behind for longer anyway."""
_HANDLERS = 1
"""A consumer handles one message at a time."""
_UNFINISHED = frozenset({Answer.ERROR, Answer.BUSY})
"""After these the message stays pending: it was not handled, or somebody else is at it."""


class QueueCode(Code):
    """What a consumer says of a message."""

    GIVEN_UP = "queue.given_up"


class Consumer:
    """Handles messages until the process ends.

    Args:
        number: of this process; it names the consumer in the groups.
        lab: whose queues it reads.
        services: the engines, tapped.
        queue: an untapped client.
        tap: where steps pass.
        trace: flushed before the outcome of a delivery is told.
    """

    def __init__(self, number: int, lab: str, services: Services, queue: redis.Redis, tap: Tap, trace: Trace) -> None:
        self._name = f"consumer-{number}"
        self._queues = queues_key(lab)
        self._never = threading.Event()
        self._services = services
        self._queue = queue
        self._tap = tap
        self._trace = trace
        self._runs: list[str] = []
        self._looked = self._claimed = 0.0

    def run(self) -> None:
        """Handle one message after the other."""
        while True:
            try:
                self._handle_next()
            except redis.exceptions.ConnectionError:  # the server may come back; what was not acknowledged is pending
                self._never.wait(_IDLE_SECONDS)

    def _handle_next(self) -> None:
        """Handle a message of each run, if there is one."""
        if time.monotonic() > self._looked + _IDLE_SECONDS:
            found: Any = self._queue.smembers(self._queues)
            self._runs, self._looked = sorted(found), time.monotonic()
        for run in self._runs:
            self._handle_one(Queue(run), None if len(self._runs) > 1 else _BLOCK_MS)
        if len(self._runs) != 1:
            self._never.wait(_IDLE_SECONDS)

    def _handle_one(self, keys: Queue, block_ms: int | None) -> None:
        """Handle the next message of a run, if there is one."""
        try:
            if self._claim_is_due() and (left_behind := self._claim(keys.stream)):
                self._handle(keys, *left_behind)
                return
            new: Any = self._queue.xreadgroup(GROUP, self._name, {keys.stream: ">"}, count=1, block=block_ms)
            for _, entries in new or ():
                for entry, fields in entries:
                    self._handle(keys, entry, fields, delivery=1)
        except redis.exceptions.ResponseError as error:
            if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                raise
            self._runs = [run for run in self._runs if run != keys.run]  # it is over, and its stream deleted

    def _claim_is_due(self) -> bool:
        due = len(self._runs) > 1 or time.monotonic() > self._claimed + _CLAIM_SECONDS
        if due:
            self._claimed = time.monotonic()
        return due

    def _claim(self, stream: str) -> tuple[str, Any, int] | None:
        """What somebody else left behind, and which delivery of it this is; another one is asked for at once."""
        answer: Any = self._queue.xautoclaim(stream, GROUP, self._name, CLAIM_AFTER_MS, "0-0", count=1)
        for entry, fields in answer[1]:
            self._claimed = 0.0
            known: Any = self._queue.xpending_range(stream, GROUP, entry, entry, 1)
            if fields and known:
                return entry, fields, int(known[0]["times_delivered"])
        return None

    def _handle(self, keys: Queue, entry: str, fields: Any, delivery: int) -> None:  # noqa: ANN401  as redis-py has it
        message = Message.from_fields(fields)
        operation = urlsplit(message.path).path.rpartition("/")[2]
        submission = delivery_id(message.submission_id, delivery)
        with self._trace.handling(submission, operation, message.intent_key):
            began = time.monotonic_ns()
            outcome = self._deliver(keys.stream, entry, message, submission, delivery)
            if outcome is None:
                return
            answer, detail = outcome
            self._trace.flush()
            said = to_document(detail) if detail else None
            handled = Handled(message.submission_id, delivery, answer, said, began, time.monotonic_ns())
            pipeline = self._queue.pipeline(transaction=False)
            pipeline.rpush(keys.reports, msgspec.json.encode(handled))
            pipeline.expire(keys.reports, KEY_LIFE_SECONDS)
            pipeline.execute()

    def _deliver(
        self, stream: str, entry: str, message: Message, submission: str, delivery: int
    ) -> tuple[Answer, Sentence | None] | None:
        """Handle a message, and acknowledge it if nobody needs to get it again; None where it is nobody's any more."""
        with self._tap.flow(flow_of(message.headers.get, submission)):
            if not self._services.redis.xpending_range(stream, GROUP, entry, entry, 1):
                return None  # somebody was quicker, or the run was given up
            answer, detail = self._answer(message, submission, delivery)
            if answer not in _UNFINISHED or delivery >= MOST_DELIVERIES:
                self._services.redis.xack(stream, GROUP, entry)
        return answer, detail

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
            services = services_of(self._services, message.headers.get)
            answer = variant.run(bodies.to_request(operation, body, submission, services.gateway, key), services)
        except Exception as error:  # noqa: BLE001  whatever it is, the message was not handled
            problem = from_exception(error)
            return problem.answer, problem.detail
        refusal = REFUSALS.get(answer)
        return answer, refusal.detail if refusal else None


def main() -> None:
    """Consume until interrupted."""
    settings = InstanceSettings.from_environment()
    use_folder(settings.folder)
    trace = Trace(settings.number, Path(settings.trace))
    tap = Tap(instance_observers(trace, Path(settings.trace).parent))
    engines = trace.await_welcome()
    gateway = GatewayClient(Path(engines.gateway), trace.want_gateway)
    zookeeper = ZooKeeperSessions(zookeeper_file(Path(settings.trace).parent), tap, trace.want_zookeeper)
    services = open_services(
        engines.database, engines.redis, tap, connections=_HANDLERS, gateway=gateway, zookeeper=zookeeper
    )
    warm_up(services, _HANDLERS)
    queue = create_redis(engines.redis)
    trace.get_ready()
    Consumer(settings.number, settings.lab, services, queue, tap, trace).run()


if __name__ == "__main__":
    main()
