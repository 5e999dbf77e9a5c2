"""Where the knobs of what was done stood, in words, and in which of them two entries differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, RunRecord, RunSettings
from backend.archive.summary import database_name, operation_term, source_term, strategy_term, variant_term
from backend.model.sentence import Code, Sentence, plain, say
from backend.model.terms import answer_term
from backend.model.vocabulary import Answer, GatewayKeys, Pace, Replication, RetryCause, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class KnobCode(Code):
    """What knobs are called, and some of the places where they stand."""

    OPERATION = "knob.operation"
    STRATEGY = "knob.strategy"
    VARIANT = "knob.variant"
    DATABASE = "knob.database"
    INSTANCES = "knob.instances"
    ITEM = "knob.item"
    QUANTITY = "knob.quantity"
    INTENTS = "knob.intents"
    SUBMISSIONS = "knob.submissions"
    SOURCE = "knob.source"
    PACE = "knob.pace"
    AT_ONCE = "knob.at_once"
    EVERY = "knob.every"
    ONE_AFTER_ANOTHER = "knob.one_after_another"
    TIMEOUT = "knob.timeout"
    RETRIES = "knob.retries"
    RETRY_ON = "knob.retry_on"
    BACKOFF = "knob.backoff"
    BUTTON = "knob.button"
    RELOAD = "knob.reload"
    EDIT = "knob.edit"
    PROCESSING = "knob.processing"
    LEASE = "knob.lease"
    VISIBILITY = "knob.visibility"
    DEDUPLICATION = "knob.deduplication"
    PREFETCH = "knob.prefetch"
    TOPOLOGY = "knob.topology"
    REPLICATION = "knob.replication"
    LAG = "knob.lag"
    ZOOKEEPERS = "knob.zookeepers"
    GATEWAY_KEYS = "knob.gateway_keys"
    PERSISTENCE = "knob.persistence"
    FAULTS = "knob.faults"
    REQUESTS = "knob.requests"
    CRASHES = "knob.crashes"
    EXPIRIES = "knob.expiries"
    FAILOVERS = "knob.failovers"
    ERRORS = "knob.errors"
    DATABASE_FAILOVERS = "knob.database_failovers"
    SERVICE = "knob.service"
    SITUATIONS = "knob.situations"
    STRATEGIES = "knob.strategies"
    YES = "knob.yes"
    NO = "knob.no"
    NONE = "knob.none"
    KEY_IGNORED = "knob.key_ignored"
    KEY_HONOURED = "knob.key_honoured"
    CONNECTION_BREAKS = "knob.connection_breaks"
    LISTED = "knob.listed"
    MS = "knob.ms"


Knob = tuple[Sentence, Sentence]
"""What it is called and where it stands."""


def knobs(entry: Entry) -> tuple[Knob, ...]:
    """All knobs of an entry."""
    match entry.content:
        case RunRecord(settings=settings):
            return tuple(_of_run(settings))
        case ExplorationRecord(found=found):
            asked = found.question
            of_service = [(say(KnobCode.SERVICE), plain(asked.service))] if asked.service else []
            of_ours = [
                (say(KnobCode.OPERATION), operation_term(asked.operation)),
                (say(KnobCode.STRATEGY), strategy_term(asked.strategy)),
                (say(KnobCode.VARIANT), variant_term(asked.strategy, asked.variant)),
                (say(KnobCode.GATEWAY_KEYS), _KEYS[asked.gateway_keys]),
            ]
            return (
                *(of_service or of_ours),
                (say(KnobCode.REQUESTS), _number(asked.requests)),
                (say(KnobCode.CRASHES), _number(asked.crashes)),
                (say(KnobCode.EXPIRIES), _number(asked.expiries)),
                (say(KnobCode.FAILOVERS), _number(asked.failovers)),
                (say(KnobCode.ERRORS), _number(asked.errors)),
                (say(KnobCode.DATABASE_FAILOVERS), _number(asked.database_failovers)),
                *_replication(asked.replication if asked.database_failovers else Replication.NONE),
            )
        case ComparisonRecord(found=found):
            compared = found.asked
            return (
                (say(KnobCode.OPERATION), _listed(key.value for key in compared.operations)),
                (say(KnobCode.DATABASE), _listed(compared.databases)),
                (say(KnobCode.STRATEGIES), _listed(compared.strategies)),
                (say(KnobCode.SITUATIONS), _listed(key.value for key in compared.situations)),
                *_replication(compared.replication),
            )
        case CheckRecord(plan=plan, faults=faults, found=check):
            return (
                (say(KnobCode.SERVICE), plain(check.service)),
                (say(KnobCode.SITUATIONS), _listed(key.value for key in plan.situations)),
                (say(KnobCode.INTENTS), _number(plan.intents)),
                (say(KnobCode.SUBMISSIONS), _number(plan.submissions)),
                (say(KnobCode.TIMEOUT), _ms(round(plan.timeout_s * 1000))),
                (say(KnobCode.FAULTS), _listed(faults)),
            )


def differences(first: Entry, second: Entry) -> tuple[tuple[Sentence, Sentence, Sentence], ...]:
    """The knobs that stood elsewhere: what each is called, where it stood in the first, and in the second."""
    nothing = plain("\N{EN DASH}")
    before, after = dict(knobs(first)), dict(knobs(second))
    names = dict.fromkeys([*before, *after])
    stood = ((name, before.get(name, nothing), after.get(name, nothing)) for name in names)
    return tuple(each for each in stood if each[1] != each[2])


def _of_run(settings: RunSettings) -> Iterator[Knob]:
    setup, plan = settings.setup, settings.plan
    yield say(KnobCode.OPERATION), operation_term(settings.operation)
    yield say(KnobCode.STRATEGY), strategy_term(setup.strategy)
    yield say(KnobCode.VARIANT), variant_term(setup.strategy, setup.variant)
    yield say(KnobCode.DATABASE), plain(database_name(settings.database))
    yield say(KnobCode.INSTANCES), _number(settings.instances)
    yield say(KnobCode.INTENTS), _number(settings.intents)
    yield say(KnobCode.ITEM), plain(settings.item or "item 1 …")
    yield say(KnobCode.QUANTITY), _number(settings.quantity)
    yield say(KnobCode.SUBMISSIONS), _number(plan.submissions)
    yield say(KnobCode.SOURCE), source_term(plan.source)
    yield from _of_callers(settings)
    yield say(KnobCode.PROCESSING), _ms(setup.processing_delay_ms)
    yield say(KnobCode.LEASE), _ms(setup.lease_ms)
    yield say(KnobCode.GATEWAY_KEYS), _KEYS[setup.gateway_keys]
    if setup.redis_persistence:
        yield say(KnobCode.PERSISTENCE), plain(setup.redis_persistence.value)
    if setup.replication is not Replication.NONE:
        yield from _replication(setup.replication)
        yield say(KnobCode.LAG), _ms(setup.replica_lag_ms)
    if setup.redis_topology:
        yield say(KnobCode.TOPOLOGY), plain(setup.redis_topology.value)
    if setup.zookeeper_servers > 1:
        yield say(KnobCode.ZOOKEEPERS), _number(setup.zookeeper_servers)
    yield say(KnobCode.FAULTS), _listed(map(str, setup.faults))


def _replication(mode: Replication) -> Iterator[Knob]:
    if mode is not Replication.NONE:
        yield say(KnobCode.REPLICATION), plain(mode.value)


def _of_callers(settings: RunSettings) -> Iterator[Knob]:
    """Those that mean something for the source."""
    setup, plan = settings.setup, settings.plan
    if plan.source is Source.CLICKS:
        pace = {
            Pace.SIMULTANEOUS: say(KnobCode.AT_ONCE),
            Pace.INTERVAL: say(KnobCode.EVERY, ms=round(plan.interval_ms)),
            Pace.ONE_AFTER_ANOTHER: say(KnobCode.ONE_AFTER_ANOTHER),
        }
        yield say(KnobCode.PACE), pace[plan.pace]
    if plan.source.is_queue:
        yield say(KnobCode.VISIBILITY), _ms(setup.visibility_timeout_ms)
    if plan.source is Source.NATS:
        yield say(KnobCode.DEDUPLICATION), _ms(setup.deduplication_ms)
    if plan.source is Source.RABBITMQ:
        yield say(KnobCode.PREFETCH), _number(setup.prefetch)
    if not plan.source.is_queue:
        yield say(KnobCode.TIMEOUT), _ms(plan.timeout_ms)
    if plan.source is Source.RETRY:
        yield say(KnobCode.RETRIES), _number(plan.retries)
        yield say(KnobCode.RETRY_ON), _causes(plan.retry_on)
        yield say(KnobCode.BACKOFF), _ms(plan.backoff_ms)
    yield say(KnobCode.BUTTON), _flag(plan.disable_button)
    yield say(KnobCode.RELOAD), _flag(plan.reload)
    yield say(KnobCode.EDIT), _flag(plan.edit)


_KEYS = {
    GatewayKeys.NONE: say(KnobCode.NONE),
    GatewayKeys.IGNORED: say(KnobCode.KEY_IGNORED),
    GatewayKeys.HONOURED: say(KnobCode.KEY_HONOURED),
}
_CAUSES = {
    RetryCause.TIMEOUT: answer_term(Answer.TIMEOUT),
    RetryCause.CONNECTION: say(KnobCode.CONNECTION_BREAKS),
    RetryCause.SERVER_ERROR: plain("5xx"),
    RetryCause.BUSY: answer_term(Answer.BUSY),
    RetryCause.CLIENT_ERROR: plain("4xx"),
}


def _causes(asked: Collection[RetryCause]) -> Sentence:
    found = tuple(sentence for cause, sentence in _CAUSES.items() if cause in asked)
    return say(KnobCode.LISTED, items=found) if found else say(KnobCode.NONE)


def _number(value: int) -> Sentence:
    return plain(str(value))


def _ms(value: int) -> Sentence:
    return say(KnobCode.MS, ms=value)


def _flag(value: bool) -> Sentence:
    return say(KnobCode.YES if value else KnobCode.NO)


def _listed(values: Iterator[str] | tuple[str, ...] | map[str]) -> Sentence:
    text = ", ".join(values)
    return plain(text) if text else say(KnobCode.NONE)
