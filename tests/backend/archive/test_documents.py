"""Entries as JSON: what was written comes back, and what cannot be is refused."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.sql.elements import quoted_name

from backend.archive.documents import LaterVersionError, NoEntryError, from_json, to_json
from backend.archive.entries import Entry, RunRecord
from backend.model.sentence import words
from backend.strategies import all_strategies
from tests.backend.archive.samples import comparison_entry, every_entry, run_entry

VARIANTS = [(strategy.key, variant.key) for strategy in all_strategies() for variant in strategy.variants]


@pytest.mark.parametrize("entry", every_entry(), ids=lambda entry: entry.kind.value)
def test_what_was_written_comes_back(entry: Entry) -> None:
    assert from_json(to_json(entry)) == entry


@pytest.mark.parametrize(("strategy", "variant"), VARIANTS)
def test_what_is_claimed_of_each_compared_variant_comes_back(strategy: str, variant: str) -> None:
    entry = comparison_entry(strategy, variant)
    assert from_json(to_json(entry)) == entry


def test_a_choice_that_nobody_offers_is_refused() -> None:
    document = json.loads(to_json(comparison_entry("idempotency-key", "stripe")))
    fit = document["content"]["found"]["lines"][0]["subject"]["claims"]["fit"]
    assert fit["first_for"]
    wrongs: tuple[object, ...] = (["song"], [1], [[]], "client", {})
    for wrong in wrongs:
        fit["first_for"] = wrong
        with pytest.raises(NoEntryError):
            from_json(json.dumps(document).encode())


def test_a_sentence_comes_back_in_every_language_although_nobody_has_imported_its_area() -> None:
    document = json.loads(to_json(run_entry()))
    document["content"]["report"]["contradictions"] = [{"code": "zookeeper.not_running", "parts": []}]
    entry = from_json(json.dumps(document).encode())
    assert isinstance(entry.content, RunRecord)
    assert words(entry.content.report.contradictions[0], "zh_CN") != words(entry.content.report.contradictions[0], "en")


def test_the_name_of_a_table_is_a_text_whatever_sqlalchemy_makes_of_it() -> None:
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    named = tuple(replace(row, table=quoted_name("orders", quote=True)) for row in entry.content.rows)
    assert from_json(to_json(replace(entry, content=replace(entry.content, rows=named)))) == entry


def _changed(path: tuple[str | int, ...], value: object) -> bytes:
    document = json.loads(to_json(run_entry()))
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "song"),
        (("began",), -1),
        (("began",), 1e300),
        (("began",), True),
        (("content",), None),
        (("content", "rows"), {}),
        (("content", "rows", 0, "id"), "one"),
        (("content", "rows", 0, "created_at"), 1e15),
        (("content", "steps", 0, "started_ns"), 10**30),
        (("content", "steps", 0, "started_ns"), 10**15),
        (("content", "steps", 0, "engine"), "oracle"),
        (("content", "settings", "plan", "retries"), 2**31),
        (("content", "settings", "plan", "retries"), -1),
        (("content", "settings", "setup", "faults"), [{"kind": "crash", "place": "moon"}]),
        (("content", "report", "verdicts"), {"great": 1}),
        (("content", "report", "contradictions"), [{"code": "no.such", "parts": []}]),
        (("content", "report", "contradictions"), [{"code": "contradiction.denied_with_row", "parts": []}]),
        (("content", "code", "last_line"), 2**40),
        (("version",), "1"),
        (("version",), 0),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(NoEntryError):
        from_json(_changed(path, value))


def test_a_later_version_is_told_from_nonsense() -> None:
    with pytest.raises(LaterVersionError):
        from_json(_changed(("version",), 2))


def test_a_document_that_is_nested_without_end_is_refused() -> None:
    depth = sys.getrecursionlimit() * 2
    with pytest.raises(NoEntryError):
        from_json(b'{"version":1,"kind":"run","began":1,"content":' + b"[" * depth + b"]" * depth + b"}")
