"""The page of an entry: one file, in the language that was asked for, and nothing of a stranger's in its markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from msgspec import structs

from backend.archive.documents import from_json, to_json
from backend.archive.drawing import MOST_LANES, timeline_svg
from backend.archive.entries import Entry, RunRecord
from backend.archive.knobs import differences, knobs
from backend.archive.web_page import entry_html
from backend.lab.senders.sending import SenderCode
from backend.model.sentence import LANGUAGES, say, words
from backend.model.terms import engine_term
from backend.model.vocabulary import EngineKind, GatewayKeys, RetryCause, Source, Verdict
from tests.backend.archive.samples import every_entry, replies, run_entry

CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Opened(HTMLParser):
    """Counts what is opened and not closed, and collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(value) for name, value in attrs if name in {"src", "href", "action"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _parsed(page: str) -> Opened:
    opened = Opened()
    opened.feed(page)
    assert opened.open == []
    return opened


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", every_entry(), ids=lambda entry: entry.kind.value)
def test_a_page_is_whole_and_fetches_nothing(entry: Entry, language: str) -> None:
    parsed = _parsed(entry_html(entry, language))
    assert parsed.fetched == []
    assert bool(CHINESE.search("".join(parsed.texts))) == (language == "zh_CN")


def test_the_page_of_a_run_has_timeline_rows_and_code() -> None:
    page = entry_html(run_entry())
    for part in ("<svg", "r-1.2", "def direct():", "--strategy none", "duplicate", "delay@sql:INSERT=20"):
        assert part in page


@pytest.mark.parametrize(("language", "told"), [("en", "duplicate, number 2"), ("zh_CN", "第 2 次")])
def test_a_duplicate_says_so_in_words(language: str, told: str) -> None:
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    first, second, *_ = entry.content.rows
    content = replace(entry.content, rows=(replace(first, ordinal=1), replace(second, ordinal=2)))
    assert entry_html(replace(entry, content=content), language).count(told) == 1


def test_what_a_stranger_wrote_is_text() -> None:
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    evil = "<script>alert(1)</script>"
    run = replace(
        entry.content,
        rows=tuple(replace(row, item=evil) for row in entry.content.rows),
        replies=tuple(replace(reply, submission_id=evil) for reply in entry.content.replies),
        steps=tuple(structs.replace(step, command=evil, submission_id=evil) for step in entry.content.steps),
        code=replace(entry.content.code, text=evil, first_line=1, last_line=1) if entry.content.code else None,
    )
    page = entry_html(replace(entry, content=run))
    assert "<script" not in page
    assert "script" not in _parsed(page).open


def test_a_page_shows_the_steps_of_every_engine_by_its_name() -> None:
    """Whatever went on beside the database: a broker's acknowledgement, a read from a standby."""
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    step = entry.content.steps[0]
    every = tuple(structs.replace(step, number=number, engine=kind) for number, kind in enumerate(EngineKind))
    page = entry_html(replace(entry, content=replace(entry.content, steps=every)), "zh_CN")
    for kind in EngineKind:
        assert f">{words(engine_term(kind), 'zh_CN')}<" in page
        assert f">{kind.value}<" not in page


def test_the_knobs_of_a_run_are_in_the_language_of_the_page() -> None:
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    settings = entry.content.settings
    every = replace(settings.plan, source=Source.RETRY, retry_on=frozenset(RetryCause))
    for keys in GatewayKeys:
        setup = replace(settings.setup, gateway_keys=keys)
        turned = replace(entry, content=replace(entry.content, settings=replace(settings, plan=every, setup=setup)))
        said = [words(place, "zh_CN") for _, place in knobs(turned)]
        assert not {"none", "ignored", "honoured"} & set(said)
        causes = next(each for each in said if "5xx" in each)
        assert not re.search(r"timeout|connection|busy", causes)
        assert all(each in causes for each in ("超时", "连接断开", "忙", "4xx"))


def test_the_answer_stands_behind_what_went_on_after_it() -> None:
    """Over the colour of a step it could not be read."""
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    reply, step = entry.content.replies[0], entry.content.steps[0]
    late = structs.replace(step, submission_id=reply.submission_id, ended_ns=reply.received_ns + 500_000_000)
    drawn = timeline_svg(replace(entry.content, replies=(reply,), steps=(late,)), "en")
    spans = [(float(x), float(width)) for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)]
    (answer,) = re.findall(r'<text x="([\d.]+)" y="\d+">created<', drawn)
    assert float(answer) > max(x + width for x, width in spans)


def test_a_timeline_draws_so_many_lanes_and_counts_the_others() -> None:
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    many = replace(entry.content, replies=replies(MOST_LANES + 7), steps=())
    assert "7 more submissions are not drawn" in timeline_svg(many, "en")


@pytest.mark.parametrize("entry", every_entry(), ids=lambda entry: entry.kind.value)
def test_every_knob_has_a_name_and_a_place(entry: Entry) -> None:
    for language in LANGUAGES:
        for name, value in knobs(entry):
            assert words(name, language)
            assert words(value, language)


def test_two_entries_differ_in_what_was_turned_between_them() -> None:
    found = differences(run_entry(), run_entry(strategy="unique-index"))
    assert [words(name) for name, _, _ in found] == ["Strategy", "Variant"]
    assert differences(run_entry(), run_entry()) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_that_broke_off_says_why_and_that_it_is_open(language: str) -> None:
    """It may have a row by then: "no effect" would not be true of it."""
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    why = say(SenderCode.WENT_AWAY_IN_MID_RUN)
    report = replace(entry.content.report, verdicts={Verdict.UNDECIDED: 1}, effects=1, at_work=(), broken_off=why)
    found = from_json(to_json(replace(entry, content=replace(entry.content, report=report))))
    assert isinstance(found.content, RunRecord)
    assert found.content.judgement.unheard == 1
    assert words(why, language) in "".join(_parsed(entry_html(found, language)).texts)
