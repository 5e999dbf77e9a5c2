"""What `run` says of a report: the sentence of each verdict, answers with their reasons, who is still at work."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from msgspec import structs

from backend.cli.run_report import outcome, report_lines, unfinished
from backend.lab.run_notes import Notes, Shown
from backend.model.judgement import Report
from backend.model.observed import AtWork, GoneRow, Reply, Row, Step
from backend.model.plan import Intent, Setup
from backend.model.sentence import LANGUAGES, plain, words
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Source, Verdict

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
    answers={Answer.CREATED: 2},
    p50_ms=1.0,
    p99_ms=2.0,
    steps_per_submission={EngineKind.POSTGRESQL: 2},
    contradictions=(),
    seconds=0.5,
)


def lines(report: Report, language: str = "en", shown: Shown | None = None, **reasons: int) -> list[str]:
    given = {(Answer(answer), f"why {answer}"): count for answer, count in reasons.items()}
    return list(report_lines(report, given, shown, language))


@pytest.mark.parametrize(
    ("verdict", "rows", "sentence"),
    [
        (Verdict.EXACTLY_ONCE, 1, "1 order wanted, 1 row: exactly once."),
        (Verdict.DUPLICATED, 2, "1 order wanted, 2 rows: duplicated."),
        (Verdict.LOST, 0, "1 order wanted, 0 rows: lost (no effect, though a caller was told it is done)."),
        (Verdict.STUCK, 0, "1 order wanted, 0 rows: stuck (nobody can complete it without repair)."),
        (Verdict.UNDECIDED, 0, "1 order wanted, 0 rows: undecided (no effect, and nobody was told that it is done)."),
    ],
)
def test_the_sentence_of_each_verdict(verdict: Verdict, rows: int, sentence: str) -> None:
    assert lines(replace(REPORT, effects=rows, verdicts={verdict: 1}))[0] == sentence


def test_several_verdicts_are_counted_the_worst_first() -> None:
    counted = {Verdict.EXACTLY_ONCE: 29, Verdict.UNDECIDED: 1, Verdict.DUPLICATED: 20}
    report = replace(REPORT, intents=50, effects=71, verdicts=counted)
    undecided = "1 undecided (no effect, and nobody was told that it is done)"
    assert str(outcome(report)) == f"50 orders wanted, 71 rows: 20 duplicated, {undecided}, 29 exactly once."


@pytest.mark.parametrize("operation", OperationKey)
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_words_in_every_language(operation: OperationKey, verdict: Verdict, language: str) -> None:
    report = replace(REPORT, operation=operation, verdicts={verdict: 1}, answers=dict.fromkeys(Answer, 1))
    english, said = lines(report), lines(report, language)
    assert (said == english) == (language == "en")
    assert len(said) == len(english)


@pytest.mark.parametrize(
    ("language", "said"), [("en", ": at least 2 submissions sent to 1 instance."), ("zh_CN", "至少 2 次")]
)
def test_of_a_run_that_broke_off_more_may_have_been_sent(language: str, said: str) -> None:
    assert said not in lines(REPORT, language)[1]
    assert said in lines(replace(REPORT, broken_off=plain("The sender died.")), language)[1]


def test_who_is_still_at_work_is_said() -> None:
    at_work = (
        AtWork("1.1", "A-1", 1, since_ns=0, step="INSERT INTO orders"),
        AtWork("1.2", "A-1", 2, since_ns=0, begun=False),
    )
    report = replace(
        REPORT, effects=0, verdicts={Verdict.UNDECIDED: 1}, cancelled=True, out_of_time=True, at_work=at_work, working=5
    )
    assert str(outcome(report)) == "1 order wanted, 0 rows: undecided (still at work)."
    said = [str(sentence) for sentence in unfinished(report)]
    assert said[0] == "The limit was reached while 5 submissions were still at work:"
    assert said[1].startswith("  1.1 in instance 1, for ")
    assert said[1].endswith("at: INSERT INTO orders")
    assert said[2].startswith("  1.2 waits for instance 2, for ")
    assert said[3] == "  and 3 more"


def test_of_several_only_the_verdict_is_said_where_some_are_at_work_and_some_were_never_sent() -> None:
    counted = {Verdict.EXACTLY_ONCE: 1, Verdict.UNDECIDED: 2}
    report = replace(REPORT, intents=3, effects=1, verdicts=counted, cancelled=True, working=1)
    assert str(outcome(report)) == "3 orders wanted, 1 row: 2 undecided, 1 exactly once."


def test_answers_come_with_their_reasons_the_most_frequent_first() -> None:
    said = lines(replace(REPORT, answers={Answer.ERROR: 5_931, Answer.BUSY: 3}), error=5_931, busy=3)
    at = said.index("Answers: 3 busy, 5931 error.")
    assert said[at + 1 : at + 3] == ["    5931 error: why error", "       3 busy: why busy"]


def test_contradictions_are_said_and_counted() -> None:
    said = lines(replace(REPORT, contradictions=(plain("1.1 is not so."),), contradicting=4))
    assert "Contradiction: 1.1 is not so." in said
    assert "3 more answers contradict the rows." in said


def reply(submission: str, key: str, answer: Answer, detail: str = "") -> Reply:
    return Reply(submission, key, answer, 500, plain(detail) if detail else None, 0, 1)


def row(number: int, key: str, submission: str) -> Row:
    return Row("orders", number, key, "pen", 1, submission, 0.0, 1)


def step(submission: str, number: int, command: str) -> Step:
    started = int(submission[-1]) + 10 * number
    return Step(submission, number, 1, EngineKind.POSTGRESQL, command, "1 row", "", started, started + 1)


def test_reasons_of_all_intents_are_one_and_the_worst_intent_is_shown_with_the_makers_of_its_rows() -> None:
    intents = [Intent(OperationKey.PLACE_ORDER, key, "pen", 1) for key in ("A-1", "A-2", "A-3")]
    with Notes(9, "en") as notes:
        notes.replies_received([reply(f"1.{n}", "A-1", Answer.ERROR, "Nothing of A-1.") for n in (1, 2)])
        notes.replies_received([reply("1.3", "A-2", Answer.ERROR, "Nothing of A-2.")])
        notes.replies_received([reply(f"1.{n}", "A-2", Answer.TIMEOUT) for n in (4, 5, 6)])
        notes.replies_received([reply("1.7", "A-3", Answer.CREATED)])
        notes.rows_added([row(1, "A-2", "1.5"), row(2, "A-3", "1.7"), row(3, "A-2", "1.6")])
    assert notes.reasons[Answer.ERROR, "Nothing of …."] == 3
    found = Counter({Verdict.DUPLICATED: 1, Verdict.UNDECIDED: 1, Verdict.EXACTLY_ONCE: 1})
    shown = notes.worst_intent(intents, replace(REPORT, verdicts=found), lambda name: [step(name, 0, f"of {name}")])
    assert shown is not None
    assert (shown.key, shown.verdict, shown.left_out) == ("A-2", Verdict.DUPLICATED, 0)
    assert {each.submission_id for each in shown.steps} == {"1.3", "1.4", "1.5", "1.6"}
    said = lines(REPORT, shown=shown)
    assert said[-5] == "Steps of order_no A-2, duplicated:"
    assert said[-1] == "  1.6 postgresql of 1.6 -> 1 row"


def test_what_is_not_shown_is_counted_once_whatever_came_first() -> None:
    intent = Intent(OperationKey.PLACE_ORDER, "A-1", "pen", 1)
    with Notes(7, "en") as notes:
        notes.rows_added([row(number, "A-1", f"1.{number}") for number in range(1, 5)])
        notes.replies_received([reply(f"1.{number}", "A-1", Answer.CREATED) for number in range(3, 8)])
        notes.rows_added([row(number, "A-1", f"1.{number}") for number in (5, 6)])
    found = replace(REPORT, verdicts=Counter({Verdict.DUPLICATED: 1}), at_work=())
    shown = notes.worst_intent([intent], found, lambda name: [step(name, 0, "INSERT")])
    assert shown is not None
    assert (len(shown.steps), shown.left_out) == (4, 3)


def test_no_fewer_than_none_are_not_shown() -> None:
    """Somebody has given a row the key of another intent, and its maker is shown with that one."""
    intents = [Intent(OperationKey.PLACE_ORDER, key, "pen", 1) for key in ("A-1", "A-2")]
    with Notes(2, "en") as notes:
        notes.rows_added([row(1, "A-1", "1.1"), row(2, "A-2", "1.2")])
        notes.replies_received([reply(f"1.{number}", f"A-{number}", Answer.CREATED) for number in (1, 2)])
        notes.rows_gone([GoneRow("orders", 1, "A-1", "1.1")])
        notes.rows_added([row(1, "A-2", "1.1")])
    found = replace(REPORT, verdicts=Counter({Verdict.DUPLICATED: 1}), at_work=())
    shown = notes.worst_intent(intents, found, lambda name: [step(name, 0, "INSERT")])
    assert shown is not None
    assert (shown.key, len(shown.steps), shown.left_out) == ("A-2", 2, 0)


def test_an_intent_that_is_at_work_is_worse_than_one_that_is_done() -> None:
    intents = [Intent(OperationKey.PLACE_ORDER, key, "pen", 1) for key in ("A-1", "A-2")]
    with Notes(2, "en") as notes:
        notes.rows_added([row(1, "A-1", "1.1"), row(2, "A-2", "1.2")])
    report = replace(REPORT, verdicts={Verdict.UNDECIDED: 1}, at_work=(AtWork("1.3", "A-2", 1, since_ns=0),))
    shown = notes.worst_intent(intents, report, lambda _name: [])
    assert shown is not None
    assert shown.key == "A-2"


@pytest.mark.parametrize("given_up", [0, 50])
def test_those_at_work_that_have_no_names_are_counted(given_up: int) -> None:
    intent = Intent(OperationKey.PLACE_ORDER, "A-1", "pen", 1)
    with Notes(50, "en") as notes:
        notes.replies_received([reply(f"1.{number}", "A-1", Answer.TIMEOUT) for number in range(1, given_up + 1)])
    named = tuple(AtWork(f"1.{number}", "A-1", 1, since_ns=0) for number in range(1, 17))
    report = replace(REPORT, verdicts={Verdict.UNDECIDED: 1}, at_work=named, working=50, sent=50)
    shown = notes.worst_intent([intent], report, lambda _name: [])
    assert shown is not None
    assert shown.left_out == 46


def test_a_stuck_intent_is_told_from_one_that_is_done() -> None:
    intents = [Intent(OperationKey.PLACE_ORDER, key, "pen", 1) for key in ("A-1", "A-2")]
    with Notes(4, "en") as notes:
        notes.replies_received([reply("1.1", "A-1", Answer.CREATED), reply("1.2", "A-2", Answer.BUSY)])
        notes.rows_added([row(1, "A-1", "1.1")])
    verdicts = {Verdict.STUCK: 1, Verdict.EXACTLY_ONCE: 1}
    shown = notes.worst_intent(intents, replace(REPORT, verdicts=verdicts), lambda _name: [])
    assert shown is not None
    assert shown.key == "A-2"
    assert words(plain(lines(REPORT, shown=shown)[-1])) == "order_no A-2, stuck, left no steps."


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_kept_any_more_is_named(language: str) -> None:
    assert any("980" in line for line in lines(replace(REPORT, untraced=980), language))
    assert not any("980" in line for line in lines(REPORT, language))


def test_a_long_command_does_not_cut_what_came_of_it() -> None:
    step = Step("1.1", 0, 1, EngineKind.POSTGRESQL, "INSERT " + "x" * 400, "1 row", "", 1, 2)
    shown = Shown("order_no", "A-1", Verdict.EXACTLY_ONCE, (step,), 0)
    line = list(report_lines(REPORT, {}, shown, "en"))[-1]
    assert line.endswith("x… -> 1 row")
    assert len(line) == 160
    lost = list(
        report_lines(REPORT, {}, replace(shown, steps=(structs.replace(step, answer="", error="y" * 400),)), "en")
    )[-1]
    assert "x… -> " in lost
    assert len(lost) == 160
