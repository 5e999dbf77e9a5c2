"""What may stand in the header ``Idempotency-Key``, in two dialects."""

from __future__ import annotations

import re

from backend.model.sentence import say
from backend.strategies.base import RefusedError
from backend.strategies.says import IdempotencyKeyCode

LONGEST_KEY = 255
_QUOTED = re.compile(r'"(?P<key>(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~:/]+")
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class KeySyntaxError(RefusedError):
    """The header's value is no key."""

    def __init__(self, code: IdempotencyKeyCode) -> None:
        super().__init__(say(code, most=LONGEST_KEY))


def quoted_key(value: str) -> str:
    """A structured-field String (RFC 8941, 3.3.3), or the bare token that many clients send.

    Raises:
        KeySyntaxError: the value is neither a String nor a token, or too long.
    """
    value = value.strip()
    if quoted := _QUOTED.fullmatch(value):
        return _fitting(re.sub(r"\\(.)", r"\1", quoted["key"]))
    if _TOKEN.fullmatch(value):
        return _fitting(value)
    raise KeySyntaxError(IdempotencyKeyCode.NOT_QUOTED)


def plain_key(value: str) -> str:
    """Up to 255 printable characters.

    Raises:
        KeySyntaxError: the value has other characters, or too many.
    """
    value = value.strip()
    if not _PRINTABLE.fullmatch(value):
        raise KeySyntaxError(IdempotencyKeyCode.NOT_PRINTABLE)
    return _fitting(value)


def _fitting(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY:
        raise KeySyntaxError(IdempotencyKeyCode.WRONG_LENGTH)
    return key
