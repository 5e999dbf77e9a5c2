"""Commands to the supervisor process, and who waits for the answers."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any

from backend.engines.says import ProcessCode
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, plain, say

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from backend.engines.processes.child import Child

_ANSWER_LIMIT_S = 20.0


class _Request:
    """A command under way."""

    def __init__(self, child: Child | None) -> None:
        self.child = child
        self.done = threading.Event()
        self.error: Sentence | None = None


class Control:
    """The lab's end of the socket: JSON lines, one message each. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._closed = False
        self._numbers = 1
        self._requests: dict[int, _Request] = {}
        self._reader = 0
        """Identifier of the thread that reads."""

    def open(self, connection: socket.socket) -> None:
        """Talk through this from now on."""
        with self._lock:
            self._socket = connection

    def refuse(self) -> None:
        """Take no more commands."""
        with self._lock:
            self._closed = True

    def take_number(self) -> int:
        """A number for a command or a child that none has had."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def ask(self, message: dict[str, Any], number: int, child: Child | None = None) -> None:
        """Send a command and wait until it was carried out; from the thread that reads, only send it.

        Args:
            message: the command.
            number: that its answer names.
            child: told of its process as soon as there is one.

        Raises:
            EngineError: it could not be carried out, or the process is gone.
        """
        request = _Request(child)
        with self._lock:
            if self._socket is None or self._closed:
                raise EngineError(say(ProcessCode.SUPERVISOR_NOT_RUNNING))
            self._requests[number] = request
            try:
                self._socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                request.error = say(ProcessCode.SUPERVISOR_GONE)
                request.done.set()
        if threading.get_ident() == self._reader:
            return  # in a callback: the answer can only be read after it
        if not request.done.wait(_ANSWER_LIMIT_S):
            request.error = say(ProcessCode.SUPERVISOR_SILENT)
        self._requests.pop(number, None)
        if request.error:
            raise EngineError(request.error)

    def read(self, handle: Callable[[dict[str, Any]], None]) -> None:
        """Hand on what the process says until it ends; answers to commands go to who waits for them.

        Args:
            handle: told of everything else; must not raise.
        """
        assert self._socket is not None  # noqa: S101 - open before somebody reads
        self._reader = threading.get_ident()
        buffer = b""
        with contextlib.suppress(OSError):
            while data := self._socket.recv(65536):
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    message: dict[str, Any] = json.loads(line)
                    if (number := message.get("reply")) is None:
                        handle(message)
                    else:
                        self._answer(number, message)

    def _answer(self, number: int, message: dict[str, Any]) -> None:
        request = self._requests.get(number)
        if request is None:
            return
        request.error = plain(message["error"]) if "error" in message else None
        if request.child is not None and "pid" in message:
            request.child.started(message["pid"])
        request.done.set()

    def end(self) -> None:
        """The process is gone: nobody waits any longer."""
        for request in list(self._requests.values()):
            request.error = say(ProcessCode.SUPERVISOR_GONE)
            request.done.set()
