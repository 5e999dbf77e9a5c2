"""The exceptions of the fault ``error``: what the engine's own driver raises, with a cause that says who raised it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from backend.model.errors import BrokerError, GatewayError, SubmitTwiceError
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from backend.model.plan import Fault

_RAISED = {
    EngineKind.POSTGRESQL: ("psycopg", "InternalError"),
    EngineKind.MARIADB: ("pymysql", "InternalError"),
    EngineKind.SQLITE: ("sqlite3", "InternalError"),
    EngineKind.STANDBY: ("psycopg", "InternalError"),
    EngineKind.REDIS: ("redis.exceptions", "ResponseError"),
    EngineKind.ZOOKEEPER: ("kazoo.exceptions", "SystemErrorException"),
    EngineKind.HTTP: ("builtins", "RuntimeError"),
}
"""By module and name, since a process has the drivers of its own engines only."""

_OURS: dict[EngineKind, type[SubmitTwiceError]] = {EngineKind.GATEWAY: GatewayError, EngineKind.BROKER: BrokerError}
"""Those whose clients are ours."""


class OnPurposeError(Exception):
    """The cause of an exception that a fault raises."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"raised on purpose, by the fault {fault}")
        self.fault = fault


def error_on_purpose(engine: EngineKind, fault: Fault) -> Exception:
    """What the driver of an engine raises where a statement or a command has failed at the server."""
    cause = OnPurposeError(fault)
    if engine in _OURS:
        error: Exception = _OURS[engine](plain(str(cause)))
    else:
        module, name = _RAISED[engine]
        kind: type[Exception] = getattr(import_module(module), name)
        error = kind(str(cause))
    error.__cause__ = cause
    return error


def fault_behind(error: BaseException) -> Fault | None:
    """The fault that raised an exception, however often it was wrapped since; None where it is a real one."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OnPurposeError):
            return found.fault
        found = found.__cause__
    return None
