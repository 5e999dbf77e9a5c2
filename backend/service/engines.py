"""The engines that a service gets: a fresh database in a private or a running server, and a Redis-protocol server."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from redis import Redis
from redis.exceptions import RedisError

from backend.engines.bare import start_database, start_redis
from backend.engines.external import connect_redis
from backend.engines.redis_client import create_redis
from backend.engines.sql import bound_waits, create_sql_engine, disturb_nobody, one_sentence, sqlalchemy_url
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import say
from backend.service.gateway import Ledger, open_gateway
from backend.service.placeholders import names_in
from backend.service.prepared import PreparedTransactions, roll_back_prepared
from backend.service.reach import Reach, reach_database, reach_redis
from backend.service.says import ServiceCode
from backend.service.single_statements import SingleStatements
from backend.service.wire.glue import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from backend.engines.processes.supervisor import Supervisor
    from backend.service.description import Description

_QUICK = {"synchronous_commit": "off", "deadlock_timeout": "200ms", "jit": "off"}
"""So that a schedule takes no longer than it must; who waits for whom stays the same."""
COMES_BACK_S = 10.0
"""How long a server may be away that is asked for effects."""
_LOOK_S = 0.1
_FORGETS = "synchronous_commit"
"""With that one off, a server that crashes and comes back has lost what it had confirmed."""


@dataclass(frozen=True, slots=True)
class ServiceEngines:
    """What there is for a service, and our own way to it."""

    database: Reach | None
    own: sa.Engine | None
    """Our own connections to the service's database; nobody sees them."""
    redis: Reach | None
    own_redis: Redis | None
    gateway: Reach | None = None
    ledger: Ledger | None = None
    """The calls that the gateway got."""
    single: SingleStatements | None = None
    """For statements of our own in PostgreSQL that need no transaction around them."""
    prepared: PreparedTransactions | None = None
    """Those that wait for their end in the service's database."""

    @property
    def reaches(self) -> tuple[Reach, ...]:
        """Those that there are."""
        return tuple(reach for reach in (self.database, self.redis, self.gateway) if reach is not None)

    def require_well(self) -> None:
        """Make sure that the servers are there.

        Raises:
            EngineError: the database or the Redis-protocol server does not answer.
        """
        if self.own is not None:
            with _told(ServiceCode.DATABASE_AWAY), self.own.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        if self.own_redis is not None:
            try:
                self.own_redis.ping()
            except RedisError as error:
                raise EngineError(say(ServiceCode.REDIS_AWAY, reason=one_sentence(error, "it"))) from None

    def await_well(self, seconds: float) -> None:
        """Wait until the servers are there: one that was restarted, or has crashed, comes back.

        Raises:
            EngineError: one is still away after so many seconds.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.require_well()
            except EngineError:
                if time.monotonic() > deadline:
                    raise
            threading.Event().wait(_LOOK_S)

    @contextmanager
    def named_if_away(self) -> Iterator[None]:
        """Where something fails because a server has gone, say so.

        Raises:
            EngineError: a server does not answer any more, or refuses one of our own statements.
        """
        try:
            yield
        except (SubmitTwiceError, sa.exc.SQLAlchemyError, RedisError) as error:
            self.require_well()
            if isinstance(error, SubmitTwiceError):
                raise
            code = ServiceCode.REDIS_AWAY if isinstance(error, RedisError) else ServiceCode.DATABASE_AWAY
            raise EngineError(say(code, reason=one_sentence(error, "it"))) from None

    def calls(self, key: str) -> int:
        """How many calls that name this key the gateway got."""
        return self.ledger.count(key) if self.ledger else 0


@contextmanager
def service_engines(
    description: Description,
    supervisor: Supervisor,
    redis_url: str | None = None,
    *,
    survives_crashes: bool = False,
) -> Iterator[ServiceEngines]:
    """Start or connect what the file asks for; at the end whatever was made is removed.

    Args:
        description: of the service.
        supervisor: under which private servers run.
        redis_url: a running Redis-protocol server, where the file names none.
        survives_crashes: whether what a database has confirmed outlives a crash of its server, which takes longer.

    Raises:
        EngineError: an engine cannot be started or reached, or the set-up SQL fails.
    """
    with ExitStack() as opened:
        settings = {name: value for name, value in _QUICK.items() if name != _FORGETS or not survives_crashes}
        reach, own = _database(description, supervisor, opened, settings)
        redis_reach, own_redis = _redis(description, supervisor, redis_url, opened)
        gateway, ledger = opened.enter_context(open_gateway()) if wants_gateway(description) else (None, None)
        prepared = PreparedTransactions(own) if own is not None else None
        yield ServiceEngines(reach, own, redis_reach, own_redis, gateway, ledger, _single(own, opened), prepared)


def wants_redis(description: Description) -> bool:
    """Whether anything in the file speaks of Redis."""
    return names_redis(description) or bool(description.before.redis)


def names_redis(description: Description) -> bool:
    """Whether the service is told where Redis is, or the file says it."""
    return description.redis is not None or "redis" in _named(description)


def wants_gateway(description: Description) -> bool:
    """Whether the service is told where the gateway is."""
    return "gateway" in _named(description)


def _named(description: Description) -> set[str]:
    texts = [description.service.environment, description.service.command, description.service.setup]
    return {name.split(".")[0] for text in texts for name in names_in(text)}


def statements_of(text: str | list[str]) -> tuple[str, ...]:
    """What a key of the file that takes one statement or several holds."""
    return tuple(text) if isinstance(text, list) else (text,) if text.strip() else ()


def run_script(engine: sa.Engine, text: str | list[str]) -> None:
    """Run SQL as it is; a text may hold several statements.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: a statement of it fails.
    """
    is_postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        plain_connection = connection.execution_options(no_parameters=True)
        for script in statements_of(text):
            for part in (script,) if is_postgresql else statements(script):
                plain_connection.exec_driver_sql(part)


def _database(
    description: Description, supervisor: Supervisor, opened: ExitStack, settings: Mapping[str, str]
) -> tuple[Reach | None, sa.Engine | None]:
    wanted = description.database
    if wanted is None:
        return None, None
    if description.service.url and wanted.url and not wanted.reset:
        return reach_database(wanted.url), _only_read(wanted.url, opened)
    url = wanted.url or start_database(supervisor, wanted.kind or "postgresql", None).url
    with _told(ServiceCode.DATABASE_AWAY):
        if not (wanted.url and wanted.reset):
            url = _fresh_database(url, opened, settings, is_private=not wanted.url)
        own = create_sql_engine(url, pool_size=4)
        disturb_nobody(own)
        bound_waits(own)
        opened.callback(own.dispose)
        with own.connect():
            pass
    if wanted.url and wanted.reset:
        opened.callback(_run_reset, own, wanted.reset)
    elif own.dialect.name == "postgresql":
        opened.callback(roll_back_prepared, own)
    try:
        run_script(own, wanted.setup)
        if wanted.url:
            run_script(own, wanted.reset)
    except sa.exc.SQLAlchemyError as error:
        raise EngineError(say(ServiceCode.SETUP_SQL, reason=one_sentence(error, "SQL"))) from None
    return reach_database(url), own


def _single(own: sa.Engine | None, opened: ExitStack) -> SingleStatements | None:
    if own is None or own.dialect.name != "postgresql":
        return None
    single = SingleStatements(own)
    opened.callback(single.close)
    return single


def _only_read(url: str, opened: ExitStack) -> sa.Engine:
    """The database of a service that was not started by us: its effects are read there, and nothing is written."""
    own = create_sql_engine(url, pool_size=4)
    disturb_nobody(own)
    bound_waits(own)
    opened.callback(own.dispose)
    words = "SESSION CHARACTERISTICS AS TRANSACTION" if own.dialect.name == "postgresql" else "SESSION TRANSACTION"

    def restrict(connection: DBAPIConnection, _record: object) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SET {words} READ ONLY")
        connection.commit()

    sa.event.listen(own, "connect", restrict)
    with _told(ServiceCode.DATABASE_AWAY), own.connect():
        pass
    return own


def _run_reset(own: sa.Engine, text: str | list[str]) -> None:
    """Leave somebody else's database as its file says; whoever has gone meanwhile is not told again."""
    with suppress(sa.exc.SQLAlchemyError):
        run_script(own, text)


