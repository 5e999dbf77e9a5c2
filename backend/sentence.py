"""What the backend says to a person: a code and its parts, put into words once for each language.

A sentence is made where something happens, with `say`; it travels as data (through errors, reports, problem documents
and over sockets) and becomes words where it is shown, with `words`. The words are in ``resources/sentences/*.toml``,
one file a language, one table an area; a value may name its parts in braces, and says both forms where a number
decides: ``{crashes} crash|{crashes} crashes``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh_CN")


class Code(StrEnum):
    """Names a sentence as ``area.name``. Each area has an enum of its own, beside what says it."""


class PlainCode(Code):
    """For what is somebody else's words already."""

    TEXT = "plain.text"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A code with its parts. ``str(sentence)`` is English."""

    code: Code
    parts: tuple[tuple[str, str | int | float | Sentence | tuple[Sentence, ...]], ...] = ()
    """Name and value of each; a value may be a sentence again."""

    def __str__(self) -> str:
        return words(self)


def say(code: Code, /, **parts: str | int | float | Sentence | tuple[Sentence, ...]) -> Sentence:
    """Make a sentence."""
    return Sentence(code, tuple(parts.items()))


def plain(text: str) -> Sentence:
    """Somebody else's words (of a driver, of a server's log), which are in no table of ours."""
    return say(PlainCode.TEXT, text=text)


def words(sentence: Sentence, language: str = ENGLISH) -> str:
    """A sentence as text.

    Args:
        sentence: what to say.
        language: one of `LANGUAGES`; English stands in for one that is not known.

    Raises:
        KeyError: there are no words for this code, or one of the parts that they name is missing.
    """
    template = _template(language, sentence.code)
    parts = {name: _part(value, language) for name, value in sentence.parts}
    if "|" in template:
        template = _form(template, dict(sentence.parts))
    return template.format_map(parts)


def templates(language: str) -> Mapping[str, str]:
    """The words of a language, by code."""
    return _templates(language if language in LANGUAGES else ENGLISH)


def _template(language: str, code: Code) -> str:
    return templates(language)[code.value]


@cache
def _templates(language: str) -> Mapping[str, str]:
    text = (files("resources") / "sentences" / f"{language}.toml").read_text(encoding="utf-8")
    return {f"{area}.{name}": value for area, table in tomllib.loads(text).items() for name, value in table.items()}


def _part(value: object, language: str) -> str:
    if isinstance(value, Sentence):
        return words(value, language)
    if isinstance(value, tuple):
        return " ".join(words(sentence, language) for sentence in value)
    return str(value)


def _form(template: str, parts: Mapping[str, object]) -> str:
    """The first form for one, the second for any other number; the first number among the parts decides."""
    one, _, other = template.partition("|")
    number = next((value for value in parts.values() if isinstance(value, int | float)), 0)
    return one if number == 1 else other
