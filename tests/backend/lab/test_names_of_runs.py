"""Every run has names that no other run has, and leaves nothing behind on a queue or in a book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from backend.lab.lab import Run
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import own_lab, wait_for

PLACE = OperationKey.PLACE_ORDER


def messages(laboratory: Laboratory, count: int) -> Plan:
    return Plan(tuple(laboratory.intent(PLACE, number) for number in range(1, count + 1)), 1, Source.REDELIVERY)


def queue_keys(url: str, runs: Sequence[Run]) -> list[str]:
    """Those of these runs; of one before them something may be told late."""
    names = {run._name for run in runs}  # type: ignore[attr-defined]  # its keys bear it; no caller needs to know
    with redis.Redis.from_url(url, decode_responses=True) as client:
        found = (key for key in client.scan_iter("*") if key.endswith((":queue", ":reports", ":queues")))
        return sorted(key for key in found if not names.isdisjoint(key.split(":")))


def test_submissions_are_never_numbered_anew() -> None:
    """Two labs, one after the other, on one data folder: the rows of the first are not taken for the second's."""
    makers: list[str] = []
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # where the servers run as another user
        for _ in range(2):
            with own_lab(LabOptions(database="sqlite", data_dir=Path(folder))) as laboratory:
                assert laboratory.run(PLACE, "unique-index", submissions=2).contradictions == ()
                makers += [reply.submission_id for reply in laboratory.told.replies]
    assert len(set(makers)) == 4


def test_two_labs_on_one_server_do_not_take_each_others_messages(laboratory: Laboratory) -> None:
    url = str(laboratory.lab.connection()["redis"])
    with own_lab(LabOptions(database="sqlite", redis=url)) as second:
        runs = [lab.lab.start_run(Setup("unique-index"), messages(lab, 60)) for lab in (laboratory, second)]
        for run in runs:
            assert run.wait(60).verdicts == {Verdict.EXACTLY_ONCE: 60}
        assert queue_keys(url, runs) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("source", [Source.CLICKS, Source.REDELIVERY])
@pytest.mark.parametrize(
    ("one", "other"), [("none", "unique-index"), ("token", "inbox"), ("distributed-lock", "idempotency-key")]
)
def test_two_labs_on_one_database_and_one_redis_judge_their_own_runs(source: Source, one: str, other: str) -> None:
    """While one is reset, the other goes on."""
    clicks = 4 if source is Source.CLICKS else 1
    with own_lab() as host:
        where = host.lab.connection()
        options = LabOptions(database=str(where["database"]), redis=str(where["redis"]))
        with own_lab(options) as first, own_lab(options) as second:
            for _ in range(3):
                runs = []
                for lab, strategy in ((first, one), (second, other)):
                    wanted = tuple(lab.intent(PLACE, number) for number in range(20))
                    runs.append((strategy, lab.lab.start_run(Setup(strategy), Plan(wanted, clicks, source))))
                for strategy, run in runs:
                    expected = Verdict.DUPLICATED if (strategy, clicks) == ("none", 4) else Verdict.EXACTLY_ONCE
                    report = run.wait(60)
                    assert (report.verdicts, report.contradictions) == ({expected: 20}, ()), strategy
                first.lab.reset()
                assert second.lab.judgement().effects > 0


def test_what_was_answered_is_told_when_redelivery_is_cancelled(laboratory: Laboratory) -> None:
    run = laboratory.lab.start_run(Setup("none"), messages(laboratory, 1_000))
    assert wait_for(laboratory.told, lambda: len(laboratory.told.replies) >= 50)
    run.cancel()
    report = run.wait(30)
    assert report.cancelled
    assert 50 <= report.effects < 1_000
    assert report.answers == {Answer.CREATED: report.effects}
    assert report.verdicts == {Verdict.EXACTLY_ONCE: report.effects, Verdict.UNDECIDED: 1_000 - report.effects}
    assert queue_keys(str(laboratory.lab.connection()["redis"]), [run]) == []


def test_a_run_that_cannot_start_leaves_no_intent_behind() -> None:
    with own_lab(LabOptions(database="sqlite", zookeeper="127.0.0.1:1")) as laboratory:
        plan = Plan((laboratory.intent(PLACE),), 2)
        with pytest.raises(SubmitTwiceError):
            laboratory.lab.start_run(Setup("distributed-lock", "zookeeper"), plan).wait(60)
        assert laboratory.lab.judgement().intents == 0


def test_a_reset_reaches_the_databases_that_were_used_before(laboratory: Laboratory) -> None:
    laboratory.lab.use_database("sqlite")
    assert laboratory.run(PLACE, "none", submissions=4).effects == 4
    laboratory.lab.use_database("postgresql")
    laboratory.lab.reset()
    laboratory.lab.use_database("sqlite")
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2
    assert laboratory.lab.judgement().effects == 2
