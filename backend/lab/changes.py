"""What a lab can be made to use instead while it runs, and how it is emptied."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.engines.redis_client import redis_text
from backend.engines.sql import one_sentence, retire
from backend.lab.orphans import wait_for_orphans, wait_for_redis_orphans
from backend.model.errors import EngineError, SubmitTwiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backend.engines.health import HealthBoard
    from backend.lab.parts import Parts
    from backend.model.vocabulary import RedisTopology


_LOOK_SECONDS = 0.05


class Changes:
    """Moves the backend processes to other engines; what cannot be had leaves the earlier in use.

    Args:
        parts: of the lab.
        health: told that processes are others now.
        is_closing: whether the lab is being closed; nothing is started again then.
    """

    def __init__(self, parts: Parts, health: HealthBoard, is_closing: Callable[[], bool]) -> None:
        self._parts = parts
        self._engines, self._processes = parts.engines, parts.processes
        self._health = health
        self._is_closing = is_closing

    def use_database(self, database: str) -> bool:
        """Start or connect another database and move the instances to it; False if it is in use already.

        Raises:
            EngineError: the database cannot be used; nothing has changed.
        """
        chosen = self._engines.choose(database)
        if chosen is None:
            return False
        self._processes.stop_consumers()
        try:
            self._engines.clear_queues(self._parts.name)
            self._processes.replace(chosen.running.url, self._engines.urls[1])
        except BaseException:
            retire(chosen.engine)
            self._go_back()
            raise
        self._engines.use(chosen, self._await_orphans)
        self._forget()
        return True

    def use_topology(self, topology: RedisTopology) -> None:
        """Have such Redis-protocol servers and move the instances to them.

        Forms are thrown away: their tokens are on the servers that were in use before.

        Raises:
            EngineError: a server could not be started; nothing has changed.
        """
        chosen = self._engines.choose_topology(topology)
        self._processes.stop_consumers()
        try:
            self._processes.replace(self._engines.urls[0], redis_text(chosen.urls))
        except BaseException:
            self._go_back()
            raise
        self._engines.use_servers(chosen)
        self._parts.forms.clear()

    def _go_back(self) -> None:
        with suppress(SubmitTwiceError):
            self._processes.replace(*self._engines.urls)

    def set_instances(self, count: int) -> None:
        """Have this many instances.

        Raises:
            InstanceError: an instance could not be started.
        """
        self._processes.resize(count, *self._engines.urls)
        self._health.only_wanted(lambda number: self._processes.child(number) is not None)

    def put_to_rest(self, flying: Callable[[], Iterable[int]]) -> None:
        """Have nothing at work: what takes long ends with its process, and servers with what they were asked for.

        Args:
            flying: the instances that something is on its way to.

        Raises:
            InstanceError: a process that was ended could not be started again.
            EngineError: an engine does not answer.
        """
        self._engines.clear_queues(self._parts.name)
        self._processes.put_to_rest(flying, self._is_closing, *self._engines.urls)
        self._await_orphans()

    def _await_orphans(self) -> None:
        """Until no server is at what a process that is gone has asked for: it would come back after the emptying.

        Raises:
            EngineError: the database does not answer.
        """
        works, engines, told = self._parts.works, self._engines, threading.Event()
        works.ask(told.set)  # of the end of a process that was ended just now one may have yet to hear
        while not told.wait(_LOOK_SECONDS) and not self._is_closing():
            pass
        try:
            wait_for_orphans(works, engines.engine, engines.database_urls, self._is_closing)
        except sa.exc.SQLAlchemyError as error:
            raise EngineError(one_sentence(error, engines.database.name)) from None
        wait_for_redis_orphans(works, engines.redis_urls, self._is_closing)

    def reset(self, *, only_own: bool = False) -> None:
        """Empty the tables and delete our keys; on a server behind a URL, which others may use, only what we made.

        Args:
            only_own: leave what was kept before we came, on our own servers too.

        Raises:
            EngineError: an engine did not answer, or a table is not ours any more; nothing was changed there.
        """
        database, forms = self._engines.engine, self._parts.forms
        made = forms.handed_out(database)
        self._engines.clear_tables(made, only_own=only_own)
        try:
            self._parts.gateway.empty()
        except sa.exc.SQLAlchemyError as error:
            raise EngineError(one_sentence(error, self._engines.database.name)) from None
        self._engines.clear_keys(made, self._parts.name, only_own=only_own)
        forms.removed(database)
        if not only_own:
            self._engines.empty_the_others_later()
        self._forget()

    def _forget(self) -> None:
        self._parts.works.take_forsaken()
        self._parts.ledger.clear()
        self._parts.steps.clear()
        self._parts.forms.clear()
