"""A strategy of somebody's own, as the README has it, in a folder of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.strategies import use_folder
from main import main

_README = Path(__file__).parents[1] / "README.md"


def of_the_readme(language: str) -> str:
    """The only block in that language under the heading about strategies of one's own."""
    section = _README.read_text("utf-8").partition("### Your own strategy")[2].partition("\n##")[0]
    (block,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(block)


CODE, DATA = of_the_readme("python"), of_the_readme("toml")
ONE = ["--operation", "place-order", "--strategy", "claim"]
SQLITE = ["--database", "sqlite"]


def asked(folder: Path, *command: str) -> dict[str, object]:
    """What a command writes as JSON, carried out with the folder."""
    file = folder.parent / "found.json"
    assert main([*command, "--strategies", str(folder), "--json", str(file)]) == 0
    return dict(json.loads(file.read_text("utf-8")))


def write(folder: Path, name: str = "claim", code: str = CODE, data: str = DATA) -> Path:
    """The two files of a strategy."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code, "utf-8")
    (folder / f"{name}.toml").write_text(data, "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with the strategy of the README, for whoever names it; it is forgotten in the end."""
    yield write(tmp_path / "strategies")
    use_folder(None)


@pytest.fixture
def yours(folder: Path) -> Path:
    """The same, known already."""
    use_folder(folder)
    return folder
