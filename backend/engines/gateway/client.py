"""How a backend process calls the gateway: over HTTP, once for each call, over connections that are kept."""

from __future__ import annotations

import http.client
import select
import threading
import time
from collections import deque
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from backend.engines.gateway.says import GatewayCode
from backend.engines.gateway.settings import GatewayAddress
from backend.model.errors import GatewayError, GatewayRefusedError
from backend.model.sentence import Sentence, from_document, plain, say
from backend.model.submission_ids import is_of_a_lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backend.engines.gateway.ledger import GatewayMessage

_ANSWER_SECONDS = 5.0
_HEALTH_SECONDS = 2.0
_START_SECONDS = 60.0
"""For callers from outside, who wait no longer than they want to: a run has the gateway started before it begins."""
_POLL_SECONDS = 0.01


class GatewayClient:
    """Thread-safe. A call that fails is never repeated: whether the message was sent is not known then.

    Args:
        address: the file that says where the gateway is; it appears when the gateway is up.
        want: asks for the gateway to be started.
        linger: gets each message of no run that the gateway was too late with, and what waits until it has let go of
            it; of those of a run it takes nothing any more once that is over.
        patience_s: how long to wait for an answer.
    """

    def __init__(
        self,
        address: Path,
        want: Callable[[], None],
        linger: Callable[[GatewayMessage, Callable[[], None]], None] | None = None,
        *,
        patience_s: float = _ANSWER_SECONDS,
    ) -> None:
        self._file = address
        self._want = want
        self._linger = linger
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._address: GatewayAddress | None = None
        self._idle: deque[http.client.HTTPConnection] = deque()

    def send(self, message: GatewayMessage, key: str = "", *, honoured: bool = False) -> bool:
        """Have a message sent; False where the gateway had sent it before under the same key.

        Args:
            message: what to send.
            key: the Idempotency-Key; empty for none.
            honoured: whether the gateway is to be one that honours keys.

        Raises:
            GatewayError: the gateway did not answer; the sentence says whether the message may have been sent.
            GatewayRefusedError: the gateway refused.
        """
        address = self._find()
        headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = f'"{quote(key)}"'
        if honoured:
            headers["LAB-HONOUR-KEYS"] = "1"
        status, content = self._post(address, message, headers)
        if status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
            raise GatewayRefusedError(say(GatewayCode.REFUSED, status=status, detail=_detail(content)))
        return status == HTTPStatus.CREATED

    def close(self) -> None:
        """Hang up."""
        while self._idle:
            self._idle.pop().close()

    def _post(self, address: GatewayAddress, message: GatewayMessage, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = self._connection(address)
        try:
            connection.request("POST", "/messages", msgspec.json.encode(message), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError) and self._linger and not is_of_a_lab(message.submission_id):
                self._linger(message, partial(_wait_until_let_go, connection))
            else:
                connection.close()
            raise GatewayError(_sentence(error)) from None
        self._idle.append(connection)
        return response.status, content

    def _connection(self, address: GatewayAddress) -> http.client.HTTPConnection:
        """One that is open on both sides, as far as can be seen, or a new one."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        return http.client.HTTPConnection("127.0.0.1", address.port, timeout=self._patience_s)

    def _find(self) -> GatewayAddress:
        with self._guard:
            if self._address is None:
                self._address = self._wait_for_file()
            return self._address

    def _wait_for_file(self) -> GatewayAddress:
        if not self._file.exists():
            self._want()
        pause, deadline = threading.Event(), time.monotonic() + _START_SECONDS
        while not self._file.exists():
            if time.monotonic() > deadline:
                raise GatewayError(say(GatewayCode.NOTHING_SENT))
            pause.wait(_POLL_SECONDS)
        return msgspec.json.decode(self._file.read_bytes(), type=GatewayAddress)


def _wait_until_let_go(connection: http.client.HTTPConnection) -> None:
    """Until the gateway has answered, or hung up."""
    if connection.sock is not None:
        select.select([connection.sock], [], [])
    connection.close()


def end_run(address: GatewayAddress, run: str) -> bool:
    """Have nothing sent any more in a run; False if the gateway does not answer."""
    headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=_HEALTH_SECONDS)
    try:
        connection.request("POST", "/ended-runs", msgspec.json.encode({"run": run}), headers)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def health(address: GatewayAddress) -> dict[str, str] | None:
    """What the gateway says of itself; None if it does not answer yet."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=_HEALTH_SECONDS)
    try:
        connection.request("GET", "/health", headers={"Authorization": f"Bearer {address.token}"})
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return msgspec.json.decode(content, type=dict[str, str]) if response.status == HTTPStatus.OK else None


def _detail(content: bytes) -> Sentence:
    try:
        document = msgspec.json.decode(content, type=dict[str, object])
    except msgspec.DecodeError:
        return say(GatewayCode.NOT_UNDERSTOOD)
    return from_document(document.get("sentence")) or plain(str(document.get("detail", "")))


def _sentence(error: Exception) -> Sentence:
    match error:
        case ConnectionRefusedError():
            return say(GatewayCode.NOBODY_LISTENS)
        case TimeoutError():
            return say(GatewayCode.TIMED_OUT)
        case _:
            return say(GatewayCode.HUNG_UP)
