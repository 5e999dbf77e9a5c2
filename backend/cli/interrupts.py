"""A command at work, and how it is ended from outside: Ctrl-C, SIGTERM, SIGHUP.

No exception is ever raised in the middle of something. The main thread waits for signals while the command works on a
thread of its own, which looks at an event wherever it can stop. Who cannot wait for that sends a second signal: then
the process ends at once, and the supervisor of its servers stops them and removes what is temporary, as after SIGKILL.

A launcher that is killed can pass nothing on. So the end of `uv run`, where that is the parent, is a signal too; the
end of a shell is none, so that ``nohup`` and ``&`` work.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from backend.cli.early import COULD_NOT_RUN, end_at_once
from backend.cli.signals import signals_as_bytes
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import ENGLISH, Code, say, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BOUNCE_SECONDS = 1.0
"""A terminal and a launcher may both pass the same Ctrl-C on: a signal so soon after the first is that one again."""
_PATIENCE_SECONDS = 15.0
"""How long a command may take to stop."""
_LAUNCHER = "uv"
_END = 0
"""Stands for the end of the command among the numbers of signals."""


class InterruptCode(Code):
    """How a command was ended from outside."""

    NOTHING_LEFT = "interrupt.nothing_left"
    REPORTED = "interrupt.reported"
    AT_ONCE = "interrupt.at_once"


class InterruptedWorkError(SubmitTwiceError):
    """A command was ended from outside before there was anything to report."""

    def __init__(self) -> None:
        super().__init__(say(InterruptCode.NOTHING_LEFT))


@contextmanager
def or_else_its_error(interrupted: threading.Event) -> Iterator[None]:
    """Do something that an interrupt ends, as an error or not; what failed because of it is not worth telling.

    Raises:
        InterruptedWorkError: there was an interrupt.
    """
    try:
        yield
    except Exception:
        if interrupted.is_set():  # a folder or a server that is gone already looks like any other failure
            raise InterruptedWorkError from None
        raise
    if interrupted.is_set():
        raise InterruptedWorkError


def carry_out(command: Callable[[threading.Event], int], language: str = ENGLISH) -> tuple[int, bool]:
    """Work until the command is over; call it on the main thread.

    Args:
        command: gets the event that is set when it is to stop; its result is the exit code.
        language: of the sentence with which the process ends if the command does not stop.

    Returns:
        The exit code, and whether the command was asked to stop.

    Raises:
        Exception: whatever the command raises.
    """
    work = _Work(command)
    with signals_as_bytes() as (signals, wake), _end_of_launcher() as launcher:
        thread = threading.Thread(target=work.run, args=(wake,), name="command", daemon=True)
        thread.start()
        if not _wait_for_end(signals, launcher, work.interrupted):
            end_at_once(f"submit-twice: {words(say(InterruptCode.AT_ONCE), language)}")
        thread.join()
    if work.failure:
        raise work.failure
    return work.code, work.interrupted.is_set()


class _Work:
    """What the thread of the command does, and what comes of it."""

    def __init__(self, command: Callable[[threading.Event], int]) -> None:
        self._command = command
        self.interrupted = threading.Event()
        self.code = COULD_NOT_RUN
        self.failure: BaseException | None = None

    def run(self, wake: socket.socket) -> None:
        try:
            self.code = self._command(self.interrupted)
        except BaseException as error:  # noqa: BLE001  it is raised again on the main thread
            self.failure = error
        finally:
            wake.send(bytes([_END]))


def _wait_for_end(signals: socket.socket, launcher: int | None, interrupted: threading.Event) -> bool:
    """Set the event with the first signal; whether the end came before patience did, and before a second one."""
    first: float | None = None
    watched: list[socket.socket | int] = [signals, *([] if launcher is None else [launcher])]
    while True:
        left = None if first is None else max(0.0, first + _PATIENCE_SECONDS - time.monotonic())
        ready = select.select(watched, [], [], left)[0]
        if not ready:
            return False
        if signals in ready and _END in signals.recv(64):
            return True
        if launcher is not None and launcher in ready:
            watched.remove(launcher)
        if first is None:
            first = time.monotonic()
            interrupted.set()
        elif time.monotonic() - first > _BOUNCE_SECONDS:
            return False


@contextmanager
def _end_of_launcher() -> Iterator[int | None]:
    """A descriptor that is readable once `uv run` has ended; None where that is not our parent, or cannot be told."""
    descriptor = None
    parent = os.getppid()
    with suppress(OSError):
        if sys.platform == "linux" and Path(f"/proc/{parent}/comm").read_text().strip() == _LAUNCHER:
            descriptor = os.pidfd_open(parent)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)