def _fresh_database(url: str, opened: ExitStack, settings: Mapping[str, str], *, is_private: bool) -> str:
    """A database of its own name on this server; it is dropped at the end, unless its server ends with it."""
    name = f"submit_twice_{secrets.token_hex(6)}"
    server = sa.create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT", pool_size=1)
    bound_waits(server)
    opened.callback(server.dispose)
    is_postgresql = server.dialect.name == "postgresql"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        if not is_private:
            opened.callback(_drop, server, name)
        if is_postgresql:
            for setting, value in settings.items():
                with suppress(sa.exc.SQLAlchemyError):
                    connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting} = '{value}'")
    return sqlalchemy_url(url).set(database=name).render_as_string(hide_password=False)


def _drop(server: sa.Engine, name: str) -> None:
    force = " WITH (FORCE)" if server.dialect.name == "postgresql" else ""
    with suppress(sa.exc.SQLAlchemyError), server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{force}")


def _redis(
    description: Description, supervisor: Supervisor, url: str | None, opened: ExitStack
) -> tuple[Reach | None, Redis | None]:
    if not wants_redis(description):
        return None, None
    given = description.redis.url if description.redis else url
    engine = connect_redis(given) if given else start_redis(supervisor, None, None)
    client = create_redis(engine.url)
    opened.callback(client.close)
    return reach_redis(engine.url), client


@contextmanager
def _told(code: ServiceCode) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise EngineError(say(code, reason=one_sentence(error, "it"))) from None
