"""How the engines of a lab are, as its listener is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.engines.health import HealthBoard, backend_status
from backend.engines.says import EngineCode
from backend.engines.sql import one_sentence
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Health

if TYPE_CHECKING:
    from backend.engines.running import RunningEngine
    from backend.lab.parts import Parts
    from backend.model.observed import EngineStatus


class EngineBoard:
    """The engines in use with their health.

    Args:
        parts: of the lab.
        health: what is away, and why.
    """

    def __init__(self, parts: Parts, health: HealthBoard) -> None:
        self._parts = parts
        self._health = health

    def statuses(self) -> tuple[EngineStatus, ...]:
        """The engines in use, with their health."""
        used = self._parts.engines
        engines = [self._status(used.database), self._redis_status()]
        backend = backend_status(self._parts.processes.ports, self._health.trouble(EngineKind.HTTP))
        brokers = (status for broker in self._parts.brokers.values() for status in broker.statuses)
        on_demand = (*self._parts.zookeeper.statuses, *brokers, *self._parts.gateway.statuses)
        found = (engines[0], *self._parts.engines.standby.statuses, engines[1], *on_demand, backend)
        return (
            tuple(replace(one, health=Health.DOWN, note=self._health.lost) for one in found)
            if self._health.lost
            else found
        )

    def report_database(self, error: Exception | None) -> None:
        """The database answered, or did not."""
        database = self._parts.engines.database
        if database.child and not database.child.alive:
            return  # the sentence about its end says more
        self._health.set_trouble(database.kind, one_sentence(error, database.name) if error else None)

    def _redis_status(self) -> EngineStatus:
        """Of several servers of one kind, which `about` tells, the number of the first would read like a version."""
        used = self._parts.engines
        status, about = self._status(used.redis), used.servers.about
        return replace(status, about=about, name=status.name.rstrip(" 0123456789") if about else status.name)

    def _status(self, engine: RunningEngine) -> EngineStatus:
        trouble = self._health.trouble(engine.kind)
        health = Health.PAUSED if self._parts.fault_injector.is_paused(engine.kind) else Health.DOWN
        status = engine.status(health=health if trouble else Health.UP)
        about = (
            say(EngineCode.IS_PRIMARY)
            if engine.kind is EngineKind.POSTGRESQL and self._parts.engines.standby.statuses
            else None
        )
        is_barred = engine.kind.is_database and engine.server is None
        no_standby = say(EngineCode.NO_STANDBY_OF, name=engine.name) if is_barred else None
        return replace(status, note=trouble or status.note, about=about, no_standby=no_standby)
