"""What the Redis-protocol server keeps of a lock that is held when it ends, by what it writes to disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.engines.key_store import KeyStore
from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.says import EngineCode
from backend.engines.valkey import start_valkey
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.report import report_document
from backend.model.vocabulary import OperationKey, RedisPersistence, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until
from tests.backend.own_lab import own_lab, wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
NONE, EVERYSEC, ALWAYS = RedisPersistence.NONE, RedisPersistence.EVERYSEC, RedisPersistence.ALWAYS
MANY_KEYS = "for number = 1, 20000 do redis.call('set', 'submit-twice:' .. number, string.rep('x', 100)) end"
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED


def settings_of(laboratory: Laboratory) -> tuple[str | None, str | None]:
    client = create_redis(str(laboratory.lab.connection()["redis"]))
    found = client.config_get("append*")
    client.close()
    return found["appendonly"], found["appendfsync"]


def lock_is_held_when_it_ends(laboratory: Laboratory, mode: RedisPersistence | None, how: str = "restart") -> Report:
    setup = Setup(
        "distributed-lock", "redis", 5_000, 60_000, (parse_fault(f"{how}@redis=700"),), redis_persistence=mode
    )
    plan = Plan((laboratory.intent(PLACE),), 1, Source.RETRY, timeout_ms=1_000, retries=8)
    return laboratory.lab.start_run(setup, plan).wait(90)


@pytest.mark.exhaustive
@pytest.mark.parametrize("how", ["kill", "restart"])
@pytest.mark.parametrize(("mode", "verdict"), [(NONE, TWICE), (EVERYSEC, ONCE), (ALWAYS, ONCE)])
def test_a_lock_that_is_held_while_its_server_ends(
    laboratory: Laboratory, mode: RedisPersistence, verdict: Verdict, how: str
) -> None:
    report = lock_is_held_when_it_ends(laboratory, mode, how)

    assert report.verdicts == {verdict: 1}
    assert report.contradictions == ()
    assert report_document(report)["redis_persistence"] == mode.value
    told = laboratory.told
    assert wait_for(told, lambda: any(one.code is EngineCode.BACK_WITH_KEYS for one in told.told))
    (sentence,) = (str(one) for one in told.told if one.code is EngineCode.BACK_WITH_KEYS)
    kept = 1 if verdict is ONCE else 0
    assert f"Of 1 key it kept {kept} and lost {1 - kept}; of 1 lock among them it kept {kept}." in sentence
    assert f"Its persistence is {mode.value}" in sentence


@pytest.mark.exhaustive
def test_a_hundred_intents_keep_their_locks(laboratory: Laboratory) -> None:
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, 101))
    setup = Setup("distributed-lock", "redis", 500, 10_000, (parse_fault("kill@redis=1000"),), redis_persistence=ALWAYS)
    plan = Plan(wanted, 1, Source.RETRY, timeout_ms=1_000, retries=12)
    report = laboratory.lab.start_run(setup, plan).wait(240)

    assert report.verdicts == {ONCE: 100}
    assert report.contradictions == ()


def test_each_run_has_the_persistence_that_it_asks_for_and_else_that_of_the_start(laboratory: Laboratory) -> None:
    def run(mode: RedisPersistence | None) -> RedisPersistence | None:
        plan = Plan((laboratory.intent(PLACE),), 1)
        return laboratory.lab.start_run(Setup("none", redis_persistence=mode), plan).wait(30).setup.redis_persistence

    assert run(ALWAYS) is ALWAYS
    assert settings_of(laboratory) == ("yes", "always")
    assert run(EVERYSEC) is EVERYSEC
    assert settings_of(laboratory) == ("yes", "everysec")
    assert run(None) is NONE
    assert settings_of(laboratory)[0] == "no"


def test_a_lab_is_started_with_it(tmp_path: Path) -> None:
    with own_lab(LabOptions(database="sqlite", redis_persistence=ALWAYS)) as laboratory:
        assert settings_of(laboratory) == ("yes", "always")
        setup = Setup("none")
        report = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1)).wait(30)
        assert report.setup.redis_persistence is ALWAYS


@pytest.mark.parametrize("mode", exhaustive_but([EVERYSEC, ALWAYS], values(ALWAYS)))
def test_keys_that_were_there_before_are_on_disk_as_soon_as_it_is_switched_on(mode: RedisPersistence) -> None:
    with Supervisor() as supervisor:
        engine = start_valkey(supervisor)
        assert isinstance(engine.keys, KeyStore)
        assert engine.child
        assert engine.start_again
        with create_redis(engine.url) as client:
            client.eval(MANY_KEYS, 0)
        engine.keys.use(mode)
        held = engine.keys.hold_still()
        engine.child.kill()
        engine.child.wait(30)
        again = engine.start_again()
        sentence = str(again.keys.account("Valkey", held)) if again.keys else ""
        assert "Of 20000 keys it kept 20000 and lost 0." in sentence


def test_what_is_taken_anew_was_not_kept_and_what_has_expired_was_not_lost() -> None:
    with Supervisor() as supervisor:
        engine = start_valkey(supervisor)
        assert engine.keys
        with create_redis(engine.url) as client:
            client.set("submit-twice:1:lock:place-order:a", "first")
            client.set("submit-twice:1:lock:place-order:b", "kept")
            client.set("submit-twice:1:token:c", "1", px=1)
            client.rpush("submit-twice:1:reports", "d")
            assert wait_until(lambda: not client.exists("submit-twice:1:token:c"))
            held = engine.keys.hold_still()
            client.client_unpause()
            client.set("submit-twice:1:lock:place-order:a", "second")
        sentence = str(engine.keys.account("Valkey", held))
    assert "Of 3 keys it kept 2 and lost 1; of 2 locks among them it kept 1." in sentence
