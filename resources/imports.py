"""Who imports whom, read from the sources: imports for types and those inside functions count as well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Graph = Mapping[str, frozenset[str]]
    """For each module, or each package, those that it imports."""


def read_imports(root: Path, *packages: str) -> Graph:
    """The imports among the modules of some packages.

    Args:
        root: the folder in which the packages lie.
        packages: their names.
    """
    files = {_dotted(path.relative_to(root)): path for name in packages for path in sorted((root / name).rglob("*.py"))}
    return {
        module: frozenset(found for found in _imported(path, files) if found != module)
        for module, path in files.items()
    }


def children_of(package: str, imports: Graph) -> Graph:
    """The imports among what lies directly in a package; a package in it stands for all that it holds."""
    inside = f"{package}."

    def child(module: str) -> str:
        return inside + module.removeprefix(inside).partition(".")[0]

    found: dict[str, set[str]] = {}
    for module, targets in imports.items():
        if module.startswith(inside):
            others = {child(target) for target in targets if target.startswith(inside)}
            found.setdefault(child(module), set()).update(others - {child(module)})
    return {module: frozenset(targets) for module, targets in found.items()}


def packages_of(imports: Graph) -> frozenset[str]:
    """Every package that holds one of the modules."""
    parts = [module.split(".") for module in imports]
    return frozenset(".".join(each[:length]) for each in parts for length in range(1, len(each)))


def find_circle(imports: Graph) -> list[str]:
    """Modules each of which imports the next, and the last the first; empty where there is no circle."""
    done: set[str] = set()
    for start in imports:
        if circle := _circle_from(start, imports, done):
            return circle
    return []


def without_detours(imports: Graph) -> Graph:
    """Only the imports that cannot be reached over another one; of a graph without circles."""
    reach: dict[str, frozenset[str]] = {}

    def below(module: str) -> frozenset[str]:
        if module not in reach:
            reach[module] = imports[module].union(*(below(target) for target in imports[module]))
        return reach[module]

    return {
        module: frozenset(one for one in targets if not any(one in below(other) for other in targets - {one}))
        for module, targets in imports.items()
    }


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from (name for name in (whole if whole in modules else node.module,) if name in modules)


def _circle_from(start: str, imports: Graph, done: set[str]) -> list[str]:
    way: list[str] = []
    open_ends: list[Iterator[str]] = [iter((start,))]
    while open_ends:
        module = next(open_ends[-1], None)
        if module is None:
            open_ends.pop()
            done.update(way[-1:])
            way = way[:-1]
        elif module in way:
            return way[way.index(module) :]
        elif module not in done:
            way.append(module)
            open_ends.append(iter(sorted(imports[module])))
    return []
