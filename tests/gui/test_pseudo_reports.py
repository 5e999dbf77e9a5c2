"""Every report has a translation, too: what the command line prints and writes, in a language that nobody speaks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from msgspec import structs

from backend.cli.compare import summary
from backend.cli.exploration_report import OUTPUTS, report_exploration
from backend.cli.run_report import report_lines
from backend.cli.survey import _document
from backend.cli.survey import report_lines as survey_lines
from backend.comparison.cost_records import Cost, Load, OtherLoad
from backend.comparison.documents import comparison_markdown
from backend.comparison.questions import ComparisonQuestion, Subject
from backend.comparison.records import Comparison
from backend.comparison.says import CompareCode
from backend.comparison.web_page import comparison_html
from backend.engines.bare import bare_engines
from backend.explorer.explore import explore
from backend.explorer.mermaid import mermaid
from backend.explorer.question import Event, Exploration, Question
from backend.explorer.survey import CellState, Scope, Survey, cell_of
from backend.explorer.survey_changes import Change, ChangeKind
from backend.explorer.web_page import exploration_html
from backend.files.output import OutputFiles
from backend.lab.run_notes import Shown
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.observed import AtWork, Step
from backend.model.options import LabOptions
from backend.model.plan import Setup
from backend.model.sentence import say, to_document
from backend.model.step_words import BOTH_CUT, CALLER_CUT
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Source, Verdict
from backend.service.outside.model import Check, CheckSituation, IntentResult, SituationResult
from backend.service.outside.reports import check_document, check_html, check_junit, check_markdown
from backend.service.outside.words import check_lines
from backend.shop.schema import metadata
from tests.backend.comparison.conftest import Compare, compare
from tests.gui import pseudo
from tests.gui.reading import PRODUCTS, keys
from tests.tables import exhaustive_but, values

__all__ = ["compare"]

SYNTAX = ("sequenceDiagram", "autonumber", "participant", "actor", "as", "over", "Note", "note", "right", "left", "of",
          "rect", "rgb", "end", "loop", "opt", "x", "title", "retry", "Caller", "Note")  # fmt: skip
"""Words of Mermaid's grammar, and its names of those who take part, which are not shown."""
NAMES = (*PRODUCTS, "SQL", *(key.value for key in OperationKey), *(kind.value for kind in EngineKind))
READ = {"title", "alt", "aria-label", "placeholder", "content"}
"""Attributes that are shown or said."""
ASKED = ComparisonQuestion(databases=("sqlite",), strategies=("none/direct", "token/delete-first"), quick=True)
COST = Cost(
    Subject(OperationKey.PLACE_ORDER, EngineKind.SQLITE, "token", "delete-first", sound=True),
    load=Load(360, 0, 1_234.5, 31.2, 61.7, {EngineKind.SQLITE: 3.0, EngineKind.REDIS: 1.0}),
    baseline=Load(720, 0, 1_801.9, 21.3, 40.8, {EngineKind.SQLITE: 2.0}),
    ratios=(0.66, 0.7, 0.68, 0.71, 0.69, 0.67),
    itself=(1.02, 0.97, 1.0, 1.04, 0.99, 1.01),
    others=OtherLoad(2, 0.05, 0.1),
)

UNFINISHED = say(CompareCode.BROKE_OFF)
"""Some sentence."""


