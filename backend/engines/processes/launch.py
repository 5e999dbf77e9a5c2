"""Starting the supervisor process, and learning where it has made the lab's folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.processes import supervisor_process
from backend.engines.says import ProcessCode
from backend.model.errors import EngineError
from backend.model.sentence import plain, say

if TYPE_CHECKING:
    import socket

    from backend.engines.processes.server_user import ServerUser

_START_LIMIT_S = 20.0
_AWKWARD = re.compile(r"[^\w/.+@=-]")
"""Characters in a path that servers take for more than themselves: quotes, commas, line feeds and the like."""
_LONGEST_BASE = 50
"""Longest name of the temporary folder: a socket's path may have about 100 characters, and names follow."""


def launch(theirs: socket.socket, user: ServerUser | None, niceness: int) -> subprocess.Popen[bytes]:
    """Start the process.

    Args:
        theirs: its end of the socket.
        user: of the servers; None where that is ourselves.
        niceness: how much everything steps back for others.

    Raises:
        OSError: the process cannot be started.
    """
    script = Path(supervisor_process.__file__)
    mode = "0700" if user is None else "0711"
    own = [str(theirs.fileno()), str(os.getpid()), mode, str(niceness)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(script), *own, *folders(user)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )


def folders(user: ServerUser | None) -> list[str]:
    """Folders to make the directory in: the user's choice where it is usable, then the usual place."""
    chosen = Path(tempfile.gettempdir())
    usable = (
        len(os.fsencode(chosen)) <= _LONGEST_BASE
        and not _AWKWARD.search(str(chosen))
        and (user is None or user.can_enter(chosen))
    )
    return [str(chosen)] if usable else ["/tmp"]  # noqa: S108 - the directory below it is made safely


def learn_directory(ours: socket.socket, user: ServerUser | None) -> Path:
    """The directory that the process has made; it says so first of all.

    Raises:
        EngineError: the process could not make a directory, or says nothing.
    """
    ours.settimeout(_START_LIMIT_S)
    line = b""
    try:
        while not line.endswith(b"\n") and (data := ours.recv(4096)):
            line += data
        answer: dict[str, str] = json.loads(line or b"{}")
    except (OSError, ValueError):
        answer = {}
    ours.settimeout(None)
    if "directory" not in answer:
        reason = plain(answer["error"]) if "error" in answer else say(ProcessCode.SUPERVISOR_SILENT)
        raise EngineError(say(ProcessCode.NO_FOLDER, directory=folders(user)[0], reason=reason))
    return Path(answer["directory"])
