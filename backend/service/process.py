"""Instances of a service: started under the supervisor, awaited until they are ready, their output kept."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.processes.ports import quiet_port
from backend.model.errors import InstanceError
from backend.model.sentence import say
from backend.service.exchange import Host
from backend.service.placeholders import fill
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.model.sentence import Sentence
    from backend.service.description import Service

LOOPBACK = "127.0.0.1"
_SETUP_S = 300.0
_LOOK_S = 0.02
_PROBE_S = 5.0
LAST_LINES = 8
_FIRST_FAILURE = 500
_SIGNALS = {number.value: number.name for number in signal.Signals}


@dataclass(slots=True)
class Instance:
    """One process of the service."""

    number: int
    """From 1."""
    host: Host
    child: Child | None = None
    deaths: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def output(self, lines: int = LAST_LINES) -> str:
        """The last lines that it wrote."""
        return self.child.log_tail(lines) if self.child else ""


class ServiceProcesses:
    """Starts and stops the instances of a service.

    Args:
        service: how to start it.
        folder: that of the file.
        supervisor: under which they run.
    """

    def __init__(self, service: Service, folder: Path, supervisor: Supervisor) -> None:
        self._service = service
        self._folder = (folder / service.directory).resolve()
        self._supervisor = supervisor
        self.instances: list[Instance] = []

    def set_up(self, values: Mapping[str, str]) -> None:
        """Run the set-up commands, each to its end.

        Raises:
            InstanceError: a command cannot be run, or ends with another code than 0.
        """
        if not self._folder.is_dir():
            raise InstanceError(say(ServiceCode.NO_DIRECTORY, directory=str(self._folder)))
        values = {"port": str(quiet_port()), **values}
        environment = self._environment(values)
        for number, command in enumerate(self._service.setup, 1):
            argv = self._argv(command, values, environment)
            child = self._supervisor.spawn(f"service-setup-{number}", argv, env=environment, cwd=self._folder)
            code = child.wait(_SETUP_S)
            if code is None:
                child.kill()
            if code != 0:
                raise InstanceError(
                    say(
                        ServiceCode.SETUP_FAILED,
                        command=" ".join(command),
                        code=-1 if code is None else code,
                        output=_last(child.log_tail(LAST_LINES)),
                    )
                )

    def start(self, number: int, values: Mapping[str, str]) -> Instance:
        """Start one instance; it is not ready yet.

        Args:
            number: from 1.
            values: for placeholders: its engines.

        Raises:
            InstanceError: the command is not found, or cannot be run.
        """
        port = quiet_port()
        own = {**values, "port": str(port)}
        environment = self._environment(own)
        child = self._supervisor.spawn(
            f"service-{number}",
            self._argv(self._service.command or [], own, environment),
            env=environment,
            cwd=self._folder,
        )
        instance = Instance(number, Host(LOOPBACK, port), child)
        child.on_exit(lambda _code: _note_death(instance))
        self.instances = [*(one for one in self.instances if one.number != number), instance]
        return instance

    def await_ready(self, instance: Instance, *stops: threading.Event | None) -> None:
        """Wait until an instance serves, or one of these events is set.

        Raises:
            InstanceError: the process has ended, or is not ready within the `start_seconds` of the file.
        """
        deadline = time.monotonic() + self._service.start_seconds
        never = threading.Event()
        while not self._serves(instance):
            if instance.ended.is_set():
                raise InstanceError(say(ServiceCode.DIED, instance=instance.number, output=last_lines(instance)))
            if time.monotonic() > deadline:
                seconds = self._service.start_seconds
                code = ServiceCode.NOT_READY
                raise InstanceError(say(code, instance=instance.number, seconds=seconds, output=last_lines(instance)))
            never.wait(_LOOK_S)
            if any(stop is not None and stop.is_set() for stop in stops):
                return

    def stop(self) -> None:
        """End all instances."""
        for instance in self.instances:
            if instance.child:
                instance.child.terminate()

    def _serves(self, instance: Instance) -> bool:
        if not self._service.ready:
            with suppress(OSError), socket.create_connection((instance.host.name, instance.host.port), _PROBE_S):
                return True
            return False
        connection = http.client.HTTPConnection(instance.host.name, instance.host.port, timeout=_PROBE_S)
        try:
            connection.request("GET", self._service.ready)
            return connection.getresponse().status < _FIRST_FAILURE
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _environment(self, values: Mapping[str, str]) -> dict[str, str]:
        given = {name: fill(value, values) for name, value in self._service.environment.items()}
        return {**os.environ, "PYTHONUNBUFFERED": "1", **given}

    def _argv(self, command: list[str], values: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
        program, *rest = (fill(word, values) for word in command)
        local = self._folder / program
        found = str(local) if "/" in program and local.exists() else shutil.which(program, path=environment.get("PATH"))
        if found is None:
            raise InstanceError(say(ServiceCode.NO_COMMAND, command=program))
        return [found, *rest]


def _note_death(instance: Instance) -> None:
    instance.deaths += 1
    instance.ended.set()


def how_it_ended(instance: Instance) -> Sentence:
    """The signal that ended an instance, or its exit code."""
    code = (instance.child.wait(0) if instance.child else None) or 0
    if code < 0:
        return say(ServiceCode.BY_SIGNAL, signal=_SIGNALS.get(-code, str(-code)))
    return say(ServiceCode.EXIT_CODE, code=code)


def last_lines(instance: Instance) -> str:
    """The last lines that an instance wrote, or a dash."""
    return _last(instance.output())


def _last(output: str) -> str:
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(lines[-LAST_LINES:]) or "-"
