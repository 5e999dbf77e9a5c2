"""What to try in the Lab to see an advice at work: every knob, in the situation that was asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.comparison.guidance.questions import Arrival
from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import Part, Proof
from backend.comparison.situations import SITUATIONS, Extent
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, Verdict

if TYPE_CHECKING:
    from backend.comparison.guidance.advice import Advice

_COMES_BY: Mapping[Arrival, SituationKey] = {
    Arrival.FORM: SituationKey.CLICKS,
    Arrival.PROGRAM: SituationKey.RETRY,
    Arrival.QUEUE: SituationKey.REDELIVERY,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A run to try: the backend's side and the caller's. On `backend.comparison.situations.INSTANCES` instances."""

    situation: SituationKey
    setup: Setup
    plan: Plan
    """Without its intents."""


def trial_of(advice: Advice) -> Trial:
    """The first risk of an advice, in the situation that it is about; without one, the way in which duplicates come."""
    risk = next(iter(advice.risks), None)
    key = risk.situation if risk else _COMES_BY[advice.arrival]
    subject = Subject(
        advice.operation, EngineKind.POSTGRESQL, advice.strategy, advice.variant, sound=True
    )  # no run depends on the database
    parts = SITUATIONS[key].parts(subject, Extent(quick=True))
    part = next(part for part in parts if _shows(part, risk.verdict if risk else None))
    return Trial(key, replace(part.setup, gateway_keys=advice.gateway_keys), part.plan)


def _shows(part: Part, verdict: Verdict | None) -> bool:
    """Whether a run comes to this: an intent is lost at its token, a call repeated that nobody wrote down.

    What Redis forgets is forgotten in a failover of Redis, whatever the database does.
    """
    if part.proof is Proof.FAILED_OVER:
        return True
    engine = {Verdict.LOST: EngineKind.REDIS, Verdict.DUPLICATED: EngineKind.GATEWAY}.get(verdict) if verdict else None
    return (part.needs is None and part.title is None) or (engine is not None and part.needs is engine)
