"""Entries as JSON and back. What comes back is checked: a file may come from anybody."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from backend.archive.entries import CONTENTS, LAST_INSTANT, Entry, Kind
from backend.archive.possible import why_impossible
from backend.model.sentence import ENGLISH, Code, PlainCode, Sentence, templates, words

VERSION = 1
"""Of the documents. A later one is refused."""
LARGEST_NUMBER = 2**53
_MOST_NESTED = 8
"""How deep sentences lie in sentences at most."""


class LaterVersionError(Exception):
    """A later version has written the document."""


class NoEntryError(Exception):
    """The document is no entry."""


class KeptCode(Code):
    """Names a sentence whose own area is not imported here."""


def _kept_code(value: str) -> KeptCode:
    """A code that is in the tables, though the enum that it belongs to is not known here."""
    if value not in templates(ENGLISH):
        raise msgspec.ValidationError("there is no such sentence")
    code = str.__new__(KeptCode, value)
    code._name_ = code._value_ = value
    return code


def to_json(entry: Entry) -> bytes:
    """An entry as a JSON document."""
    return msgspec.json.encode(
        {"version": VERSION, "kind": entry.kind, "began": entry.began, "content": entry.content},
        enc_hook=_as_text,
    )


def _as_text(value: object) -> str:
    """Names of tables are a kind of text of SQLAlchemy's."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(type(value).__name__)


def from_json(data: bytes) -> Entry:
    """The entry of a document.

    Raises:
        LaterVersionError: a later version has written it.
        NoEntryError: it is none; the text says in a few words why.
    """
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoEntryError(str(error) or "it is nested too deep") from None
    return _read(document)


def _read(document: object) -> Entry:
    if not isinstance(document, dict) or not _is_number(document.get("version")):
        raise NoEntryError("it has no version")
    if document["version"] > VERSION:
        raise LaterVersionError
    if document["version"] != VERSION:
        raise NoEntryError("there is no such version")
    try:
        _check_numbers(document)
        kind = Kind(str(document.get("kind")))
        content = convert(document.get("content"), CONTENTS[kind])
        entry = Entry(_instant(document.get("began")), content)
    except RecursionError:
        raise NoEntryError("it is nested too deep") from None
    except (msgspec.ValidationError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise NoEntryError(str(error)) from None
    if (reason := why_impossible(entry)) is not None:
        raise NoEntryError(reason)
    return entry


def convert(value: object, kind: Any) -> Any:  # noqa: ANN401  whatever kind of value is asked for
    """Plain values as what they are to be; strictly, so that wrong types are found here.

    msgspec does it, except where sentences are inside, whose codes are spread over many enums, and where a set has
    members of several enums.

    Raises:
        msgspec.ValidationError: they are something else.
    """
    if kind is Sentence:
        return _sentence(value)
    if members := _members(kind):
        return frozenset(_member(each, members) for each in _list(value))
    if not _holds_sentences(kind):
        return msgspec.convert(value, kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(value, kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:  # what may be missing
        return None if value is None else convert(value, next(each for each in arguments if each is not types.NoneType))
    if origin is tuple:
        return tuple(convert(each, arguments[0]) for each in _list(value))
    return {  # what is left is a mapping
        msgspec.convert(key, arguments[0]): convert(each, arguments[1]) for key, each in _mapping(value).items()
    }


def _dataclass(value: object, kind: Any) -> Any:  # noqa: ANN401
    given = _mapping(value)
    hints = _hints(kind)
    return kind(**{name: convert(given[name], hints[name]) for name in hints if name in given})


def _sentence(value: object, depth: int = 0) -> Sentence:
    given = _mapping(value)
    code, parts = given.get("code"), given.get("parts", [])
    if depth > _MOST_NESTED:
        raise msgspec.ValidationError("a sentence is nested too deep")
    sentence = Sentence(_code(code), tuple(_part(part, depth) for part in _list(parts)))
    if not depth:
        for language in ("en", "zh_CN"):
            words(sentence, language)  # a part that is missing, or of another type, is found here
    return sentence


def _part(value: object, depth: int) -> tuple[str, Any]:
    pair = _list(value)
    if len(pair) != 2 or not isinstance(pair[0], str):
        raise msgspec.ValidationError("a sentence has a wrong part")
    part = pair[1]
    if isinstance(part, list):
        return pair[0], tuple(_sentence(each, depth + 1) for each in part)
    if isinstance(part, dict):
        return pair[0], _sentence(part, depth + 1)
    if isinstance(part, str | int | float):
        return pair[0], part
    raise msgspec.ValidationError("a sentence has a wrong part")


def _code(value: object) -> Code:
    if not isinstance(value, str):
        raise msgspec.ValidationError("a sentence has no code")
    if value in set(PlainCode):
        return PlainCode(value)
    known = (code for area in Code.__subclasses__() for code in area if code.value == value)
    return next(known, None) or _kept_code(value)


@cache
def _members(kind: Any) -> Mapping[str, StrEnum]:  # noqa: ANN401
    """The members that a set of several enums can have, by their texts, which differ; nothing of any other kind."""
    if typing.get_origin(kind) is not frozenset:
        return {}
    return {member.value: member for enum in typing.get_args(typing.get_args(kind)[0]) for member in enum}


def _member(value: object, members: Mapping[str, StrEnum]) -> StrEnum:
    if not isinstance(value, str) or value not in members:
        raise msgspec.ValidationError("there is no such choice")
    return members[value]


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _holds_sentences(kind: Any) -> bool:  # noqa: ANN401
    if kind is Sentence:
        return True
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return any(_holds_sentences(hint) for hint in _hints(kind).values())
    return any(_holds_sentences(argument) for argument in typing.get_args(kind) if argument is not Ellipsis)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise msgspec.ValidationError("a list was expected")
    return value


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise msgspec.ValidationError("an object was expected")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _instant(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_INSTANT:
        raise msgspec.ValidationError("it does not say when it began")
    return float(value)


def _check_numbers(value: object) -> None:
    """Numbers that no clock, counter or spin box can hold."""
    if isinstance(value, dict):
        for each in value.values():
            _check_numbers(each)
    elif isinstance(value, list):
        for each in value:
            _check_numbers(each)
    elif isinstance(value, float) and not math.isfinite(value):
        raise msgspec.ValidationError("a number is not finite")
    elif isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        raise msgspec.ValidationError("a number is too large")
