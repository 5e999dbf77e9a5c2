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
AT_ONCE = {"paused-holder": 4, "redis-failover": 14, "redlock-restart": 14}
"""Where a run has its damage but once, how many intents can be in the middle of it: as many as there are threads."""
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


@pytest.mark.timeout(900)
@pytest.mark.parametrize("incident", EVERY)
def test_the_cure_holds_a_hundred_times_in_the_same_situation(laboratory: Laboratory, incident: Incident) -> None:
    left = CURED
    while left:
        intents = min(left, AT_ONCE.get(incident.key, CURED))
        report = run(laboratory, incident.cured, intents)
        assert report.verdicts == {Verdict.EXACTLY_ONCE: intents}
        assert report.contradictions == ()
        assert report.missed_faults == ()
        left -= intents


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
        ("acks_late redelivered long job", "visibility-timeout"),
        ("可见性超时", "visibility-timeout"),
        ("@Transactional lock", "lock-released-before-commit"),
        ("redisson 2183", "lock-released-before-commit"),
        ("watchdog", "lease-ends-in-mid-work"),
        ("lease expired", "lease-ends-in-mid-work"),
        ("看门狗", "lease-ends-in-mid-work"),
        ("GC pause", "paused-holder"),
        ("SIGSTOP", "paused-holder"),
        ("fencing token", "paused-holder"),
        ("sentinel failover", "redis-failover"),
        ("node-redlock 16", "redis-failover"),
        ("哨兵", "redis-failover"),
        ("redlock majority", "redlock-restart"),
        ("quorum", "redlock-restart"),
        ("replica lag", "replica-lag"),
        ("replica lag", "quicker-than-the-replica"),
        ("read-replica stale", "replica-lag"),
        ("acknowledged order lost", "database-failover"),
        ("synchronous_commit", "database-failover"),
        ("Gap Lock", "gap-lock"),
        ("间隙锁", "gap-lock"),
        ("select for update insert", "gap-lock"),
        ("WHERE NOT EXISTS", "insert-where-not-exists"),
        ("deferred constraint", "violation-at-commit"),
        ("ConstraintViolationException", "violation-at-commit"),
        ("handler throws", "handler-throws"),
        ("webhook 5xx", "webhook"),
        ("check outside lock", "check-outside-the-lock"),
        ("idempotency middleware express", "get-then-set"),
        ("stored response 500", "half-an-answer"),
        ("pg_advisory_lock pool", "advisory-lock-in-a-pool"),
        ("GET_LOCK", "advisory-lock-in-a-pool"),
        ("连接池", "advisory-lock-in-a-pool"),
        ("40001", "serialization-failure"),
        ("transactional outbox", "outbox-relay"),
        ("redis restart persistence", "redis-restart"),
        ("on duplicate key update deadlock", "serialization-failure"),
    ],
)
def test_an_incident_is_found_by_the_words_of_its_report(query: str, key: str) -> None:
    """Each public report that this was made from, by the words that it is known by."""
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
        assert incident.finds is damage.promises, "the explorer finds what the runs show"
        for text in (incident.title, incident.story, incident.cure):
            assert len({words(text, language) for language in LANGUAGES}) == len(LANGUAGES)
        assert any(word.isascii() for word in incident.search_words)
        assert not all(word.isascii() for word in incident.search_words)
