"""What the backend says to a person: a code and its parts, put into words once for each language.

A sentence is made where something happens, with `say`; it travels as data (through errors, reports, problem documents
and over sockets) and becomes words where it is shown, with `words`. The words are in ``resources/sentences/*.toml``,
one file a language, one table an area; a value may name its parts in braces. How a part is written:

- ``{crashes}``, and numbers with a format of Python's: ``{seconds:.1f}``, ``{rows:,}``;
- ``{crashes:crash|crashes}``, one of two forms, the first for the number one;
- ``{known:, }``, several sentences with that between them; without it, what the language has between sentences.

Where a single number decides, both forms of the whole may be given: ``{crashes} crash|{crashes} crashes``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TypeAlias

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh_CN")
_FIELD = re.compile(r"\{[^{}]*\}")
_HEADING = re.compile(r"^\[(\w+)\]$", re.MULTILINE)
_BETWEEN_SENTENCES = {"zh_CN": ""}

Part: TypeAlias = "str | int | float | Sentence | tuple[Sentence, ...]"
"""What a part of a sentence may be."""


class Code(StrEnum):
    """Names a sentence as ``area.name``. Each area has an enum of its own, beside what says it."""


class PlainCode(Code):
    """For what is somebody else's words already."""

    TEXT = "plain.text"
    IN_LANGUAGES = "plain.in_languages"
    """A text that stands with its translations elsewhere: its parts are named as the languages."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A code with its parts. ``str(sentence)`` is English."""

    code: Code
    parts: tuple[tuple[str, Part], ...] = ()
    """Name and value of each; a value may be a sentence again."""

    def __str__(self) -> str:
        return words(self)


def say(code: Code, /, **parts: Part) -> Sentence:
    """Make a sentence."""
    return Sentence(code, tuple(parts.items()))


def plain(text: str) -> Sentence:
    """Somebody else's words (of a driver, of a server's log), which are in no table of ours."""
    return say(PlainCode.TEXT, text=text)


def plain_list(texts: Iterable[str]) -> tuple[Sentence, ...]:
    """Several of them, such as the keys that are known."""
    return tuple(map(plain, texts))


def in_languages(texts: Mapping[str, str]) -> Sentence:
    """A text that has its translations with it.

    Args:
        texts: by language; English stands in for what is missing.
    """
    return Sentence(PlainCode.IN_LANGUAGES, tuple(texts.items()))


def words(sentence: Sentence, language: str = ENGLISH) -> str:
    """A sentence as text.

    Args:
        sentence: what to say.
        language: one of `LANGUAGES`; English stands in for one that is not known.

    Raises:
        KeyError: there are no words for this code, or one of the parts that they name is missing.
    """
    parts = dict(sentence.parts)
    if sentence.code is PlainCode.IN_LANGUAGES:
        return _translation(parts, language)
    return fill(_template(language, sentence.code), parts, language)


def fill(template: str, parts: Mapping[str, Part], language: str = ENGLISH) -> str:
    """Put parts into a template; the docstring of this module says how it is written.

    Raises:
        KeyError: a part that the template names is missing.
    """
    if "|" in _FIELD.sub("", template):
        template = _form(template, parts)
    return template.format_map({name: _Written(value, language) for name, value in parts.items()})


@cache
def templates(language: str) -> Mapping[str, str]:
    """The words of a language, by code."""
    language = language if language in LANGUAGES else ENGLISH
    return {code: value for area in _areas(language) for code, value in _templates(language, area).items()}


def _translation(texts: Mapping[str, Part], language: str) -> str:
    return str(texts.get(language) or texts[ENGLISH])


def _template(language: str, code: Code) -> str:
    return _templates(language if language in LANGUAGES else ENGLISH, code.value.partition(".")[0])[code.value]


@cache
def _areas(language: str) -> Mapping[str, str]:
    """The text of each area's table, by its name."""
    text = (files("resources") / "sentences" / f"{language}.toml").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def _templates(language: str, area: str) -> Mapping[str, str]:
    """The words of one area by code. All areas at once cost more than a frame of the window may take."""
    table = tomllib.loads(_areas(language)[area])
    return {f"{area}.{name}": value for name, value in table.items()}


@dataclass(frozen=True, slots=True)
class _Written:
    """A part as a template writes it."""

    value: Part
    language: str

    def __format__(self, form: str) -> str:
        if isinstance(self.value, Sentence):
            return words(self.value, self.language)
        if isinstance(self.value, tuple):
            between = form or _BETWEEN_SENTENCES.get(self.language, " ")
            return between.join(words(sentence, self.language) for sentence in self.value)
        if "|" in form:
            return _one_or_other(form, self.value)
        return format(self.value, form)


def _form(template: str, parts: Mapping[str, object]) -> str:
    """Choose a form of a whole sentence; the first number among the parts decides."""
    return _one_or_other(template, next((value for value in parts.values() if isinstance(value, int | float)), 0))


def _one_or_other(forms: str, number: object) -> str:
    one, _, other = forms.partition("|")
    return one if number == 1 else other


def to_document(sentence: Sentence) -> dict[str, object]:
    """A sentence as plain data, for sockets and problem documents: its code and its parts."""
    return {"code": sentence.code.value, "parts": {name: _part_document(value) for name, value in sentence.parts}}


def from_document(document: object) -> Sentence | None:
    """The sentence of a document; None for what is none, or has a code that is not known here."""
    match document:
        case {"code": str(name), "parts": dict(parts)}:
            code = _code(name)
            return None if code is None else say(code, **{str(k): _part_from_document(v) for k, v in parts.items()})
        case _:
            return None


def _part_document(value: Part) -> object:
    if isinstance(value, Sentence):
        return to_document(value)
    if isinstance(value, tuple):
        return [to_document(sentence) for sentence in value]
    return value


def _part_from_document(value: object) -> Part:
    match value:
        case str() | int() | float():
            return value
        case list():
            return tuple(sentence for item in value if (sentence := from_document(item)))
        case _:
            return from_document(value) or plain(str(value))


def _code(name: str) -> Code | None:
    return next((code for area in Code.__subclasses__() for code in area if code.value == name), None)
