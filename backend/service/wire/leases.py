"""Which Redis commands make a key that runs out by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAKERS = frozenset({"SETEX", "PSETEX", "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "GETEX"})
_SCRIPTS = frozenset({"EVAL", "EVALSHA", "FCALL"})
_OPTIONS = frozenset({"EX", "PX", "EXAT", "PXAT"})


def makes_lease(words: Sequence[str]) -> bool:
    """Whether a command may give a key a life: then the server is asked.

    Args:
        words: all of the command, whole: a value may be long, and options stand behind it.
    """
    name = words[0].upper()
    if name in _MAKERS or name in _SCRIPTS:
        return True
    return name == "SET" and not _OPTIONS.isdisjoint(word.upper() for word in words[3:])
