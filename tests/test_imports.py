"""The modules of the project import each other without circles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resources.draw_layers import PICTURE, picture
from resources.imports import children_of, find_circle, packages_of, read_imports

if TYPE_CHECKING:
    from resources.imports import Graph

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def imports() -> Graph:
    """Of all modules; a second of reading, which collecting the tests is not to take."""
    return read_imports(ROOT, "backend", "gui", "resources")


def test_no_module_imports_itself_over_others(imports: Graph) -> None:
    assert find_circle(imports) == []


def test_what_lies_in_a_package_imports_each_other_without_a_circle(imports: Graph) -> None:
    """Packages that lie in it stand for all that they hold, so two of them never import each other."""
    packages = packages_of(imports)
    assert len(packages) > 30
    circles = {package: find_circle(children_of(package, imports)) for package in packages}
    assert {package: circle for package, circle in circles.items() if circle} == {}


def test_every_kind_of_import_is_seen(tmp_path: Path) -> None:
    (tmp_path / "house" / "room").mkdir(parents=True)
    sources = {
        "house/__init__.py": "",
        "house/room/__init__.py": "",
        "house/top.py": "from house import room\nimport house.plain\n",
        "house/plain.py": "import os\n",
        "house/late.py": "def work():\n    from house.room import inner\n",
        "house/room/inner.py": "if TYPE_CHECKING:\n    from house.late import work\n",
    }
    for name, source in sources.items():
        (tmp_path / name).write_text(source, "utf-8")

    imports = read_imports(tmp_path, "house")

    assert imports["house.top"] == {"house.room", "house.plain"}
    assert imports["house.plain"] == frozenset()
    assert sorted(find_circle(imports)) == ["house.late", "house.room.inner"]
    assert sorted(find_circle(children_of("house", imports))) == ["house.late", "house.room"]


def test_the_picture_of_the_layers_is_fresh(imports: Graph) -> None:
    assert PICTURE.read_text("utf-8") == picture(imports), "uv run python -m resources.draw_layers"
