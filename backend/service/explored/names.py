"""Texts of a schedule with names that are the same on every run."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from backend.service.wire.glue import statements

if TYPE_CHECKING:
    from backend.service.intents import ServiceIntent
    from backend.service.wire.unit import Unit

_SHORTEST = 4
"""A shorter value would be found in texts that do not mean it."""
_LONGEST_WORD = 20
_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'")
_NUMBER = re.compile(r"\b[0-9a-f]{8,}\b|(?<![A-Za-z0-9])[0-9a-f]*\d[0-9a-f]*(?![A-Za-z0-9])|\$?\d+(?:\.\d+)?")
"""Also within the names that drivers make up, such as ``c_7f8e1c0d_1``."""
_SAVEPOINT = re.compile(
    r"(SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?|ROLLBACK\b.*?\bTO(?:\s+SAVEPOINT)?)\s+(?!SAVEPOINT\b)\S+", re.IGNORECASE
)
"""What follows is a name, and may be a number of any base."""
_LIST = re.compile(r"(?:[?#%]s?\s*,\s*)+")
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]*")


class Names:
    """Puts names in the place of an intent's own values.

    Args:
        intent: of the schedule.
    """

    def __init__(self, intent: ServiceIntent) -> None:
        named = [(value, f"{name}-1") for name, value in intent.values.items() if len(value) >= _SHORTEST]
        self._names = sorted(named, key=lambda pair: -len(pair[0]))

    def readable(self, text: str) -> str:
        """The text with those names."""
        for value, name in self._names:
            text = text.replace(value, name)
        return text


def skeleton(unit: Unit) -> str:
    """What a step is, without any value that may be new each time."""
    if unit.keys:
        return " ".join([*unit.commands, *map(_of_key, unit.keys)])
    commands = unit.commands or (unit.prepares,)
    if len(commands) == 1 and " " not in commands[0]:
        return commands[0]
    return "; ".join(map(_of_sql, commands))


@lru_cache(maxsize=4096)
def _of_sql(command: str) -> str:
    text = "; ".join(
        _SAVEPOINT.sub(r"\1", each) if _SAVEPOINT.fullmatch(each) else each for each in statements(command)
    )
    return _LIST.sub("", _NUMBER.sub("#", _LITERAL.sub("?", text)))


def _of_key(key: str) -> str:
    """The first word of a key, where it has one: ``lock`` of ``lock:42``."""
    first, colon, _ = key.partition(":")
    return first if _WORD.fullmatch(first) and (colon or len(first) <= _LONGEST_WORD) else "#"
