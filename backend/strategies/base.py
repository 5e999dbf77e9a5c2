"""What a strategy is made of, and what it gets to work with.

A strategy is two files: handlers, ``(request, services) -> answer``, in plain SQLAlchemy Core and redis-py; and beside
them a data file of the same name, which says what there is to know of them (`backend.strategies.data`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

from sqlalchemy import create_engine

from backend.model.catalogue import NOTHING_CLAIMED, UNTOLD, Claims, Prose, StrategyInfo, VariantInfo
from backend.model.errors import NoStandbyError, SubmitTwiceError, ZooKeeperError
from backend.model.sentence import Code, Sentence, say
from backend.model.vocabulary import Answer, EngineKind, OperationKey
from backend.shop.operations import Gateway, NoGateway, Request
from backend.shop.ownership.mark import PREFIX
from backend.shop.ownership.names import answer_keys, intent_key, intent_node, token_key

if TYPE_CHECKING:
    import redis
    import sqlalchemy as sa
    from kazoo.client import KazooClient
    from redis import Redis
    from sqlalchemy.engine import Connection


_LONGEST_SHOWN = 64


class ServiceCode(Code):
    """What is said where a service is not there."""

    NO_ZOOKEEPER = "service.no_zookeeper"
    NO_REPLICA = "service.no_replica"


class RunCode(Code):
    """What is said of a handler that does not do what a handler does."""

    NO_ANSWER = "handler.no_answer"
    WANTED_TO_QUIT = "handler.wanted_to_quit"


@dataclass(frozen=True, slots=True)
class Response:
    """What a caller was sent, or is to be sent again."""

    status: int
    body: str


class RefusedError(SubmitTwiceError):
    """A strategy refuses a request for what it brings along.

    Args:
        sentence: why.
        status: of HTTP.
        kind: the last part of the problem's type.
        title: of the problem.
        answer: what it means to the caller.
    """

    def __init__(
        self,
        sentence: Sentence,
        status: int = 400,
        kind: str = "bad-request",
        title: str = "Bad request",
        answer: Answer = Answer.ERROR,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.kind = kind
        self.title = title
        self.answer = answer


def shown_value(value: object) -> str:
    """A value on one line, and not for pages."""
    return shown_text(repr(value))


def shown_text(text: str) -> str:
    """A text on one line, and not for pages."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"


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


Background = Callable[[threading.Event], None]
"""Something that runs beside a handler, until the event is set."""


