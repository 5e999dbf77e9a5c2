"""What can be asked without a running lab: the catalogue, and what the explorer finds on engines of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend import strategies
from backend.bare_engines import bare_engines
from backend.explorer.explore import Explorer, explore
from backend.explorer.explore import check as check_question
from backend.explorer.surveyor import entries, survey
from backend.installed import with_what_is_missing
from backend.options import LabOptions

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection

    from backend.catalogue import SourceCode, StrategyInfo
    from backend.explorer.question import Exploration, Progress, Question
    from backend.explorer.survey import Cell, Pair, Scope, Survey, SurveyProgress
    from backend.model import OperationKey, Setup


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
            UnknownKeyError, NotApplicableError: it cannot, and why.
        """
        strategies.require_guard(strategies.find(setup.strategy, setup.variant)[1], operation)

    @staticmethod
    def explore(
        question: Question,
        on_progress: Callable[[Progress], None],
        cancelled: threading.Event,
        *,
        niceness: int = 0,
        zookeeper: str | None = None,
    ) -> Exploration:
        """Run every order in which duplicates can run; blocks. Needs no running lab: it has engines of its own.

        Args:
            question: what to explore.
            on_progress: told several times a second, in the calling thread.
            cancelled: set it from anywhere; what was found so far is returned.
            niceness: how much its servers step back for others.
            zookeeper: servers that run, as in `LabOptions`.

        Raises:
            SubmitTwiceError: it cannot be asked, or an engine cannot be had.
        """
        check_question(question)
        with bare_engines(LabOptions(niceness=niceness, zookeeper=zookeeper)) as engines:
            return explore(
                question,
                engines.database,
                engines.redis,
                on_progress=on_progress,
                cancelled=cancelled,
                gateway=engines.gateway,
                zookeeper=engines.zookeeper,
            )

    @staticmethod
    def survey(
        scope: Scope,
        on_progress: Callable[[SurveyProgress], None],
        on_cell: Callable[[Cell], None],
        cancelled: threading.Event,
        *,
        niceness: int = 0,
        zookeeper: str | None = None,
        pairs: Collection[Pair] | None = None,
    ) -> Survey:
        """Explore every variant with every operation that it guards; blocks. Needs no running lab, as `explore`.

        Args:
            scope: what may happen in each question, and when it is given up.
            on_progress: told several times a second, in the calling thread.
            on_cell: told each finding as soon as it is known, in the calling thread.
            cancelled: set it from anywhere; what was found so far is returned.
            niceness: how much its servers step back for others.
            zookeeper: servers that run, as in `LabOptions`.
            pairs: ask about these only; None for all.

        Raises:
            SubmitTwiceError: an engine cannot be had.
        """
        with bare_engines(LabOptions(niceness=niceness, zookeeper=zookeeper)) as engines:
            return survey(
                scope,
                partial(Explorer, engines.database, engines.redis, engines.gateway, engines.zookeeper),
                on_progress=on_progress,
                on_cell=on_cell,
                cancelled=cancelled,
                asked=entries(pairs, engines.missing),
            )
