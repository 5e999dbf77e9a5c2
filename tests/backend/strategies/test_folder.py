"""The folder of our own strategies: what each file may know of the others, and what nobody else may know of them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import backend
import gui
from backend.model.sentence import LANGUAGES, Sentence, words
from backend.model.vocabulary import OperationKey
from backend.shop.schema import metadata
from backend.strategies import all_strategies
from resources.update_readme import README, with_table
from tests.backend.strategies.test_what_each_strategy_does import LINES

FOLDER = Path(backend.__path__[0]) / "strategies"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
FILES = {
    path: path.read_text("utf-8")
    for package in (backend, gui)
    for path in sorted(Path(package.__path__[0]).rglob("*.py"))
}


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_nobody_imports_a_strategy_not_even_another_one() -> None:
    guilty = {
        f"{path.stem}: {name}"
        for path, source in FILES.items()
        if "backend.strategies" in source
        for name in imported(source)
        for strategy in NAMES
        if f"{name}.".startswith(f"backend.strategies.{strategy}.")
    }
    assert len(NAMES) > 10
    assert guilty == set()


def test_nobody_tells_strategies_apart_by_their_variants_names() -> None:
    """Exhibits, examples and the baseline of comparisons choose one; nothing behaves otherwise because of a name."""
    names = {f"{strategy.key}/{variant.key}" for strategy in all_strategies() for variant in strategy.variants}
    found = {
        f"{path.stem}: {node.value}"
        for path, source in FILES.items()
        if any(name in source for name in names)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert found == set()


def texts() -> Iterator[tuple[str, Sentence]]:
    for strategy in all_strategies():
        yield strategy.key, strategy.title
        for variant in strategy.variants:
            name, prose = f"{strategy.key}/{variant.key}", variant.prose
            yield from ((name, text) for text in (prose.title, prose.summary, prose.guarantees))
            yield from ((name, text) for text in (prose.breaks, prose.choose_when, *variant.refusals.values()))
            if fit := variant.claims.fit:
                yield from ((name, text) for text in (fit.why, fit.mind))


def test_every_text_stands_in_every_language() -> None:
    silent = [name for name, text in texts() if len({words(text, language) for language in LANGUAGES}) == 1]
    assert silent == []


def test_a_handler_reads_as_the_article_would_print_it() -> None:
    """Short functions, in a file of one page and a half."""
    for name in NAMES:
        source = (FOLDER / f"{name}.py").read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 40, f"{name}.{node.name}"
        assert source.count("\n") < 200, name


@pytest.mark.parametrize("name", NAMES)
def test_no_strategy_goes_through_the_operations(name: str) -> None:
    """What only one operation has lies with the operation."""
    source = (FOLDER / f"{name}.py").read_text("utf-8")
    tree = ast.parse(source)
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))
    assert not any("OperationKey" in name for name in imported(source))


def test_our_tables_are_all_in_the_schema() -> None:
    assert not any(strategy.tables for strategy in all_strategies())
    assert {"inbox", "fences", "idempotency_records"} <= metadata.tables.keys()


def test_the_table_of_the_readme_is_fresh() -> None:
    text = README.read_text("utf-8")
    assert text == with_table(text), "uv run python -m resources.update_readme"


def test_the_table_of_the_readme_promises_what_is_measured() -> None:
    for line in LINES:
        if line.operations != (OperationKey.CANCEL_ORDER,) and not line.in_footnote:
            data = tomllib.loads((FOLDER / f"{line.strategy.replace('-', '_')}.toml").read_text("utf-8"))
            promised = data["variants"][line.variant]["table"]
            for measured, said in ((line.s, promised["one-by-one"]), (line.c, promised["at-once"])):
                assert said.lstrip("*").startswith(measured), f"{line.strategy}/{line.variant}"
