"""What a ready-made situation is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.model.faults import parse_fault

if TYPE_CHECKING:
    from backend.model.plan import Fault, Intent, Plan, Setup
    from backend.model.vocabulary import OperationKey, Verdict


class Cause(StrEnum):
    """What exhibits are grouped by: where the second submission comes from, or what fails to recognise it."""

    CLICKS = "clicks"
    RETRIES = "retries"
    MESSAGES = "messages"
    LOCKS = "locks"
    ISOLATION = "isolation"
    REPLICATION = "replication"
    KEYS = "keys"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One situation."""

    key: str
    cause: Cause
    title: str
    look: str
    """What happens, and where it is to be seen."""
    lesson: str
    """What to take home, in one sentence."""
    operation: OperationKey
    promises: Verdict
    setup: Setup
    plan: Plan
    """Without intents; see `plan_for`."""
    instances: int = 1

    def plan_for(self, intent: Intent) -> Plan:
        """The plan with its one intent."""
        return replace(self.plan, intents=(intent,))


def faults_of(*texts: str) -> tuple[Fault, ...]:
    """Faults by their texts."""
    return tuple(parse_fault(text) for text in texts)
