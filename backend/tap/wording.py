"""How a step reads: the command with its parameters, the answer in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PlainValue = None | bool | int | float | str
Parameters = dict[str, PlainValue] | list[PlainValue]
PlainAnswer = None | bool | int | str | list[list[str]]
"""Parameters and answers as they can be sent; they read the same as what they were made of."""
_LONGEST_SENT = 2_000
"""Of a text of which hardly more than `_LONGEST` will be shown."""

_LONGEST = 400
_NAMED = re.compile(r"%\((\w+)\)s(?:::\w+)?")
_POSITIONAL = re.compile(r"\?|%s")
_KNOWN_COMMANDS = 512


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
    ends = [*(match.start() for match in found), len(command)]
    places = [(match[1], match[0], command[match.end() : end]) for match, end in zip(found, ends[1:], strict=True)]
    return command[: ends[0]], tuple(places)


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


def plain_parameters(parameters: Mapping[str, object] | Sequence[object]) -> Parameters:
    """Parameters that can be sent anywhere, and read the same."""
    if isinstance(parameters, Mapping):
        return {name: _plain_value(value) for name, value in parameters.items()}
    return [_plain_value(value) for value in parameters]


def _plain_value(value: object) -> PlainValue:
    if isinstance(value, str):
        return value if type(value) is str and len(value) <= _LONGEST_SENT else str(value)[:_LONGEST_SENT]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return int(value)  # it may be a word of ours with a number
    return str(value)


def plain_answer(answer: object, *, is_sql: bool) -> PlainAnswer:
    """An answer that can be sent anywhere, and reads the same."""
    if answer is None or isinstance(answer, bool | int):
        return _plain_value(answer)  # type: ignore[return-value]  # none of them becomes a float
    if answer == []:
        return []
    if is_sql and isinstance(answer, list):
        return [[str(value) for value in row] for row in answer]
    return str(answer)


def error_text(error: BaseException) -> str:
    """The first line of an engine's complaint, with its SQLSTATE if it has one."""
    original = getattr(error, "orig", None) or error
    first = (str(original).splitlines() or [""])[0]
    state = getattr(original, "sqlstate", None)
    return shorten(f"{state} {first}" if state else first or type(original).__name__)


def shorten(text: str) -> str:
    """One line of at most 400 characters."""
    is_line = text.isprintable() and "  " not in text and text.strip() == text
    line = text if is_line else " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
