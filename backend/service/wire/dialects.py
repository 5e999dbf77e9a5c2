"""The dialect of each engine that a service can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.http import HttpDialect
from backend.service.wire.mysql import MysqlDialect
from backend.service.wire.postgresql import PostgresqlDialect
from backend.service.wire.resp import RespDialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.service.wire.unit import Dialect

DIALECTS: Mapping[EngineKind, Callable[[], Dialect]] = {
    EngineKind.POSTGRESQL: PostgresqlDialect,
    EngineKind.MARIADB: MysqlDialect,
    EngineKind.REDIS: RespDialect,
    EngineKind.GATEWAY: HttpDialect,
}
