"""A service as it is deployed to be explored: its engines behind doors, its instances, a caller for each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol, Self

from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.vocabulary import Answer
from backend.service.ageing import Ageing
from backend.service.engines import service_engines
from backend.service.exchange import answer_of, build
from backend.service.explored.background import Background
from backend.service.explored.fleet import ANSWER_S, Fleet
from backend.service.explored.footprints import Schema
from backend.service.explored.lateness import Lateness
from backend.service.explored.locks import open_locks
from backend.service.explored.spares import Spares
from backend.service.explored.warm_up import LEAST_QUIET_S, warm_up
from backend.service.intents import Intents, ServiceIntent
from backend.service.process import LOOPBACK, ServiceProcesses
from backend.service.says import ServiceCode
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.hub import Hub
from backend.service.wire.link import Handler
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backend.explorer.queues import Place
    from backend.lab.senders.http import Response
    from backend.model.vocabulary import EngineKind
    from backend.service.description import Description
    from backend.service.exchange import Asks
    from backend.service.reach import Reach
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

__all__ = ["ANSWER_S", "Deployment", "StartCancelledError"]

_NEVER_QUIET = 20
"""A service is waited for so many times as long as it is to be quiet."""


class StartCancelledError(Exception):
    """Somebody has lost interest before the service was ready."""


class StepHandler(Handler, Protocol):
    """Handles all that instances send while a schedule is played."""

    def answered(self, instance: int, response: Response | None) -> None:
        """An instance has answered its caller, or hung up."""


class Deployment:
    """Starts all of it, and stops it in the end. A context manager; use it in the thread that opened it.

    Args:
        description: of the service.
        folder: that of the file.
        instances: how many to start.
        niceness: how much everything that is started steps back for others.
        redis_url: a running Redis-protocol server, where the file names none.
        cancelled: set it from anywhere, and the start ends with a StartCancelledError.
    """

    def __init__(
        self,
        description: Description,
        folder: Path,
        instances: int,
        *,
        niceness: int = 0,
        redis_url: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> None:
        self.description = description
        self._cancelled = cancelled or threading.Event()
        self._folder = folder
        self._count = instances
        self._niceness = niceness
        self._redis_url = redis_url
        self._exit = ExitStack()
        self.handler: StepHandler | None = None
        self._let_in: set[tuple[int, EngineKind]] = set()
        """Instances that have talked to an engine, and so do not insist on TLS."""
        self.hub = Hub(self)
        self._is_asking = False
        """Whether a request is under way while no schedule is played."""
        self._is_idle = False
        """Whether no request is under way, so that whatever comes was not asked for."""
        self._last_own = 0.0
        """When something came that may have been asked for, on the monotonic clock."""
        self.last_step_ns = 0
        """When a request issued its last step while no schedule was played."""
        self.steps = 0
        """How many such steps there were."""
        self._has_answered = False
        """Whether the last submission has its answer, while no schedule is played."""
        self._works_on = False
        """Whether an instance was seen to send something, or to hang up on an engine, after its answer."""
        self.background = Background()
        self.lateness = Lateness()
        self.quiet_s = LEAST_QUIET_S
        """How long an instance must be silent after its answer before its request counts as over."""
        self.falls_silent = False
        """Whether nothing was seen to follow upon an answer."""
        self.overtaken: Counter[Place] = Counter()
        """See `Queues`."""

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._open(opened)
            self._exit = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def _open(self, opened: ExitStack) -> None:
        if not self.description.service.command:
            raise SubmitTwiceError(say(ServiceCode.MISSING_KEY, table="service", key="command"))
        supervisor = opened.enter_context(Supervisor(self._niceness))
        self.engines = opened.enter_context(service_engines(self.description, supervisor, self._redis_url))
        opened.callback(self.hub.close)
        processes = ServiceProcesses(self.description.service, self._folder, supervisor)
        self.fleet = Fleet(processes, self.hub, self._answered)
        opened.callback(self.fleet.hang_up)
        set_up_values = self._door_values(0)
        self.fleet.meanwhile(lambda: processes.set_up(set_up_values))
        opened.callback(processes.stop)
        for number in range(1, self._count + 1):
            self.fleet.start(number, self._door_values(number))
        for number in self.fleet.numbers:
            self.fleet.await_ready(number, self._cancelled)
            self.go_on()
        self.spares = Spares(self.fleet, self.hub, self, kills=self.description.service.kill)
        kind = self.engines.database.kind if self.engines.database else None
        is_ours = not (self.description.database and self.description.database.reset)
        self.locks = opened.enter_context(open_locks(self.engines.own, kind, may_alter=is_ours))
        self.schema = Schema(self.engines.own)
        self.ageing = Ageing(self.engines)
        self.turn_to(self.description)

    def turn_to(self, description: Description) -> None:
        """Ask the same service for something else: another request, with what comes before and after it.

        Raises:
            SubmitTwiceError: a first submission is answered with an error, no step comes through the doors, or what the
                file has under `before` fails.
        """
        self.description = description
        self.intents = Intents(description, self.engines, self._call, self.engines.calls)
        self.background, self.lateness = Background(), Lateness()
        self._works_on = False
        self.spares.gather(self._count)
        self.quiet_s = warm_up(self)
        self.falls_silent = self.quiet_s == LEAST_QUIET_S and not self._works_on

    # What the hub tells

    def holds(self, link: Link, unit: Unit) -> bool:
        """Whether a unit that is no step has come behind one that is not passed on yet."""
        return self.handler is not None and self.handler.holds(link, unit)

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance."""
        self.fleet.note_work(link.instance)
        if self.handler is not None:
            self.handler.arrived(link, unit)
            return
        self.lateness.acted(unit.text)
        if unit.handling is Handling.STEP:
            self._note(link, unit)
        else:
            self._note_own()
        link.send(unit)

    def _note(self, link: Link, unit: Unit) -> None:
        if self._is_idle and not self.intents.names_one(unit.text):
            self.background.came_by_itself(unit)
        elif self._is_asking or not self.background.takes(link, unit):
            self._note_own()
            self.last_step_ns = time.monotonic_ns()
            self.steps += 1
            if self._is_asking:
                self.background.came_with_request(unit)

    def _note_own(self) -> None:
        """Something has come that may have been asked for."""
        self._last_own = time.monotonic()
        self._works_on = self._works_on or (self._has_answered and not self._is_idle)

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        self._let_in.add((link.instance, link.dialect.engine))
        if self.handler is not None:
            self.handler.replied(link, unit, reply)
        else:
            self.background.replied(link, in_transaction=reply.in_transaction)
            link.deliver(reply)

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        if link.dialect.wants_tls and (link.instance, link.dialect.engine) not in self._let_in:
            raise SubmitTwiceError(say(ServiceCode.WANTS_TLS, engine=link.dialect.engine.value))
        if self.handler is not None:
            self.handler.closed(link)
        elif self._has_answered and not self._is_idle:
            self._works_on = True

    def submit(self, instance: int, intent: ServiceIntent, number: int) -> None:
        """Send a submission of an intent to an instance; its answer is told to the handler.

        Raises:
            SubmitTwiceError: the instance cannot be reached.
        """
        request = build(self.description.request, self.fleet.host(instance), intent.submission(number))
        self.lateness.asked(instance, intent.key)
        self._has_answered = False
        self.fleet.send(instance, request)

    def answer_of(self, response: Response | None) -> Answer:
        """What a caller is told by a response."""
        return Answer.ERROR if response is None else answer_of(response, self.description.answers)

    def submit_alone(self, instance: int, intent: ServiceIntent, number: int) -> Response | None:
        """Send a submission while nothing else is under way, and wait for the answer and for what follows it."""
        self.submit(instance, intent, number)
        response = self.await_response(instance)
        self.stay_quiet(self.quiet_s)
        return response

    def ask_once_more(self, intent: ServiceIntent, number: int) -> Response | None:
        """Send a last submission of an intent, when everything is over."""
        return self.submit_alone(self.spares.any(), intent, number)

    def stay_quiet(self, seconds: float) -> None:
        """Return when nothing that was asked for has come for so long, or after 20 times as long at the latest."""
        since = time.monotonic()
        until = since + _NEVER_QUIET * seconds
        while (left := min(until, max(since, self._last_own) + seconds) - time.monotonic()) > 0:
            self.hub.poll(left)

    def ask(self, instance: int) -> None:
        """Submit an intent of its own to an instance."""
        self.submit(instance, self.intents.fresh(), 1)

    def is_well(self, instance: int) -> bool:
        """Whether an instance has answered, and no error."""
        response = self.await_response(instance)
        self.stay_quiet(self.quiet_s)
        return self.answer_of(response) is not Answer.ERROR

    def _answered(self, instance: int, response: Response | None) -> None:
        self.lateness.answered(instance)
        self._has_answered = True
        if self.handler is not None:
            self.handler.answered(instance, response)

    def observe(self, seconds: float) -> None:
        """See what the service does without being asked."""
        until = time.monotonic() + seconds
        self._is_idle = True
        while (left := until - time.monotonic()) > 0:
            self.hub.poll(left)
        self._is_idle = False
        self.background.idle_s += seconds

    def go_on(self) -> None:
        """Go on unless somebody has lost interest.

        Raises:
            StartCancelledError: the exploration was cancelled while it started.
        """
        if self._cancelled.is_set():
            raise StartCancelledError

    def _call(self, asks: Asks, values: Mapping[str, str]) -> Response | None:
        """Ask the service for something that is no submission: before the first one, or after the last."""
        instance = self.spares.any()
        self.fleet.send(instance, build(asks, self.fleet.host(instance), values))
        return self.await_response(instance)

    def await_response(self, instance: int) -> Response | None:
        """The response to the last submission."""
        self._is_asking, since = True, time.monotonic()
        try:
            return self.fleet.await_response(instance)
        finally:
            self._is_asking = False
            self.background.asked_s += time.monotonic() - since

    def _door_values(self, instance: int) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for reach in self.engines.reaches:
            door = self.hub.open_door(instance, DIALECTS[reach.kind], reach.open)
            values |= _at_door(reach, door.port)
        return values


def _at_door(reach: Reach, port: int) -> Mapping[str, str]:
    return reach.at(LOOPBACK, port).placeholders()
