"""Waiting for a server to come up, and saying why it did not."""

from __future__ import annotations

import re
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from backend.engines.patience import MOST_ENDS, STANDSTILL_S, Patience
from backend.engines.says import EngineCode, ProcessCode
from backend.engines.sentences import reason_of
from backend.engines.unfinished import sweep_unfinished
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, plain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

T = TypeVar("T")

_PORT_TRIALS = 5
_POLL_S = 0.004
_END_S = 60.0
"""One that was asked to end is killed long before."""
_HARDLY_ANY_BYTES = 1 << 20
_PORT_TAKEN = re.compile(r"address already in use|eaddrinuse|could not bind to distribution port", re.IGNORECASE)
"""Erlang says it in its own words, and has a port for other nodes beside the one for clients."""
_FULL = re.compile(r"no space left", re.IGNORECASE)
_SCARCE = re.compile(
    r"resource temporarily unavailable|cannot allocate memory"
    r"|unable to create (?:native )?thread|can't start new thread",
    re.IGNORECASE,
)
_FAILURE = re.compile(r"(?:FATAL|PANIC|ERROR|\[ERROR\]|error|Fatal|#)[:\s]+(.*)")
_RAISED = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt|Exit)\b.*")


class PortTakenError(EngineError):
    """Somebody else has the port."""


class RecoveringError(Exception):
    """For probes: the server answers, and is still reading the data that it kept. However long that takes, it comes."""


def failed(name: str, reason: Sentence) -> EngineError:
    """The error for a server that could not be started."""
    return EngineError(say(EngineCode.NOT_STARTED, name=name, reason=reason))


