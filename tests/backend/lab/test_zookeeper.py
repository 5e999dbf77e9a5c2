"""ZooKeeper for real: its lock, the death of a holder, and a holder that wakes up late."""

from __future__ import annotations

import pytest

from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper
from backend.lab.lab import Lab
from backend.model.errors import NotApplicableError
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Pace, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until

pytestmark = pytest.mark.exhaustive

needs_zookeeper = pytest.mark.skipif(find_zookeeper() is None, reason=str(WHAT_TO_INSTALL))
PLACE = OperationKey.PLACE_ORDER
VARIANT = "zookeeper"


@needs_zookeeper
@pytest.mark.parametrize("operation", [PLACE, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK])
@pytest.mark.parametrize("pace", [Pace.SIMULTANEOUS, Pace.ONE_AFTER_ANOTHER])
def test_one_effect(laboratory: Laboratory, operation: OperationKey, pace: Pace) -> None:
    report = laboratory.run(operation, "distributed-lock", VARIANT, pace=pace)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.steps_per_submission[EngineKind.ZOOKEEPER] > 3
    assert EngineKind.ZOOKEEPER in {engine.kind for engine in laboratory.lab.engines()}


@needs_zookeeper
def test_the_lock_of_a_dead_holder_is_free_when_its_session_ends(laboratory: Laboratory) -> None:
    setup = Setup("distributed-lock", VARIANT, faults=(parse_fault("crash@sql:INSERT:before"),))
    plan = Plan((laboratory.intent(PLACE),), 1, Source.RETRY, timeout_ms=5_000, retries=10, backoff_ms=50)
    report = laboratory.lab.start_run(setup, plan).wait(60)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.answers[Answer.CREATED] == 1


@needs_zookeeper
def test_a_holder_that_was_paused_past_its_session_is_refused(laboratory: Laboratory) -> None:
    laboratory.lab.set_instances(2)
    setup = Setup("distributed-lock", VARIANT, faults=(parse_fault("pause@sql:INSERT:before=3500"),))
    plan = Plan((laboratory.intent(PLACE),), 1, Source.RETRY, timeout_ms=1_500, retries=5, backoff_ms=100)
    report = laboratory.lab.start_run(setup, plan).wait(60)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    first = laboratory.told.replies[0]
    assert first.answer is Answer.TIMEOUT
    told = [step.answer for step in laboratory.lab.steps_of(first.submission_id) if step.engine is EngineKind.HTTP]
    assert told[-1] == "conflict"


@needs_zookeeper
def test_a_lock_outlives_the_leader_of_an_ensemble(laboratory: Laboratory) -> None:
    """It is killed while the lock is held, and another one leads, or itself again; the holder's session goes on."""
    machinery = laboratory.lab._machinery
    assert machinery is not None
    laboratory.lab.set_instances(2)
    for number in range(1, 4):
        setup = Setup("distributed-lock", VARIANT, 3_000, zookeeper_servers=3)
        laboratory.told.forget()
        run = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE, number),), 4))
        assert wait_until(lambda: any(step.command.startswith("processing") for step in laboratory.told.under_way), 60)
        machinery.parts.zookeeper.disturb(parse_fault("kill@zookeeper"))
        report = run.wait(60)

        assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
        assert report.answers == {Answer.CREATED: 1, Answer.BUSY: 3}
        assert wait_until(lambda: any(" leads " in told for told in laboratory.told.incidents))
    assert [
        engine.address.count(",") for engine in laboratory.lab.engines() if engine.kind is EngineKind.ZOOKEEPER
    ] == [2]
    laboratory.run(PLACE, "distributed-lock", VARIANT)
    assert [
        engine.address.count(",") for engine in laboratory.lab.engines() if engine.kind is EngineKind.ZOOKEEPER
    ] == [0]


def test_where_it_is_missing_the_catalogue_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engines.zookeeper.server.find_zookeeper", lambda: None)
    missing = {v.key: str(v.missing) for strategy in Lab.strategies() for v in strategy.variants if v.missing}
    assert missing == {VARIANT: str(WHAT_TO_INSTALL)}
    elsewhere = Lab.strategies(zookeeper="127.0.0.1:2181")
    assert not [v for strategy in elsewhere for v in strategy.variants if v.missing]


def test_a_fault_of_zookeeper_needs_a_lock_in_it(laboratory: Laboratory) -> None:
    wanted = (laboratory.intent(OperationKey.PLACE_ORDER, 1),)
    with pytest.raises(NotApplicableError, match="none/direct does not use"):
        laboratory.lab.start_run(Setup(faults=(parse_fault("kill@zookeeper"),)), Plan(wanted, 1))
