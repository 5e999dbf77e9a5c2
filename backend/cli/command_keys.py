"""The commands of the command line."""

from __future__ import annotations

from enum import StrEnum


class Command(StrEnum):
    """As they are typed; `WINDOW` is what is meant where none is."""

    WINDOW = "window"
    RUN = "run"
    EXPLORE = "explore"
    COMPARE = "compare"
    SERVE = "serve"
    INCIDENTS = "incidents"
    CHECK = "check"
    OPEN = "open"
    REPLAY = "replay"
    HISTORY = "history"
    INSTALL_DESKTOP = "install-desktop"
    SERVICE = "service"