@contextmanager
def in_background(work: Background) -> Iterator[None]:
    """Run something on a thread of its own until the block is left; its steps belong to the same submission."""
    over = threading.Event()
    thread = threading.Thread(target=copy_context().run, args=(work, over), name="background", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def no_replica() -> sa.Engine:
    """Where there is none: whoever connects has a `NoStandbyError`."""

    def refuse() -> NoReturn:
        raise NoStandbyError(say(ServiceCode.NO_REPLICA))

    return create_engine("sqlite://", creator=refuse)


@dataclass(frozen=True, slots=True)
class Services:
    """The engines and small helpers of one backend process."""

    database: sa.Engine
    redis: redis.Redis
    lease_ms: int
    """Life of a lock."""
    new_token: Callable[[], str]
    """A random string that nobody else has."""
    mutex: Callable[[str], threading.Lock]
    """The mutex of this process for a key."""
    redis_servers: tuple[Redis, ...] = ()
    """The Redis-protocol servers that know nothing of each other, for who asks a majority; one is its own majority."""
    replica: sa.Engine = field(default_factory=no_replica)
    """A hot standby of the database, for reading: it shows what was committed a moment ago."""
    key_prefix: str = PREFIX
    """What the names of keys and nodes begin with, so that labs on other databases do not meet this one."""
    gateway: Gateway = field(default_factory=NoGateway)
    """Somebody outside. Operations call it; see `backend.shop.operations.SendMessage`."""
    now: Callable[[], float] = time.time
    """The clock, in seconds since 1970."""
    monotonic: Callable[[], float] = time.monotonic
    """A clock that is never set, in seconds, for what has passed."""
    in_background: Callable[[Background], AbstractContextManager[None]] = in_background
    """Runs something beside the handler until the block is left."""
    knows_delifeq: bool = False
    """Whether the Redis-protocol server has DELIFEQ, as Valkey 9 does."""
    zookeeper: Callable[[], KazooClient] = no_zookeeper
    """A client of ZooKeeper with a session."""
    render: Callable[[Request, Answer | Exception], Response] = no_rendering
    """What the caller of this process is sent for an answer, or for an error."""
    replay: Callable[[Response], Answer] = lambda _response: Answer.REPLAYED
    """Send the caller this once more; returns the answer that says so."""

    def key(self, purpose: str, request: Request) -> str:
        """The name of the Redis key that serves this intent for a purpose, such as ``lock``."""
        return intent_key(purpose, request.operation.key, request.key, self.key_prefix)

    def token_key(self, token: str) -> str:
        """The name of the Redis key that is there until a form's token is used up."""
        return token_key(token, self.key_prefix)

    def answer_keys(self, idempotency_key: str) -> tuple[str, str]:
        """The names of the Redis keys of the answer that is kept under a client's key, and of the claim on it."""
        return answer_keys(idempotency_key, self.key_prefix)

    def node(self, request: Request) -> str:
        """The path of the node in ZooKeeper that belongs to this intent."""
        return intent_node(request.operation.key, request.key, self.key_prefix)


Handler = Callable[[Request, Services], Answer]


ANSWERS = frozenset({Answer.CREATED, Answer.DUPLICATE, Answer.REPLAYED, Answer.BUSY, Answer.CONFLICT, Answer.ERROR})
"""What a strategy can answer. Whether a caller has given up, only the caller knows."""


class NoAnswerError(SubmitTwiceError):
    """A handler returned something that is no answer, or nothing because it wanted to end its process."""

    def __init__(self, handle: Handler, *returned: object) -> None:
        name = getattr(handle, "__name__", type(handle).__name__)
        if returned:
            super().__init__(say(RunCode.NO_ANSWER, function=name, returned=shown_value(returned[0])))
        else:
            super().__init__(say(RunCode.WANTED_TO_QUIT, function=name))


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
    handle: Handler
    sound: bool
    needs: frozenset[Need] = frozenset()
    engines: frozenset[EngineKind] = frozenset()
    """Engines that it needs besides the database and the Redis-protocol server."""
    refusals: Mapping[OperationKey, Sentence] = field(default_factory=dict)
    leased: bool = False
    """Whether it holds a lock or a record in flight that runs out by itself after `Services.lease_ms`."""
    claims: Claims = NOTHING_CLAIMED
    prose: Prose = UNTOLD

    def run(self, request: Request, services: Services) -> Answer:
        """Handle a submission.

        Raises:
            NoAnswerError: what came of it is no answer that a strategy can give.
        """
        try:
            returned: object = self.handle(request, services)
        except SystemExit:
            raise NoAnswerError(self.handle) from None
        if isinstance(returned, Answer) and returned in ANSWERS:
            return returned
        raise NoAnswerError(self.handle, returned)

    @property
    def info(self) -> VariantInfo:
        """The variant as plain data."""
        return VariantInfo(
            key=self.key,
            sound=self.sound,
            prose=self.prose,
            claims=self.claims,
            guards=ALL_OPERATIONS - self.refusals.keys(),
            refusals=dict(self.refusals),
            engines=self.engines,
        )


Sweep = Callable[["Connection", float], int]
"""Removes what is too old, given the time in seconds since 1970; returns how many rows it were."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy and its variants, the default first."""

    key: str
    title: Sentence
    variants: tuple[Variant, ...]
    position: int
    """Place in lists: the order of the article."""
    client_holds_back: bool = False
    """Whether the client sends an intent only once."""
    locks: frozenset[str] = frozenset()
    """For which purposes (`Services.key`) it has keys whose presence keeps others out."""
    keys: frozenset[str] = frozenset()
    """For which purposes it has other keys."""
    session_locks: frozenset[str] = frozenset()
    """For which purposes it takes locks of a session at the database, under the names of such keys."""
    tables: tuple[sa.Table, ...] = ()
    """Tables of its own."""
    sweep: Sweep | None = None
    sources: tuple[str, ...] = ()
    """Where what is said of it is known from."""

    @property
    def info(self) -> StrategyInfo:
        """The strategy as plain data."""
        variants = tuple(replace(variant.info, sources=self.sources) for variant in self.variants)
        return StrategyInfo(self.key, self.title, variants)
