"""One real comparison: what it found, and that its reports can be read by what reads such files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from backend.comparison.claims import standing, surprises
from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.picture import Price, picture_svg, pictures
from backend.comparison.questions import SituationKey
from backend.comparison.records import ComparedCell, Comparison
from backend.comparison.says import CompareCode
from backend.comparison.web_page import comparison_html
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, Verdict
from tests.backend.comparison.conftest import Compare, worst

VOID = {"meta", "br", "link", "img"}


class Nesting(HTMLParser):
    """Fails where a tag is closed that is not open; keeps the texts and the addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_each_variant_comes_to_what_is_known_of_it(found: Comparison) -> None:
    assert worst(found) == {
        "none/direct": [Verdict.DUPLICATED, Verdict.DUPLICATED],
        "unique-index/on-conflict": [Verdict.EXACTLY_ONCE, Verdict.EXACTLY_ONCE],
        "token/delete-first": [Verdict.EXACTLY_ONCE, Verdict.LOST],
    }
    assert found.complete
    assert surprises(found) == ()


def test_a_sound_variant_says_what_breaks_it_all_the_same(found: Comparison) -> None:
    words = {line.subject.name: str(standing(line)) for line in found.lines}
    assert words["unique-index/on-conflict"] == "safe under concurrency: survives 2 of 2"
    assert words["token/delete-first"] == "survives 1 of 2; fails: Crash"
    assert words["none/direct"] == "broken by design; fails: Clicks, Crash"


def test_a_crash_is_tried_at_each_point_and_the_worst_is_the_one_to_look_at(found: Comparison) -> None:
    token = next(line for line in found.lines if line.subject.strategy == "token")
    cell = token.cell(SituationKey.CRASH)
    assert cell is not None
    assert cell.telling is not None
    assert [part.worst for part in cell.parts] == [Verdict.LOST, Verdict.LOST, Verdict.EXACTLY_ONCE]
    assert [str(fault) for fault in cell.telling.part.setup.faults] == ["crash@redis"]


def test_the_cost_has_both_sides_and_the_round_trips(found: Comparison) -> None:
    costs = {line.subject.name: line.cost for line in found.lines}
    token = costs["token/delete-first"]
    assert token is not None
    assert token.load is not None
    assert token.baseline is not None
    assert token.load.steps == {EngineKind.POSTGRESQL: 2, EngineKind.REDIS: 1}
    assert token.baseline.steps == {EngineKind.POSTGRESQL: 2}
    assert len(token.itself) == len(token.ratios) > 1
    at_once = token.load.submissions // len(token.ratios)
    assert token.load.submissions == at_once * len(token.ratios) < token.baseline.submissions
    assert token.load.refused == token.baseline.refused == 0
    assert 0 < token.load.p50_ms <= token.load.p99_ms


def test_costs_that_are_measured_again_take_the_place_of_the_noisy_ones(found: Comparison, compare: Compare) -> None:
    again = compare(replace(found.asked, strategies=("none/direct",), situations=()), look_around=lambda: None)
    merged = found.with_costs_of(again)
    assert [line.cells for line in merged.lines] == [line.cells for line in found.lines]
    assert merged.lines[0].cost == again.lines[0].cost
    assert [line.cost for line in merged.lines[1:]] == [line.cost for line in found.lines[1:]]


def test_json_says_what_was_asked_found_and_where(found: Comparison) -> None:
    document = json.loads(json.dumps(comparison_document(found)))
    assert list(document["situations"]) == ["clicks", "crash"]
    assert document["complete"] is True
    assert document["machine"]
    direct = document["lines"][0]
    assert (direct["strategy"], direct["variant"], direct["broken_by"]) == ("none", "direct", ["clicks", "crash"])
    clicks = direct["cells"][0]
    assert clicks["verdicts"] == {"duplicated": clicks["intents"]}
    assert clicks["effects"] == clicks["answers"]["created"] == 5 * clicks["intents"]
    assert clicks["state"] == "measured"
    assert clicks["proven"] > 0
    assert len(direct["cost"]["baseline_against_itself"]) > 1
    assert direct["cost"]["throughput_ratio"] is None  # it is the baseline


def test_csv_has_a_row_for_each_cell_and_each_cost(found: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(comparison_csv(found))))
    assert [row["measured"] for row in rows] == ["clicks", "crash", "cost"] * 3
    assert {row["strategy"] for row in rows} == {"none", "token", "unique-index"}
    assert all(None not in row for row in rows)
    assert {row["state"] for row in rows if row["measured"] != "cost"} == {"measured"}
    assert all(row["finding"] for row in rows if row["measured"] == "cost")


def test_every_row_of_a_markdown_table_has_as_many_columns_as_its_head(found: Comparison) -> None:
    lines = [line for line in comparison_markdown(found).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 3
    assert {line.count("|") for line in lines} == {2 + 2 + 3 + 1 - 1}
    assert "**\N{EMPTY SET} lost 2/3**" in comparison_markdown(found)


def test_html_is_well_formed_needs_nothing_else_and_escapes_what_it_is_told(found: Comparison) -> None:
    line = found.lines[0]
    hostile = ComparedCell(line.subject, SituationKey.CLICKS, failure=plain("<script>alert(1)</script> & more"))
    told = replace(found, lines=(replace(line, cells=(hostile, *line.cells[1:])), *found.lines[1:]))
    for text in (comparison_html(found), comparison_html(told)):
        page = Nesting()
        page.feed(text)
        assert page.open == []
        assert page.addresses == []
        assert "<script" not in text
    assert "token/delete-first" in page.texts


def test_the_picture_is_xml_with_a_dot_for_each_ratio(found: Comparison) -> None:
    (drawn,) = pictures(found)
    assert [(band.survived, band.reached) for band in drawn.bands] == [(2, 2), (1, 2), (0, 2)]
    root = ET.fromstring(picture_svg(drawn))  # noqa: S314  our own
    ratios = [line for line in found.lines if line.cost and line.cost.ratio is not None]
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == len(ratios)


def test_the_axis_speaks_of_a_band_only_where_there_is_one(found: Comparison) -> None:
    (drawn,) = pictures(found)
    for price, code in ((None, CompareCode.AXIS), (Price(0.9, 0.8, 1.0, 1.1), CompareCode.AXIS_WITH_BAND)):
        bands = tuple(
            replace(band, marks=tuple(replace(mark, price=price) for mark in band.marks)) for band in drawn.bands
        )
        assert replace(drawn, bands=bands).axis.code == code
