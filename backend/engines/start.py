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

_PORT_TRIALS = 3
_POLL_S = 0.004
_LIMIT_S = 60.0
_HARDLY_ANY_BYTES = 1 << 20
_PORT_TAKEN = re.compile(r"address already in use", re.IGNORECASE)
_FULL = re.compile(r"no space left", re.IGNORECASE)
_FAILURE = re.compile(r"(?:FATAL|PANIC|ERROR|\[ERROR\]|error|Fatal|#)[:\s]+(.*)")


class PortTakenError(EngineError):
    """Somebody else has the port."""


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


def bring_up(name: str, child: Child, supervisor: Supervisor, probe: Callable[[], T | None]) -> T:
    """As `wait_until_up`; a server that does not come up is gone afterwards.

    Raises:
        PortTakenError: somebody else has its port.
        EngineError: as for `wait_until_up`.
    """
    try:
        return wait_until_up(name, child, supervisor, probe)
    except EngineError as error:
        child.terminate()
        child.wait(_LIMIT_S)
        if _PORT_TAKEN.search(child.log_tail(50)):
            raise PortTakenError(str(error)) from None
        raise


def on_free_port(name: str, choose_port: Callable[[], int], run: Callable[[int], T]) -> T:
    """Run a server on a port; another process may take it between our choice and its use, so try again then.

    Raises:
        EngineError: every port was taken, or what `run` raises.
    """
    for _ in range(_PORT_TRIALS):
        port = choose_port()
        try:
            return run(port)
        except PortTakenError:
            continue
    raise EngineError(f"{name} could not start: port {port} is in use by another program, and so were those before it")


def require_kept(name: str, supervisor: Supervisor, data_dir: Path) -> None:
    """Make the folder for data that are kept.

    Raises:
        EngineError: the server's user could not enter it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    if supervisor.user is not None and not supervisor.user.can_enter(data_dir):
        raise EngineError(
            f"{name} could not start: as root it runs as the user nobody, who cannot enter {data_dir}; "
            "choose a data directory that everybody may enter"
        )


def start_failure(name: str, child: Child, supervisor: Supervisor) -> EngineError:
    """The error for a server that ended instead of coming up, from what it wrote."""
    log = child.log_tail(50)
    directory = supervisor.directory
    if _FULL.search(log) or shutil.disk_usage(directory).free < _HARDLY_ANY_BYTES:
        return EngineError(f"{name} could not start: no space left on device ({directory})")
    failures = _FAILURE.findall(log) or log.splitlines()[-1:]
    reason = failures[0].strip() if failures else f"it ended at once with exit code {child.wait(0)}"
    return EngineError(f"{name} could not start: {reason.rstrip('.')}")
