"""What was done, as lines for a shell: a run as our own command, a step as SQL or a command of redis-cli, a database.

A line is meant to be pasted. Where it would not do what was done (a step that was shortened, a script whose parameters
cannot be told apart) it is a comment that says so.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, RunRecord, RunSettings
from backend.archive.says import ArchiveCode
from backend.comparison.questions import SituationKey
from backend.model.plan import USUAL_RETRY_CAUSES
from backend.model.sentence import ENGLISH, Sentence, say, words
from backend.model.vocabulary import EngineKind, GatewayKeys, OperationKey, Pace, Replication, RetryCause, Source
from backend.service.outside.model import CheckSituation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.explorer.question import Question
    from backend.model.observed import Step

PROGRAM = ("uv", "run", "main.py")
_SHORTENED = "…"
_SET = re.compile(
    r"SET (?P<key>\S+) (?P<value>.*?)(?P<options>(?: (?:NX|XX|GET|KEEPTTL|(?:EX|PX|EXAT|PXAT) \d+))*)", re.DOTALL
)
_SCRIPTS = ("EVAL ", "EVALSHA ", "FCALL ")


def command_line(entry: Entry) -> str:
    """The command that does the same again."""
    match entry.content:
        case RunRecord(settings=settings):
            return run_command(settings)
        case ExplorationRecord(found=found):
            return shlex.join([*PROGRAM, *_explore_words(found.question)])
        case ComparisonRecord() as compared:
            return shlex.join([*PROGRAM, *_compare_words(compared)])
        case CheckRecord() as checked:
            return shlex.join([*PROGRAM, *_check_words(checked)])


def run_command(settings: RunSettings) -> str:
    """A run as a command line. Reading it gives the same settings again."""
    return shlex.join([*PROGRAM, "run", *_run_words(settings.normalised)])


def _run_words(settings: RunSettings) -> Iterator[str]:
    setup, plan = settings.setup, settings.plan
    yield from ("--operation", settings.operation.value, "--strategy", setup.strategy)
    if setup.variant:
        yield from ("--variant", setup.variant)
    yield from ("--submissions", str(plan.submissions))
    for name, value, usual in (
        ("--intents", settings.intents, 1),
        ("--item", settings.item, ""),
        ("--quantity", settings.quantity, 1),
        ("--source", plan.source.value, Source.CLICKS.value),
        ("--instances", settings.instances, 1),
        ("--processing-delay", setup.processing_delay_ms, 0),
        ("--lease", setup.lease_ms, 10_000),
        ("--visibility-timeout", setup.visibility_timeout_ms, 500),
        ("--deduplication-window", setup.deduplication_ms, 0),
        ("--prefetch", setup.prefetch, 1),
        ("--zookeeper-servers", setup.zookeeper_servers, 1),
        ("--gateway-keys", setup.gateway_keys.value, GatewayKeys.NONE.value),
        ("--timeout", plan.timeout_ms, 30_000),
        ("--retries", plan.retries, 3),
        ("--backoff", plan.backoff_ms, 100),
        ("--limit-seconds", plan.limit_ms and plan.limit_ms // 1000, None),
        ("--redis-persistence", setup.redis_persistence and setup.redis_persistence.value, None),
        ("--replication", setup.replication.value, Replication.NONE.value),
        ("--replica-lag", setup.replica_lag_ms, 0),
        ("--redis-topology", setup.redis_topology and setup.redis_topology.value, None),
        ("--database", settings.database, "postgresql"),
    ):
        if value != usual:
            yield f"{name}={value}" if str(value).startswith("-") else name
            if not str(value).startswith("-"):
                yield str(value)
    yield from _pace_words(settings)
    for fault in setup.faults:
        yield from ("--fault", str(fault))


def _pace_words(settings: RunSettings) -> Iterator[str]:
    plan = settings.plan
    if plan.pace is Pace.INTERVAL:
        yield from ("--interval", str(round(plan.interval_ms)))
    elif plan.pace is Pace.ONE_AFTER_ANOTHER:
        yield "--one-after-another"
    if plan.retry_on != USUAL_RETRY_CAUSES:
        yield from ("--retry-on", ",".join(cause.value for cause in RetryCause if cause in plan.retry_on))
    for name, is_set in (
        ("--disable-button", plan.disable_button),
        ("--reload", plan.reload),
        ("--edit", plan.edit),
    ):
        if is_set:
            yield name


def _explore_words(asked: Question) -> Iterator[str]:
    yield "explore"
    if asked.service:
        yield from ("--service", asked.service)
    else:
        yield from ("--operation", asked.operation.value, "--strategy", asked.strategy)
        if asked.variant:
            yield from ("--variant", asked.variant)
    for name, value, usual in (
        ("--requests", asked.requests, 2),
        ("--crashes", asked.crashes, 0),
        ("--expiries", asked.expiries, 0),
        ("--failovers", asked.failovers, 0),
        ("--errors", asked.errors, 0),
        ("--database-failovers", asked.database_failovers, 0),
        ("--replication", asked.replication.value, Replication.ASYNCHRONOUS.value),
        ("--gateway-keys", asked.gateway_keys.value, GatewayKeys.NONE.value),
    ):
        if value != usual:
            yield from (name, str(value))


def _compare_words(compared: ComparisonRecord) -> Iterator[str]:
    asked = compared.found.asked
    yield "compare"
    if asked.operations != (OperationKey.PLACE_ORDER,):
        for operation in asked.operations:
            yield from ("--operation", operation.value)
    for strategy in asked.strategies:
        yield from ("--strategy", strategy)
    if not asked.situations:
        yield "--cost-only"
    elif asked.situations != tuple(SituationKey):
        yield from ("--situations", *(key.value for key in asked.situations))
    if asked.databases != ("postgresql",):
        yield from ("--database", ",".join(asked.databases))
    if asked.replication is not Replication.NONE:
        yield from ("--replication", asked.replication.value)
    if asked.quick:
        yield "--quick"
    if not asked.cost:
        yield "--no-cost"


def _check_words(checked: CheckRecord) -> Iterator[str]:
    plan = checked.plan
    yield from ("check", checked.found.service)
    if plan.situations != tuple(CheckSituation):
        yield from ("--situations", *(key.value for key in plan.situations))
    for name, value, usual in (
        ("--intents", plan.intents, 10),
        ("--submissions", plan.submissions, 5),
        ("--timeout", round(plan.timeout_s * 1000), 10_000),
        ("--afterwards", round(plan.afterwards_s * 1000), 5_000),
    ):
        if value != usual:
            yield from (name, str(value))
    for fault in checked.faults:
        yield from ("--fault", fault)


# Steps and servers


def step_line(step: Step, language: str = ENGLISH) -> str:
    """A step as a line for psql or mysql, or for a shell with redis-cli; a comment where there is none."""
    command = step.command.strip()
    if step.engine.is_database:
        line = command if command.endswith(";") else f"{command};"
        return _comment("-- ", say(ArchiveCode.NOT_WHOLE_COMMAND), command, language) if _cut(command) else line
    if step.engine is not EngineKind.REDIS:
        return _comment("# ", say(ArchiveCode.NO_COMMAND, engine=step.engine.value), command, language)
    if _cut(command):
        return _comment("# ", say(ArchiveCode.NOT_WHOLE_COMMAND), command, language)
    if command.startswith(_SCRIPTS):
        return _comment("# ", say(ArchiveCode.SCRIPT), command, language)
    return shlex.join(["redis-cli", *_redis_words(command)])


def _redis_words(command: str) -> list[str]:
    """The words of a command; the value of a SET may have spaces, as JSON has."""
    if found := _SET.fullmatch(command):
        return ["SET", found["key"], found["value"], *found["options"].split()]
    return command.split()


def _cut(command: str) -> bool:
    return command.endswith(_SHORTENED)


def _comment(mark: str, why: Sentence, command: str, language: str) -> str:
    return f"{mark}{words(why, language)}\n{mark}{' '.join(command.split())}"


def database_line(url: str) -> str:
    """A client on the database that this URL leads to. It has the password in it: its owner asked for it."""
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme in {"postgresql", "postgres"}:
        return shlex.join(["psql", f"postgresql://{url.partition('://')[2]}"])
    from sqlalchemy.engine import make_url

    parts = make_url(url)
    if scheme == "sqlite":
        return shlex.join(["sqlite3", parts.database or ":memory:"])
    socket = parts.query.get("unix_socket")
    given = ["mariadb", f"--user={parts.username or ''}"]
    given += [f"--password={parts.password}"] if parts.password else []
    given += (
        [f"--socket={socket}"] if socket else [f"--host={parts.host or '127.0.0.1'}", f"--port={parts.port or 3306}"]
    )
    return shlex.join([*given, parts.database or ""])


def redis_line(url: str) -> str:
    """redis-cli on the server that this URL leads to."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return shlex.join(["redis-cli", "-u", url])
    password = (
        ["--user", parts.username, "--pass", unquote(parts.password)] if parts.username and parts.password else []
    )
    if parts.password and not parts.username:
        password = ["-a", unquote(parts.password)]
    return shlex.join(["redis-cli", "-s", unquote(parts.path), *password])
