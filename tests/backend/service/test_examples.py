"""The examples that come along, run as they are, and the schema by which editors complete such a file."""

from __future__ import annotations

import json
import threading
from importlib import resources
from math import comb
from pathlib import Path

import pytest

from backend.explorer.question import Exploration, service_question
from backend.model.vocabulary import Verdict
from backend.service.description import load
from backend.service.explored.run import explore_service
from backend.service.validate import mistakes
from resources.update_schema import PLACE, render
from tests.backend.service.frameworks import node_modules

EXAMPLES = Path(str(resources.files("resources"))) / "examples"
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED


def _explore(file: Path) -> Exploration:
    question = service_question(file.name)
    return explore_service(load(file), file.parent, question, on_progress=lambda _: None, cancelled=threading.Event())


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.toml")), ids=lambda file: file.name)
def test_nothing_is_wrong_with_an_example(file: Path) -> None:
    assert not mistakes(load(file), file.parent)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("orders-unsound.toml", {ONCE: 2, TWICE: comb(6, 3) - 2}),
        pytest.param("orders-sound.toml", {ONCE: 4}, marks=pytest.mark.exhaustive),
    ],
)
def test_an_example_comes_to_what_its_comments_say(name: str, outcomes: dict[Verdict, int]) -> None:
    found = _explore(EXAMPLES / name)
    assert found.exhaustive
    assert found.outcomes == outcomes


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_the_example_in_node_lets_two_requests_pass_with_one_token(tmp_path: Path) -> None:
    node_modules()  # skips where there is no Node
    for file in (EXAMPLES / "node").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    found = _explore(tmp_path / "orders-node.toml")
    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE, TWICE}


def test_the_schema_is_that_of_the_reader() -> None:
    assert PLACE.read_text(encoding="utf-8") == render(), "run: uv run python -m resources.update_schema"


def test_the_schema_knows_every_table_of_the_examples() -> None:
    schema = json.loads(PLACE.read_text(encoding="utf-8"))
    tables = schema["$defs"]["Description"]["properties"]
    assert tables.keys() == {"service", "request", "effects", "database", "redis", "before", "answers"}
