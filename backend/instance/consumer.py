"""One consumer of the queue: ``python -m backend.instance.consumer``, with its settings in the environment.

It reads as textbook consumers do: first what somebody else left behind, then what is new; it acknowledges a message
when the strategy has answered that the intent is done, and leaves it pending when it could not be handled now.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import redis

from backend.engines.redis_client import create_redis
from backend.gateway.client import GatewayClient
from backend.instance import bodies
from backend.instance.flows import flow_of, services_of
from backend.instance.problems import REFUSALS, from_exception
from backend.instance.services import open_services, warm_up
from backend.instance.settings import InstanceSettings
from backend.model import Answer, OperationKey
from backend.sentence import Sentence, to_document
from backend.strategies import find
from backend.stream import (
    CLAIM_AFTER_MS,
    GROUP,
    MOST_DELIVERIES,
    STREAM,
    Handled,
    Message,
    delivery_id,
    reports_key,
)
from backend.tap.faults import instance_observers
from backend.tap.observer import Tap
from backend.tap.trace import Trace
from backend.zookeeper.client import ZooKeeperSessions, address_file

if TYPE_CHECKING:
    from backend.strategies.base import Services

_BLOCK_MS = 100
_HANDLERS = 1
"""A consumer handles one message at a time."""
_UNFINISHED = frozenset({Answer.ERROR, Answer.BUSY})
"""After these the message stays pending: it was not handled, or somebody else is at it."""


class Consumer:
    """Handles messages until the process ends.

    Args:
        number: of this process; it names the consumer in the group.
        services: the engines, tapped.
        queue: an untapped client.
        tap: where steps pass.
        trace: flushed before the outcome of a delivery is told.
    """

    def __init__(self, number: int, services: Services, queue: redis.Redis, tap: Tap, trace: Trace) -> None:
        self._name = f"consumer-{number}"
        self._services = services
        self._queue = queue
        self._tap = tap
        self._trace = trace

    def run(self) -> None:
        """Handle one message after the other."""
        while True:
            try:
                for entry, fields in self._next():
                    self._handle(entry, Message.from_fields(fields))
            except redis.exceptions.ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                make_group(self._queue)  # the lab was reset

    def _next(self) -> list[tuple[str, Any]]:
        answer: Any = self._queue.xautoclaim(STREAM, GROUP, self._name, CLAIM_AFTER_MS, "0-0", count=1)
        claimed = [(entry, fields) for entry, fields in answer[1] if fields]
        if claimed:
            return claimed
        new: Any = self._queue.xreadgroup(GROUP, self._name, {STREAM: ">"}, count=1, block=_BLOCK_MS)
        return [(entry, fields) for _, entries in new or () for entry, fields in entries]

    def _handle(self, entry: str, message: Message) -> None:
        began = time.monotonic_ns()
        known: Any = self._queue.xpending_range(STREAM, GROUP, entry, entry, 1)
        if not known:
            return  # somebody was quicker
        delivery = int(known[0]["times_delivered"])
        submission = delivery_id(message.submission_id, delivery)
        with self._tap.flow(flow_of(message.headers.get, submission)):
            self._services.redis.xpending_range(STREAM, GROUP, entry, entry, 1)
            answer, detail = self._answer(message, submission)
            over = answer not in _UNFINISHED or delivery >= MOST_DELIVERIES
            if over:
                self._services.redis.xack(STREAM, GROUP, entry)
        self._trace.flush()
        said = to_document(detail) if detail else None
        handled = Handled(message.submission_id, delivery, answer, said, began, time.monotonic_ns(), over)
        self._queue.rpush(reports_key(message.run), msgspec.json.encode(handled))

    def _answer(self, message: Message, submission: str) -> tuple[Answer, Sentence | None]:
        url = urlsplit(message.path)
        query = parse_qs(url.query)
        try:
            operation = OperationKey(url.path.rpartition("/")[2])
            _, variant = find(query["strategy"][0], query.get("variant", [""])[0])
            body = bodies.read_body(operation, message.body)
            key = message.headers.get("Idempotency-Key", "")
            services = services_of(self._services, message.headers.get)
            answer = variant.handle(bodies.to_request(operation, body, submission, services.gateway, key), services)
        except Exception as error:  # noqa: BLE001  whatever it is, the message was not handled
            problem = from_exception(error)
            return problem.answer, problem.detail
        refusal = REFUSALS.get(answer)
        return answer, refusal.detail if refusal else None


def make_group(queue: redis.Redis) -> None:
    """Create the stream and its group, unless they are there."""
    try:
        queue.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.exceptions.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def main() -> None:
    """Consume until interrupted."""
    settings = InstanceSettings.from_environment()
    trace = Trace(settings.number, Path(settings.trace))
    tap = Tap(instance_observers(trace, Path(settings.trace).parent))
    engines = trace.await_welcome()
    gateway = GatewayClient(Path(engines.gateway), trace.want_gateway)
    zookeeper = ZooKeeperSessions(address_file(Path(settings.trace).parent), tap)
    services = open_services(
        engines.database, engines.redis, tap, connections=_HANDLERS, gateway=gateway, zookeeper=zookeeper
    )
    warm_up(services, _HANDLERS)
    queue = create_redis(engines.redis)
    make_group(queue)
    trace.get_ready()
    Consumer(settings.number, services, queue, tap, trace).run()


if __name__ == "__main__":
    main()
