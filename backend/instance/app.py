"""The HTTP API of one backend process, as a Falcon application.

It applies whatever strategy the caller names, to whatever operation the caller names, and answers in the words of
`Answer`. Loopback only; every request needs the bearer token and a Host header that names this machine, so that no web
page can reach it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import falcon
import msgspec
from sqlalchemy import select

from backend.engines.loopback import names_this_machine, shows_token
from backend.instance import bodies
from backend.instance.flows import ServicesAsWished, flow_of
from backend.instance.headers import SUBMISSION_HEADER
from backend.instance.openapi import openapi_document
from backend.instance.problems import Problem, bad_request, from_exception, not_applicable, not_found, render
from backend.instance.says import ApiCode
from backend.instance.settings import THREADS
from backend.instance.turns import Turns
from backend.instance.unfinished import Unfinished
from backend.model.errors import NotApplicableError, UnknownKeyError
from backend.model.sentence import plain, say
from backend.model.vocabulary import Answer, EngineKind, OperationKey
from backend.shop.operations import UnknownOperationError
from backend.shop.schema import KEY_LENGTH, goods, orders
from backend.strategies import find, require_guard
from backend.strategies.base import Need, Response, Services, Variant
from backend.tap.observer import Tap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.shop.operations import Request

Handling = Callable[[str, str, str], AbstractContextManager[None]]
"""Entered with submission, operation and business key for as long as something may come of the submission."""
LARGEST_BODY = 64 * 1024
MOST_DRAINED = 1024 * 1024
TOKEN_LIFE_SECONDS = 24 * 3600


class Gate:
    """Lets in who shows the token and names a host of this machine."""

    def __init__(self, token: str) -> None:
        self._token = token

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        """Refuse before anything is read."""
        if not names_this_machine(req.get_header("Host") or ""):
            raise Problem(HTTPStatus.FORBIDDEN, "host", "Forbidden", say(ApiCode.NOT_THIS_MACHINE))
        if not shows_token(req.get_header("Authorization") or "", self._token):
            raise Problem(HTTPStatus.UNAUTHORIZED, "unauthorized", "Unauthorized", say(ApiCode.NO_TOKEN))


class Operations:
    """``POST /operations/{operation}?strategy=K&variant=K``."""

    def __init__(self, services: Services, tap: Tap, handling: Handling) -> None:
        self._services = ServicesAsWished(replace(services, replay=self._replay))
        self._replayed = threading.local()
        self._tap = tap
        self._handling = handling
        self._unfinished = Unfinished()
        self._turns = Turns(THREADS)
        self.in_flight: set[str] = set()

    def on_post(self, req: falcon.Request, resp: falcon.Response, operation: str) -> None:
        """Carry out one submission."""
        submission = submission_id(req)
        key, variant = self._what_to_run(req, operation)
        with self._unfinished:
            body = read(req, key)
        idempotency_key = req.get_header("Idempotency-Key") or ""
        require_needs(variant, body, idempotency_key)
        services = self._services.of(req.get_header)
        flow = flow_of(req.get_header, submission)
        self.in_flight.add(submission)
        try:
            request = bodies.to_request(key, body, submission, services.gateway, idempotency_key)
            with self._handling(submission, key, request.key), self._turns, self._tap.flow(flow):
                self._run(variant, request, services, resp)
        finally:
            self.in_flight.discard(submission)

    def _run(self, variant: Variant, request: Request, services: Services, resp: falcon.Response) -> None:
        self._replayed.response = None
        try:
            answer = variant.run(request, services)
            replayed: Response | None = self._replayed.response
            response = replayed or render(request, answer)
            self._tap.run(EngineKind.HTTP, f"reply {response.status}", (), lambda: answer.value)
        except Exception as error:
            problem = from_exception(error)
            self._tap.run(EngineKind.HTTP, f"reply {int(problem.status)}", (), lambda: problem.answer.value)
            raise problem from error
        if answer is Answer.REPLAYED:
            resp.set_header("Idempotent-Replayed", "true")
        resp.status = response.status
        is_problem = response.status >= HTTPStatus.BAD_REQUEST
        resp.content_type = "application/problem+json" if is_problem else "application/json"
        resp.data = response.body.encode()

    def _replay(self, response: Response) -> Answer:
        """The strategy wants this sent once more by the thread that it runs in."""
        self._replayed.response = self._replayed.response or response
        return Answer.REPLAYED

    def _what_to_run(self, req: falcon.Request, operation: str) -> tuple[OperationKey, Variant]:
        try:
            key = OperationKey(operation)
        except ValueError:
            raise not_found(UnknownOperationError(operation).sentence) from None
        strategy_key = req.get_param("strategy")
        if not strategy_key:
            raise bad_request(say(ApiCode.NO_STRATEGY))
        try:
            _, variant = find(strategy_key, req.get_param("variant") or "")
            require_guard(variant, key)
        except UnknownKeyError as error:
            raise bad_request(error.sentence) from None
        except NotApplicableError as error:
            raise not_applicable(error.sentence) from None
        return key, variant


class Tokens:
    """``POST /tokens`` hands out a form token."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def on_post(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Make a token and keep it for a day."""
        token = self._services.new_token()
        self._services.redis.set(self._services.token_key(token), "1", ex=TOKEN_LIFE_SECONDS)
        resp.status = falcon.HTTP_201
        resp.media = {"token": token}


