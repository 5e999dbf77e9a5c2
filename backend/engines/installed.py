"""What is there on this machine, and what to install where something is not."""

from __future__ import annotations

from dataclasses import replace

from backend.engines import mariadb
from backend.engines.broker import nats_server, rabbitmq_server
from backend.engines.zookeeper import server as zookeeper
from backend.model.catalogue import StrategyInfo
from backend.model.observed import EngineStatus
from backend.model.sentence import Code, Sentence, say
from backend.model.vocabulary import EngineKind, Health, Source


class InstalledCode(Code):
    """What is worth knowing of a database before it is chosen."""

    SQLITE_LOCKS_THE_FILE = "installed.sqlite_locks_the_file"
    MARIADB_LOCKS_GAPS = "installed.mariadb_locks_gaps"


def available_databases() -> tuple[EngineStatus, ...]:
    """The databases that can be chosen by name."""
    return (
        EngineStatus(EngineKind.POSTGRESQL, "PostgreSQL", "", "", embedded=True, health=Health.UP),
        EngineStatus(
            EngineKind.SQLITE,
            "SQLite",
            "",
            "",
            embedded=True,
            health=Health.UP,
            note=say(InstalledCode.SQLITE_LOCKS_THE_FILE),
        ),
        _mariadb(),
    )


def _mariadb() -> EngineStatus:
    there = mariadb.find_mariadb() is not None
    note = say(InstalledCode.MARIADB_LOCKS_GAPS)
    return EngineStatus(
        EngineKind.MARIADB,
        "MariaDB",
        "",
        "",
        embedded=True,
        health=Health.UP if there else Health.MISSING,
        note=note if there else mariadb.WHAT_TO_INSTALL,
    )


def missing_sources() -> dict[Source, Sentence]:
    """The queues that cannot be had here, each with what to install."""
    missing = {Source.NATS: nats_server.what_is_missing(), Source.RABBITMQ: rabbitmq_server.what_is_missing()}
    return {source: what for source, what in missing.items() if what}


def with_what_is_missing(info: StrategyInfo, zookeeper_hosts: str | None) -> StrategyInfo:
    """The same strategy, its variants told apart by whether their engines are there."""
    missing = zookeeper.what_is_missing(zookeeper_hosts)
    variants = [
        replace(variant, missing=missing) if missing and EngineKind.ZOOKEEPER in variant.engines else variant
        for variant in info.variants
    ]
    return replace(info, variants=tuple(variants))
