"""The explorer on engines of its own, which it starts and stops."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.engines.bare import bare_engines
from backend.explorer import explore as exploring
from backend.explorer import surveyor
from backend.model.options import LabOptions

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection

    from backend.explorer.question import Exploration, Progress, Question
    from backend.explorer.survey import Combination, Scope, Survey, SurveyCell, SurveyProgress


def explore(
    question: Question,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    *,
    niceness: int = 0,
    zookeeper: str | None = None,
) -> Exploration:
    """Run every order in which duplicates can run; blocks. It has engines of its own.

    Args:
        question: what to explore.
        on_progress: told several times a second, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
        niceness: how much its servers step back for others.
        zookeeper: servers that run, as in `LabOptions`.

    Raises:
        SubmitTwiceError: the question cannot be asked, or an engine cannot be had.
    """
    exploring.check(question)
    with bare_engines(LabOptions(niceness=niceness, zookeeper=zookeeper)) as engines:
        return exploring.explore(
            question,
            engines.database,
            engines.redis,
            on_progress=on_progress,
            cancelled=cancelled,
            gateway=engines.gateway,
            zookeeper=engines.zookeeper,
        )


def survey(
    scope: Scope,
    on_progress: Callable[[SurveyProgress], None],
    on_cell: Callable[[SurveyCell], None],
    cancelled: threading.Event,
    *,
    niceness: int = 0,
    zookeeper: str | None = None,
    pairs: Collection[Combination] | None = None,
) -> Survey:
    """Explore every variant with every operation that it guards; blocks, as `explore`.

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
        return surveyor.survey(
            scope,
            partial(exploring.Explorer, engines.database, engines.redis, engines.gateway, engines.zookeeper),
            on_progress=on_progress,
            on_cell=on_cell,
            cancelled=cancelled,
            asked=surveyor.entries(pairs, engines.missing),
        )
