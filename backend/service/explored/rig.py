"""Everything that an exploration of a service needs: its engines behind doors, its instances, a caller for each."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol, Self

from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import plain, say
from backend.model.vocabulary import Answer
from backend.service.ageing import Ageing
from backend.service.engines import service_engines
from backend.service.exchange import answer_of, build
from backend.service.explored.caller import Caller
from backend.service.explored.footprints import Schema
from backend.service.explored.locks import open_locks
from backend.service.intents import Intents, ServiceIntent
from backend.service.process import LOOPBACK, Instance, ServiceProcesses
from backend.service.says import ServiceCode
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.hub import Hub
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from backend.lab.senders.http import Response
    from backend.model.vocabulary import EngineKind
    from backend.service.description import Description
    from backend.service.exchange import Asks
    from backend.service.reach import Reach
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

ANSWER_S = 30.0
"""A service that takes longer for one step, or for one answer, is not explored."""
_LEAST_QUIET_S = 0.001
_MOST_QUIET_S = 0.2
_LOOK_S = 0.02
_WARM_UPS = 6
"""Drivers prepare a statement when they have seen it five times; that must not happen within a schedule."""
_AFTERWARDS_S = 0.15
_REVIVALS = 8


class StartCancelledError(Exception):
    """Somebody has lost interest before the service was ready."""


class Director(Protocol):
    """Who decides what becomes of steps while a schedule is played."""

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance."""

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""

    def closed(self, link: Link) -> None:
        """A connection has ended."""

    def answered(self, instance: int, response: Response | None) -> None:
        """An instance has answered its caller, or hung up."""


