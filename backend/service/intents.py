"""Fresh intents for a service: their keys, what comes before them, and how often they took effect."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import redis.exceptions
import sqlalchemy as sa

from backend.engines.sentences import is_away
from backend.engines.sql import end_query, one_sentence
from backend.model.business_keys import random_part
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import plain, say
from backend.service.engines import COMES_BACK_S, statements_of
from backend.service.exchange import value_at
from backend.service.placeholders import Statement, fill, statement
from backend.service.says import ServiceCode
from backend.service.wire.attribution import InFlight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backend.lab.senders.http import Response
    from backend.model.sentence import Sentence
    from backend.service.description import Description
    from backend.service.engines import ServiceEngines
    from backend.service.exchange import Asks

_SUCCESS = range(200, 300)
_LOOK_S = 0.1
_TOO_MANY = 10**15
"""What no count comes to."""


@dataclass(frozen=True, slots=True)
class ServiceIntent:
    """What somebody wants once of the service."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    """For placeholders; the number of a submission comes to them."""

    def in_flight(self, submission: str, instance: int) -> InFlight:
        """One of its submissions, for whoever watches the wire."""
        return InFlight(submission, instance, self.key, self.values.get("uuid", ""))

    def submission(self, number: int) -> Mapping[str, str]:
        """Values for one submission, counted from 1."""
        return {**self.values, "n": str(number)}


class Intents:
    """Makes intents and counts their effects.

    Args:
        description: of the service.
        engines: our own way to them.
        call: carries out a request to the service and returns its response; None where there was none.
        count_calls: how many calls the gateway got for a key.
    """

    def __init__(
        self,
        description: Description,
        engines: ServiceEngines,
        call: Callable[[Asks, Mapping[str, str]], Response | None],
        count_calls: Callable[[str], int],
    ) -> None:
        self._before = description.before
        self._effects = description.effects
        self._engines = engines
        self._call = call
        self._count_calls = count_calls
        self._prefix = random_part(6).lower()
        self._named = re.compile(rf"k{self._prefix}x\d{{7}}")
        self._numbers = itertools.count(1)
        self._prepare = [statement(text) for text in statements_of(self._before.sql)]
        self._count = statement(self._effects.sql) if self._effects.sql else None
        self._reading: sa.Connection | None = None

    @property
    def reads_by_itself(self) -> bool:
        """Whether effects are read without asking the service."""
        return self._effects.request is None

    def fresh(self) -> ServiceIntent:
        """An intent that nobody has asked for yet, with all that comes before it done.

        Raises:
            SubmitTwiceError: what the file has under `before` fails.
        """
        key = f"k{self._prefix}x{next(self._numbers):07}"  # of one length: none begins another one
        values = {"key": key, "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, key)), "n": "1"}
        try:
            self._prepare_engines(values)
        except sa.exc.SQLAlchemyError as error:
            raise _failed("before.sql", one_sentence(error, "SQL")) from None
        except redis.exceptions.RedisError as error:
            raise _failed("before.redis", one_sentence(error, "Redis")) from None
        return ServiceIntent(key, values | self._prepare_by_request(values))

    def names_another(self, text: str, intent: ServiceIntent) -> bool:
        """Whether a text names an intent of ours, and not this one."""
        found = self._named.findall(text)
        return bool(found) and intent.key not in found

    def names_one(self, text: str) -> bool:
        """Whether a text names any intent of ours."""
        return self._named.search(text) is not None

    def effects(self, intent: ServiceIntent) -> int:
        """How often it took effect, as read now.

        Raises:
            SubmitTwiceError: the query or request of `effects` fails, or does not answer one number.
        """
        if self._count is not None:
            return self._counted_by_sql(self._count, intent)
        if self._effects.request is not None:
            return self._counted_by_request(intent)
        return self._count_calls(intent.key)

    def stop_reading(self) -> None:
        """Have the database end the query that counts effects, if one is under way; from another thread."""
        with suppress(Exception):  # whoever cannot be asked is not at it, or is asked again
            if self._engines.single is not None:
                self._engines.single.end()
            elif (reading := self._reading) is not None:
                end_query(reading)

    def _prepare_engines(self, values: Mapping[str, str]) -> None:
        if self._prepare:
            if self._engines.own is None:
                raise SubmitTwiceError(say(ServiceCode.NO_ENGINE, key="before.sql"))
            self._prepare_database(self._engines.own, values)
        lines = [line for text in statements_of(self._before.redis) for line in text.splitlines() if line.strip()]
        if lines:
            if self._engines.own_redis is None:
                raise SubmitTwiceError(say(ServiceCode.NO_ENGINE, key="before.redis"))
            for line in lines:
                words = [fill(word, values) for word in shlex.split(line)]
                self._engines.own_redis.execute_command(*words)  # type: ignore[no-untyped-call]

    def _prepare_database(self, own: sa.Engine, values: Mapping[str, str]) -> None:
        """In one transaction, which a single statement is by itself."""
        single = self._engines.single
        if single is not None and len(self._prepare) == 1:
            single.run(self._prepare[0].sql, self._prepare[0].parameters(values))
            return
        with own.begin() as connection:
            for each in self._prepare:
                connection.exec_driver_sql(each.sql, each.parameters(values))

    def _prepare_by_request(self, values: Mapping[str, str]) -> dict[str, str]:
        asks = self._before.request
        if asks is None:
            return {}
        response = self._call(asks, values)
        if response is None or response.status not in _SUCCESS:
            raise _failed("before.request", plain(f"HTTP {response.status if response else 0}"))
        saved = {}
        for name, place in asks.save.items():
            try:
                saved[name] = str(value_at(json.loads(response.body), place))
            except (ValueError, LookupError):
                raise SubmitTwiceError(say(ServiceCode.NOTHING_SAVED, name=name, place=place)) from None
        return saved

    def _counted_by_sql(self, count: Statement, intent: ServiceIntent) -> int:
        if self._engines.own is None:
            raise SubmitTwiceError(say(ServiceCode.NO_ENGINE, key="effects.sql"))
        try:
            rows = self._rows_of_a_server_that_comes_back(self._engines.own, count, intent)
        except sa.exc.SQLAlchemyError as error:
            reason = one_sentence(error, "SQL")
            raise SubmitTwiceError(say(ServiceCode.EFFECTS_FAILED, key="effects.sql", reason=reason)) from None
        if len(rows) != 1 or len(rows[0]) != 1:
            raise SubmitTwiceError(say(ServiceCode.EFFECTS_NO_NUMBER, key="effects.sql"))
        return _whole(rows[0][0], "effects.sql")

    def _rows_of_a_server_that_comes_back(
        self, own: sa.Engine, count: Statement, intent: ServiceIntent
    ) -> Sequence[sa.Row[Any]]:
        """Whoever only reads may ask again."""
        deadline = time.monotonic() + COMES_BACK_S
        while True:
            try:
                return self._rows(own, count, intent)
            except sa.exc.SQLAlchemyError as error:
                if not is_away(error) or (left_s := deadline - time.monotonic()) < 0:
                    raise
            threading.Event().wait(_LOOK_S)
            self._engines.await_well(left_s)

    def _rows(self, own: sa.Engine, count: Statement, intent: ServiceIntent) -> Sequence[sa.Row[Any]]:
        parameters = count.parameters(intent.values)
        if self._engines.single is not None:
            return self._engines.single.rows(count.sql, parameters, 2)
        with own.connect() as connection:
            self._reading = connection
            try:
                return connection.exec_driver_sql(count.sql, parameters).fetchmany(2)
            finally:
                self._reading = None

    def _counted_by_request(self, intent: ServiceIntent) -> int:
        asks = self._effects.request
        assert asks is not None  # noqa: S101  asked before
        response = self._call(asks, intent.values)
        if response is None or response.status not in _SUCCESS:
            status = plain(f"HTTP {response.status if response else 0}")
            raise SubmitTwiceError(say(ServiceCode.EFFECTS_FAILED, key="effects.request", reason=status))
        try:
            found = value_at(json.loads(response.body), asks.count)
        except (ValueError, LookupError):
            raise SubmitTwiceError(say(ServiceCode.EFFECTS_NO_NUMBER, key="effects.request")) from None
        return len(found) if isinstance(found, list) else _whole(found, "effects.request")


def _whole(value: object, key: str) -> int:
    """So many effects: a whole number, however it is written; none where there is nothing to sum up."""
    if value is None:
        return 0
    try:
        number = Decimal(str(value))
        is_count = 0 <= number < _TOO_MANY and number == number.to_integral_value()
    except ArithmeticError:
        is_count = False
    if not is_count:
        raise SubmitTwiceError(say(ServiceCode.EFFECTS_NO_NUMBER, key=key))
    return int(number)


def _failed(key: str, reason: Sentence) -> SubmitTwiceError:
    return SubmitTwiceError(say(ServiceCode.BEFORE_FAILED, key=key, reason=reason))
