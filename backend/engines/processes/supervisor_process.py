"""The process that owns every server and backend process of one lab.

Started by `supervisor` as a plain script with ``python -I -S``: standard library only, since its start is part of the
start of the window. It reads JSON lines from a socket, one command a line, and writes JSON lines: answers and news of
its children. When the socket reaches its end, or the parent process ends, it stops everything, removes the temporary
directory and ends. The socket ends with the parent however the parent ends.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

if __name__ == "__main__":  # isolated mode does not look into the script's folder
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    from folder import make_directory, mark, remove_directory  # type: ignore[import-not-found]
    from fork_server import KEY, ForkServer  # type: ignore[import-not-found]
    from process_tree import children, descendants, send_signal, signal_tree  # type: ignore[import-not-found]
    from service import Service, adopt_orphans  # type: ignore[import-not-found]
    from shared_memory import release_segments  # type: ignore[import-not-found]
else:
    from backend.engines.processes.folder import make_directory, mark, remove_directory
    from backend.engines.processes.fork_server import KEY, ForkServer
    from backend.engines.processes.process_tree import children, descendants, send_signal, signal_tree
    from backend.engines.processes.service import Service, adopt_orphans
    from backend.engines.processes.shared_memory import release_segments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.engines.processes.service import Message

GRACE_S = 0.8
"""Time that children get to stop by themselves when everything ends."""
LAST_WAIT_S = 0.7
"""Time that killed children get to disappear."""
QUICK_DEATH_S = 1.0
"""A child that lives shorter than this is started again only after a pause, and only a few times."""
RESTART_PAUSE_S = 0.25
MOST_QUICK_DEATHS = 5


class SupervisorLoop:
    """The supervisor's loop: commands from the parent, deaths of children, what is due."""

    def __init__(self, control: int) -> None:
        self._control = control
        self._services: dict[int, Service] = {}
        self._fork_server = ForkServer()
        self._buffer = b""
        self._running = True
        self._clusters: set[str] = set()
        """Data directories of PostgreSQL, wherever they are."""
        self._wakeup, wakeup_writer = os.pipe()
        os.set_blocking(wakeup_writer, False)
        signal.set_wakeup_fd(wakeup_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)

    def run(self, directory: str, parent: int | None) -> None:
        """Serve until the parent is gone, then stop everything and remove the directory."""
        self.tell({"directory": directory})
        always = [self._control, self._wakeup, *([] if parent is None else [parent])]
        while self._running:
            watched = [*always, *([self._fork_server.answers] if self._fork_server.is_getting_ready else [])]
            ready = select.select(watched, [], [], self._pause())[0]
            if self._wakeup in ready:
                os.read(self._wakeup, 4096)
            if self._control in ready:
                self._receive()
            if parent in ready:
                self._running = False
            if self._fork_server.answers in ready:
                self._fork_server.hear()
            self._reap()
            self._do_what_is_due()
        self._stop_all()
        for cluster in (*self._clusters, directory):
            release_segments(cluster)
        remove_directory(directory)

    def _end(self, *_: object) -> None:
        self._running = False

    def _receive(self) -> None:
        try:
            data = os.read(self._control, 65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self._running = False
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            message: Message = json.loads(line)
            if message["do"] == "spawn":
                self._spawn(message)
            elif service := self._services.get(message["key"]):
                self._command(service, message)
            else:  # it has ended, which the lab is about to learn
                self.tell({"reply": message["id"]})

    def tell(self, message: Mapping[str, object]) -> None:
        """Send one message to the parent; a parent that is gone ends the loop."""
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._control, data) :]
        except (BrokenPipeError, ConnectionResetError):
            self._running = False

    def _spawn(self, message: Message) -> None:
        service = Service(message)
        if service.forked_from:
            self._fork_server.want(service)
        if fork_server := self._fork_server.service:
            self._services[KEY] = fork_server
        if self._waits(service):
            service.start_at = time.monotonic()
        else:
            try:
                self._start(service)
            except OSError as error:
                self.tell({"reply": service.key, "error": error.strerror})
                return
        self._services[service.key] = service
        if "-D" in service.argv[:-1]:
            self._clusters.add(service.argv[service.argv.index("-D") + 1])
        self.tell({"reply": service.key, "pid": service.pid or self._services[KEY].pid})

    def _waits(self, service: Service) -> bool:
        """Whether a service has no process because it is to be forked from one that is not ready yet."""
        return bool(service.forked_from) and self._fork_server.is_getting_ready

    def _start(self, service: Service) -> None:
        """Have its process forked, or else executed.

        Raises:
            OSError: its command cannot be executed.
        """
        if not service.forked_from or not self._fork_server.fork(service):
            service.start()

    def _command(self, service: Service, message: Message) -> None:
        """Signals go from here and nowhere else: only who reaps knows that a process id is still the child's."""
        if message["do"] == "forgive":
            service.forgive()
            self.tell({"reply": message["id"]})
            return
        if message["do"] == "terminate":
            service.dismissed = True
            service.start_at = None
            service.kill_at = time.monotonic() + message["grace"]
        if not service.pid:
            if service.dismissed:
                self.tell({"exit": service.key, "code": 0, "final": True})
                del self._services[service.key]
        elif message["do"] == "terminate":
            signal_tree(service.pid, signal.SIGCONT)
            send_signal(service.pid, service.stop_signal)
        else:
            signal_tree(service.pid, message["signal"])
        self.tell({"reply": message["id"]})

    def _reap(self) -> None:
        by_pid = {service.pid: service for service in self._services.values() if service.pid}
        died = False
        while reaped := reap_one():
            pid, code = reaped
            if service := by_pid.get(pid):
                died = True
                self._exited(service, code)
        if died:
            self._kill_orphans()

    def _exited(self, service: Service, code: int) -> None:
        now = time.monotonic()
        service.pid = 0
        service.kill_at = None
        if service is self._fork_server.service:
            self._fork_server.forget()
        quick = now - service.started_at < QUICK_DEATH_S and not service.forgiven
        service.forgiven = False
        service.quick_deaths = service.quick_deaths + 1 if quick else 0
        again = service.restart and not service.dismissed and service.quick_deaths < MOST_QUICK_DEATHS
        if again:
            service.start_at = now + RESTART_PAUSE_S if quick else now
        else:
            del self._services[service.key]
        self.tell({"exit": service.key, "code": code, "final": not again})

    def _kill_orphans(self) -> None:
        """Kill what dead children left behind: as the subreaper we are its parent now.

        Only our own children are looked at: a grandchild that a living service has just forked is never one.
        """
        ours = {service.pid for service in self._services.values()}
        for pid in children(os.getpid()):
            if pid not in ours:
                signal_tree(pid, signal.SIGKILL)

    def _pause(self) -> float | None:
        awake = [service for service in self._services.values() if not self._waits(service)]
        due = [at for service in awake for at in (service.kill_at, service.start_at) if at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        for service in list(self._services.values()):
            if service.kill_at is not None and service.kill_at <= now:
                service.kill_at = None
                signal_tree(service.pid, signal.SIGKILL)
            if service.start_at is not None and service.start_at <= now and not self._waits(service):
                self._start_again(service)

    def _start_again(self, service: Service) -> None:
        try:
            self._start(service)
        except OSError:
            del self._services[service.key]
            self.tell({"exit": service.key, "code": 127, "final": True})
        else:
            self.tell({"started": service.key, "pid": service.pid})

    def _stop_all(self) -> None:
        roots = {service.pid for service in self._services.values() if service.pid}
        for pid in descendants(os.getpid()):  # once for all of them: whoever forks meanwhile was not paused
            send_signal(pid, signal.SIGCONT)
        for service in self._services.values():
            if service.pid:
                send_signal(service.pid, service.stop_signal)
        self._wait_for(roots, GRACE_S)
        end = time.monotonic() + LAST_WAIT_S
        while (left := set(descendants(os.getpid()))) and time.monotonic() < end:
            for pid in left:
                send_signal(pid, signal.SIGKILL)
            self._wait_for(left, 0.05)

    def _wait_for(self, pids: set[int], seconds: float) -> None:
        """Reap until all of `pids` are gone or the time is over."""
        end = time.monotonic() + seconds
        while True:
            while reaped := reap_one():
                pids.discard(reaped[0])
            left = end - time.monotonic()
            if not pids or left <= 0:
                return
            if select.select([self._wakeup], [], [], left)[0]:
                os.read(self._wakeup, 4096)


def reap_one() -> tuple[int, int] | None:
    """Process id and exit code (negative: signal) of a child that ended, or None."""
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, os.waitstatus_to_exitcode(status)) if pid else None


def main() -> None:
    """Run as ``supervisor_process.py SOCKET PARENT MODE NICENESS BASE...``."""
    control, parent, mode = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3], 8)
    os.nice(int(sys.argv[4]))
    os.set_inheritable(control, False)
    watched = os.pidfd_open(parent) if sys.platform == "linux" and os.getppid() == parent else None
    adopt_orphans()
    keeper = SupervisorLoop(control)
    try:
        directory = make_directory(sys.argv[5:], mode)
        mark(directory)
    except OSError as error:
        keeper.tell({"error": error.strerror})
    else:
        keeper.run(directory, watched)


if __name__ == "__main__":
    main()
