"""Placeholders such as ``{key}``, put in so that they fit where they stand."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\}")
OF_AN_INTENT = frozenset({"key", "n", "uuid"})
_ENVIRONMENT = "env."


class UnknownPlaceholderError(ValueError):
    """Nothing stands for this placeholder here; `name` is what it is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def names_in(value: Any) -> Iterator[str]:  # noqa: ANN401  anything that TOML can hold
    """The placeholders of a text, or of all texts in a value."""
    match value:
        case str():
            yield from (found[1] for found in PLACEHOLDER.finditer(value))
        case list():
            for item in value:
                yield from names_in(item)
        case dict():
            for name, item in value.items():
                yield from names_in(name)
                yield from names_in(item)
        case _:
            pass


def _same(text: str) -> str:
    return text


def fill(text: str, values: Mapping[str, str], escape: Callable[[str], str] = _same) -> str:
    """Put values in.

    Raises:
        UnknownPlaceholderError: a placeholder has no value.
    """
    return PLACEHOLDER.sub(lambda found: escape(_value(found[1], values)), text)


def fill_path(text: str, values: Mapping[str, str]) -> str:
    """Put values into a path or a query: percent-encoded, as is whatever is not ASCII."""
    filled = fill(text, values, lambda value: quote(value, safe=""))
    return "".join(char if char.isascii() else quote(char) for char in filled)


def fill_header(text: str, values: Mapping[str, str]) -> str:
    """Put values into a header: without line breaks."""
    return fill(text, values, lambda value: " ".join(value.splitlines()))


def fill_json_text(text: str, values: Mapping[str, str]) -> str:
    """Put values into JSON that is written as text: escaped as within a string."""
    return fill(text, values, lambda value: json.dumps(value)[1:-1])


def fill_json(value: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401  anything that TOML can hold
    """Put values into a JSON value. ``"{n}"`` alone becomes a number."""
    match value:
        case "{n}":
            return int(_value("n", values))
        case str():
            return fill(value, values)
        case list():
            return [fill_json(item, values) for item in value]
        case dict():
            return {fill(name, values): fill_json(item, values) for name, item in value.items()}
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with bound parameters, in the style of ``%(name)s``."""

    sql: str
    names: tuple[str, ...]

    def parameters(self, values: Mapping[str, str]) -> dict[str, str]:
        """What to bind.

        Raises:
            UnknownPlaceholderError: a placeholder has no value.
        """
        return {_bound(name): _value(name, values) for name in self.names}


def statement(text: str) -> Statement:
    """SQL whose placeholders are bound, never pasted in.

    Raises:
        QuotedPlaceholderError: a placeholder stands within quotes, where nothing can be bound.
    """
    names: list[str] = []
    parts: list[str] = []
    for piece, quoted in _pieces(text):
        if quoted and (found := PLACEHOLDER.search(piece)):
            raise QuotedPlaceholderError(found[1])
        doubled = piece.replace("%", "%%")
        if not quoted:
            names += (found[1] for found in PLACEHOLDER.finditer(piece))
            doubled = PLACEHOLDER.sub(lambda found: f"%({_bound(found[1])})s", doubled)
        parts.append(doubled)
    return Statement("".join(parts), tuple(dict.fromkeys(names)))


class QuotedPlaceholderError(ValueError):
    """A placeholder stands within quotes; `name` is what it is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


_PIECE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    place = 0
    for found in _PIECE.finditer(text):
        yield text[place : found.start()], False
        yield found[0], True
        place = found.end()
    yield text[place:], False


def _bound(name: str) -> str:
    return name.replace(".", "__")


def _value(name: str, values: Mapping[str, str]) -> str:
    if name.startswith(_ENVIRONMENT):
        found = os.environ.get(name[len(_ENVIRONMENT) :])
        if found is None:
            raise UnknownPlaceholderError(name)
        return found
    try:
        return values[name]
    except KeyError:
        raise UnknownPlaceholderError(name) from None
