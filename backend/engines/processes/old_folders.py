"""Temporary folders of labs that were killed together with their supervisor, so that nobody removed them.

A lab's folder holds a file that is its mark. The supervisor process and the lab hold a lock on it for as long as they
live, so whoever gets the lock for himself knows that both are dead. A folder without the mark, of another user, or
behind a link is never touched.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.processes.folder import MARK, MARK_TEXT, NAME_BEGINS, make_directory, mark, remove_directory
from backend.engines.processes.launch import folders
from backend.engines.processes.process_tree import is_dead, send_signal, with_output_below
from backend.engines.processes.shared_memory import release_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = re.compile(re.escape(NAME_BEGINS) + r"[0-9a-f]{8}")
_KILL = 9
_LOOKS = 100
_PAUSE_S = 0.05
"""Five seconds in all: on a busy machine a server that was killed takes more than one to be gone, and a server that is
not gone holds its data folder."""


def hold(directory: Path) -> int:
    """Share the lock on the mark of our own folder; the descriptor holds it.

    Raises:
        OSError: the mark is gone.
    """
    descriptor = os.open(directory / MARK, os.O_RDONLY | os.O_NOFOLLOW)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def marked_folder() -> Iterator[Path]:
    """A folder as a lab's for somebody without a supervisor; should he be killed, the next start removes it.

    Raises:
        OSError: it cannot be made.
    """
    directory = make_directory(folders(None), 0o700)
    with ExitStack() as opened:
        opened.callback(remove_directory, directory)
        opened.callback(os.close, mark(directory))
        yield Path(directory)


def sweep(bases: Iterable[str]) -> list[Path]:
    """Remove the folders of dead labs below `bases`, with what still runs there; which they were."""
    return [folder for base in bases for folder in _candidates(Path(base)) if _remove_if_dead(folder)]


def _candidates(base: Path) -> Iterator[Path]:
    try:
        names = [name for name in os.listdir(base) if _NAME.fullmatch(name)]  # noqa: PTH208
    except OSError:
        return
    for name in names:
        yield base / name


def _remove_if_dead(folder: Path) -> bool:
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            return False
        descriptor = os.open(folder / MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        mark = os.fstat(descriptor)
        ours = stat.S_ISREG(mark.st_mode) and mark.st_uid == os.geteuid() and os.read(descriptor, 64) == MARK_TEXT
        if ours:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return ours and not folder.exists()


def _remove(folder: Path) -> None:
    """The mark goes last: what cannot be removed now is found again the next time."""
    killed: set[int] = set()
    for _ in range(_LOOKS):
        left = with_output_below(str(folder))
        killed.update(left)
        if all(map(is_dead, killed)):
            break
        for pid in left:
            send_signal(pid, _KILL)
        threading.Event().wait(_PAUSE_S)
    release_segments(str(folder))
    remove_directory(str(folder))
