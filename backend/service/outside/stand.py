"""A service that is being judged from outside: started by us with its engines behind doors, or running somewhere."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import plain, say
from backend.service.ageing import Ageing
from backend.service.engines import service_engines
from backend.service.exchange import Host, build
from backend.service.intents import Intents
from backend.service.outside.client import require_open, send
from backend.service.outside.unseen import Unseen
from backend.service.process import LAST_LINES, LOOPBACK, Instance, ServiceProcesses, how_it_ended, last_lines
from backend.service.says import ServiceCode
from backend.service.target import allowed_target
from backend.service.wire.attribution import ASKED, InFlight
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.fault_injector import Processes
from backend.service.wire.hub import Hub
from backend.service.wire.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.lab.senders.http import Response
    from backend.model.observed import Step
    from backend.model.plan import Fault
    from backend.service.description import Description
    from backend.service.exchange import Asks

ASK_S = 30.0
_LOOK_S = 0.05
_QUIET_S = 0.1


class Stand:
    """A context manager.

    Args:
        description: of the service.
        folder: that of the file.
        faults: at steps on the wire.
        allowed: hosts other than this machine that may be tested.
        niceness: how much everything that is started steps back for others.
        redis_url: a running Redis-protocol server, where the file names none.
        on_steps: told each step that is seen on the wire.
        cancelled: set it from anywhere, and nobody waits any longer for an instance to become ready.
    """

    def __init__(
        self,
        description: Description,
        folder: Path,
        *,
        faults: Sequence[Fault] = (),
        allowed: Collection[str] = (),
        niceness: int = 0,
        redis_url: str | None = None,
        on_steps: Callable[[Sequence[Step]], None] = lambda _steps: None,
        cancelled: threading.Event | None = None,
    ) -> None:
        self.description = description
        self._folder = folder
        self._allowed = frozenset(allowed)
        self._niceness = niceness
        self._redis_url = redis_url
        self._cancelled = cancelled
        self._exit = ExitStack()
        self._stopped = threading.Event()
        self._failure: Exception | None = None
        self._failed = threading.Event()
        self._values: dict[int, Mapping[str, str]] = {}
        self.faults = tuple(faults)
        self._revivals: list[threading.Thread] = []
        self._revival_guard = threading.Lock()
        self._crashed: set[Child] = set()
        self.recorder = Recorder(Processes(self._crash, self._pause), faults, on_steps)
        self.hub = Hub(self.recorder, awaits_servers=True)
        self.recorder.hub = self.hub
        self.asked = 0
        """Requests so far that are no submissions: what comes before an intent, and how often it took effect."""
        self.quiet_s = _QUIET_S
        """How long the wire must be silent before the service counts as done."""
        self.is_ours = not description.service.url
        """Whether we started it, and so may kill it and see its steps."""

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._open(opened)
            self._exit = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Where the instances listen, by their numbers."""
        return tuple(self._running_at) if not self.is_ours else tuple(one.host for one in self._instances())

    def wait_until_quiet(self, limit_s: float, given_up: threading.Event) -> bool:
        """Wait until nothing of the service is seen to be at work any more; whether that is so before it is given up.

        Of a service that was not started by us nothing can be seen: then it is asked for its effects until they stay.
        """
        deadline = time.monotonic() + limit_s
        while self.silent_s < self.quiet_s or self.is_at_work:
            if time.monotonic() > deadline or given_up.wait(_LOOK_S / 5):
                return False
        return True

    @property
    def silent_s(self) -> float:
        """For how long nothing of the service's work was seen, and nobody was answered."""
        return (time.monotonic_ns() - max(self.recorder.last_event_ns, self.unseen.last_ns)) / 1e9

    @property
    def is_at_work(self) -> bool:
        """Whether something of the service is at work now, or is stopped and will go on."""
        return self.recorder.is_busy or self.unseen.is_there()

    def disturb(self, faults: Sequence[Fault]) -> None:
        """From now on these faults happen, and no others. Nothing may be under way."""
        self.faults = tuple(faults)
        self.recorder.disturb(faults)

    def kill(self, number: int) -> None:
        """Kill an instance (SIGKILL)."""
        self._kill(number)

    def start_again(self, number: int) -> None:
        """Start an instance again that has ended; it is ready when this returns.

        Raises:
            InstanceError: the command cannot be run, or the instance is not ready in time.
        """
        instance = self._instance(number)
        if instance.child is not None:
            instance.child.wait(ASK_S)
        self._processes.start(number, self._values[number])
        self._processes.await_ready(self._instance(number))

    def await_instances(self) -> None:
        """Wait until every instance that a fault has killed serves again.

        Raises:
            InstanceError: an instance that a fault has killed is not ready again in time.
        """
        while self._revivals:
            self._revivals.pop().join()
        if self._failure is not None:
            raise self._failure

    def has_ended(self, number: int) -> bool:
        """Whether an instance has died."""
        return self.is_ours and self._instance(number).ended.is_set()

    def output(self, number: int, lines: int = LAST_LINES) -> str:
        """The last lines that an instance wrote."""
        return self._instance(number).output(lines) if self.is_ours else ""

    def _open(self, opened: ExitStack) -> None:
        if not self.is_ours:  # before anything is asked of anybody, or emptied
            self._running_at = [allowed_target(self.description.service.url, self._allowed)]
        supervisor = opened.enter_context(Supervisor(self._niceness))
        self._carry(opened)
        self.engines = opened.enter_context(
            service_engines(self.description, supervisor, self._redis_url, survives_crashes=True)
        )
        self.unseen = Unseen(self.recorder, self.engines.prepared, self._pids)
        if self.is_ours:
            self._start(supervisor, opened)
        else:
            asyncio.run(require_open(self._running_at[0]))
        self.ageing = Ageing(self.engines)
        self.intents = Intents(self.description, self.engines, self._ask, self.engines.calls)

    def _carry(self, opened: ExitStack) -> None:
        carrier = threading.Thread(target=self._poll, name="wire", daemon=True)
        carrier.start()

        def stop() -> None:
            self._stopped.set()
            carrier.join()
            self.hub.close()

        opened.callback(stop)

    def _start(self, supervisor: Supervisor, opened: ExitStack) -> None:
        if not self.description.service.command:
            keys = (plain("command"), plain("url"))
            raise SubmitTwiceError(say(ServiceCode.ONE_OF, table="service", keys=keys))
        self._processes = ServiceProcesses(self.description.service, self._folder, supervisor)
        opened.callback(self._processes.stop)
        self._processes.set_up(self._door_values(0))
        numbers = range(1, self.description.service.instances + 1)
        for number in numbers:
            self._values[number] = self._door_values(number)
            self._processes.start(number, self._values[number])
        for number in numbers:
            self._processes.await_ready(self._instance(number), self._cancelled, self._failed)
            self.require_well()

    def require_well(self) -> None:
        """Make sure that the wire can be looked into, and that every instance is there.

        Raises:
            SubmitTwiceError: the service insists on TLS, or an instance has ended by itself.
            Exception: what the thread that carries everything has failed with.
        """
        self.await_instances()
        for instance in self._instances() if self.is_ours else ():
            if instance.ended.is_set():
                how, output = how_it_ended(instance), last_lines(instance)
                raise InstanceError(say(ServiceCode.ENDED, instance=instance.number, how=how, output=output))

    def _poll(self) -> None:
        while not self._stopped.is_set():
            try:
                self.hub.poll(_LOOK_S)
            except Exception as error:  # noqa: BLE001  one broken connection must not end all others
                self._fail(error)
            if self.recorder.wanted_tls is not None and self._failure is None:
                self._fail(SubmitTwiceError(say(ServiceCode.WANTS_TLS, engine=self.recorder.wanted_tls.value)))

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        self._failed.set()

    def _ask(self, asks: Asks, values: Mapping[str, str]) -> Response | None:
        """Whatever the service then asks its engines is none of its work."""
        self.asked += 1
        host, name = self.hosts[0], f"{values['key']}.{ASKED}"
        self.recorder.asks(InFlight(name, 1, values["key"], values.get("uuid", "")))
        try:
            return asyncio.run(send(host, build(asks, host, values), ASK_S)).response
        finally:
            self.recorder.asked(name)

    def _door_values(self, instance: int) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for reach in self.engines.reaches:
            door = self.hub.open_door(instance, DIALECTS[reach.kind], reach.open)
            values |= reach.at(LOOPBACK, door.port).placeholders()
        return values

    def _pids(self) -> list[int]:
        children = [one.child for one in self._instances()] if self.is_ours else []
        return [child.pid for child in children if child is not None and child.pid]

    def _instances(self) -> list[Instance]:
        return sorted(self._processes.instances, key=lambda one: one.number)

    def _instance(self, number: int) -> Instance:
        return next(one for one in self._processes.instances if one.number == number)

    def _kill(self, number: int) -> None:
        child = self._instance(number).child
        if child is not None:
            child.kill()

    def _crash(self, number: int) -> None:
        """By a fault, in the hub's thread; whoever runs services starts them again."""
        child = self._instance(number).child
        if child is None or child in self._crashed:
            return
        self._crashed.add(child)
        revival = threading.Thread(target=self._revive, args=(number, child), name=f"revive-{number}", daemon=True)
        revival.start()
        self._revivals.append(revival)  # before its callers learn of its end, who wait for all of them
        child.kill()

    def _revive(self, number: int, child: Child) -> None:
        with self._revival_guard:
            try:
                self.start_again(number)
            except SubmitTwiceError as error:
                if (latest := self._instance(number).child) is not child and latest in self._crashed:
                    return  # it met the next fault before it was ready
                self._fail(error)

    def _pause(self, number: int, ms: int) -> None:
        child = self._instance(number).child
        if child is not None:
            child.pause()
            self.hub.later(ms / 1000, child.resume)
