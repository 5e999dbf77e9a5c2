"""The command `incidents`: what went wrong for other people, found by its words, and shown with its cure."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.cli.own_engines import own_engines
from backend.cli.run import finish, lab_of_its_own
from backend.cli.run_report import answers, contradictions, missed, outcome, subject
from backend.comparison.incidents import IncidentCode, find_incidents, incident_of
from backend.explorer.on_own_engines import explore_on
from backend.files.output import speak
from backend.lab.listener import NullListener
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import ENGLISH, plain_list, say, words
from backend.model.terms import answer_term

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from backend.cli.run import OpenLab
    from backend.comparison.exhibit import Exhibit
    from backend.comparison.incidents import Incident
    from backend.explorer.question import Exploration, Question
    from backend.lab.lab import Lab
    from backend.model.judgement import Report
    from backend.model.options import LabOptions
    from backend.model.sentence import Sentence

_INDENT = "  "


def incidents_once(
    chosen: argparse.Namespace,
    options: LabOptions,
    interrupted: threading.Event,
    open_lab: OpenLab = lab_of_its_own,
) -> None:
    """List the incidents that match, or run one of them and its cure, and explore both.

    Args:
        chosen: the arguments of the command.
        options: of the lab and of the engines that are explored.
        interrupted: set when it is to stop.
        open_lab: makes the lab in which it runs.

    Raises:
        UnknownIncidentError: there is no such incident.
        SubmitTwiceError: an engine cannot be had.
    """
    language = chosen.language or ENGLISH
    if chosen.show is None:
        speak(_list(" ".join(chosen.words), language))
    else:
        _show(incident_of(chosen.show), options, interrupted, language, open_lab)


def _list(query: str, language: str) -> Iterator[str]:
    found = find_incidents(query)
    if not found:
        yield words(say(IncidentCode.NONE_FOUND, query=query), language)
    for incident in found:
        yield f"{incident.key:28} {words(incident.title, language)}"
        yield f"{'':28} {words(reports_of(incident), language)}"


def reports_of(incident: Incident) -> Sentence:
    """Where it is known from."""
    if not incident.reports:
        return say(IncidentCode.NO_REPORTS)
    return say(IncidentCode.REPORTS, reports=plain_list(incident.reports))


def _show(
    incident: Incident, options: LabOptions, interrupted: threading.Event, language: str, open_lab: OpenLab
) -> None:
    told = (incident.title, incident.story, reports_of(incident), say(IncidentCode.CURE, cure=incident.cure))
    speak(words(sentence, language) for sentence in (*told, incident.on_mariadb) if sentence)
    with open_lab(options, NullListener(), interrupted) as lab:
        reports = [_run(lab, exhibit, interrupted) for exhibit in (incident.damage, incident.cured)]
    if interrupted.is_set():
        speak(words(outcome(report), language) for report in reports)
        return
    proofs = explored((incident.proof, incident.proof_of_cure), options, interrupted)
    for code, report, proof in zip((IncidentCode.WITHOUT, IncidentCode.WITH), reports, proofs, strict=True):
        speak(side_lines(code, report, proof, incident, language))


def _run(lab: Lab, exhibit: Exhibit, interrupted: threading.Event) -> Report:
    lab.set_instances(exhibit.instances)
    intent = lab.new_intent(exhibit.operation, "book", 1)
    report = finish(lab.start_run(exhibit.setup, exhibit.plan_for(intent)), interrupted)
    if report.broken_off:
        raise SubmitTwiceError(report.broken_off)
    return report


def explored(asked: Iterable[Question], options: LabOptions, interrupted: threading.Event) -> list[Exploration]:
    """What the explorer finds, on engines of its own."""
    with own_engines(options, interrupted) as engines:
        return [explore_on(engines, one, lambda _: None, interrupted, options=options) for one in asked]


def side_lines(
    code: IncidentCode, report: Report, proof: Exploration, incident: Incident, language: str
) -> Iterator[str]:
    """What was seen without the cure, or with it."""
    yield ""
    yield words(say(code), language)
    told = [subject(report), *missed(report), outcome(report), answers(report), *contradictions(report)]
    if code is IncidentCode.WITHOUT and incident.tells is not None and report.answers.get(incident.tells):
        told.append(say(IncidentCode.TOLD, answer=answer_term(incident.tells)))
    told.append(say(IncidentCode.EXPLORED, finding=proof.finding))
    told.extend(proof.notes)
    for sentence in told:
        yield f"{_INDENT}{words(sentence, language).rstrip()}"
