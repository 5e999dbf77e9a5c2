"""What a lab consists of once it has started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.engines.broker.keeper import BrokerKeeper
    from backend.engines.gateway.keeper import GatewayKeeper
    from backend.engines.zookeeper.keeper import ZooKeeperKeeper
    from backend.lab.backend_processes import BackendProcesses
    from backend.lab.engines_in_use import EnginesInUse
    from backend.lab.fault_injector import FaultInjector
    from backend.lab.forms import FormDesk
    from backend.lab.ledger import Ledger
    from backend.lab.redis_faults import RedisFaults
    from backend.lab.senders.client import Sender
    from backend.lab.step_book import StepBook
    from backend.lab.work_book import WorkBook
    from backend.model.vocabulary import Source


@dataclass(frozen=True, slots=True)
class Parts:
    """Engines, processes and books of a lab."""

    name: str
    """No other lab has it, not even one that worked on the same servers before."""
    token: str
    """Bearer token of the instances."""
    engines: EnginesInUse
    processes: BackendProcesses
    sender: Sender
    gateway: GatewayKeeper
    zookeeper: ZooKeeperKeeper
    brokers: Mapping[Source, BrokerKeeper]
    fault_injector: FaultInjector
    redis_faults: RedisFaults
    ledger: Ledger
    steps: StepBook
    works: WorkBook
    forms: FormDesk
