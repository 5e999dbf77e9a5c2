"""The explorer's eye in the tap: stops submissions before their steps and keeps what they did."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import psycopg
import redis.exceptions

from backend.explorer.source_line import calling_place
from backend.model.errors import GatewayError
from backend.model.vocabulary import EngineKind
from backend.shop.conflicts import error_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.question import Place
    from backend.explorer.submission import Submission
    from backend.tap.observer import Call

_ENGINE_GONE = ("08", "57P")
"""SQLSTATE classes: connection exception, operator intervention (shutdown)."""
_MARIADB_GONE = frozenset({1053, 1927, 2002, 2003, 2006, 2013, 2055})
"""Of the server: shutdown, connection killed; of PyMySQL: no connection, or it was lost."""
_ZOOKEEPER_ANSWERS = frozenset({"NoNodeError", "NodeExistsError", "NotEmptyError", "BadVersionError"})
"""What kazoo raises for an answer; anything else means that the server or a session is gone."""


class Watcher:
    """An observer that the execution of a schedule takes turns to use."""

    def __init__(self) -> None:
        self.find: Callable[[str], Submission] | None = None
        self.places: dict[int, Place] | None = None
        """Lines of the strategy by the identity of their call; None while nobody wants to know them."""
        self.ended: list[tuple[Submission, Call]] = []
        """Steps that have ended since somebody last looked."""
        self.cut: set[int] = set()
        """Server processes that ended with a failover: whoever is connected to one is told so."""
        self.overtaken: Counter[tuple[str, ...]] = Counter()
        """How often in a row another one went on than who had waited longest, by the commands of those that waited."""
        self.failure: BaseException | None = None
        """Why an engine is away; then nothing that a submission says means anything."""

    def before(self, call: Call) -> None:
        """Stop the submission until its step is granted."""
        if self.places is not None:
            self.places[id(call)] = calling_place()
        if self.find is not None:
            self.find(call.flow.submission_id).before_step(call)

    def after(self, call: Call) -> None:
        """Keep what became of the step."""
        if self.find is None:
            return
        submission = self.find(call.flow.submission_id)
        if call.error is not None and call.server_pid not in self.cut and _engine_is_gone(call):
            self.failure = call.error
        self.ended.append((submission, call))


def _engine_is_gone(call: Call) -> bool:
    if call.engine is EngineKind.REDIS:
        return isinstance(call.error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError)
    if call.engine is EngineKind.GATEWAY:
        return isinstance(call.error, GatewayError)
    if call.engine is EngineKind.ZOOKEEPER:
        return isinstance(call.error, Exception) and type(call.error).__name__ not in _ZOOKEEPER_ANSWERS
    if error_number(call.error) in _MARIADB_GONE:
        return True
    if not isinstance(call.error, psycopg.Error):
        return False
    state = call.error.sqlstate
    return state.startswith(_ENGINE_GONE) if state else isinstance(call.error, psycopg.OperationalError)
