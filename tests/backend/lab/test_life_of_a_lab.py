"""Closing, failing to start, and what happens when something dies."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from backend.engines.bare import bare_engines
from backend.lab.lab import Lab
from backend.model.errors import SubmitTwiceError
from backend.model.judgement import Judgement, Report
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Pace, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import lives, wait_until
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import backend_of, born_since, family, lab_processes, named, own_lab, wait_for
from tests.tables import exhaustive_but, values

KILLED, WORK_MS = 240, 100
"""Submissions of a run in which something is killed, and how long each takes: the kill comes in their midst."""
SOON_S = 20
"""A second where nothing else runs; what it must not wait for takes a minute."""

PLACE = OperationKey.PLACE_ORDER


@pytest.mark.parametrize("busy", exhaustive_but(["sending", "waiting", "resetting"], values("resetting")))
def test_closing_in_mid_run_is_quick_and_leaves_nothing(busy: str) -> None:
    before, threads = family(), set(threading.enumerate())
    with own_lab() as laboratory:
        setup = Setup("none", processing_delay_ms=0 if busy == "sending" else 60_000)
        plan = Plan((laboratory.intent(PLACE),), 10_000 if busy == "sending" else 5, timeout_ms=100_000)
        run = laboratory.lab.start_run(setup, plan)
        if busy == "sending":
            assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) > 50)
        else:
            caller = caller_of(laboratory.lab)
            assert wait_until(lambda: bool(caller.call("GET", "/health").document["in_flight"]))
        resetting = threading.Thread(target=reset_regardless, args=(laboratory.lab,))
        if busy == "resetting":
            resetting.start()
        ours = born_since(before)
        assert closes_within(laboratory.lab, SOON_S)
        if busy == "resetting":
            resetting.join(SOON_S)
        report = run.wait(1)
        assert report.cancelled
        assert report.verdicts == {Verdict.DUPLICATED if busy == "sending" else Verdict.UNDECIDED: 1}
        assert not any(lives(process) for process in ours)
        assert set(threading.enumerate()) <= threads
        laboratory.lab.close()
        with pytest.raises(SubmitTwiceError):
            laboratory.lab.start_run(setup, plan)


def closes_within(lab: Lab, seconds: float) -> bool:
    """Close as a window does, from another thread; whether that is over in time."""
    closing = threading.Thread(target=lab.close)
    closing.start()
    closing.join(seconds)
    return not closing.is_alive()


def reset_regardless(lab: Lab) -> None:
    try:
        lab.reset()
    except SubmitTwiceError:
        return


def test_two_labs_at_once_do_not_meet(laboratory: Laboratory) -> None:
    with own_lab(LabOptions(instances=2)) as other:
        runs = [
            lab.lab.start_run(Setup("none"), Plan((lab.intent(PLACE),), count))
            for lab, count in ((laboratory, 30), (other, 40))
        ]
        assert [run.wait(20).effects for run in runs] == [30, 40]
        assert (len(laboratory.told.rows), len(other.told.rows)) == (30, 40)
        other.lab.close()
        assert laboratory.run(PLACE, "none", submissions=2).effects == 2


def test_rows_are_told_while_a_run_is_under_way_however_long_nothing_had_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.lab.row_watch._IDLE_SECONDS", 600)
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        plan = Plan((laboratory.intent(PLACE),), 500, pace=Pace.ONE_AFTER_ANOTHER, timeout_ms=60_000)
        run = laboratory.lab.start_run(Setup("none", processing_delay_ms=200), plan)
        assert wait_for(laboratory.told, lambda: bool(laboratory.told.rows), 60)
        assert laboratory.told.reports == []
        run.cancel()


def test_nothing_is_known_before_the_start() -> None:
    lab = Lab(LabOptions())
    assert lab.engines() == ()
    assert lab.judgement() == Judgement()
    with pytest.raises(SubmitTwiceError, match="not running"):
        lab.connection()
    lab.close()


# Failing to start


def refusals(folder: Path, port: int) -> dict[str, LabOptions]:
    file = folder / "file"
    file.write_text("not a folder")
    return {
        "no URL": LabOptions(database="no URL at all"),
        "another database": LabOptions(database="oracle://me:pass-word@host/x"),
        "dead server": LabOptions(database="postgresql://me:pass-word@127.0.0.1:1/x"),
        "unknown host": LabOptions(database="postgresql://me:pass-word@host.invalid/x"),
        "no Redis URL": LabOptions(redis="http://pass-word@127.0.0.1"),
        "dead Redis": LabOptions(redis="redis://:pass-word@127.0.0.1:1/0"),
        "port in use": LabOptions(port=port),
        "no folder": LabOptions(data_dir=file),
        "below a file": LabOptions(database="sqlite", data_dir=file / "below"),
    }


REFUSED = ("no URL", "dead server", "dead Redis", "port in use", "below a file")
MORE = ("another database", "unknown host", "no Redis URL", "no folder")


@pytest.mark.parametrize("case", exhaustive_but([*REFUSED, *MORE], values(*REFUSED)))
def test_a_start_that_fails_says_why_and_leaves_nothing(tmp_path: Path, case: str) -> None:
    before, threads = family(), set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        lab = Lab(refusals(tmp_path, taken.getsockname()[1])[case])
        with pytest.raises(SubmitTwiceError) as caught:
            lab.start()
    sentence = str(caught.value)
    assert sentence
    assert "\n" not in sentence
    assert "pass-word" not in sentence
    assert "Traceback" not in sentence
    assert wait_until(lambda: not any(lives(process) for process in born_since(before)), SOON_S)
    assert set(threading.enumerate()) <= threads
    lab.close()


def test_a_wrong_password_is_told_without_the_password(laboratory: Laboratory) -> None:
    connection = laboratory.lab.connection()
    before = family()
    for options in (
        LabOptions(database=with_password(str(connection["database"]), "wrong-one")),
        LabOptions(redis=with_password(str(connection["redis"]), "wrong-one")),
    ):
        with pytest.raises(SubmitTwiceError) as caught:
            Lab(options).start()
        assert "wrong-one" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "password" in str(caught.value)
    assert wait_until(lambda: not born_since(before), 2)


def with_password(url: str, password: str) -> str:
    head, _, tail = url.rpartition("@")
    return f"{head.rpartition(':')[0]}:{password}@{tail}"


# Deaths


def kill_in_mid_run(laboratory: Laboratory, process: psutil.Process, intents: int = 1) -> Report:
    """Kill while submissions are under way; what the run says."""
    return break_in_mid_run(laboratory, lambda: os.kill(process.pid, signal.SIGKILL), intents)


def break_in_mid_run(laboratory: Laboratory, do: Callable[[], object], intents: int = 1) -> Report:
    setup = Setup("none", processing_delay_ms=WORK_MS)
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(intents))
    run = laboratory.lab.start_run(setup, Plan(wanted, KILLED // intents))
    assert wait_for(laboratory.told, lambda: len(laboratory.told.replies) > 20)
    do()
    return run.wait(30)


def test_an_instance_that_is_killed_is_started_again(laboratory: Laboratory) -> None:
    laboratory.lab.set_instances(2)
    report = kill_in_mid_run(laboratory, named(lab_processes(laboratory), "backend.instance"))
    assert report.answers[Answer.ERROR] > 0
    assert report.effects >= report.answers[Answer.CREATED] > 0
    assert report.contradictions == ()
    assert wait_for(laboratory.told, lambda: backend_of(laboratory).health is Health.UP)
    assert wait_until(lambda: both_answer(laboratory.lab))
    assert laboratory.run(PLACE, "unique-index", submissions=10).answers == {
        Answer.CREATED: 1,
        Answer.DUPLICATE: 9,
    }


def both_answer(lab: Lab) -> bool:
    try:
        return all(caller_of(lab, n).call("GET", "/health").status == 200 for n in range(2))
    except OSError:
        return False


def test_the_death_of_an_instance_is_told(laboratory: Laboratory) -> None:
    told = laboratory.told
    os.kill(named(lab_processes(laboratory), "backend.instance").pid, signal.SIGKILL)
    assert wait_for(told, lambda: any("started again" in str(engine.note) for engine in told.engines))
    assert wait_for(told, lambda: backend_of(laboratory).health is Health.UP)


@pytest.mark.parametrize(
    ("word", "kind"),
    exhaustive_but([("postgres", EngineKind.POSTGRESQL), ("valkey", EngineKind.REDIS)], values("postgres")),
)
def test_an_engine_that_is_killed_is_started_again(word: str, kind: EngineKind) -> None:
    before = family()
    with own_lab() as laboratory:
        killed = named(born_since(before), word)
        result = kill_in_mid_run(laboratory, killed)
        assert "\n" not in str(result.broken_off), "it may have ended while the rows were being read back"
        assert result.sent == KILLED
        assert result.contradictions == ()
        assert result.effects >= result.answers[Answer.CREATED]

        def is_up() -> bool:
            return next(e.health for e in laboratory.lab.engines() if e.kind is kind) is Health.UP

        assert wait_until(lambda: not killed.is_running() and is_up(), 20)
        strategy = "unique-index" if kind is EngineKind.POSTGRESQL else "distributed-lock"
        assert laboratory.run(PLACE, strategy, submissions=10).verdicts == {Verdict.EXACTLY_ONCE: 1}
        assert closes_within(laboratory.lab, SOON_S)


def test_of_a_run_whose_sender_is_killed_all_is_reported_that_was_heard(laboratory: Laboratory) -> None:
    result = kill_in_mid_run(laboratory, named(lab_processes(laboratory), "backend.lab.senders"), intents=KILLED)
    heard = len(laboratory.told.replies)
    assert "sender" in str(result.broken_off)
    known = {reply.submission_id for reply in laboratory.told.replies}
    known |= {step.submission_id for step in laboratory.told.steps}
    assert (result.cancelled, result.sent, sum(result.answers.values())) == (False, len(known), heard)
    assert result.sent > heard, "some were at work"
    assert result.p50_ms is not None
    assert result.verdicts == {Verdict.EXACTLY_ONCE: heard, Verdict.UNDECIDED: KILLED - heard}
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == result.verdicts)
    assert laboratory.lab.judgement().unheard == KILLED - heard
    assert wait_for(laboratory.told, lambda: any("sender" in failure for failure in laboratory.told.failures))
    assert laboratory.run(PLACE, "unique-index", submissions=5).verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert laboratory.lab.judgement().unheard == KILLED - heard
    laboratory.lab.reset()
    assert laboratory.lab.judgement().unheard == 0


def test_of_a_run_whose_database_is_gone_all_is_reported_that_was_heard(laboratory: Laboratory) -> None:
    """Nothing can be read back, so nothing is certain."""
    with ExitStack() as elsewhere:
        laboratory.lab.use_database(elsewhere.enter_context(bare_engines(LabOptions())).database)
        result = break_in_mid_run(laboratory, elsewhere.close, intents=KILLED)
    assert "database" in str(result.broken_off)
    assert sum(result.answers.values()) == len(laboratory.told.replies) == KILLED
    assert result.answers[Answer.CREATED] > 0
    assert result.verdicts == {Verdict.UNDECIDED: KILLED}
    assert laboratory.lab.judgement().verdicts == result.verdicts


def test_an_instance_that_was_started_again_counts_as_up_only_when_its_port_accepts(laboratory: Laboratory) -> None:
    url = urlsplit(str(next(iter(laboratory.lab.connection()["urls"]))))  # type: ignore[call-overload]
    for _ in range(3):
        named(lab_processes(laboratory), "backend.instance").kill()
        assert wait_for(laboratory.told, lambda: http_health(laboratory) is Health.DOWN)
        assert wait_for(laboratory.told, lambda: http_health(laboratory) is Health.UP)
        socket.create_connection((url.hostname, url.port), 5).close()


def http_health(laboratory: Laboratory) -> Health | None:
    """As it was told last; None if nothing was told yet."""
    return next((engine.health for engine in laboratory.told.engines if engine.kind is EngineKind.HTTP), None)
