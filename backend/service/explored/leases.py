"""Which Redis commands make a key that runs out by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.service.wire.unit import Unit

_MAKERS = frozenset({"SETEX", "PSETEX", "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "GETEX"})
_SCRIPTS = frozenset({"EVAL", "EVALSHA", "FCALL"})
_OPTIONS = re.compile(r" (?:EX|PX|EXAT|PXAT) \d+", re.IGNORECASE)


def makes_lease(unit: Unit) -> bool:
    """Whether a command may have given a key a life: then the server is asked."""
    names = frozenset(unit.commands)
    if names & _MAKERS or names & _SCRIPTS:
        return True
    return "SET" in names and _OPTIONS.search(unit.text) is not None
