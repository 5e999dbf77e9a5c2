"""Where tests keep what they make: in memory where there is room, since a disk takes longer than what is tested."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import platformdirs

_MEMORY = Path("/dev/shm")  # noqa: S108  what is made there has a name of its own
_ENOUGH = 2 << 30


def choose_memory() -> None:
    """From now on temporary files of this process and of all that it starts lie in memory, unless somebody chose."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        os.environ.setdefault("TMPDIR", str(_MEMORY))
        tempfile.tempdir = None  # whoever has asked before asks again


def keep_bytecode() -> None:
    """From now on what is imported is compiled once, not by each process that tests start.

    Whoever has asked Python to write no bytecode wants none beside the code: it is kept in the user's cache.
    """
    if sys.dont_write_bytecode:
        sys.pycache_prefix = str(platformdirs.user_cache_path("submit-twice") / "bytecode")
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def short_place() -> str:
    """Where a folder's name is short enough for sockets in it."""
    chosen = os.environ.get("TMPDIR", "")
    return chosen if chosen == str(_MEMORY) else "/tmp"  # noqa: S108
