"""What can be asked without a running lab: the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend import strategies
from backend.engines.installed import with_what_is_missing
from backend.engines.says import EngineCode
from backend.model.errors import NotApplicableError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from backend.model.catalogue import SourceCode, StrategyInfo
    from backend.model.plan import Setup
    from backend.model.vocabulary import OperationKey
    from backend.strategies.base import Variant


class Asking:
    """The part of a lab that needs no engines that run."""

    @staticmethod
    def strategies(zookeeper: str | None = None) -> tuple[StrategyInfo, ...]:
        """The catalogue; needs no running lab.

        Args:
            zookeeper: servers that run, as in `LabOptions`: then none has to be installed here.
        """
        return tuple(with_what_is_missing(strategy.info, zookeeper) for strategy in strategies.all_strategies())

    @staticmethod
    def source_code(strategy: str, variant: str) -> SourceCode:
        """The code that runs for this variant; needs no running lab."""
        return strategies.source_code(strategies.find(strategy, variant)[1])

    @staticmethod
    def require(setup: Setup, operation: OperationKey) -> None:
        """Check, without a running lab, that a run can be asked for.

        Raises:
            UnknownKeyError, NotApplicableError: the strategy is unknown, does not guard the operation, or wants a
                standby where there is none.
        """
        variant = strategies.find(setup.strategy, setup.variant)[1]
        strategies.require_guard(variant, operation)
        require_replica(variant, setup)


def require_replica(variant: Variant, setup: Setup) -> None:
    """Check that a variant which reads from a standby has one.

    Raises:
        NotApplicableError: it has none.
    """
    if EngineKind.STANDBY in variant.engines and not setup.is_replicated:
        raise NotApplicableError(say(EngineCode.NO_STANDBY))
