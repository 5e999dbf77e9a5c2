"""Sentences: every code has words in every language, with the same parts."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import string

import pytest

import backend
from backend.errors import EngineError
from backend.sentence import LANGUAGES, Code, PlainCode, plain, say, templates, words


def _all_codes() -> list[Code]:
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if not module.name.endswith("__main__") and not module.name.endswith(".wsgi"):
            importlib.import_module(module.name)
    return [code for area in Code.__subclasses__() for code in area]


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_every_words_have_a_code(language: str) -> None:
    assert set(templates(language)) == {code.value for code in _all_codes()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_all_languages_name_the_same_parts(language: str) -> None:
    english = templates("en")
    assert {c: _names(t) for c, t in templates(language).items()} == {c: _names(t) for c, t in english.items()}


def test_an_error_says_its_sentence_and_survives_a_pickle() -> None:
    error = EngineError(say(PlainCode.TEXT, text="it is {gone}"))
    assert str(error) == "it is {gone}"
    assert pickle.loads(pickle.dumps(error)).sentence == error.sentence  # noqa: S301  ours


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    assert words(say(PlainCode.TEXT, text=plain("inner")), "zh_CN") == "inner"
