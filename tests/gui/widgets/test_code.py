from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from backend.model.catalogue import StrategyInfo
from gui.theme import Theme
from gui.widgets.code import CodeView, spans_by_line


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[CodeView]:
    made = CodeView(theme)
    qtbot.addWidget(made)
    made.resize(500, 200)
    yield made
    made.hide()


def test_the_text_is_the_running_source_and_the_function_is_in_sight_and_marked(view: CodeView, qtbot: QtBot) -> None:
    with qtbot.waitExposed(view):
        view.show()
    for variant in ("catch-violation", "on-conflict"):
        source = Lab.source_code("unique-index", variant)
        view.show_source(source)
        assert view.toPlainText() == source.text.rstrip("\n") or view.toPlainText() == source.text
        marked = [mark.cursor.blockNumber() + 1 for mark in view.extraSelections()]
        assert marked == list(range(source.first_line, source.last_line + 1))
        top = view.firstVisibleBlock().blockNumber() + 1
        assert top <= source.first_line <= top + 8


def test_code_that_nobody_sees_is_not_rendered_until_it_is_shown(view: CodeView, qtbot: QtBot) -> None:
    source = Lab.source_code("none", "direct")
    view.show_source(source)
    assert view.toPlainText() == ""
    with qtbot.waitExposed(view):
        view.show()
    assert "def " in view.toPlainText()


def test_every_token_lies_where_its_text_is() -> None:
    text = 'def f(a: int) -> str:\n    """Two\n    lines."""\n    return "x" * 3  # why\n'
    lines = text.split("\n")
    found = {
        (lines[line][start : start + length], kind)
        for line, spans in spans_by_line(text).items()
        for start, length, kind in spans
    }
    assert {("def", "keyword"), ("f", "function"), ('"""Two', "string"), ('    lines."""', "string"),
            ("return", "keyword"), ("3", "number"), ("# why", "comment")} <= found  # fmt: skip


def test_all_strategies_can_be_shown(catalogue: tuple[StrategyInfo, ...], view: CodeView, qtbot: QtBot) -> None:
    with qtbot.waitExposed(view):
        view.show()
    for strategy in catalogue:
        for variant in strategy.variants:
            source = Lab.source_code(strategy.key, variant.key)
            view.show_source(source)
            assert view.textCursor().blockNumber() + 1 == source.first_line
