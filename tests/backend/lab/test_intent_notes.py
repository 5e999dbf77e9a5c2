"""What a command notes of intents, beside notes that keep everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from backend.lab.run_notes import Notes
from backend.model.observed import GoneRow, Reply, Row, Step
from backend.model.plan import Intent
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Verdict
from tests.backend.archive.samples import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.judgement import Report

KEYS = ["A-0001", "A-0002", "other"]
INTENTS = [Intent(OperationKey.PLACE_ORDER, key, "pen", 1) for key in KEYS]
NAMES = st.one_of(
    st.builds("lab-1.{}".format, st.integers(1, 1_200)),
    st.builds("lab-1.{}-2".format, st.integers(1, 9)),
    st.sampled_from(["by hand", ""]),
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(range(3)), NAMES, st.sampled_from(Answer)),
        st.tuples(st.just("row"), st.sampled_from(range(3)), NAMES, st.none()),
        st.tuples(st.just("gone"), st.sampled_from(range(3)), st.integers(0, 5), st.none()),
    ),
    max_size=40,
)


@dataclass
class Everything:
    """All that happened to one intent."""

    rows: list[Row] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    all_answers: set[Answer] = field(default_factory=set)

    def make(self, row: Row) -> None:
        self.rows.append(row)
        if row.submission_id and len(self.makers) < 8:
            self.makers.append(row.submission_id)

    def lose(self, row: Row) -> None:
        self.rows.remove(row)
        if row.submission_id in self.makers:
            self.makers.remove(row.submission_id)

    @property
    def verdict(self) -> Verdict:
        return judge(Facts(len(self.rows), frozenset(self.all_answers)))

    @property
    def shown(self) -> list[str]:
        heard = sorted(self.answers, key=lambda name: (self.answers[name] is Answer.TIMEOUT, numbers(name)))
        return list(dict.fromkeys([*self.makers, *heard[:8]]))[:4]


def numbers(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.replace("lab-", "").replace("-", ".").split(".") if part.isdigit())


def feed(notes: Notes, events: Sequence[tuple[str, int, str | int, Answer | None]]) -> list[Everything]:
    """Each name answers once, and for one intent."""
    known, owners = [Everything() for _ in KEYS], dict[str, int]()
    for number, (what, of, which, answer) in enumerate(events):
        if what == "gone":
            rows = known[of].rows
            if rows:
                lost = rows[int(which) % len(rows)]
                known[of].lose(lost)
                notes.rows_gone([GoneRow(lost.table, lost.id, lost.key, lost.submission_id)])
            continue
        name = str(which)
        if name and owners.setdefault(name, of) != of:
            continue
        if what == "row":
            made = Row("orders", number, KEYS[of], "pen", 1, name, 0.0, 1)
            known[of].make(made)
            notes.rows_added([made])
        elif name and answer and name not in known[of].answers:
            known[of].answers[name] = answer
            known[of].all_answers.add(answer)
            notes.replies_received([Reply(name, KEYS[of], answer, 200, None, 0, 1)])
    return known


@given(EVENTS)
def test_the_worst_intent_and_its_first_submissions_are_found(
    events: list[tuple[str, int, str | int, Answer | None]],
) -> None:
    with Notes(9, "en") as notes:
        known = feed(notes, events)
    verdicts = Counter(each.verdict for each in known)
    worst = max(verdicts, key=lambda verdict: verdict.severity)
    first = next(place for place, each in enumerate(known) if each.verdict is worst)
    shown = notes.worst_intent(
        INTENTS, replace(report(), verdicts=verdicts, at_work=(), working=0, sent=9), lambda name: [step(name)]
    )
    assert shown is not None
    assert (shown.key, shown.verdict) == (KEYS[first], worst)
    assert {each.submission_id for each in shown.steps} == set(known[first].shown)


def test_of_many_submissions_the_first_are_shown_whatever_came_first() -> None:
    """Eight makers are noted, and eight of those that were answered: where rows have gone, those behind are shown."""
    with Notes(9, "en") as notes:
        notes.rows_added(
            [Row("orders", number, KEYS[0], "pen", 1, f"lab-1.{number}", 0.0, 1) for number in range(30, 40)]
        )
        answered = [f"lab-1.{number}" for number in range(28, 8, -1)]
        notes.replies_received([Reply(name, KEYS[0], Answer.CREATED, 200, None, 0, 1) for name in answered])
        found = replace(report(), verdicts={Verdict.DUPLICATED: 1}, at_work=(), working=0, sent=40)
        shown = [shown_of(notes, found)]
        for number in range(30, 36):
            notes.rows_gone([GoneRow("orders", number, KEYS[0], f"lab-1.{number}")])
        shown.append(shown_of(notes, found))
    assert shown[0] == ["lab-1.30", "lab-1.31", "lab-1.32", "lab-1.33"]
    assert shown[1] == ["lab-1.10", "lab-1.36", "lab-1.37", "lab-1.9"]


def shown_of(notes: Notes, found: Report) -> list[str]:
    shown = notes.worst_intent(INTENTS, found, lambda name: [step(name)])
    assert shown is not None
    return sorted(each.submission_id for each in shown.steps)


def step(name: str) -> Step:
    return Step(name, 0, 1, EngineKind.POSTGRESQL, "COMMIT", "", "", 1, 2)
