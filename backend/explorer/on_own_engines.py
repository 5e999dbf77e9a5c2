"""The explorer on engines of its own, which it starts and stops."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from backend.engines.bare import bare_engines
from backend.explorer.crew.cluster import DaskCrew
from backend.explorer.crew.explore import explore_together
from backend.explorer.crew.local import LocalCrew
from backend.explorer.crew.openings import opening_elsewhere
from backend.explorer.crew.survey import SurveyTogether
from backend.explorer.explore import Explorer, check
from backend.explorer.says import ExplorerCode
from backend.explorer.surveyor import entries
from backend.explorer.surveyor import survey as survey_alone
from backend.model.errors import NotApplicableError
from backend.model.options import LabOptions
from backend.model.sentence import say

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Iterator

    from backend.engines.bare import BareEngines
    from backend.explorer.question import Exploration, Progress, Question
    from backend.explorer.survey import Combination, Scope, Survey, SurveyCell, SurveyProgress


_MOST_UNASKED = 4


def workers_for_all() -> int:
    """How many explore the whole grid where nobody says: one for each core, as long as their servers are worth it."""
    return min(_cores(), _MOST_UNASKED)


def all_cores_but_one() -> int:
    """How many may explore while somebody still works at this machine."""
    return max(1, _cores() - 1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def explore(
    question: Question,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    workers: int = 1,
    limit: int | None = None,
) -> Exploration:
    """Run every order in which duplicates can run; blocks. It has engines of its own.

    Args:
        question: what to explore.
        on_progress: told several times a second, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
        options: of the engines.
        workers: how many explore together; the answer does not depend on it.
        limit: most schedules; None for all.

    Raises:
        SubmitTwiceError: the question cannot be asked, or an engine cannot be had.
    """
    question = replace(question, variant=check(question).key)
    with bare_engines(options) as engines:
        return explore_on(engines, question, on_progress, cancelled, options=options, workers=workers, limit=limit)


def explore_on(
    engines: BareEngines,
    question: Question,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    workers: int = 1,
    limit: int | None = None,
) -> Exploration:
    """As `explore`, on engines that run; other workers have their own."""
    if workers == 1:
        with explorer_on(engines) as explorer:
            return explorer.explore(question, on_progress, cancelled, limit)
    with _crew(engines, workers, cancelled, options) as crew:
        return explore_together(crew, question, on_progress, cancelled, limit)


def survey(
    scope: Scope,
    on_progress: Callable[[SurveyProgress], None],
    on_cell: Callable[[SurveyCell], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    workers: int = 1,
    pairs: Collection[Combination] | None = None,
) -> Survey:
    """Explore every variant with every operation that it guards; blocks, as `explore`.

    Args:
        scope: what may happen in each question, and when it is given up.
        on_progress: told several times a second, in the calling thread.
        on_cell: told each finding as soon as it is known, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
        options: of the engines.
        workers: how many explore together; the answers do not depend on it.
        pairs: ask about these only; None for all.

    Raises:
        SubmitTwiceError: an engine cannot be had.
    """
    told = on_progress, on_cell, cancelled
    with others_ahead(workers, cancelled, options) as crew, bare_engines(options) as engines:
        return survey_on(engines, scope, *told, options=options, workers=workers, pairs=pairs, crew=crew)


def survey_on(
    engines: BareEngines,
    scope: Scope,
    on_progress: Callable[[SurveyProgress], None],
    on_cell: Callable[[SurveyCell], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    workers: int = 1,
    pairs: Collection[Combination] | None = None,
    crew: LocalCrew | None = None,
) -> Survey:
    """As `survey`, on engines that run; other workers have their own, and may be on their way (`others_ahead`)."""
    asked = entries(pairs, engines.missing)
    if workers == 1:
        return survey_alone(
            scope,
            partial(explorer_on, engines),
            on_progress=on_progress,
            on_cell=on_cell,
            cancelled=cancelled,
            asked=asked,
        )
    with ExitStack() as opened:
        others = crew or opened.enter_context(others_ahead(workers, cancelled, options))
        together = opened.enter_context(others.joined(partial(explorer_on, engines)))
        return SurveyTogether(together, scope, asked, on_progress, on_cell, cancelled).ask_all()


@contextmanager
def others_ahead(workers: int, cancelled: threading.Event, options: LabOptions) -> Iterator[LocalCrew]:
    """All workers of a survey but the first. They start while the engines of that one do, and of the command.

    Args:
        workers: how many explore together.
        cancelled: set it from anywhere, and tasks end soon.
        options: of the engines.
    """
    with LocalCrew(None, opening_elsewhere(options), workers, cancelled, options.niceness) as crew:
        crew.set_out()
        yield crew


def explorer_on(engines: BareEngines) -> Explorer:
    """An explorer on these engines."""
    return Explorer(engines.database, engines.redis, engines.gateway, engines.zookeeper, engines.standby)


@contextmanager
def _crew(engines: BareEngines, workers: int, cancelled: threading.Event, options: LabOptions) -> Iterator[LocalCrew]:
    here, elsewhere = partial(explorer_on, engines), opening_elsewhere(options)
    with LocalCrew(here, elsewhere, workers, cancelled, options.niceness) as crew:
        yield crew


def explore_on_cluster(
    address: str,
    question: Question,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    limit: int | None = None,
) -> Exploration:
    """As `explore`, on the workers of a Dask cluster, each of which starts engines of its own.

    Args:
        address: of its scheduler, such as ``tcp://10.0.0.1:8786``.
        question: what to explore.
        on_progress: told several times a second, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
        options: of the engines.
        limit: most schedules; None for all.

    Raises:
        SubmitTwiceError: the question cannot be asked, there is no such cluster, or nobody on it can explore.
    """
    with _cluster(address, options) as crew:
        return explore_together(crew, question, on_progress, cancelled, limit)


def survey_on_cluster(
    address: str,
    scope: Scope,
    on_progress: Callable[[SurveyProgress], None],
    on_cell: Callable[[SurveyCell], None],
    cancelled: threading.Event,
    *,
    options: LabOptions,
    pairs: Collection[Combination] | None = None,
) -> Survey:
    """As `survey`, on the workers of a Dask cluster; see `explore_on_cluster`."""
    with _cluster(address, options) as crew:
        return SurveyTogether(crew, scope, entries(pairs), on_progress, on_cell, cancelled).ask_all()


def _cluster(address: str, options: LabOptions) -> DaskCrew:
    opening = opening_elsewhere(options)
    if opening.folder is not None:
        raise NotApplicableError(say(ExplorerCode.YOURS_STAY_HERE))
    return DaskCrew(address, opening)
