"""Signals before a command is at work, and after it.

Imports next to nothing, so that hardly any time passes before the first signal is heard.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What asks a command to stop: a key, another process, a terminal that is closed."""
COULD_NOT_RUN = 1
INSTALLED_AS = "submit-twice"
_TOO_EARLY = "submit-twice: Interrupted before anything was started."


def is_installed_command() -> bool:
    """Whether this process is the command `submit-twice`, which imports the main module instead of running it."""
    called = sys.argv[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe") if sys.argv else ""
    return called == INSTALLED_AS


def listen() -> None:
    """From now on, until a command is at work, a signal ends the process with one sentence: nothing runs yet."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _end_early)


def ignore() -> None:
    """The work is done: no signal shall tear what is still written."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def end_at_once(sentence: str) -> None:
    """End the process without another word than this; what it has started is stopped by its supervisor."""
    try:  # noqa: SIM105  without an import
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{sentence}\n".encode())
    except (OSError, ValueError):
        pass  # nobody listens
    os._exit(COULD_NOT_RUN)


def _end_early(_number: int, _frame: FrameType | None) -> None:
    end_at_once(_TOO_EARLY)
