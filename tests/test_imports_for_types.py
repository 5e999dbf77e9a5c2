"""What is imported for types only is not called: it would be missing when it is wanted, in a branch seldom taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def names(nodes: list[ast.stmt]) -> set[str]:
    found = (node for top in nodes for node in ast.walk(top) if isinstance(node, ast.ImportFrom | ast.Import))
    return {(alias.asname or alias.name).partition(".")[0] for node in found for alias in node.names}


def called_in_vain(tree: ast.Module) -> Iterator[tuple[int, str]]:
    guards = [n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    only_types = {name for guard in guards for name in names(guard.body)}
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    if only_types.isdisjoint(called.id for called in calls if isinstance(called, ast.Name)):
        return
    there = names([node for node in tree.body if node not in guards])
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        missing = only_types - there - names(function.body)
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in missing:
                yield call.lineno, call.func.id


def test_nothing_is_called_that_is_imported_for_types_only() -> None:
    files = [path for folder in ("backend", "gui") for path in (PROJECT / folder).rglob("*.py")]
    sources = {str(file): file.read_text("utf-8") for file in files}
    guarded = {name: ast.parse(source) for name, source in sources.items() if "TYPE_CHECKING" in source}
    found = [(name, *where) for name, tree in guarded.items() for where in called_in_vain(tree)]
    assert len(guarded) > 300
    assert found == []
