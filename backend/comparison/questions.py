"""What is asked of a comparison, and what is compared, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from backend.model.catalogue import NOTHING_CLAIMED, Claims
from backend.model.catalogue import SituationKey as SituationKey
from backend.model.vocabulary import EngineKind, OperationKey, Replication


@dataclass(frozen=True, slots=True)
class ComparisonQuestion:
    """What to compare."""

    operations: tuple[OperationKey, ...] = (OperationKey.PLACE_ORDER,)
    databases: tuple[str, ...] = ("postgresql",)
    """Names or URLs, as a lab takes them."""
    strategies: tuple[str, ...] = ()
    """Keys of strategies, or ``strategy/variant``; none for all."""
    situations: tuple[SituationKey, ...] = tuple(SituationKey)
    quick: bool = False
    """Fewer intents and fewer rounds."""
    cost: bool = True
    replication: Replication = Replication.NONE
    """The standby of PostgreSQL that takes over in the situation *failover*."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: a variant that guards an operation on a database."""

    operation: OperationKey
    database: EngineKind
    strategy: str
    variant: str
    sound: bool
    """What the strategy says of itself. The cells say whether it is so."""
    leased: bool = False
    """Whether it holds something that runs out by itself."""
    claims: Claims = NOTHING_CLAIMED
    on_standby: bool = False
    """Whether it reads from a standby of the database."""
    replication: Replication = Replication.NONE
    """The standby that was asked for, where the database can have one."""

    @property
    def name(self) -> str:
        """``strategy/variant``."""
        return f"{self.strategy}/{self.variant}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What everything is compared with."""

    strategy: str = "none"
    variant: str = "direct"

    @property
    def name(self) -> str:
        """``strategy/variant``."""
        return f"{self.strategy}/{self.variant}"


BASELINE = Baseline()
