"""Texts that end in running numbers, as business keys and names of submissions do: a thousand share what is before."""

from __future__ import annotations

_DIGITS = 3
SHARING: int = 10**_DIGITS
"""So many texts have the same part before their last digits."""
WHOLE = -1
"""Stands for the last digits of a text that does not end in so many."""


def split(text: str) -> tuple[str, int]:
    """What stands before the last three digits, and these as a number; the whole text and `WHOLE` without any."""
    last = text[-_DIGITS:]
    if len(last) == _DIGITS and last.isascii() and last.isdigit():
        return text[:-_DIGITS], int(last)
    return text, WHOLE


def join(part: str, last: int) -> str:
    """The text that was split."""
    return part if last == WHOLE else f"{part}{last:03}"
