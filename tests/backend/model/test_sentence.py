"""Sentences: every code has words in every language, with the same parts."""

from __future__ import annotations

import ast
import importlib
import pickle
import pkgutil
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

import backend
from backend.model import sentence
from backend.model.errors import EngineError, NotApplicableError
from backend.model.sentence import (
    LANGUAGES,
    Code,
    PlainCode,
    fill,
    from_document,
    plain,
    plain_list,
    say,
    templates,
    to_document,
    words,
)
from backend.strategies import all_strategies, require_guard


def _all_codes() -> list[Code]:
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if not module.name.endswith("__main__") and not module.name.endswith(".wsgi"):
            importlib.import_module(module.name)
    return [code for area in Code.__subclasses__() for code in area]


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _file(language: str) -> str:
    return (files("resources") / "sentences" / f"{language}.toml").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_every_words_have_a_code(language: str) -> None:
    assert set(templates(language)) == {code.value for code in _all_codes()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_all_languages_name_the_same_parts(language: str) -> None:
    english = templates("en")
    assert {c: _names(t) for c, t in templates(language).items()} == {c: _names(t) for c, t in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_by_itself_has_the_words_that_the_file_has(language: str) -> None:
    tables = tomllib.loads(_file(language)).items()
    assert templates(language) == {f"{area}.{name}": text for area, table in tables for name, text in table.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_waits_for_no_table_but_its_own(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tables take longer than a frame of the window may."""
    read: list[str] = []
    loads = tomllib.loads

    def noted(text: str) -> dict[str, object]:
        read.append(text)
        return loads(text)

    monkeypatch.setattr(tomllib, "loads", noted)
    sentence._templates.cache_clear()
    assert words(say(PlainCode.TEXT, text="busy"), language) == "busy"
    assert len(read) == 1
    assert len(read[0]) < len(_file(language)) / 10


def test_an_error_says_its_sentence_and_survives_a_pickle() -> None:
    error = EngineError(say(PlainCode.TEXT, text="it is {gone}"))
    assert str(error) == "it is {gone}"
    assert pickle.loads(pickle.dumps(error)).sentence == error.sentence  # noqa: S301  ours


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    assert words(say(PlainCode.TEXT, text=plain("inner")), "zh_CN") == "inner"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 crashes"), (1, "1 crash"), (2, "2 crashes")])
def test_a_number_chooses_between_two_forms(number: int, expected: str) -> None:
    assert fill("{crashes} crash|{crashes} crashes", {"crashes": number}) == expected
    assert fill("{crashes} {crashes:crash|crashes}", {"crashes": number}) == expected


def test_each_number_chooses_its_own_form() -> None:
    template = "{orders} {orders:order|orders}, {rows} {rows:row|rows}"
    assert fill(template, {"orders": 1, "rows": 7}) == "1 order, 7 rows"


def test_numbers_are_written_with_a_format() -> None:
    assert fill("{seconds:.1f} s, {rows:,} rows", {"seconds": 2.04, "rows": 20_000}) == "2.0 s, 20,000 rows"


def test_a_list_is_written_with_what_the_language_puts_between() -> None:
    known = {"known": plain_list(["a", "b|c"])}
    assert fill("there are {known:, }", known) == "there are a, b|c"
    assert [fill("{known}", known, language) for language in LANGUAGES] == ["a b|c", "ab|c"]


def test_a_part_may_contain_what_a_template_uses() -> None:
    assert fill("{text}", {"text": "{gone} or | this"}) == "{gone} or | this"


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="crashes"):
        fill("{crashes}", {})


def test_a_sentence_survives_json() -> None:
    inner = (plain("one"), plain("two"))
    sentence = say(PlainCode.TEXT, text="x", count=3, ratio=0.5, inner=plain("y"), several=inner)
    assert from_document(msgspec.json.decode(msgspec.json.encode(to_document(sentence)))) == sentence


@pytest.mark.parametrize("document", [None, "text", {}, {"code": "no.such", "parts": {}}, {"code": 3, "parts": {}}])
def test_what_is_no_sentence_is_told_apart(document: object) -> None:
    assert from_document(document) is None


def _errors_of_ours(trees: list[ast.Module]) -> set[str]:
    """The names of `SubmitTwiceError` and of all that are made of it, and of what is caught to be said."""
    found = {"SubmitTwiceError", "MalformedResponseError"}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while fresh := {one.name for one in classes if found & {ast.unparse(base) for base in one.bases}} - found:
        found |= fresh
    return found


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_error_says_something_that_is_no_sentence() -> None:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(Path(backend.__path__[0]).rglob("*.py"))}
    errors = _errors_of_ours(list(trees.values()))
    assert len(errors) > 20
    literal = [
        f"{path.name}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in errors
        for argument in node.args
        if any(_text(part) for part in (argument, getattr(argument, "left", argument)))
    ]
    assert literal == []


def test_whatever_does_not_guard_an_operation_says_why_in_every_language() -> None:
    refused = [
        (variant, operation)
        for strategy in all_strategies()
        for variant in strategy.variants
        for operation in variant.refusals
    ]
    assert len(refused) > 20
    for variant, operation in refused:
        with pytest.raises(NotApplicableError) as error:
            require_guard(variant, operation)
        said = {language: words(error.value.sentence, language) for language in LANGUAGES}
        assert len(set(said.values())) == len(LANGUAGES), said


def test_no_part_of_a_sentence_is_a_phrase_of_one_language() -> None:
    """A part is data, somebody else's word, or a sentence again."""
    phrases = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(backend.__path__[0]).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "say"
        for keyword in node.keywords
        if any(
            isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"[a-z] [a-z]", part.value)
            for part in ast.walk(keyword.value)
        )
    ]
    assert phrases == []
