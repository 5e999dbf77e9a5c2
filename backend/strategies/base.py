"""What a strategy is made of, and what it gets to work with.

A strategy file defines handlers, ``(request, services) -> answer``, in plain SQLAlchemy Core and redis-py, and one
constant ``STRATEGY`` that describes them. That constant is all that makes the file known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.catalogue import StrategyInfo, VariantInfo
from backend.errors import ZooKeeperError
from backend.model import Answer, EngineKind, OperationKey
from backend.operations import Gateway, NoGateway, Request
from backend.ownership.mark import PREFIX
from backend.sentence import Code, Sentence, say

if TYPE_CHECKING:
    import threading

    import redis
    import sqlalchemy as sa
    from kazoo.client import KazooClient


class ServiceCode(Code):
    """What is said where a service is not there."""

    NO_ZOOKEEPER = "service.no_zookeeper"


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


def no_zookeeper() -> KazooClient:
    """Where there is none.

    Raises:
        ZooKeeperError: always.
    """
    raise ZooKeeperError(say(ServiceCode.NO_ZOOKEEPER))


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
    key_prefix: str = PREFIX
    """What the names of keys and nodes begin with, so that labs on other databases do not meet this one."""
    gateway: Gateway = field(default_factory=NoGateway)
    """Somebody outside. Operations call it; see `backend.operations.SendMessage`."""
    now: Callable[[], float] = time.time
    """The clock, in seconds since 1970."""
    zookeeper: Callable[[], KazooClient] = no_zookeeper
    """A client of ZooKeeper with a session."""
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
    engines: frozenset[EngineKind] = frozenset()
    """Engines that it needs besides the database and the Redis-protocol server."""
    refusals: Mapping[OperationKey, Sentence] = field(default_factory=dict)
    leased: bool = False
    """Whether it holds a lock or a record in flight that runs out by itself after `Services.lease_ms`."""

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
            engines=self.engines,
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
        return request.operation.act_and_remember(connection, request)
