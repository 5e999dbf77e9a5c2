"""What was found as text for others: Mermaid and one HTML page, from real explorations."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from backend.explorer.mermaid import mermaid
from backend.explorer.question import Counterexample, Exploration, KeyState, LockState, Place, Snapshot, TableRows
from backend.explorer.web_page import exploration_html
from backend.model.sentence import plain
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer.conftest import Bench

_VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Reads a page; fails where its tags do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


@pytest.fixture
def lost(bench: Bench) -> Exploration:
    return bench.explore(OperationKey.PLACE_ORDER, "token", "delete-first", requests=1, crashes=1)


def test_the_page_is_whole_and_needs_nothing_else(lost: Exploration) -> None:
    text = exploration_html(lost)
    page = Page()
    page.feed(text)
    page.close()

    assert page.open == []
    assert [heading for heading in page.headings if "shortest" in heading] == [
        "\N{EMPTY SET} The shortest way to “lost”",
        "\N{CHECK MARK} The shortest way to “exactly once”",
    ]
    assert not [value for name, value in page.attributes if name in {"src", "href"}]
    assert not re.search(r"https?:|url\(|@import|<script", text)
    assert "prefers-color-scheme" in text
    assert "DEL submit-twice:token:token-1" in text


EVIL = "</td><script>alert('1')</script>&amp;"


def with_evil_texts(found: Exploration) -> Exploration:
    """The same with a text in every place that a strategy, an engine or a file name can fill."""

    def spoil(example: Counterexample) -> Counterexample:
        events = tuple(
            replace(event, command=f"c{EVIL}", answer=f"a{EVIL}", place=Place(f"f{EVIL}", 1),
                    after=Snapshot(1, (TableRows(f"t{EVIL}", (f"n{EVIL}",), ((f"v{EVIL}",),)),),
                                   (KeyState(f"k{EVIL}", f"w{EVIL}", has_lease=True),),
                                   (LockState(f"l{EVIL}", f"h{EVIL}", (f"b{EVIL}",)),)))
            for event in example.events
        )  # fmt: skip
        actors = tuple(replace(event, actor=event.actor and f"{event.actor}m{EVIL}") for event in events)
        return replace(example, events=actors, mistake=max(example.mistake, 0))

    examples = {verdict: spoil(example) for verdict, example in found.examples.items()}
    counterexample = examples[found.counterexample.verdict] if found.counterexample else None
    return replace(found, examples=examples, counterexample=counterexample, notes=(plain(f"o{EVIL}"),))


def test_a_text_cannot_break_the_page(lost: Exploration) -> None:
    assert set(lost.examples) == {Verdict.LOST, Verdict.EXACTLY_ONCE}
    text = exploration_html(with_evil_texts(lost))
    page = Page()
    page.feed(text)
    page.close()

    assert page.open == []
    assert "<script" not in text
    shown = "".join(page.texts)
    assert not [letter for letter in "caftnvkwlhbmo" if f"{letter}{EVIL}" not in shown]


def test_mermaid_has_a_line_for_each_arrow(lost: Exploration) -> None:
    assert lost.counterexample is not None
    lines = [line.strip() for line in mermaid(lost.counterexample).splitlines()]

    assert lines[3] == "sequenceDiagram"
    assert "participant A_retry as A'" in lines
    assert "A->>Redis: DEL submit-twice:token:token-1" in lines
    assert "Note over A: crashes#59; its connections drop" in lines
    assert "A_retry-->>Caller: duplicate" in lines
    assert all(line.count(";") == line.count("#") for line in lines)


def test_mermaid_shows_who_waits(bench: Bench) -> None:
    found = bench.explore(OperationKey.PAY_ORDER, "pessimistic-lock", "repeatable-read")
    assert found.counterexample is not None
    assert "Note over B: waits" in mermaid(found.counterexample) or "Note over A: waits" in mermaid(
        found.counterexample
    )
