"""The instances of a service under exploration, with a caller for each; who was cut off is prepared anew."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import plain, say
from backend.service.explored.caller import Caller
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.lab.senders.http import Response
    from backend.service.exchange import Host
    from backend.service.process import Instance, ServiceProcesses
    from backend.service.wire.hub import Hub

ANSWER_S = 30.0
"""A service that takes longer for one step, or for one answer, is not explored."""
LOOK_S = 0.02
_FINISH_S = 3.0
"""So long a request that was cut off may go on within its instance."""


class Fleet:
    """Starts instances, talks to them, and starts those again that have ended.

    Args:
        processes: of the service.
        hub: carries everything; whoever uses this moves it.
        on_response: told which instance has answered, and what.
    """

    def __init__(
        self, processes: ServiceProcesses, hub: Hub, on_response: Callable[[int, Response | None], None]
    ) -> None:
        self._processes = processes
        self._hub = hub
        self._on_response = on_response
        self._values: dict[int, Mapping[str, str]] = {}
        self._callers: dict[int, Caller] = {}
        self._responses: dict[int, Response | None] = {}
        self._starting: dict[int, _Start] = {}

    @property
    def numbers(self) -> list[int]:
        """Of all instances."""
        return sorted(self._callers)

    def start(self, number: int, values: Mapping[str, str]) -> None:
        """Start an instance; it is not ready yet.

        Args:
            number: from 1.
            values: for placeholders: its engines.
        """
        self._values[number] = values
        self._start(number)

    def await_ready(self, number: int, cancelled: threading.Event) -> None:
        """Wait until an instance serves."""
        self.meanwhile(lambda: self._processes.await_ready(self.instance(number), cancelled))

    def host(self, number: int) -> Host:
        """Where an instance listens."""
        return self.instance(number).host

    def instance(self, number: int) -> Instance:
        """The process."""
        return next(one for one in self._processes.instances if one.number == number)

    def has_ended(self, number: int) -> bool:
        """Whether the process is no more."""
        return self.instance(number).ended.is_set()

    def send(self, number: int, request: bytes) -> None:
        """Send a request; its response is told, and kept for `await_response`.

        Raises:
            InstanceError: the instance accepts no connection.
        """
        self._responses.pop(number, None)
        try:
            self._callers[number].send(request)
        except OSError:
            raise self.away(number) from None

    def note_work(self, number: int) -> None:
        """An instance has sent something to an engine."""
        if (caller := self._callers.get(number)) is not None:
            caller.is_taken = True

    def await_response(self, number: int) -> Response | None:
        """The response to the last request; None where the connection ended without one.

        Raises:
            InstanceError: the process of the instance has ended.
            SubmitTwiceError: the instance has not answered within `ANSWER_S`.
        """
        deadline = time.monotonic() + ANSWER_S
        while number not in self._responses:
            self._hub.poll(LOOK_S)
            if time.monotonic() > deadline:
                output = self.instance(number).output()
                raise SubmitTwiceError(say(ServiceCode.NEVER_ANSWERED, seconds=ANSWER_S, output=output))
            if self.instance(number).ended.is_set():
                raise self.away(number)
        return self._responses.pop(number)

    def kill(self, number: int) -> None:
        """End an instance as a crash does (SIGKILL), and return when it has ended."""
        child = self.instance(number).child
        self._callers[number].hang_up()
        if child is not None:
            child.kill()
            child.wait(ANSWER_S)

    def prepare(self, number: int) -> None:
        """Begin to start an instance again that has ended; others go on meanwhile."""
        self._callers[number].hang_up()
        self._hub.reopen(number)
        self._start(number)
        self._starting[number] = _Start(lambda: self._processes.await_ready(self.instance(number)))

    def finish(self, number: int) -> None:
        """See to it that an instance that was cut off, or has ended, listens again."""
        caller = self._callers[number]
        deadline = time.monotonic() + _FINISH_S
        while number not in self._starting and caller.is_busy and time.monotonic() < deadline:
            if self.instance(number).ended.is_set():
                break
            self._hub.poll(LOOK_S)
        if number not in self._starting and self.instance(number).ended.is_set():
            self.prepare(number)
        if (starting := self._starting.pop(number, None)) is not None:
            starting.join(self._hub)
        else:
            caller.hang_up()
            self._hub.reopen(number)

    def hang_up(self) -> None:
        """End all connections to instances."""
        for caller in self._callers.values():
            caller.hang_up()

    def away(self, number: int) -> InstanceError:
        """What to say of an instance that cannot be reached."""
        output = plain(self.instance(number).output() or "-")
        return InstanceError(say(ServiceCode.SERVICE_AWAY, instance=number, output=output))

    def meanwhile(self, work: Callable[[], None]) -> None:
        """Do something that may need the engines behind their doors, so the hub must go on."""
        _Start(work).join(self._hub)

    def _start(self, number: int) -> None:
        instance = self._processes.start(number, self._values[number])
        self._callers[number] = Caller(instance.host, self._hub, lambda response: self._answered(number, response))

    def _answered(self, number: int, response: Response | None) -> None:
        self._responses[number] = response
        self._on_response(number, response)


class _Start:
    """Work in a thread of its own, which is waited for later.

    Args:
        work: what to do.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._failure: list[BaseException] = []
        self._work = work
        self._thread = threading.Thread(target=self._carry_out, name="service-start", daemon=True)
        self._thread.start()

    def join(self, hub: Hub) -> None:
        """Wait for it while the hub goes on; raise what it raised."""
        while self._thread.is_alive():
            hub.poll(LOOK_S)
        if self._failure:
            raise self._failure[0]

    def _carry_out(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  carried to whoever waits
            self._failure.append(error)