def need_space(name: str, directory: Path, needed: int) -> None:
    """Refuse a start that would fail half-way, or soon after.

    Raises:
        EngineError: fewer than `needed` bytes are free where `directory` is.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise failed(name, say(EngineCode.NO_SPACE, directory=str(directory), free=free >> 20, needed=needed >> 20))


def side_by_side(starts: Sequence[Callable[[], object]], give_up: Callable[[], None]) -> None:
    """Start several things at once.

    Args:
        starts: each blocks until its thing is there.
        give_up: ends the other starts once one has failed: it may be at it for minutes.

    Raises:
        Exception: what the first that failed has raised.
    """
    with ThreadPoolExecutor(len(starts)) as starters:
        try:
            for start in as_completed([starters.submit(start) for start in starts]):
                start.result()
        except BaseException:
            give_up()
            raise


def wait_until_up(name: str, child: Child, supervisor: Supervisor, probe: Callable[[], T | None]) -> T:
    """Ask `probe` until it returns something, while `child` lives.

    A server that gets on with its data is waited for, however long that takes, and whether it says so or not. Whoever
    does not want to wait any longer closes the supervisor.

    Raises:
        EngineError: the server ended, refused the probe, or stands still.
    """
    patience = Patience(child)
    while not patience.is_over:
        try:
            answer = probe()
        except RecoveringError:
            answer = None
            patience.renew()
        except Exception as error:  # noqa: BLE001 - whichever driver it is, it has an answer that is final
            if _FULL.search(child.log_tail(50)):
                raise start_failure(name, child, supervisor) from None
            raise failed(name, reason_of(error)) from None
        if answer is not None:
            return answer
        if child.wait(_POLL_S) is not None:
            raise start_failure(name, child, supervisor)
    raise failed(name, nothing_comes_of(patience))


def system_failure(name: str, error: OSError, directory: Path) -> EngineError:
    """The error for an operation of ours that failed during a start, mostly below `directory`."""
    if error.filename is None:
        error.filename = str(directory)
    return failed(name, reason_of(error))


def bring_up(name: str, child: Child, supervisor: Supervisor, probe: Callable[[], T | None]) -> T:
    """As `wait_until_up`; a server that does not come up is gone afterwards.

    Raises:
        PortTakenError: somebody else has the server's port.
        EngineError: as for `wait_until_up`.
    """
    try:
        return wait_until_up(name, child, supervisor, probe)
    except BaseException as error:
        child.terminate()
        child.wait(_END_S)
        if isinstance(error, EngineError) and _PORT_TAKEN.search(child.log_tail(50)):
            raise PortTakenError(error.sentence) from None
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
    raise failed(name, say(EngineCode.PORT_TAKEN, port=port))


@contextmanager
def kept_directory(name: str, supervisor: Supervisor, data_dir: Path | None, unusable: str = "") -> Iterator[None]:
    """Make the folder for data that are kept, for as long as a start takes; one that fails leaves no folder behind.

    Args:
        name: of the server.
        supervisor: knows as whom the server runs.
        data_dir: the folder; None for none.
        unusable: characters that the server cannot have in its path.

    Raises:
        EngineError: the server could not use it.
    """
    if data_dir is None:
        yield
        return
    for character in unusable:
        if character in str(data_dir.absolute()):
            named = {"\n": "line feed", "\r": "carriage return"}.get(character, character)
            raise failed(name, say(EngineCode.BAD_CHARACTER, directory=repr(str(data_dir)), character=named))
    made = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _require_entry(name, supervisor, data_dir)
        sweep_unfinished(data_dir)
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _require_entry(name: str, supervisor: Supervisor, data_dir: Path) -> None:
    if supervisor.user is not None and not supervisor.user.can_enter(data_dir):
        raise failed(name, say(EngineCode.NOBODY_CANNOT_ENTER, directory=str(data_dir)))


def start_failure(name: str, child: Child, supervisor: Supervisor) -> EngineError:
    """The error for a server that ended instead of coming up, from what it wrote."""
    log = child.log_tail(50)
    directory = supervisor.directory
    if _FULL.search(log) or shutil.disk_usage(directory).free < _HARDLY_ANY_BYTES:
        return failed(name, say(EngineCode.NO_SPACE_HERE, directory=str(directory)))
    if scarce := _SCARCE.search(log):
        return failed(name, say(ProcessCode.NO_MORE_PROCESSES, reason=scarce[0].lower()))
    lines = [line for line in log.splitlines() if "removing contents of data directory" not in line]
    was_killed = child.wait(0) == -signal.SIGKILL  # it had no last words: those in its log are about something else
    failures = [] if was_killed else _FAILURE.findall(log) or lines[-1:]
    if failures:
        return failed(name, plain(failures[0].strip().rstrip(".")))
    return failed(name, say(EngineCode.ENDED_AT_ONCE, exit_code=child.wait(0) or 0))


def last_words(log: str) -> Sentence | None:
    """Why a Python process of ours ended, from the end of its log; None if that says nothing.

    The last line of an exception of SQLAlchemy only names a page of its manual.
    """
    raised = [line for line in log.splitlines() if _RAISED.match(line)]
    lines = raised or [line for line in log.splitlines() if line.strip()]
    return reason_of(RuntimeError(lines[-1].strip())) if lines else None


def why_ended(child: Child) -> Sentence | None:
    """Why a Python process of ours has ended for good; None while it runs."""
    code = child.wait(0)
    if code is None:
        return None
    return last_words(child.log_tail(50)) or say(EngineCode.ENDED_AT_ONCE, exit_code=code)


def why_not_up(child: Child) -> Callable[[], Sentence | None]:
    """Tells why nothing comes of a Python process of ours that was started; None while it gets on."""
    patience = Patience(child)

    def why() -> Sentence | None:
        return why_ended(child) or (nothing_comes_of(patience) if patience.is_over else None)

    return why


def nothing_comes_of(patience: Patience) -> Sentence:
    """Why a process is not waited for any more that lives and does not answer."""
    if patience.ends >= MOST_ENDS:
        return say(EngineCode.ENDS_AGAIN, ends=patience.ends)
    return say(EngineCode.STANDS_STILL, seconds=round(STANDSTILL_S))


def scarce_resource(error: BaseException) -> Sentence | None:
    """A sentence for an error by which the system, or a limit of the shell, refuses processes, threads or memory."""
    if isinstance(error, MemoryError):
        return say(ProcessCode.NO_MORE_PROCESSES, reason="MemoryError")
    found = _SCARCE.search(str(error)) if isinstance(error, RuntimeError | OSError) else None
    return say(ProcessCode.NO_MORE_PROCESSES, reason=found[0].lower()) if found else None
