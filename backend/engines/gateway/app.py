"""The gateway's HTTP interface, as plain WSGI: ``POST /messages`` sends a message and writes it into the ledger.

After ``POST /ended-runs`` nothing is sent in that run any more, so that its effects can be counted.

An ``Idempotency-Key`` is honoured if the caller's ``LAB-HONOUR-KEYS`` header says so: the lab's knob for what kind of
provider this is. Loopback only, with the bearer token and a Host header that names this machine, as the instances.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from backend.engines.gateway.ledger import GatewayKeyReusedError, GatewayLedger, GatewayMessage, GatewayRunEndedError
from backend.engines.gateway.says import GatewayCode
from backend.engines.loopback import names_this_machine, shows_token
from backend.model.sentence import Sentence, say, to_document
from backend.model.submission_ids import run_of

HONOUR_HEADER = "LAB-HONOUR-KEYS"
KEY_HEADER = "Idempotency-Key"
REPLAYED = ("Idempotent-Replayed", "true")
VERSION = "1"
LARGEST_BODY = 64 * 1024
MOST_UNFINISHED = 64
"""Callers that have announced a body and not sent it yet, each of whom keeps a thread; there are more threads."""
LONGEST_KEY = 600
"""A business key of 64 characters, each written as up to nine, in quotation marks."""

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Answered = tuple[HTTPStatus, Mapping[str, object], Headers]
StartResponse = Callable[[str, Headers], object]


class MessageBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /messages``."""

    request_no: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    item: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    submission_id: Annotated[str, msgspec.Meta(max_length=64)] = ""


class EndedRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /ended-runs``."""

    run: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class _RefusedError(Exception):
    """The request is not accepted."""

    def __init__(self, status: HTTPStatus, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class GatewayApp:
    """The WSGI application.

    Args:
        token: bearer token that callers must show.
        ledger: where messages are written down.
    """

    def __init__(self, token: str, ledger: GatewayLedger) -> None:
        self._token = token
        self._ledger = ledger
        self._unfinished = threading.BoundedSemaphore(MOST_UNFINISHED)
        self._decoder = msgspec.json.Decoder(MessageBody)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        more: Headers = []
        try:
            self._let_in(environ)
            status, document, more = self._answer(environ)
        except _RefusedError as error:
            status = error.status
            document = {"detail": str(error.sentence), "sentence": to_document(error.sentence)}
        content = msgspec.json.encode(document)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content))), *more]
        start_response(f"{int(status)} {status.phrase}", headers)
        return [content]

    def _let_in(self, environ: Environ) -> None:
        if not names_this_machine(environ.get("HTTP_HOST", "")):
            raise _RefusedError(HTTPStatus.FORBIDDEN, say(GatewayCode.NOT_THIS_MACHINE))
        if not shows_token(environ.get("HTTP_AUTHORIZATION", ""), self._token):
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, say(GatewayCode.NO_TOKEN))

    def _answer(self, environ: Environ) -> Answered:
        match environ["PATH_INFO"], environ["REQUEST_METHOD"]:
            case "/messages", "POST":
                return self._send(environ)
            case "/ended-runs", "POST":
                return self._end_run(environ)
            case "/health", "GET":
                return HTTPStatus.OK, {"version": VERSION, "process": str(os.getpid())}, []
            case "/messages" | "/ended-runs" | "/health", _:
                raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, say(GatewayCode.NO_METHOD))
            case _:
                raise _RefusedError(HTTPStatus.NOT_FOUND, say(GatewayCode.NO_RESOURCE))

    def _send(self, environ: Environ) -> Answered:
        try:
            body = self._decoder.decode(self._content(environ))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, say(GatewayCode.BODY_NOT_ACCEPTED, error=str(error))) from None
        message = GatewayMessage(body.request_no, body.item, body.quantity, body.submission_id)
        key = environ.get("HTTP_IDEMPOTENCY_KEY") if environ.get("HTTP_LAB_HONOUR_KEYS") == "1" else None
        if key is not None and not 0 < len(key) <= LONGEST_KEY:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, say(GatewayCode.BAD_KEY, header=KEY_HEADER, most=LONGEST_KEY))
        try:
            sent = self._ledger.send(message, key)
        except GatewayKeyReusedError:
            raise _RefusedError(
                HTTPStatus.UNPROCESSABLE_ENTITY, say(GatewayCode.KEY_REUSED, header=KEY_HEADER)
            ) from None
        except GatewayRunEndedError:
            run = run_of(message.submission_id)
            raise _RefusedError(HTTPStatus.GONE, say(GatewayCode.RUN_ENDED, run=run)) from None
        document = {"request_no": message.request_no}
        return (HTTPStatus.CREATED, document, []) if sent else (HTTPStatus.OK, document, [REPLAYED])

    def _end_run(self, environ: Environ) -> Answered:
        """Whoever asked for a message may have died, or given up, before it was read: then it is too late for it."""
        try:
            run = msgspec.json.decode(self._content(environ), type=EndedRun).run
        except msgspec.DecodeError as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, say(GatewayCode.BODY_NOT_ACCEPTED, error=str(error))) from None
        self._ledger.end_run(run)
        return HTTPStatus.OK, {"run": run}, []

    def _content(self, environ: Environ) -> bytes:
        """The body, however long it takes; callers that do not send theirs keep nobody else out."""
        if not self._unfinished.acquire(blocking=False):
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, say(GatewayCode.TOO_MANY_UNFINISHED))
        try:
            content: bytes = environ["wsgi.input"].read(LARGEST_BODY + 1)
        finally:
            self._unfinished.release()
        if len(content) > LARGEST_BODY:
            raise _RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, say(GatewayCode.TOO_LARGE, kib=LARGEST_BODY // 1024)
            )
        return content
