"""Waiting for a server to come up, and saying why it did not."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING, TypeVar

from backend.engines.sentences import one_sentence
from backend.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backend.engines.supervisor import Child, Supervisor

T = TypeVar("T")

_POLL_S = 0.004
_LIMIT_S = 60.0
_HARDLY_ANY_BYTES = 1 << 20
_PORT_TAKEN = re.compile(r"address already in use", re.IGNORECASE)
_FULL = re.compile(r"no space left", re.IGNORECASE)
_FAILURE = re.compile(r"(?:FATAL|PANIC|ERROR|\[ERROR\]|error|Fatal|#)[:\s]+(.*)")


def need_space(name: str, directory: Path, needed: int) -> None:
    """Refuse a start that would fail half-way, or soon after.

    Raises:
        EngineError: fewer than `needed` bytes are free where `directory` is.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise EngineError(
            f"{name} could not start: no space left on device"
            f" ({directory} has {free >> 20} MB of the {needed >> 20} MB that it needs)"
        )


def wait_until_up(name: str, child: Child, supervisor: Supervisor, probe: Callable[[], T | None]) -> T:
    """Ask `probe` until it returns something, while `child` lives.

    Raises:
        EngineError: the server ended, refused the probe, or is not up after a minute.
    """
    end = time.monotonic() + _LIMIT_S
    while time.monotonic() < end:
        try:
            answer = probe()
        except Exception as error:  # noqa: BLE001 - whichever driver it is, it has an answer that is final
            if _FULL.search(child.log_tail(50)):
                raise start_failure(name, child, supervisor) from None
            raise EngineError(one_sentence(error, f"{name} could not start")) from None
        if answer is not None:
            return answer
        if child.wait(_POLL_S) is not None:
            raise start_failure(name, child, supervisor)
    raise EngineError(f"{name} could not start: it did not answer within {_LIMIT_S:.0f} seconds")


def system_failure(name: str, error: OSError, directory: Path) -> EngineError:
    """The error for an operation of ours that failed during a start, mostly below `directory`."""
    if error.filename is None:
        error.filename = str(directory)
    return EngineError(one_sentence(error, f"{name} could not start"))


def no_port(name: str, port: int) -> EngineError:
    """The error for a server whose every port was taken."""
    return EngineError(f"{name} could not start: port {port} is in use by another program, and so were those before it")


def needs_port(child: Child) -> bool:
    """Whether a server gave up because somebody else has its port."""
    return _PORT_TAKEN.search(child.log_tail(50)) is not None


def start_failure(name: str, child: Child, supervisor: Supervisor) -> EngineError:
    """The error for a server that ended instead of coming up, from what it wrote."""
    log = child.log_tail(50)
    directory = supervisor.directory
    if _FULL.search(log) or shutil.disk_usage(directory).free < _HARDLY_ANY_BYTES:
        return EngineError(f"{name} could not start: no space left on device ({directory})")
    failures = _FAILURE.findall(log) or log.splitlines()[-1:]
    reason = failures[0].strip() if failures else f"it ended at once with exit code {child.wait(0)}"
    return EngineError(f"{name} could not start: {reason.rstrip('.')}")
