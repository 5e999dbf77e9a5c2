"""Where schedules are played: tables of their own, fresh intents, engines for each submission, and the read-back."""

from __future__ import annotations

import itertools
import secrets
from collections import deque
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Self

import psycopg
import redis
import sqlalchemy as sa

from backend.engines.redis_client import SENTINEL_SCHEME, create_redis
from backend.engines.sql import one_sentence
from backend.explorer import zookeeper_names
from backend.explorer.connections import Connections, CooperativeMutexes
from backend.explorer.databases import open_database
from backend.explorer.says import ExplorerCode
from backend.explorer.watchdog import Watchdog
from backend.instance.services import knows_delifeq
from backend.model.errors import EngineError, NotApplicableError
from backend.model.sentence import say
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
from backend.shop.operations import OPERATIONS, NoGateway, Request, operation_at
from backend.shop.ownership.names import answer_keys, intent_key, intent_node, token_key
from backend.shop.schema import goods, messages, orders
from backend.strategies import folder_in_use, key_purposes, lock_purposes
from backend.strategies.base import Need
from backend.tap.gateway import TappedGateway
from backend.tap.observer import Tap
from backend.tap.redis import TappedRedis

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from types import TracebackType

    from backend.engines.gateway.keeper import GatewayKeeper
    from backend.engines.own_standby import OwnStandby
    from backend.engines.zookeeper.keeper import ZooKeeperKeeper
    from backend.explorer.past_states import PastStates
    from backend.explorer.standby_view import StandbyView
    from backend.explorer.zookeeper import Sessions
    from backend.model.vocabulary import Answer, GatewayKeys
    from backend.shop.operations import Gateway
    from backend.strategies.base import Variant
    from backend.tap.observer import Call, Observer