class Orders:
    """``GET /orders/{order_no}``: what the form of an order shows."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def on_get(self, _req: falcon.Request, resp: falcon.Response, order_no: str) -> None:
        """The order with its version."""
        columns = (orders.c.order_no, orders.c.item, orders.c.quantity, orders.c.status, orders.c.version)
        with self._services.database.connect() as connection:
            row = connection.execute(select(*columns).where(orders.c.order_no == checked_key(order_no))).first()
        if row is None:
            raise not_found(say(ApiCode.NO_SUCH_ORDER))
        resp.media = dict(row._mapping)  # noqa: SLF001  the documented name


class Goods:
    """``GET /goods/{item}``: what the form of a stock change shows."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def on_get(self, _req: falcon.Request, resp: falcon.Response, item: str) -> None:
        """The goods with their version."""
        columns = (goods.c.item, goods.c["count"], goods.c.version)
        with self._services.database.connect() as connection:
            row = connection.execute(select(*columns).where(goods.c.item == checked_key(item))).first()
        if row is None:
            raise not_found(say(ApiCode.NO_SUCH_GOODS))
        resp.media = dict(row._mapping)  # noqa: SLF001  the documented name


class Health:
    """``GET /health``."""

    def __init__(self, number: int, operations: Operations) -> None:
        self._number = number
        self._operations = operations

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """That the process answers, and how many submissions it is handling."""
        resp.media = {"instance": self._number, "in_flight": len(self._operations.in_flight)}


class OpenApi:
    """``GET /openapi.json``."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The description of this API."""
        resp.media = openapi_document()


def create_app(
    number_: int, token: str, services: Services, tap: Tap, handling: Handling
) -> falcon.App[falcon.Request, falcon.Response]:
    """The application of one instance.

    Args:
        number_: number of the instance, from 1.
        token: bearer token that callers must show.
        services: the engines.
        tap: where steps pass.
        handling: told which submission is being handled.
    """
    app = falcon.App(middleware=[Gate(token)])
    operations = Operations(services, tap, handling)
    app.add_route("/operations/{operation}", operations)
    app.add_route("/tokens", Tokens(services))
    app.add_route("/orders/{order_no:path}", Orders(services))
    app.add_route("/goods/{item:path}", Goods(services))
    app.add_route("/health", Health(number_, operations))
    app.add_route("/openapi.json", OpenApi())
    app.add_error_handler(Exception, _unexpected)
    app.add_error_handler(falcon.HTTPError, _http_error)
    app.add_error_handler(Problem, lambda _req, resp, problem, _params: write_problem(resp, problem))
    return app


def submission_id(req: falcon.Request) -> str:
    """The caller's name for this submission, or a new one."""
    given = req.get_header(SUBMISSION_HEADER) or ""
    usable = given.isascii() and given.isprintable() and len(given) <= KEY_LENGTH
    return given if given and usable else uuid4().hex


def read(req: falcon.Request, operation: OperationKey) -> bodies.Body:
    """Read and check the body.

    Raises:
        Problem: it is too large, of another type, or not what the operation takes.
    """
    content = read_content(req)
    if (req.content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", "Unsupported media type", say(ApiCode.NOT_JSON))
    try:
        return bodies.read_body(operation, content)
    except RecursionError:
        raise bad_request(say(ApiCode.TOO_DEEP)) from None
    except bodies.ControlCharacterError as error:
        raise bad_request(error.sentence) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise bad_request(say(ApiCode.BODY_NOT_ACCEPTED, reason=str(error))) from None


def read_content(req: falcon.Request) -> bytes:
    """The body's bytes. What is a little too large is read to its end, since a client that still writes hears nothing.

    Raises:
        Problem: it is too large.
    """
    announced = req.content_length
    content: bytes = b""
    if announced is None or announced <= MOST_DRAINED:
        stream = req.stream if announced is None else req.bounded_stream
        content = stream.read(MOST_DRAINED)
    if max(len(content), announced or 0) > LARGEST_BODY:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too-large",
            "Body too large",
            say(ApiCode.TOO_LARGE, kib=LARGEST_BODY // 1024),
        )
    return content


def require_needs(variant: Variant, body: bodies.Body, idempotency_key: str) -> None:
    """Check that the request brings what the strategy needs.

    Raises:
        Problem: something is missing.
    """
    if Need.TOKEN in variant.needs and body.token is None:
        raise bad_request(say(ApiCode.NEEDS_TOKEN))
    if Need.VERSION in variant.needs and body.version is None:
        raise bad_request(say(ApiCode.NEEDS_VERSION))
    if Need.IDEMPOTENCY_KEY in variant.needs and not idempotency_key.strip():
        raise bad_request(say(ApiCode.NEEDS_IDEMPOTENCY_KEY))


def checked_key(key: str) -> str:
    """A key in a path, if it can be one.

    Raises:
        Problem: it is too long or has control characters.
    """
    if not (0 < len(key) <= KEY_LENGTH and bodies.is_text(key)):
        raise bad_request(say(ApiCode.BAD_KEY, most=KEY_LENGTH))
    return key


def write_problem(resp: falcon.Response, problem: Problem) -> None:
    """Write a problem document."""
    resp.status = int(problem.status)
    resp.content_type = "application/problem+json"
    resp.data = msgspec.json.encode(problem.document())


def _http_error(_req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, _params: object) -> None:
    status = HTTPStatus(error.status_code)
    detail = plain(error.description or f"{status.description or status.phrase}.")
    write_problem(resp, Problem(status, status.phrase.lower().replace(" ", "-"), status.phrase, detail))
    resp.set_headers(error.headers or {})  # such as Allow, without which a 405 is none


def _unexpected(_req: falcon.Request, resp: falcon.Response, error: Exception, _params: Mapping[str, object]) -> None:
    write_problem(resp, from_exception(error))
