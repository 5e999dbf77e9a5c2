"""Where MariaDB differs, an incident says so, and runs and explorations there come to what it says."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from backend.comparison.incidents import Incident, all_incidents
from backend.engines.bare import BareEngines, bare_engines
from backend.explorer.explore import Explorer
from backend.explorer.question import Exploration, Question
from backend.lab.lab import Lab
from backend.model.options import LabOptions
from backend.model.sentence import words
from backend.model.vocabulary import EngineKind, Verdict
from backend.strategies import find
from tests.backend.comparison.test_incidents import run
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.explorer.conftest import needs_mariadb

pytestmark = needs_mariadb
ON_MARIADB = LabOptions(database="mariadb")
QUICK = "insert-where-not-exists"
NAMED = ("gap-lock", "insert-where-not-exists", "advisory-lock-in-a-pool", "serialization-failure")


def _can_be_there(incident: Incident) -> bool:
    """A standby is one of PostgreSQL; what Redis alone loses is the same there, and takes its time."""
    engines = find(incident.proof.strategy, incident.proof.variant)[1].engines
    return not incident.proof.database_failovers and EngineKind.STANDBY not in engines


EVERY = [
    pytest.param(incident, id=incident.key, marks=() if incident.key == QUICK else pytest.mark.exhaustive)
    for incident in all_incidents()
    if _can_be_there(incident)
]


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    told = Recorder()
    lab = Lab(ON_MARIADB, told)
    try:
        lab.start()
        yield Laboratory(lab, told)
    finally:
        lab.close()


@pytest.fixture(scope="module")
def engines() -> Iterator[BareEngines]:
    with bare_engines(ON_MARIADB) as started:
        yield started


def explore(engines: BareEngines, question: Question) -> Exploration:
    with Explorer(engines.database, engines.redis, engines.gateway) as explorer:
        return explorer.explore(question, lambda _progress: None, threading.Event())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("incident", EVERY)
def test_the_damage_comes_to_what_is_said_of_mariadb(
    laboratory: Laboratory, engines: BareEngines, incident: Incident
) -> None:
    assert run(laboratory, incident.damage, 1).verdicts == {incident.there: 1}
    assert run(laboratory, incident.cured, 1).verdicts == {Verdict.EXACTLY_ONCE: 1}
    found, cured = explore(engines, incident.proof), explore(engines, incident.proof_of_cure)
    assert max(found.outcomes, key=lambda verdict: verdict.severity) is incident.there
    assert cured.outcomes.keys() == {Verdict.EXACTLY_ONCE}


def test_whatever_differs_there_is_named() -> None:
    for incident in all_incidents():
        assert incident.on_mariadb or (incident.there is incident.finds and incident.key not in NAMED)
        if incident.on_mariadb:
            assert words(incident.on_mariadb, "en").startswith("On MariaDB")
            assert words(incident.on_mariadb, "zh_CN").startswith("在 MariaDB 上")
