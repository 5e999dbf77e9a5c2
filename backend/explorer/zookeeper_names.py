"""Names for what ZooKeeper and kazoo call differently in each schedule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from backend.tap.observer import Call

_LOCK_NODE = re.compile(r"[0-9a-f]{32}__lock__")
"""A contender of kazoo's lock: a random prefix, by which it knows its own node again, and then the server's number."""
_CREATED = re.compile(r"czxid (\d+)")
_NUMBER = re.compile(r"\d{10}$")
_WHOLE_NUMBER = re.compile(r"(?<![\w-])(?:czxid )?(\d+)(?![\w-])")


def is_node(name: str) -> bool:
    """Whether this is the path of a node, and not a key in Redis."""
    return name.startswith("/")


def note_creation(call: Call, names: MutableMapping[str, str]) -> None:
    """Name the number that a node's creation has, after the node: the later it was created, the higher."""
    created = _CREATED.fullmatch(str(call.answer))
    if call.command != "exists" or created is None:
        return
    number = _NUMBER.search(str(next(iter(call.parameters))))
    names[created[1]] = f"zxid-{int(number[0]) + 1 if number else len(names) + 1}"


def readable(text: str, names: Mapping[str, str]) -> str:
    """A text that reads the same whenever a schedule is played."""
    text = _LOCK_NODE.sub("lock-", text)
    return _WHOLE_NUMBER.sub(lambda found: names.get(found[1], found[0]), text) if names else text
