"""What `incidents` says: a list by words, and one of them without its cure and with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backend.cli.arguments import read_arguments
from backend.cli.incidents import explored, incidents_once, side_lines
from backend.comparison.incidents import IncidentCode, UnknownIncidentError, incident_of
from backend.explorer.question import Exploration
from backend.lab.lab import Lab
from backend.lab.listener import Listener
from backend.model.faults import parse_fault
from backend.model.options import LabOptions
from backend.model.verdict import contradiction
from backend.model.vocabulary import Answer, Verdict
from tests.backend.cli.test_run_report import REPORT
from tests.backend.conftest import Laboratory


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    incidents_once(read_arguments(["incidents", *arguments]), LabOptions(), threading.Event())
    return capsys.readouterr().out.splitlines()


def test_words_find_incidents_with_their_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in told(capsys, "gap", "lock")][::2] == ["gap-lock"]
    assert "orleans 1169、mlrun 6098" in told(capsys, "间隙锁", "--language", "zh_CN")[1]
    assert told(capsys, "nonsense")[0].startswith("Nothing is known here about “nonsense”.")
    assert len(told(capsys)) > 20


def test_an_unknown_one_is_a_wrong_argument() -> None:
    with pytest.raises(UnknownIncidentError, match="There is no incident “nonsense”; there are visibility-timeout"):
        incidents_once(read_arguments(["incidents", "--show", "nonsense"]), LabOptions(), threading.Event())


def test_one_is_run_and_explored_on_both_sides(laboratory: Laboratory, capsys: pytest.CaptureFixture[str]) -> None:
    @contextmanager
    def shared(_options: LabOptions, _listener: Listener, _interrupted: threading.Event) -> Iterator[Lab]:
        yield laboratory.lab

    chosen = read_arguments(["incidents", "--show", "violation-at-commit"])
    incidents_once(chosen, LabOptions(), threading.Event(), shared)
    out = capsys.readouterr().out
    damaged, _, cured = out.partition("With it, in the same situation:")

    assert damaged.startswith("The violation comes at COMMIT")
    assert "Reports: alphagov pay-connector 4460." in damaged
    assert "A caller was told “error” about something that was done." in damaged
    assert "In 20 interleavings: The strategy failed with IntegrityError." in damaged
    assert "duplicate" in cured
    assert "Explored: " in cured
    assert "20 interleavings" in cured


def test_what_does_not_fit_is_told_of_either_side() -> None:
    incident = incident_of("violation-at-commit")
    explored = Exploration(incident.proof_of_cure, True, 6, 6, {Verdict.EXACTLY_ONCE: 6})
    report = replace(
        REPORT,
        contradictions=(contradiction("1.7", Answer.CREATED),),
        contradicting=3,
        missed_faults=(parse_fault("crash@sql:INSERT"),),
    )
    told = "\n".join(side_lines(IncidentCode.WITH, report, explored, incident, "en"))
    assert "Contradiction: Submission 1.7" in told
    assert "2 more answers contradict the rows." in told
    assert "crash@sql:INSERT" in told


@pytest.mark.parametrize(("answer", "is_told"), [(Answer.ERROR, True), (Answer.DUPLICATE, False)])
def test_what_a_caller_was_told_is_said_only_where_one_was(answer: Answer, is_told: bool) -> None:
    """On MariaDB the violation comes with the INSERT, and nobody is told of an error."""
    incident = incident_of("violation-at-commit")
    report = replace(REPORT, answers={Answer.CREATED: 1, answer: 1})
    explored = Exploration(incident.proof, True, 6, 6, {Verdict.EXACTLY_ONCE: 6})
    told = "\n".join(side_lines(IncidentCode.WITHOUT, report, explored, incident, "en"))
    assert ("A caller was told “error”" in told) is is_told


def test_what_reads_from_a_standby_is_explored_with_one() -> None:
    (found,) = explored([incident_of("replica-lag").proof], LabOptions(), threading.Event())
    assert found.exhaustive
    assert max(found.outcomes, key=lambda verdict: verdict.severity) is incident_of("replica-lag").finds