class Page(HTMLParser):
    """The texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br", "link", "img", "hr"}:
            self._within.append(tag)
            self.texts += [(f"{tag} {name}", text or "") for name, text in attrs if name in READ]

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & {*self._within}:
            self.texts += [(">".join(self._within[-2:]), line) for line in data.splitlines()]


@pytest.fixture(autouse=True)
def pseudo_table(monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.speak_pseudo(monkeypatch)


def check(texts: Iterable[tuple[str, str]], allowed: Iterable[str] = ()) -> None:
    found = pseudo.untranslated(texts, [*NAMES, *keys(), *allowed])
    if found:
        pytest.fail("not translated:\n" + "\n".join(found), pytrace=False)


def lines(texts: Iterable[str]) -> list[tuple[str, str]]:
    return [("line", line) for text in texts for line in text.splitlines()]


@pytest.fixture(scope="module")
def compared(compare: Compare) -> Comparison:
    """Real cells, and a cost as they are measured: to measure one takes longer than all situations together."""
    found = compare(replace(ASKED, cost=False))
    lines = [replace(each, cost=replace(COST, subject=each.subject)) for each in found.lines]
    return replace(found, asked=ASKED, lines=tuple(lines))


def all_states(found: Comparison) -> Comparison:
    """The same with cells and costs in every state that there is."""
    first, *others = found.lines
    cells = list(first.cells)
    cells[0] = replace(cells[0], failure=UNFINISHED)
    cells[1] = replace(cells[1], parts=tuple(replace(part, proven=0) for part in cells[1].parts))
    cells[2] = replace(cells[2], exempt=say(CompareCode.NO_LEASE))
    verdicts = dict.fromkeys(Verdict, 1)
    cells[3] = replace(cells[3], parts=tuple(replace(p, verdicts=verdicts, proven=9) for p in cells[3].parts))
    more = [replace(first, cells=tuple(cells))]
    for ratios, itself, busy in (((0.5,) * 3, (1.0,) * 3, 0.0), ((1.0,) * 3, (0.9, 1.1, 1.0), 0.0),
                                 ((1.0,) * 3, (0.5, 2.0, 1.0), 0.0), ((1.0,) * 3, (1.0,) * 3, 2.0)):  # fmt: skip
        for line in others:
            assert line.cost is not None
            cost = replace(line.cost, ratios=ratios, itself=itself, others=OtherLoad(2, busy, busy))
            more.append(replace(line, cost=cost))
    more.append(replace(others[0], cost=Cost(others[0].subject, failure=UNFINISHED)))
    return replace(found, lines=tuple(more), complete=False)


@pytest.mark.parametrize("every_state", exhaustive_but([False, True], values(True)))
def test_a_comparison(compared: Comparison, every_state: bool) -> None:
    found = all_states(compared) if every_state else compared
    allowed = [*found.surroundings.engines, *str(found.surroundings.machine).split()]
    allowed += ["main.py compare --cost-only --operation place-order", "--strategy", "--database", "sqlite"]
    check(Page(comparison_html(found, pseudo.SPOKEN)).texts, allowed)
    check(lines([comparison_markdown(found, pseudo.SPOKEN), *summary(found, pseudo.SPOKEN)]), allowed)


def commands(events: Iterable[Event]) -> list[str]:
    """What went to the engines and came from them, and what they held."""
    found: set[str] = set()
    for event in events:
        if event.engine != EngineKind.HTTP:
            found |= {event.command, event.answer, event.command.partition(" ")[0]}
        found |= {event.place.file, str(event.place.line)}
        found |= {line for line in event.answer.splitlines() if line.startswith("{")}
        if event.after:
            for table in event.after.tables:
                found |= {table.name, *(str(cell) for row in (table.columns, *table.rows) for cell in row)}
            found |= {text for key in event.after.keys for text in (key.name, key.value)}
    return sorted(found)


@pytest.fixture(scope="module")
def explored() -> list[Exploration]:
    asked = [
        Question(OperationKey.PLACE_ORDER, "token", "delete-first", 2, 1),
        Question(OperationKey.PLACE_ORDER, "distributed-lock", "redis", 2, 0, 1),
        Question(OperationKey.PLACE_ORDER, "unique-index", "on-conflict"),
        Question(OperationKey.SEND_MESSAGE, "none", "direct"),
    ]
    with bare_engines(LabOptions()) as engines:
        return [
            explore(
                one,
                engines.database,
                engines.redis,
                on_progress=lambda _progress: None,
                cancelled=threading.Event(),
                limit=40,
                gateway=engines.gateway,
            )
            for one in asked
        ]


def test_explorations(explored: list[Exploration], capsys: pytest.CaptureFixture[str]) -> None:
    for found in explored:
        events = [event for example in found.examples.values() for event in example.events]
        allowed = [*commands(events), *SYNTAX, *metadata.tables]
        check(Page(exploration_html(found, pseudo.SPOKEN)).texts, allowed)
        report_exploration(found, OutputFiles(dict.fromkeys(OUTPUTS)), pseudo.SPOKEN)
        report_exploration(replace(found, counterexample=None), OutputFiles(dict.fromkeys(OUTPUTS)), pseudo.SPOKEN)
        check(lines([capsys.readouterr().out]), allowed)
        check(lines(mermaid(example, pseudo.SPOKEN) for example in found.examples.values()), allowed)


def test_a_grid(explored: list[Exploration]) -> None:
    asked = [found.question for found in explored]
    cells = [
        cell_of((one.operation, one.strategy, one.variant), sound=sound, found=found)
        for one, found in zip(asked, explored, strict=True)
        for sound in (True, False)
    ]
    cells += [replace(cells[0], state=state, schedules=0, why=to_document(UNFINISHED)) for state in CellState]
    scope = Scope(2, 1, 1)
    survey = Survey(
        scope, tuple(cells), 1.0, True, "stopped", ("note",), to_document(UNFINISHED), (to_document(UNFINISHED),)
    )
    changes = [Change(kind, cell.pair, cell, cell) for kind in ChangeKind for cell in cells]
    for each in (survey, Survey(scope)):
        check(lines(survey_lines(each, None, pseudo.SPOKEN)))
        check(lines(survey_lines(each, (), pseudo.SPOKEN)))
        check(lines(survey_lines(each, changes, pseudo.SPOKEN)))
    document = _document(survey, changes, pseudo.SPOKEN)
    assert isinstance(document["changes"], list)
    check(lines(change["sentence"] for change in document["changes"]))


STEP = Step("1.1", 0, 1, EngineKind.SQLITE, "COMMIT", "", "", 0, 1)
MARKS = tuple(
    Step("1.1", number, 1, EngineKind.HTTP, command, answer, "", number, ended)
    for number, (command, answer, ended) in enumerate(
        [("processing 30 ms", "", 9), ("processing 30 ms", "", 0), ("delay 30 ms", "", 9),
         ("pause 30 ms", "SIGSTOP, SIGCONT", 9), ("crash", "SIGKILL", 9), ("connection reset", BOTH_CUT, 9),
         ("reply lost", CALLER_CUT, 9), *((f"reply {200 + number}", answer, 9) for number, answer in enumerate(Answer))]
    )
)  # fmt: skip
"""Every mark that the trace has between the commands."""
ROWS = tuple(structs.replace(STEP, answer=answer) for answer in ("no row", "1 row", "20 rows", "row 2"))
REPORT = Report(
    operation=OperationKey.PLACE_ORDER,
    setup=Setup("none", "direct"),
    source=Source.CLICKS,
    intents=1,
    submissions=2,
    sent=2,
    instances=1,
    effects=2,
    verdicts={Verdict.DUPLICATED: 1},
    answers=dict.fromkeys(Answer, 3),
    p50_ms=1.0,
    p99_ms=2.0,
    steps_per_submission={EngineKind.SQLITE: 2},
    contradictions=(),
    seconds=0.5,
)


@pytest.mark.parametrize("operation", OperationKey)
@pytest.mark.parametrize("ending", ["cancelled", "out_of_time", ""])
def test_a_run(operation: OperationKey, ending: str) -> None:
    work = (AtWork("1.1", "NO-1", 1, 0, "COMMIT", begun=True), AtWork("1.2", "NO-1", 1, 0, begun=False))
    faults = (parse_fault("crash@redis:DEL"),)
    report = replace(
        REPORT,
        setup=replace(REPORT.setup, faults=faults),
        missed_faults=faults,
        operation=operation,
        contradictions=(UNFINISHED,),
        cancelled=ending == "cancelled",
        out_of_time=ending == "out_of_time",
        contradicting=3,
    )
    shown = Shown("order_no", "NO-1", Verdict.DUPLICATED, (STEP, *MARKS, *ROWS), 3)
    texts: list[str] = []
    for verdict in Verdict:
        for each in (
            replace(report, verdicts={verdict: 1}),
            replace(report, verdicts=dict.fromkeys(Verdict, 2), intents=10, answers={}),
            replace(report, verdicts={verdict: 1}, working=5, at_work=work),
        ):
            texts += report_lines(each, Counter({(Answer.ERROR, str(n)): 1 for n in range(20)}), shown, pseudo.SPOKEN)
            texts += report_lines(each, {}, replace(shown, steps=()), pseudo.SPOKEN)
    check(
        lines(texts),
        ["COMMIT", "order_no NO-1", "crash@redis:DEL", *(source.value for source in Source), operation.value],
    )


def test_a_check_of_a_service() -> None:
    intents = tuple(
        IntentResult(f"K-{n}", n, (*Answer,), verdict, n % 2 == 0, UNFINISHED, (STEP, *ROWS))
        for n, verdict in enumerate(Verdict)
    )
    situations = [SituationResult(key, 2, intents, note=UNFINISHED) for key in CheckSituation]
    situations += [SituationResult(key, 2, skipped=UNFINISHED) for key in CheckSituation]
    situations += [SituationResult(CheckSituation.CRASH, 2, tuple(replace(one, is_reached=False) for one in intents))]
    once = replace(intents[0], verdict=Verdict.EXACTLY_ONCE)
    for found in (
        Check("s.toml", tuple(situations), is_cancelled=True, unattributed=2),
        Check("s.toml", (SituationResult(CheckSituation.CLICKS, 2, (once,)),)),
        Check("s.toml"),
    ):
        allowed = ["s.toml", "COMMIT", *(intent.key for intent in intents)]
        check(Page(check_html(found, pseudo.SPOKEN)).texts, allowed)
        check(lines([check_markdown(found, pseudo.SPOKEN), *check_lines(found, pseudo.SPOKEN)]), allowed)
        junit = ET.fromstring(check_junit(found, pseudo.SPOKEN))  # noqa: S314  made here
        said = [text or "" for each in junit.iter() for text in (each.get("message"), each.text)]
        document = check_document(found, pseudo.SPOKEN)
        assert isinstance(document["situations"], list)
        for one in document["situations"]:
            said += [one["skipped"] or "", *(contradiction["sentence"] for contradiction in one["contradictions"])]
        check(lines(said), allowed)
