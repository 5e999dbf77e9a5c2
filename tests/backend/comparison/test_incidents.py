"""What went wrong for other people: found by words, damaged every time, cured a hundred times, explored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.comparison.exhibit import Exhibit
from backend.comparison.incidents import Incident, UnknownIncidentError, all_incidents, find_incidents, incident_of
from backend.model.judgement import Report
from backend.model.sentence import LANGUAGES, words
from backend.model.vocabulary import Verdict
from tests.backend.conftest import Laboratory
from tests.backend.explorer.conftest import Bench
from tests.backend.explorer.conftest import _explorer as _explorer
from tests.backend.explorer.conftest import bench as bench
from tests.backend.explorer.conftest import gateway as gateway
from tests.backend.explorer.conftest import postgresql as postgresql
from tests.backend.explorer.conftest import servers as servers
from tests.backend.explorer.conftest import valkey as valkey

CURED = 100
QUICK = "violation-at-commit"
EVERY = [
    pytest.param(incident, id=incident.key, marks=() if incident.key == QUICK else pytest.mark.exhaustive)
    for incident in all_incidents()
]


def run(laboratory: Laboratory, exhibit: Exhibit, intents: int) -> Report:
    laboratory.lab.set_instances(exhibit.instances)
    wanted = tuple(laboratory.intent(exhibit.operation, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(exhibit.setup, replace(exhibit.plan, intents=wanted)).wait(280)


@pytest.mark.parametrize("incident", EVERY)
def test_the_damage_is_there_in_every_run(laboratory: Laboratory, incident: Incident) -> None:
    report = run(laboratory, incident.damage, 1)

    assert report.verdicts == {incident.damage.promises: 1}
    assert report.missed_faults == ()
    assert incident.tells is None or report.answers.get(incident.tells)
    assert (incident.tells is None) is (incident.damage.promises is not Verdict.EXACTLY_ONCE)
    assert report.contradictions == () or incident.damage.promises is Verdict.LOST


@pytest.mark.timeout(300)
@pytest.mark.parametrize("incident", EVERY)
def test_the_cure_holds_a_hundred_times_in_the_same_situation(laboratory: Laboratory, incident: Incident) -> None:
    report = run(laboratory, incident.cured, CURED)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: CURED}
    assert report.contradictions == ()


@pytest.mark.parametrize("incident", EVERY)
def test_the_explorer_finds_the_one_and_proves_the_other(bench: Bench, incident: Incident) -> None:
    found, cured = bench.ask(incident.proof), bench.ask(incident.proof_of_cure)

    assert found.exhaustive
    assert max(found.outcomes, key=lambda verdict: verdict.severity) is incident.finds
    assert bool(found.notes) or incident.tells != "error"
    assert cured.exhaustive
    assert cured.outcomes.keys() == {Verdict.EXACTLY_ONCE}
    assert cured.notes == ()


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("visibility timeout", "visibility-timeout"),
        ("Gap Lock", "gap-lock"),
        ("间隙锁", "gap-lock"),
        ("可见性超时", "visibility-timeout"),
        ("redisson 2183", "lock-released-before-commit"),
        ("40001", "serialization-failure"),
        ("连接池", "advisory-lock-in-a-pool"),
        ("webhook 5xx", "webhook"),
    ],
)
def test_an_incident_is_found_by_the_words_of_its_report(query: str, key: str) -> None:
    assert key in {incident.key for incident in find_incidents(query)}


def test_without_words_all_are_listed_and_nonsense_finds_none() -> None:
    assert find_incidents() == find_incidents("  ") == all_incidents()
    assert find_incidents("gap nonsense") == ()
    with pytest.raises(UnknownIncidentError, match="gap-lock"):
        incident_of("nonsense")


def test_each_has_both_sides_of_one_situation_in_every_language() -> None:
    for incident in all_incidents():
        damage, cured = incident.damage, incident.cured
        assert damage.operation is cured.operation
        assert (damage.plan, damage.instances) == (cured.plan, cured.instances)
        assert cured.promises is Verdict.EXACTLY_ONCE
        for text in (incident.title, incident.story, incident.cure):
            assert len({words(text, language) for language in LANGUAGES}) == len(LANGUAGES)
        assert any(word.isascii() for word in incident.search_words)
        assert not all(word.isascii() for word in incident.search_words)
