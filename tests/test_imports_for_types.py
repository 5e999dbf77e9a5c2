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
    there = names([node for node in tree.body if node not in guards])
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        missing = only_types - there - names(function.body)
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in missing:
                yield call.lineno, call.func.id


def test_nothing_is_called_that_is_imported_for_types_only() -> None:
    files = [path for folder in ("backend", "gui") for path in (PROJECT / folder).rglob("*.py")]
    found = [(str(file), *where) for file in files for where in called_in_vain(ast.parse(file.read_text("utf-8")))]
    assert len(files) > 300
    assert found == []
