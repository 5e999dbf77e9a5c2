"""Answers and failures as HTTP: status codes and problem details (RFC 9457).

The one place that says to a caller what went wrong: in English, and as a code with its parts for whoever speaks another
language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
import redis.exceptions
import sqlalchemy.exc

from backend.engines.says import EngineCode
from backend.engines.sql import one_sentence
from backend.instance.says import RefusalCode
from backend.model.errors import GatewayError, GatewayRefusedError, NoStandbyError, NotApplicableError, ZooKeeperError
from backend.model.sentence import Sentence, say, to_document
from backend.model.vocabulary import Answer
from backend.shop.conflicts import is_conflict, is_locked_file
from backend.shop.operations import MissingRowError
from backend.strategies import place_of
from backend.strategies.base import NoAnswerError, RefusedError, Response, shown_text
from backend.tap.on_purpose import fault_behind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.shop.operations import Request


FAILED = "internal"
"""Kind of a problem that nobody has foreseen: the strategy itself failed."""
NOT_APPLICABLE = "not-applicable"
"""Kind of one that comes of what was chosen together."""


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  the name that RFC 9457 gives it
    """A failure as the caller sees it."""

    status: HTTPStatus
    kind: str
    title: str
    detail: Sentence
    answer: Answer = Answer.ERROR

    def document(self) -> dict[str, object]:
        """The problem document."""
        return {
            "type": f"urn:submit-twice:problem:{self.kind}",
            "title": self.title,
            "status": int(self.status),
            "detail": str(self.detail),
            "answer": self.answer.value,
            **to_document(self.detail),
        }


def replayed(response: Response) -> Answer:
    """What a kept response says to its caller: a failure that is replayed is none the less a failure."""
    if response.status < HTTPStatus.BAD_REQUEST:
        return Answer.REPLAYED
    return Answer(str(msgspec.json.decode(response.body, type=dict[str, object])["answer"]))


def render(request: Request, outcome: Answer | Exception) -> Response:
    """What the caller is sent for an answer, or for what a strategy let through."""
    problem = from_exception(outcome) if isinstance(outcome, Exception) else REFUSALS.get(outcome)
    if problem:
        return Response(int(problem.status), msgspec.json.encode(problem.document()).decode())
    status = HTTPStatus.OK if outcome is Answer.REPLAYED else HTTPStatus.CREATED
    body = {"answer": outcome, "operation": request.operation.key, request.operation.key.key_field: request.key}
    return Response(int(status), msgspec.json.encode(body).decode())


def bad_request(detail: Sentence) -> Problem:
    """The caller sent something that is not accepted."""
    return Problem(HTTPStatus.BAD_REQUEST, "bad-request", "Bad request", detail)


def not_found(detail: Sentence) -> Problem:
    """There is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", "Not found", detail)


REFUSALS: Mapping[Answer, Problem] = {
    Answer.DUPLICATE: Problem(
        HTTPStatus.CONFLICT,
        "duplicate",
        "Duplicate",
        say(RefusalCode.DUPLICATE),
        Answer.DUPLICATE,
    ),
    Answer.BUSY: Problem(
        HTTPStatus.CONFLICT,
        "busy",
        "In flight",
        say(RefusalCode.BUSY),
        Answer.BUSY,
    ),
    Answer.CONFLICT: Problem(
        HTTPStatus.CONFLICT,
        "conflict",
        "Conflict",
        say(RefusalCode.CONFLICT),
        Answer.CONFLICT,
    ),
}


def from_exception(error: Exception) -> Problem:
    """What a caller is told of an exception that a strategy let through."""
    found = _on_purpose(error) or _of_the_request(error) or _of_the_database(error) or _of_another_engine(error)
    return found or _unknown(error)


def _on_purpose(error: Exception) -> Problem | None:
    """An engine that really fails may be away, and back soon; a handler that throws has a fault of its own."""
    if (fault := fault_behind(error)) is None:
        return None
    return _failed(say(RefusalCode.RAISED_ON_PURPOSE, error=type(error).__name__, fault=str(fault)))


def _of_the_request(error: Exception) -> Problem | None:
    match error:
        case MissingRowError():
            return replace(not_found(error.sentence), answer=error.answer)
        case NoAnswerError():
            return _failed(error.sentence)
        case NotApplicableError():
            return not_applicable(error.sentence)
        case RefusedError():
            return Problem(HTTPStatus(error.status), error.kind, error.title, error.sentence, error.answer)
        case _:
            return None


def _of_the_database(error: Exception) -> Problem | None:
    match error:
        case _ if is_locked_file(error):
            return Problem(HTTPStatus.CONFLICT, "locked", "Busy", say(RefusalCode.SQLITE_LOCKED), Answer.BUSY)
        case _ if is_conflict(error):
            detail = say(RefusalCode.ROLLED_BACK)
            return Problem(HTTPStatus.CONFLICT, "serialization-failure", "Conflict", detail, Answer.CONFLICT)
        case sqlalchemy.exc.ArgumentError() if "isolation_level" in str(error):
            return not_applicable(say(RefusalCode.NO_SUCH_ISOLATION))
        case sqlalchemy.exc.DataError():
            return bad_request(say(RefusalCode.VALUE_DOES_NOT_FIT))
        case sqlalchemy.exc.OperationalError() | sqlalchemy.exc.InterfaceError() | sqlalchemy.exc.TimeoutError():
            return _engine_away(one_sentence(error, say(EngineCode.THE_DATABASE)))
        case _:
            return None


def _of_another_engine(error: Exception) -> Problem | None:
    match error:
        case redis.exceptions.RedisError():
            return _engine_away(one_sentence(error, say(EngineCode.THE_REDIS_SERVER)))
        case GatewayError() | ZooKeeperError() | NoStandbyError():
            return _engine_away(error.sentence)
        case _ if type(error).__module__.partition(".")[0] == "kazoo":  # not imported where nobody wants it
            return _engine_away(say(RefusalCode.ZOOKEEPER_CALL_FAILED, error=type(error).__name__))
        case GatewayRefusedError():
            return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "gateway-refused", "Refused by the gateway", error.sentence)
        case _:
            return None


def _unknown(error: Exception) -> Problem:
    name, (file, line) = type(error).__name__, place_of(error)
    if file:
        what = shown_text(str(error))
        return _failed(say(RefusalCode.STRATEGY_FAILED_AT, error=name, file=file, line=line, what=what))
    return _failed(say(RefusalCode.STRATEGY_FAILED, error=name))


def _failed(detail: Sentence) -> Problem:
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED, "Internal error", detail)


def not_applicable(detail: Sentence) -> Problem:
    """What was asked for cannot be had in this combination."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, NOT_APPLICABLE, "Strategy does not apply", detail)


def _engine_away(detail: Sentence) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "engine-away", "Engine away", detail)
