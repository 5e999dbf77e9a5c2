"""How a step reads: the command with its parameters, the answer in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 400
_NAMED = re.compile(r"%\((\w+)\)s(?:::\w+)?")
_POSITIONAL = re.compile(r"\?|%s")


def command_text(command: str, parameters: Mapping[str, object] | Sequence[object], *, is_sql: bool) -> str:
    """The command with its parameters in place, on one line."""
    if not is_sql:
        return shorten(" ".join([command, *(str(parameter) for parameter in parameters)]))
    if isinstance(parameters, Mapping):
        text = _NAMED.sub(lambda found: literal(parameters[found[1]]) if found[1] in parameters else found[0], command)
    else:
        values = map(literal, parameters)
        text = _POSITIONAL.sub(lambda found: next(values, found[0]), command)
    return shorten(text)


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
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