_BATCH = 200
_NO_EXPIRY = -1
_QUANTITY = 1
_FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fresh intent with everything that its form would hold."""

    operation: OperationKey
    key: str
    item: str
    token: str
    gateway: Gateway
    zookeeper_names: dict[str, str] = field(default_factory=dict)
    """For numbers that ZooKeeper gives away only once."""

    def request(self, actor: str) -> Request:
        """What each submission carries; a retry the same as the one before."""
        return Request(
            operation_at(self.operation, self.gateway),
            self.key,
            self.item,
            _QUANTITY,
            submission_id(actor),
            self.token,
            _FIRST_VERSION,
            f'"{self.key}"',
            self.key,
        )

    def readable(self, text: str) -> str:
        """A text with names that are the same on every run."""
        text = text.replace(self.token, "token-1").replace(self.key, "key-1").replace(self.item, "item-1")
        return zookeeper_names.readable(text, self.zookeeper_names)


@cache
def _count_by_key(table: sa.Table) -> sa.Select[str, int]:
    """How many rows there are of each of the intents whose keys are given as ``keys``."""
    column = table.c.request_no if "request_no" in table.c else table.c.order_no
    among = column.in_(sa.bindparam("keys", expanding=True))
    return sa.select(column, sa.func.count()).where(among).group_by(column)


def submission_id(actor: str) -> str:
    """The id of a submission: the name that it begins with."""
    return f"submission-{actor}"


class Sandbox:
    """Connections to the engines, for as long as the exploration lasts. A context manager.

    Everything is done in a schema of its own, which goes when the sandbox goes; no row of anybody else is seen.

    Args:
        database_url: as in SQLAlchemy.
        redis_url: of a Redis-protocol server.
        observer: sees every step of every submission.
        gateway: for operations that call it; None where none of them is explored.
        zookeeper: for strategies that need it; None where none of them is explored.
        standby: the same, of the database.
    """

    def __init__(
        self,
        database_url: str,
        redis_url: str,
        observer: Observer,
        gateway: GatewayKeeper | None = None,
        zookeeper: ZooKeeperKeeper | None = None,
        standby: OwnStandby | None = None,
    ) -> None:
        self._database_url = database_url
        self._name = f"submit_twice_explorer_{secrets.token_hex(4)}"
        self._redis_url = redis_url
        self._gateway = gateway
        self._gateway_client: Gateway = NoGateway()
        self._zookeeper = zookeeper
        self._standby = standby
        self._view: StandbyView | None = None
        self._reads_standby = False
        """Whether the strategy that is explored wants it."""
        self._past: PastStates | None = None
        self._sessions: Sessions | None = None
        self._holds_sessions = False
        """Whether the strategy that is explored wants them."""
        self.tap = Tap([observer])
        self.mutexes = CooperativeMutexes()
        self.work_meanwhile: Callable[[], object] = lambda: None
        """Called while a request waits for the database, which takes its time anyway."""
        self._connections: list[Connections] = []
        """All that were made, given back or not: a schedule may break off."""
        self._idle: deque[Connections] = deque()
        self._fixtures: deque[Fixture] = deque()
        self._prepared_for: tuple[OperationKey, frozenset[Need], GatewayKeys] | None = None
        self._numbers = itertools.count(1)
        self._exit = ExitStack()
        self._watchdog: Watchdog | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            try:
                self._open(opened)
            except (sa.exc.SQLAlchemyError, psycopg.Error) as error:
                raise EngineError(one_sentence(error, "The explorer's database")) from None
            except redis.exceptions.RedisError as error:
                raise EngineError(one_sentence(error, "The explorer's Redis server")) from None
            self._exit = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _open(self, opened: ExitStack) -> None:
        self.database = open_database(self._database_url, self._name, opened)
        self._own = self.database.own
        by_sentinels = self._redis_url.startswith(f"{SENTINEL_SCHEME}:")
        one = {} if by_sentinels else {"single_connection_client": True}  # a pool of them costs each command a sixth
        self._plain_redis = create_redis(self._redis_url, **one)
        opened.callback(self._plain_redis.close)
        client = create_redis(self._redis_url, TappedRedis, **one)
        opened.callback(client.close)
        self._knows_delifeq = knows_delifeq(client)
        client.tap = self.tap
        self._client = client
        opened.callback(self._close_connections)

    def _close_connections(self) -> None:
        while self._connections:
            self._connections.pop().close()
        with suppress(redis.exceptions.RedisError):
            self._drop_tokens()

    def _drop_tokens(self) -> None:
        if self._fixtures:
            self._plain_redis.unlink(*(token_key(fixture.token) for fixture in self._fixtures))

    @property
    def plain_redis(self) -> redis.Redis:
        """A client that no observer sees."""
        return self._plain_redis

    @property
    def ledger(self) -> sa.Engine | None:
        """Where the gateway keeps its messages; None without a gateway."""
        return self._gateway.ledger if self._gateway else None

    def take_connections(self) -> Connections:
        """Engines for a submission, ready to use."""
        connections = self._idle.popleft() if self._idle else self._new_connections()
        if self._view and self._reads_standby and connections.replica is None:
            connections.read_from(self._view.access())
        connections.session = self._sessions.take() if self._sessions and self._holds_sessions else None
        return connections

    def _new_connections(self) -> Connections:
        connections = Connections(
            self.database.access(),
            self.tap,
            self._client,
            self.mutexes,
            knows_delifeq=self._knows_delifeq,
            meanwhile=lambda: self.work_meanwhile(),
        )
        self._connections.append(connections)
        return connections

    def need(self, engines: frozenset[EngineKind]) -> None:
        """Have these engines, besides the database and the Redis-protocol server, for what is explored next.

        Raises:
            NotApplicableError: an engine cannot be had here.
            EngineError: an engine is not installed, or could not be started.
        """
        self._reads_standby = EngineKind.STANDBY in engines
        if self._reads_standby and self._view is None:
            self._open_view()
        self._holds_sessions = EngineKind.ZOOKEEPER in engines
        if not self._holds_sessions or self._sessions is not None:
            return
        if self._zookeeper is None:
            raise NotApplicableError(say(ExplorerCode.NO_ZOOKEEPER))
        from backend.explorer.zookeeper import Sessions  # kazoo is slow to import, and seldom needed

        self._zookeeper.require()
        self._sessions = Sessions(self._zookeeper.address, self._name, self.tap)
        self._exit.callback(self._sessions.close)

    def _open_view(self) -> None:
        if self._standby is None:
            raise NotApplicableError(say(ExplorerCode.NO_STANDBY))
        from backend.explorer.standby_view import StandbyView  # seldom needed

        self._view = StandbyView(self._database_url, self._standby.require(), self._name)
        self._exit.callback(self._view.close)

    def past_states(self) -> PastStates:
        """What the database held after each commit of a schedule, for whoever has it fail over.

        Raises:
            NotApplicableError: it is not PostgreSQL.
        """
        if self._past is None:
            self._past = self.database.past_states()
            self._exit.callback(self._past.close)
        return self._past

    @property
    def standby_view(self) -> StandbyView | None:
        """The standby, where the strategy that is explored reads from one."""
        return self._view if self._reads_standby else None

    def watch(self, variant: Variant) -> AbstractContextManager[None]:
        """Look after a step of a strategy, so that it comes to an end. Ours do, whoever looks."""
        if folder_in_use() is None:
            return nullcontext()
        if self._watchdog is None:
            self._watchdog = Watchdog()
            self._exit.callback(self._watchdog.close)
        self._watchdog.variant = variant.key
        return self._watchdog

    def give_back(self, connections: Connections) -> None:
        """The submission is over."""
        self._idle.append(connections)

    def next_fixture(self, operation: OperationKey, needs: frozenset[Need], keys: GatewayKeys) -> Fixture:
        """A fresh intent; many are prepared at a time."""
        if self._sessions is not None:
            self._sessions.begin()
        if self._past is not None:
            self._past.let_go()
        self.database.begin_schedule()
        if not self._fixtures or self._prepared_for != (operation, needs, keys):
            self._drop_tokens()
            self._prepared_for = (operation, needs, keys)
            gateway = self._open_gateway().with_keys(keys) if operation is OperationKey.SEND_MESSAGE else NoGateway()
            self._fixtures = deque(self._fixture(operation, next(self._numbers), gateway) for _ in range(_BATCH))
            self._put_rows(operation)
            if Need.TOKEN in needs:
                self._plain_redis.mset({token_key(fixture.token): "1" for fixture in self._fixtures})
        return self._fixtures.popleft()

    def _fixture(self, operation: OperationKey, number: int, gateway: Gateway) -> Fixture:
        name = f"{self._name[-8:]}-{number}"
        return Fixture(operation, f"K-{name}-", f"I-{name}-", f"T-{name}-", gateway)

    def _open_gateway(self) -> Gateway:
        if self._gateway is None:
            raise NotApplicableError(say(ExplorerCode.NO_GATEWAY))
        if isinstance(self._gateway_client, NoGateway):
            from backend.engines.gateway.client import GatewayClient  # http.client is slow to import, and seldom needed

            self._gateway.require()
            client = GatewayClient(self._gateway.address, self._gateway.want)
            self._exit.callback(client.close)
            self._gateway_client = TappedGateway(client, self.tap)
        return self._gateway_client

    def _put_rows(self, operation: OperationKey) -> None:
        with self._own.begin() as connection:
            if operation in {OperationKey.PAY_ORDER, OperationKey.CANCEL_ORDER}:
                rows = [{"order_no": s.key, "item": s.item, "quantity": _QUANTITY} for s in self._fixtures]
                connection.execute(sa.insert(orders), rows)
            if operation is OperationKey.ADD_STOCK:
                connection.execute(sa.insert(goods), [{"item": s.item} for s in self._fixtures])

    def note_node(self, fixture: Fixture, call: Call) -> None:
        """A request has made this call to ZooKeeper."""
        zookeeper_names.note_creation(call, fixture.zookeeper_names)
        if self._sessions is not None:
            self._sessions.note(call)

    def nodes(self) -> list[tuple[str, str, int]]:
        """Path, content and owner of each node of this schedule in ZooKeeper."""
        return list(self._sessions.nodes()) if self._sessions else []

    def session_locks(self) -> tuple[str, ...]:
        """The node by which a session holds a lock, if there is one."""
        held = self._sessions.held() if self._sessions and self._holds_sessions else ""
        return (held,) if held else ()

    def has_lease(self, key: str) -> bool:
        """Whether a lock is there that will run out."""
        return int(self._plain_redis.pttl(key)) > 0

    def expire(self, key: str) -> None:
        """Let a lease in Redis run out now, or the session to which a node in ZooKeeper belongs."""
        if self._sessions is not None and zookeeper_names.is_node(key):
            self._sessions.expire(key)
        else:
            self._plain_redis.pexpire(key, 0)

    def judge(
        self,
        played: Sequence[tuple[Fixture, frozenset[Answer]]],
        left_locked: Collection[str] = (),
        *,
        asked_redis: bool = True,
    ) -> list[Verdict]:
        """Read back what became of these intents, and remove their keys.

        Args:
            played: each with what its callers were told.
            left_locked: keys of those whose lock was left with a session that lives on.
            asked_redis: whether any of them may have left something in the Redis-protocol server.
        """
        if not played:
            return []
        fixtures = [fixture for fixture, _ in played]
        if self._sessions is not None:
            self._sessions.check()
            self._sessions.remove(intent_node(fixture.operation, fixture.key) for fixture in fixtures)
        effects = self._effects(fixtures)
        has_tokens = self._prepared_for is not None and Need.TOKEN in self._prepared_for[1]
        barred = {*left_locked, *(self._clear_keys(fixtures) if asked_redis or has_tokens else ())}
        return [
            judge(Facts(effects.get(fixture.key, 0), answers, fixture.key in barred)) for fixture, answers in played
        ]

    def _effects(self, fixtures: Sequence[Fixture]) -> dict[str, int]:
        """How many effects each intent has, by its key."""
        table = OPERATIONS[fixtures[0].operation].effects
        place = self._gateway.ledger if self._gateway and table is messages else self.database.reading
        with place.connect() as connection:
            rows = connection.execute(_count_by_key(table), {"keys": [fixture.key for fixture in fixtures]})
            return {row[0]: row[1] for row in rows}

    def _clear_keys(self, fixtures: Sequence[Fixture]) -> set[str]:
        """Remove the keys of these intents; returns which of those had a lock that never ends."""
        purposes = lock_purposes()
        locks = {intent_key(each, one.operation, one.key): one.key for one in fixtures for each in purposes}
        others = [intent_key(each, one.operation, one.key) for one in fixtures for each in key_purposes()]
        others += [name for one in fixtures for name in (token_key(one.token), *answer_keys(one.key))]
        pipeline = self._plain_redis.pipeline(transaction=False)
        for lock in locks:
            pipeline.pttl(lock)
        pipeline.unlink(*locks, *others)
        lives = pipeline.execute()
        return {key for key, life in zip(locks.values(), lives, strict=False) if life == _NO_EXPIRY}
