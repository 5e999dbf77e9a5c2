"""What was done as lines for a shell: reading them gives the same again."""

from __future__ import annotations

import shlex
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.archive.command_lines import PROGRAM, command_line, database_line, redis_line, run_command, step_line
from backend.archive.entries import ComparisonRecord, Entry, ExplorationRecord, RunSettings
from backend.cli.arguments import read_arguments
from backend.cli.compare import question_of
from backend.cli.explore import explored_question
from backend.cli.run import settings_of
from backend.explorer.question import Exploration, Question
from backend.model.faults import parse_fault
from backend.model.observed import Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import (
    EngineKind,
    GatewayKeys,
    OperationKey,
    Pace,
    RedisPersistence,
    RedisTopology,
    Replication,
    RetryCause,
    Source,
)
from tests.backend.archive.samples import check_entry, comparison_entry, exploration_entry, run_entry, steps

FAULTS = ("crash@sql:COMMIT:before", "delay@reply=20", "kill@redis=300", "lost-reply", "pause@sql:INSERT=80#*")
_texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
_times = st.integers(1, 60_000)

_names = _texts.filter(lambda text: not text.startswith("-"))
PLANS: dict[str, st.SearchStrategy[object]] = {
    "intents": st.just(()),
    "submissions": st.integers(1, 1_000_000),
    "source": st.sampled_from(Source),
    "pace": st.sampled_from(Pace),
    "interval_ms": st.integers(0, 60_000).map(float),
    "timeout_ms": _times,
    "disable_button": st.booleans(),
    "retries": st.integers(0, 100),
    "retry_on": st.frozensets(st.sampled_from(RetryCause), min_size=1),
    "backoff_ms": st.integers(0, 60_000),
    "reload": st.booleans(),
    "edit": st.booleans(),
    "limit_ms": st.none() | st.integers(1, 86_400_000),
}
SETUPS: dict[str, st.SearchStrategy[object]] = {
    "strategy": _names,
    "variant": st.just("") | _names,
    "processing_delay_ms": st.integers(0, 60_000),
    "lease_ms": st.integers(1, 3_600_000),
    "faults": st.lists(st.sampled_from(FAULTS), max_size=3).map(lambda texts: tuple(map(parse_fault, texts))),
    "gateway_keys": st.sampled_from(GatewayKeys),
    "replication": st.sampled_from(Replication),
    "replica_lag_ms": st.integers(0, 60_000),
    "redis_topology": st.none() | st.sampled_from(RedisTopology),
    "redis_persistence": st.none() | st.sampled_from(RedisPersistence),
    "visibility_timeout_ms": st.integers(1, 3_600_000),
    "deduplication_ms": st.integers(0, 3_600_000),
    "zookeeper_servers": st.sampled_from((1, 3)),
    "prefetch": st.integers(1, 1_000),
}
plans, setups = st.builds(Plan, **PLANS), st.builds(Setup, **SETUPS)
every_setting = st.builds(
    RunSettings,
    st.sampled_from(OperationKey),
    setups,
    plans,
    st.integers(1, 1_000_000),
    st.just("") | _texts,
    st.integers(1, 1_000_000),
    st.integers(1, 4),
    st.sampled_from(("postgresql", "mariadb", "sqlite", "postgresql://me@host:5432/shop?sslmode=require")),
)


every_question = st.builds(
    Question,
    st.sampled_from(OperationKey),
    st.sampled_from(("none", "unique-index")),
    st.sampled_from(("", "direct")),
    requests=st.integers(1, 3),
    crashes=st.integers(0, 3),
    expiries=st.integers(0, 3),
    gateway_keys=st.sampled_from(GatewayKeys),
    failovers=st.integers(0, 3),
    errors=st.integers(0, 3),
    database_failovers=st.integers(0, 3),
    replication=st.sampled_from((Replication.ASYNCHRONOUS, Replication.SYNCHRONOUS)),
)


def _arguments(line: str) -> list[str]:
    words = shlex.split(line)
    assert tuple(words[: len(PROGRAM)]) == PROGRAM
    return words[len(PROGRAM) :]


def test_no_knob_is_left_out_of_what_is_tried() -> None:
    assert {field.name for field in fields(Plan)} == PLANS.keys()
    assert {field.name for field in fields(Setup)} == SETUPS.keys()


