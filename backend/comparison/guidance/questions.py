"""What to ask about a service before recommending anything, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from backend.model.catalogue import Again as Again
from backend.model.catalogue import Arrival as Arrival
from backend.model.catalogue import Effect as Effect
from backend.model.catalogue import Key as Key
from backend.model.vocabulary import GatewayKeys, OperationKey


class Instances(StrEnum):
    """How many processes handle requests."""

    ONE = "one"
    MANY = "many"


class Receiver(StrEnum):
    """What the service outside does with an Idempotency-Key."""

    HONOURS = "honours"
    IGNORES = "ignores"


OPERATIONS: Mapping[Effect, OperationKey] = {
    Effect.INSERT: OperationKey.PLACE_ORDER,
    Effect.STATUS: OperationKey.PAY_ORDER,
    Effect.AMOUNT: OperationKey.ADD_STOCK,
    Effect.OUTSIDE: OperationKey.SEND_MESSAGE,
}
"""The operation of the lab that stands for each kind of effect."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What somebody answered."""

    effect: Effect = Effect.INSERT
    key: Key = Key.NATURAL
    arrival: Arrival = Arrival.FORM
    again: Again = Again.MINUTES
    instances: Instances = Instances.MANY
    receiver: Receiver = Receiver.IGNORES
    """Matters only to an effect outside."""

    @property
    def operation(self) -> OperationKey:
        """The operation of the lab that is closest."""
        return OPERATIONS[self.effect]

    @property
    def recognised_by(self) -> frozenset[Key]:
        """What a duplicate can be recognised by. A change of status has the row that it changes."""
        return frozenset({self.key, Key.NATURAL}) if self.effect is Effect.STATUS else frozenset({self.key})

    @property
    def keys_honoured(self) -> bool:
        """Whether a service outside recognises what it has done already."""
        return self.effect is Effect.OUTSIDE and self.receiver is Receiver.HONOURS

    def answered(self, question: str, value: StrEnum) -> Needs:
        """The same with another answer to the question of this key."""
        changed: dict[str, Any] = {question: value}
        return replace(self, **changed)

    @property
    def gateway_keys(self) -> GatewayKeys:
        """The knob of the lab's gateway."""
        return GatewayKeys.HONOURED if self.keys_honoured else GatewayKeys.NONE


@dataclass(frozen=True, slots=True)
class GuideQuestion:
    """One question. What it says is in `backend.comparison.guidance.says`."""

    key: str
    """The field of `Needs` that its answer fills."""
    choices: tuple[StrEnum, ...]
    only_for: frozenset[Effect] = field(default_factory=lambda: frozenset(Effect))
    """Effects for which it matters."""


QUESTIONS: tuple[GuideQuestion, ...] = (
    GuideQuestion("effect", tuple(Effect)),
    GuideQuestion("receiver", tuple(Receiver), frozenset({Effect.OUTSIDE})),
    GuideQuestion("key", tuple(Key)),
    GuideQuestion("arrival", tuple(Arrival)),
    GuideQuestion("again", tuple(Again)),
    GuideQuestion("instances", tuple(Instances)),
)
