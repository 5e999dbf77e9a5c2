"""A run that the end of the window ends as well: what was known of it until then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.model.judgement import Report
from backend.model.vocabulary import Source, Verdict

if TYPE_CHECKING:
    from backend.model.judgement import Judgement
    from backend.model.plan import Plan, Setup


def report_until_now(setup: Setup, plan: Plan, judged: Judgement, instances: int, seconds: float) -> Report:
    """What a run came to by now. Only a duplicate is certain; of all else nobody knows what is still to come of it.

    Args:
        setup: the backend's side.
        plan: the callers' side, with its intents.
        judged: of this run, as the lab told last.
        instances: how many backend processes there are.
        seconds: since it was asked for.
    """
    duplicated = judged.verdicts.get(Verdict.DUPLICATED, 0)
    undecided = len(plan.intents) - duplicated
    verdicts = {Verdict.DUPLICATED: duplicated, Verdict.UNDECIDED: undecided}
    return Report(
        operation=plan.intents[0].operation,
        setup=setup,
        source=plan.source,
        intents=len(plan.intents),
        submissions=plan.submissions,
        sent=judged.submissions + judged.in_flight,
        instances=instances,
        effects=judged.effects,
        verdicts={verdict: count for verdict, count in verdicts.items() if count > 0},
        answers=dict(judged.answers),
        p50_ms=judged.p50_ms,
        p99_ms=judged.p99_ms,
        steps_per_submission={},
        contradictions=judged.contradictions,
        contradicting=judged.contradicting,
        seconds=seconds,
        cancelled=True,
        at_work=judged.at_work,
        working=max(judged.working, judged.in_flight),
        ended_ns=time.monotonic_ns(),
        untraced=judged.untraced,
        retry_on=plan.retry_on if plan.source is Source.RETRY else frozenset(),
    )