@given(every_setting)
def test_reading_the_command_line_of_a_run_gives_every_knob_again(settings: RunSettings) -> None:
    assert settings_of(read_arguments(_arguments(run_command(settings)))) == settings.normalised


@given(every_question)
def test_reading_the_command_line_of_an_exploration_gives_its_question_again(question: Question) -> None:
    entry = Entry(0.0, ExplorationRecord(Exploration(question, exhaustive=True, schedules=0, classes=0)))
    assert explored_question(read_arguments(_arguments(command_line(entry)))) == question


def test_what_stands_as_it_usually_does_is_left_out() -> None:
    line = run_command(RunSettings(OperationKey.PLACE_ORDER, Setup("none", "direct"), Plan((), 2)))
    assert line == "uv run main.py run --operation place-order --strategy none --variant direct --submissions 2"


def test_explorations_comparisons_and_checks_have_command_lines() -> None:
    explored = read_arguments(_arguments(command_line(exploration_entry())))
    assert (explored.command, explored.strategy, explored.requests) == ("explore", "none", 2)
    compared = comparison_entry()
    assert isinstance(compared.content, ComparisonRecord)
    assert question_of(read_arguments(_arguments(command_line(compared)))) == compared.content.found.asked
    checked = read_arguments(_arguments(command_line(check_entry())))
    assert (checked.command, str(checked.file), checked.fault) == (
        "check",
        "submit-twice.toml",
        ["crash@sql:COMMIT:before"],
    )
    assert read_arguments(_arguments(command_line(run_entry()))).item == "book"


def _step(engine: EngineKind, command: str) -> Step:
    return Step("r-1.1", 0, 1, engine, command, "", "", 1, 2)


@pytest.mark.parametrize(
    ("engine", "command", "line"),
    [
        (EngineKind.POSTGRESQL, "SELECT 'it''s'", "SELECT 'it''s';"),
        (EngineKind.MARIADB, "COMMIT", "COMMIT;"),
        (EngineKind.REDIS, "SET lock:A-1 t0ken NX PX 10000", "redis-cli SET lock:A-1 t0ken NX PX 10000"),
        (EngineKind.REDIS, 'SET key {"a": "b c"} EX 60', """redis-cli SET key '{"a": "b c"}' EX 60"""),
        (EngineKind.REDIS, "SET key two words", "redis-cli SET key 'two words'"),
        (EngineKind.REDIS, "DEL key", "redis-cli DEL key"),
    ],
)
def test_a_step_can_be_pasted(engine: EngineKind, command: str, line: str) -> None:
    assert step_line(_step(engine, command)) == line


@pytest.mark.parametrize(
    ("engine", "command", "mark"),
    [
        (EngineKind.POSTGRESQL, "SELECT 1 …", "-- "),
        (EngineKind.REDIS, "SET key value…", "# "),
        (EngineKind.REDIS, "EVAL return 1 1 key", "# "),
        (EngineKind.GATEWAY, "POST /messages", "# "),
        (EngineKind.HTTP, "reply 201", "# "),
    ],
)
def test_what_would_not_do_the_same_is_a_comment(engine: EngineKind, command: str, mark: str) -> None:
    for language in ("en", "zh_CN"):
        lines = step_line(_step(engine, command), language).splitlines()
        assert len(lines) == 2
        assert all(line.startswith(mark) for line in lines)


def test_a_database_and_a_server_can_be_opened() -> None:
    url = "postgresql://me:s%2Fcret@/shop?host=%2Ftmp%2Fa+b&port=5"
    assert shlex.split(database_line(url)) == ["psql", url]
    assert shlex.split(database_line("mysql+pymysql://me:pw@h:3307/shop")) == [
        "mariadb", "--user=me", "--password=pw", "--host=h", "--port=3307", "shop",
    ]  # fmt: skip
    assert shlex.split(database_line("sqlite:////home/me/a b.db")) == ["sqlite3", "/home/me/a b.db"]
    assert shlex.split(redis_line("unix://:pw@/home/v.sock")) == ["redis-cli", "-s", "/home/v.sock", "-a", "pw"]
    assert shlex.split(redis_line("redis://:pw@h:1/0")) == ["redis-cli", "-u", "redis://:pw@h:1/0"]


def test_every_step_of_a_run_has_a_line() -> None:
    assert all(step_line(step) for step in steps())
