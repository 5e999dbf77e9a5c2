"""The supervisor's side of the process from which backend processes are forked; see `forked`.

Standard library only, as `backend.engines.processes.supervisor_process`.
"""

import contextlib
import json
import os
import select
import signal
import time

if __package__:
    from backend.engines.processes.process_tree import send_signal
    from backend.engines.processes.service import Service
else:
    from process_tree import send_signal  # type: ignore[import-not-found,no-redef]
    from service import Service  # type: ignore[import-not-found,no-redef]

KEY = 0
"""Of its service. The lab, whose own have other numbers, does not know it."""
PIPES = "SUBMIT_TWICE_FORK_SERVER"
"""The variable that names its ends of the pipes."""
GO = b"go"
"""What a process that was forked waits for."""
_ROOM = " " * 500
"""Behind its arguments lies its environment: command lines of processes that are forked from it go on there."""
_ANSWER_S = 5.0
"""A fork takes milliseconds. Commands of others wait meanwhile."""


class ForkServer:
    """A process that has imported much, and forks when it is asked to.

    Whatever goes wrong with it, it is not asked again, and commands are executed as if it had never been.
    """

    def __init__(self) -> None:
        self.service: Service | None = None
        """Its process; None before it was wanted, and once it is of no use any more."""
        self.is_getting_ready = False
        """Whether it is still importing."""
        self.answers = -1
        """What can be read as soon as it is ready, or has ended."""
        self._requests = -1
        self._was_wanted = False

    def want(self, child: Service) -> None:
        """Start it for a child that is to be forked from it, unless that was done before."""
        if self._was_wanted:
            return
        self._was_wanted = True
        theirs_to_read, self._requests = os.pipe()
        self.answers, theirs_to_write = os.pipe()
        for end in (theirs_to_read, theirs_to_write):
            os.set_inheritable(end, True)
        log = os.path.join(os.path.dirname(child.log), "fork-server.log")  # noqa: PTH118, PTH120
        env = {PIPES: f"{theirs_to_read} {theirs_to_write}{_ROOM}"}
        own = {"key": KEY, "argv": child.forked_from, "forked_from": None, "env": env, "log": log, "restart": False}
        self.service = Service(child.message | own)
        self.is_getting_ready = True
        try:
            self.service.start()
        except OSError:
            self.forget()
        finally:
            os.close(theirs_to_read)
            os.close(theirs_to_write)

    def hear(self) -> None:
        """It is ready, or has ended."""
        self.is_getting_ready = False
        if not os.read(self.answers, 64):
            self.forget()

    def fork(self, service: Service) -> bool:
        """Have the process of a service forked; False where nothing came of it."""
        if self.service is None:
            return False
        try:
            os.write(self._requests, json.dumps(service.message | {"supervisor": os.getpid()}).encode() + b"\n")
            pid = self._answer()
            os.write(self._requests, GO)  # only now does it begin: none runs that is not known here
        except (OSError, ValueError):
            self.forget()
            return False
        service.has_started(pid)
        return True

    def forget(self) -> None:
        """Ask it no more, and end it. What it may have forked ends as well, since it does not get its word."""
        if self.service and self.service.pid:
            send_signal(self.service.pid, signal.SIGKILL)
        self.service = None
        self.is_getting_ready = False
        for end in (self._requests, self.answers):
            with contextlib.suppress(OSError):
                os.close(end)
        self._requests = self.answers = -1

    def _answer(self) -> int:
        """The process that it has forked; an error where there is none."""
        until = time.monotonic() + _ANSWER_S
        answer = b""
        while not answer.endswith(b"\n"):
            if not select.select([self.answers], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError
            if not (data := os.read(self.answers, 64)):
                raise BrokenPipeError
            answer += data
        if not int(answer):
            raise ChildProcessError
        return int(answer)
