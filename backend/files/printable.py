"""Texts of others, such as rows, answers and errors of servers, as they may be printed.

A terminal takes control characters for commands: it moves, clears, renames itself, or sends keys. Marks that turn the
direction of writing have a line read otherwise than it is. Either is told by its number.
"""

from __future__ import annotations

import re

_LAST_OF_ASCII = 0x7E
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""All but line feed and tab of the controls; the separators and marks of Unicode's bidirectional algorithm; halves of
characters, which no encoding has."""


def printable(text: str) -> str:
    """The same text with nothing in it that a terminal obeys."""
    return _OBEYED.sub(_by_number, text)


def _by_number(found: re.Match[str]) -> str:
    """As in JSON, which may have some of them in its texts as they are."""
    number = ord(found[0])
    return f"\\u{number:04x}" if number > _LAST_OF_ASCII else f"\\x{number:02x}"
