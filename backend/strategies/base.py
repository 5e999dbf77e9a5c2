"""What a strategy is made of, and what it gets to work with.

A strategy file defines handlers, ``(request, services) -> answer``, in plain SQLAlchemy Core and redis-py, and one
constant ``STRATEGY`` that describes them. That constant is all that makes the file known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.model import Answer, OperationKey, StrategyInfo, VariantInfo
from backend.operations import Gateway, NoGateway, Request

if TYPE_CHECKING:
    import threading

    import redis
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Response:
    """What a caller was sent, or is to be sent again."""

    status: int
    body: str


def no_rendering(request: Request, outcome: Answer | Exception) -> Response:
    """Where nobody is answered.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(f"nobody renders {outcome} for {request.key}")


@dataclass(frozen=True, slots=True)
class Services:
    """The engines and small helpers of one backend process."""

    database: sa.Engine
    redis: redis.Redis
    lease_ms: int
    """Life of a lock."""
    new_token: Callable[[], str]
    """A random string that nobody else has."""
    delete_if_equal: Callable[[str, str], bool]
    """Delete a Redis key if it still has this value, atomically; whether it had."""
    mutex: Callable[[str], threading.Lock]
    """The mutex of this process for a key."""
    gateway: Gateway = field(default_factory=NoGateway)
    """Somebody outside. Operations call it; see `backend.operations.SendMessage`."""
    render: Callable[[Request, Answer | Exception], Response] = no_rendering
    """What the caller of this process is sent for an answer, or for an error."""
    replay: Callable[[Response], Answer] = lambda _response: Answer.REPLAYED
    """Send the caller this once more; returns the answer that says so."""


Handler = Callable[[Request, Services], Answer]


class Need(StrEnum):
    """What a form must bring along besides the intent."""

    TOKEN = "token"  # noqa: S105  the word, not a secret
    VERSION = "version"
    IDEMPOTENCY_KEY = "idempotency-key"


ALL_OPERATIONS = frozenset(OperationKey)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write a strategy. `refusals` names the operations that it does not guard, each with the reason."""

    key: str
    title: str
    handle: Handler
    sound: bool
    summary: str
    guarantees: str
    breaks: str
    choose_when: str
    needs: frozenset[Need] = frozenset()
    refusals: Mapping[OperationKey, str] = field(default_factory=dict)

    @property
    def info(self) -> VariantInfo:
        """The variant as plain data."""
        return VariantInfo(
            key=self.key,
            title=self.title,
            sound=self.sound,
            summary=self.summary,
            guarantees=self.guarantees,
            breaks=self.breaks,
            choose_when=self.choose_when,
            guards=ALL_OPERATIONS - self.refusals.keys(),
            refusals=dict(self.refusals),
        )


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy and its variants, the default first."""

    key: str
    title: str
    variants: tuple[Variant, ...]
    position: int
    """Place in lists: the order of the article."""
    client_holds_back: bool = False
    """Whether the client sends an intent only once."""

    @property
    def info(self) -> StrategyInfo:
        """The strategy as plain data."""
        return StrategyInfo(self.key, self.title, tuple(variant.info for variant in self.variants))


def check_and_act(request: Request, services: Services) -> Answer:
    """Look whether it is done already; if not, do it. Safe only while nobody else can do the same."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_record(connection, request)
