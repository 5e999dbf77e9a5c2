"""The standard streams as a command needs them, however it was started."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from backend.files.printable import printable

_STANDARD = (0, 1, 2)


def make_usable() -> None:
    """Have something behind all three descriptors, and let no character that an encoding lacks end the work.

    Where a shell has closed a descriptor (``<&-``), the next file or socket would take its number, and whoever writes
    to standard error would write into that. `sys.stdout` stays None there: nobody is told that it was written to.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  as long as the process lives
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  as above
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def complain(sentence: str) -> None:
    """Say one line on standard error; nothing where nobody can hear it."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"submit-twice: {printable(' '.join(sentence.split()))}\n")
        sys.stderr.flush()


def flush() -> bool:
    """Have everything written; whether that went well."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True