class Rig:
    """A context manager; use it in the thread that opened it.

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
        self.director: Director | None = None
        self._let_in: set[tuple[int, EngineKind]] = set()
        """Instances that have talked to an engine, and so do not insist on TLS."""
        self.hub = Hub(self)
        self._callers: dict[int, Caller] = {}
        self._responses: dict[int, Response | None] = {}
        self._values: dict[int, Mapping[str, str]] = {}
        self._last_unit_ns = 0
        self._steps = 0
        self.quiet_s = _LEAST_QUIET_S
        """How long an instance must be silent after its answer before its request counts as over."""
        self.background = 0
        """Steps that no request has issued."""

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
        opened.callback(self._hang_up)
        self.processes = ServiceProcesses(self.description.service, self._folder, supervisor)
        set_up_values = self._door_values(0)
        self._meanwhile(lambda: self.processes.set_up(set_up_values))
        opened.callback(self.processes.stop)
        for number in range(1, self._count + 1):
            self._values[number] = self._door_values(number)
            self._start(number)
        for instance in list(self.processes.instances):
            self._await_ready(instance, self._cancelled)
            self._go_on()
        kind = self.engines.database.kind if self.engines.database else None
        self.locks = opened.enter_context(open_locks(self.engines.own, kind))
        self.schema = Schema(self.engines.own)
        self.ageing = Ageing(self.engines)
        self.turn_to(self.description)

    def turn_to(self, description: Description) -> None:
        """Ask the same service for something else: another request, with what comes before and after it.

        Raises:
            SubmitTwiceError: the service fails, or what comes before or after does.
        """
        self.description = description
        self.intents = Intents(description, self.engines, self._call, self.engines.calls)
        self._warm_up()

    # While nobody directs

    def arrived(self, link: Link, unit: Unit) -> None:
        """A unit has come from an instance."""
        self._last_unit_ns = time.monotonic_ns()
        self._steps += unit.handling is Handling.STEP
        if self.director is not None:
            self.director.arrived(link, unit)
        else:
            link.send(unit)

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """An engine has answered a unit."""
        self._let_in.add((link.instance, link.dialect.engine))
        if self.director is not None:
            self.director.replied(link, unit, reply)
        else:
            link.deliver(reply)

    def closed(self, link: Link) -> None:
        """A connection has ended."""
        if link.dialect.wants_tls and (link.instance, link.dialect.engine) not in self._let_in:
            raise SubmitTwiceError(say(ServiceCode.WANTS_TLS, engine=link.dialect.engine.value))
        if self.director is not None:
            self.director.closed(link)

    def submit(self, instance: int, intent: ServiceIntent, number: int) -> None:
        """Send a submission of an intent to an instance; its answer is told to the director.

        Raises:
            SubmitTwiceError: the instance cannot be reached.
        """
        host = self._instance(instance).host
        self._send(instance, build(self.description.request, host, intent.submission(number)))

    def answer_of(self, response: Response | None) -> Answer:
        """What a caller is told by a response."""
        return Answer.ERROR if response is None else answer_of(response, self.description.answers)

    def submit_alone(self, instance: int, intent: ServiceIntent, number: int) -> Response | None:
        """Send a submission while nothing else is under way, and wait for the answer and for what follows it."""
        self.submit(instance, intent, number)
        response = self._await_response(instance)
        self.stay_quiet(self.quiet_s)
        return response

    def stay_quiet(self, seconds: float) -> None:
        """Return when nothing has come for so long."""
        while self.hub.poll(seconds):
            pass

    def revive(self, instance: int) -> None:
        """Let an instance in again after it was cut off, and have it find its way to its engines.

        Raises:
            SubmitTwiceError: it does not recover.
        """
        anew = self.description.service.kill
        if not anew:
            self._let_finish(instance)
        for _ in range(_REVIVALS):
            if anew or self._instance(instance).ended.is_set():
                anew = False
                self._start_anew(instance)
            try:
                response = self.submit_alone(instance, self.intents.fresh(), 1)
            except InstanceError:
                self._instance(instance).ended.wait(_LOOK_S)  # cut connections can end a service, a moment later
                continue
            if self.answer_of(response) is not Answer.ERROR:
                return
        raise self._away(instance)

    def _let_finish(self, instance: int) -> None:
        """Whatever the request of an instance that was cut off still does in there, it does now."""
        caller = self._callers[instance]
        deadline = time.monotonic() + ANSWER_S / 10
        while caller.is_busy and not self._instance(instance).ended.is_set() and time.monotonic() < deadline:
            self.hub.poll(_LOOK_S)
        caller.hang_up()
        self.hub.reopen(instance)

    def _start_anew(self, instance: int) -> None:
        child = self._instance(instance).child
        self._callers[instance].hang_up()
        if child is not None:
            child.kill()
            child.wait(ANSWER_S)
        self.hub.reopen(instance)
        self._start(instance)
        self._await_ready(self._instance(instance))

    def _start(self, number: int) -> None:
        instance = self.processes.start(number, self._values[number])
        self._callers[number] = Caller(instance.host, self.hub, lambda response: self._answered(number, response))

    def _hang_up(self) -> None:
        for caller in self._callers.values():
            caller.hang_up()

    def _answered(self, instance: int, response: Response | None) -> None:
        self._responses[instance] = response
        if self.director is not None:
            self.director.answered(instance, response)

    def _await_ready(self, instance: Instance, cancelled: threading.Event | None = None) -> None:
        self._meanwhile(lambda: self.processes.await_ready(instance, cancelled))

    def _go_on(self) -> None:
        if self._cancelled.is_set():
            raise StartCancelledError

    def _meanwhile(self, work: Callable[[], None]) -> None:
        """Do something that may need the engines behind their doors, so the hub must go on."""
        failure: list[BaseException] = []

        def carry_out() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  carried to the caller's thread
                failure.append(error)

        working = threading.Thread(target=carry_out, name="service-start", daemon=True)
        working.start()
        while working.is_alive():
            self.hub.poll(_LOOK_S)
        if failure:
            raise failure[0]

    def _warm_up(self) -> None:
        """Every way through the service once, on each instance; and how long it works on after its answers."""
        longest, before = 0.0, self._steps
        for turn in range(_WARM_UPS):
            for instance in self._callers:
                self._go_on()
                intent = self.intents.fresh()
                for number in (1, 2):
                    response = self.submit_alone(instance, intent, number)
                    answered = time.monotonic_ns()
                    if number == 1 and self.answer_of(response) is Answer.ERROR:
                        raise self._refused(instance, response)
                    self.stay_quiet(_AFTERWARDS_S if turn == 0 else _LEAST_QUIET_S)
                    longest = max(longest, (self._last_unit_ns - answered) / 1e9)
        self.quiet_s = _LEAST_QUIET_S
        if self._steps == before:
            raise SubmitTwiceError(say(ServiceCode.NO_STEPS))
        if longest > 0:
            self.quiet_s = min(_MOST_QUIET_S, max(4 * longest, 10 * _LEAST_QUIET_S))

    def _call(self, asks: Asks, values: Mapping[str, str]) -> Response | None:
        instance = min(self._callers)
        self._send(instance, build(asks, self._instance(instance).host, values))
        return self._await_response(instance)

    def _send(self, instance: int, request: bytes) -> None:
        self._responses.pop(instance, None)
        try:
            self._callers[instance].send(request)
        except OSError:
            raise self._away(instance) from None

    def _await_response(self, instance: int) -> Response | None:
        deadline = time.monotonic() + ANSWER_S
        while instance not in self._responses:
            self.hub.poll(_LOOK_S)
            if time.monotonic() > deadline:
                raise SubmitTwiceError(
                    say(ServiceCode.NEVER_ANSWERED, seconds=ANSWER_S, output=self._instance(instance).output())
                )
            if self._instance(instance).ended.is_set():
                raise self._away(instance)
        return self._responses.pop(instance)

    def _instance(self, number: int) -> Instance:
        return next(one for one in self.processes.instances if one.number == number)

    def _away(self, instance: int) -> InstanceError:
        output = plain(self._instance(instance).output() or "-")
        return InstanceError(say(ServiceCode.SERVICE_AWAY, instance=instance, output=output))

    def _refused(self, instance: int, response: Response | None) -> InstanceError:
        status = response.status if response else 0
        body = response.body[:300].decode("utf-8", "replace") if response else ""
        output = self._instance(instance).output() or "-"
        return InstanceError(say(ServiceCode.ALWAYS_FAILS, status=status, body=plain(body), output=plain(output)))

    def _door_values(self, instance: int) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for reach in self.engines.reaches:
            door = self.hub.open_door(instance, DIALECTS[reach.kind], reach.open)
            values |= _at_door(reach, door.port)
        return values


def _at_door(reach: Reach, port: int) -> Mapping[str, str]:
    return reach.at(LOOPBACK, port).placeholders()
