"""Draws the layers of the project into docs/layers.svg, from the import-linter contracts and from the imports.

Run it after a package or an import between packages has come or gone::

    uv run python -m resources.draw_layers
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from resources.imports import children_of, read_imports, without_detours

if TYPE_CHECKING:
    from resources.imports import Graph

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "layers.svg"
_PACKAGES = ("backend", "gui")
_WIDTH, _BOX, _TALL, _LAYER, _TOP, _MARGIN = 620, 132, 34, 72, 52, 20
_STYLE = """
  .ground { fill: #ffffff } .box { fill: #eef3f8; stroke: #56708a } .way { stroke: #8a9bab; stroke-width: 1.3 }
  .head { fill: #8a9bab } text { font-family: sans-serif; text-anchor: middle; fill: #1d2733 }
  .title { font-size: 17px } .name { font-size: 14px; font-weight: bold }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #14191f } .box { fill: #222c37; stroke: #7d97b0 } .way { stroke: #7f8d9b } .head { fill: #7f8d9b }
    text { fill: #e6ebf0 }
  }
"""
_ARROW_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Member:
    """A package or a module right below a root package, and where it is drawn."""

    name: str
    x: float
    y: float
    purpose: str


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(read_imports(ROOT, *_PACKAGES)), "utf-8")


def picture(imports: Graph) -> str:
    """The whole drawing as SVG: the backend on the left, the window on the right.

    Args:
        imports: among all of their modules.
    """
    columns = [_column(package, imports, left * (_WIDTH + _MARGIN)) for left, package in enumerate(_PACKAGES)]
    height = _TOP + _LAYER * max(len(_layers(package)) for package in _PACKAGES)
    width = 2 * _WIDTH + 3 * _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            "<title>The packages of the backend and of the window; an arrow is an import, and points down</title>",
            f"<style>{_STYLE}</style>",
            _ARROW_HEAD,
            f'<rect class="ground" width="{width}" height="{height}"/>',
            *(line for column in columns for line in column),
            "</svg>\n",
        ]
    )


def _column(package: str, graph: Graph, left: float) -> list[str]:
    imports = children_of(package, graph)
    members = _members(package, left)
    lines = [f'<text class="title" x="{_MARGIN + left + _WIDTH / 2}" y="30">{package}/</text>']
    for member, targets in sorted(without_detours(imports).items()):
        lines += [_arrow(members[member], members[target]) for target in sorted(targets)]
    return lines + [_box(member) for member in members.values()]


def _layers(package: str) -> list[list[str]]:
    """The names of the packages in each layer, the highest first, as import-linter knows them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers" and contract["containers"] == [package]:
            return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    raise LookupError(package)


def _members(package: str, left: float) -> dict[str, Member]:
    members = {}
    for level, layer in enumerate(_layers(package)):
        for position, name in enumerate(layer):
            whole = f"{package}.{name}"
            x = _MARGIN + left + _WIDTH * (2 * position + 1) / (2 * len(layer))
            members[whole] = Member(name, x, _TOP + level * _LAYER, _purpose(whole))
    return members


def _purpose(member: str) -> str:
    folder = ROOT.joinpath(*member.split("."))
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0]


def _arrow(upper: Member, lower: Member) -> str:
    return (
        f'<line class="way" x1="{upper.x:.0f}" y1="{upper.y + _TALL:.0f}" x2="{lower.x:.0f}" y2="{lower.y - 2:.0f}" '
        'marker-end="url(#head)"/>'
    )


def _box(member: Member) -> str:
    return (
        f"<g><title>{escape(member.purpose)}</title>"
        f'<rect class="box" x="{member.x - _BOX / 2:.0f}" y="{member.y:.0f}" width="{_BOX}" height="{_TALL}" rx="5"/>'
        f'<text class="name" x="{member.x:.0f}" y="{member.y + 22:.0f}">{member.name}</text></g>'
    )


if __name__ == "__main__":
    main()
