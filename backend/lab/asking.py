"""What can be asked without a running lab: the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend import strategies
from backend.engines.installed import with_what_is_missing

if TYPE_CHECKING:
    from backend.model.catalogue import SourceCode, StrategyInfo
    from backend.model.plan import Setup
    from backend.model.vocabulary import OperationKey


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
            UnknownKeyError, NotApplicableError: the strategy is unknown, or does not guard the operation.
        """
        strategies.require_guard(strategies.find(setup.strategy, setup.variant)[1], operation)
