"""How a step reads: the command with its parameters, the answer in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 400
_NAMED = re.compile(r"%\((\w+)\)s(?:::\w+)?")
_POSITIONAL = re.compile(r"\?|%s")
_KNOWN_COMMANDS = 512
_is_untidy = re.compile(r"^\s|\s$|\s\s|[^\S ]").search
"""Whether a text is not on one line, with one space between words."""


def command_text(command: str, parameters: Mapping[str, object] | Sequence[object], *, is_sql: bool) -> str:
    """The command with its parameters in place, on one line."""
    if not is_sql:
        return shorten(" ".join([command, *(str(parameter) for parameter in parameters)]))
    if isinstance(parameters, Mapping):
        before, places = _taken_apart(command)
        parts = [before]
        for name, spelt, after in places:
            parts += literal(parameters[name]) if name in parameters else spelt, after
        text = "".join(parts)
    else:
        values = map(literal, parameters)
        text = _POSITIONAL.sub(lambda found: next(values, found[0]), command)
    return shorten(text)


@lru_cache(_KNOWN_COMMANDS)
def _taken_apart(command: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """What stands before the first parameter; then each of them, how it is spelt, and what stands behind it.

    The same commands come again and again, while the process that runs them has better things to do.
    """
    found = list(_NAMED.finditer(command))
    ends = [*(match.start() for match in found[1:]), len(command)]
    places = ((match[1], match[0], command[match.end() : end]) for match, end in zip(found, ends, strict=True))
    return command[: found[0].start()] if found else command, tuple(places)


def literal(value: object) -> str:
    """A value as SQL writes it."""
    match value:
        case None:
            return "NULL"
        case int() | float():
            return str(value)
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def answer_text(answer: object, *, is_sql: bool) -> str:
    """What an engine answered, on one line."""
    match answer:
        case None:
            return "" if is_sql else "(nil)"
        case []:
            return "no row"
        case list() if is_sql:
            return shorten(" | ".join(", ".join(str(value) for value in row) for row in answer))
        case int() if is_sql:
            return "1 row" if answer == 1 else f"{answer} rows"
        case True:
            return "OK"
        case _:
            return shorten(str(answer))


def error_text(error: BaseException) -> str:
    """The first line of an engine's complaint, with its SQLSTATE if it has one."""
    original = getattr(error, "orig", None) or error
    first = (str(original).splitlines() or [""])[0]
    state = getattr(original, "sqlstate", None)
    return shorten(f"{state} {first}" if state else first or type(original).__name__)


def shorten(text: str) -> str:
    """One line of at most 400 characters."""
    line = " ".join(text.split()) if _is_untidy(text) else text
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
