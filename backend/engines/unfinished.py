"""Folders that appear in one step: they are made beside their place, and get their name once they are whole.

What is left of one whose maker was killed is removed by the next start. It is known by its name, which nobody else
gives, and by a lock, which its maker holds for as long as he lives.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BEGINS = ".submit-twice-unfinished-"
_NAME = re.compile(re.escape(_BEGINS) + r"[0-9a-f]{8}")


@contextmanager
def unfinished(target: Path, mode: int) -> Iterator[Path]:
    """A fresh folder that becomes `target` at the end; where that fails nothing of it stays.

    Raises:
        OSError: it cannot be made, or something is there already.
    """
    partial = target.with_name(f"{_BEGINS}{secrets.token_hex(4)}")
    partial.mkdir(mode=mode)
    descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield partial
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(descriptor)


def sweep_unfinished(folder: Path) -> None:
    """Remove what is left of those in `folder` whose makers are dead."""
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  a thousand files are no reason to make a thousand paths
            if _NAME.fullmatch(name):
                _remove_if_dead(folder / name)


def _remove_if_dead(partial: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(partial, ignore_errors=True)
        finally:
            os.close(descriptor)
