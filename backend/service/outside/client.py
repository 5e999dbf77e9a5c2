"""Requests over HTTP/1.1 that are held back by their last byte, so that many arrive in the same moment.

The technique is James Kettle's "last-byte synchronisation" ("Smashing the state machine", 2023): the server has all but
one byte of every request before the first is released.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.lab.senders.http import MalformedResponseError, ResponseReader
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import plain, say
from backend.service.outside.lingering import Left, anything, ends_response
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from backend.lab.senders.http import Response
    from backend.service.exchange import Host
    from backend.service.outside.lingering import Keep

_CHUNK = 1 << 16
_OLD, _NEW = b"HTTP/1.0", b"HTTP/1.1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    response: Response | None
    """None where none came."""
    sent_ns: int
    """When its last byte left."""
    ended_ns: int
    gave_up: bool = False
    """Whether the caller hung up without waiting any longer."""
    error: str = ""
    """Why there is no response."""

    @property
    def seconds(self) -> float:
        """From its last byte to the whole response."""
        return (self.ended_ns - self.sent_ns) / 1e9


class HeldRequest:
    """A request on a connection of its own, all but the last byte sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, last: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._last = last
        self._parser = ResponseReader()
        self.sent_ns = 0

    @classmethod
    async def open(cls, host: Host, request: bytes) -> HeldRequest:
        """Connect and send all but the last byte.

        Raises:
            OSError: nobody listens there.
        """
        context = ssl.create_default_context() if host.tls else None
        reader, writer = await asyncio.open_connection(host.name, host.port, ssl=context)
        writer.write(request[:-1])
        await writer.drain()
        return cls(reader, writer, request[-1:])

    def release(self) -> None:
        """Send the last byte."""
        self.sent_ns = time.monotonic_ns()
        self._writer.write(self._last)

    async def outcome(self, timeout_s: float, keep: Keep | None = None) -> Outcome:
        """Wait for the response until the caller's time-out has passed.

        Args:
            timeout_s: how long its caller waits.
            keep: gets the connection then; None to hang up.
        """
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._response()
        except TimeoutError:
            self._leave(keep)
            return self._ended(None, gave_up=True, error="time-out")
        except asyncio.CancelledError:
            self._leave(keep)
            self.close()
            raise
        except (OSError, MalformedResponseError) as error:
            return self._ended(None, error=str(error) or type(error).__name__)
        return self._ended(response, error="" if response else "the connection was closed")

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError, RuntimeError):
            self._writer.transport.abort()

    def _leave(self, keep: Keep | None) -> None:
        """Whoever has only a part of the request will refuse it, as soon as its connection is closed."""
        transport = self._writer.transport
        if keep is None or transport.is_closing() or transport.get_write_buffer_size():
            return
        is_encrypted = transport.get_extra_info("sslcontext") is not None
        with suppress(OSError):
            own = transport.get_extra_info("socket").dup()
            keep(Left(own, anything if is_encrypted else ends_response(self._parser)))

    def _ended(self, response: Response | None, *, gave_up: bool = False, error: str = "") -> Outcome:
        self.close()
        return Outcome(response, self.sent_ns, time.monotonic_ns(), gave_up, error)

    async def _response(self) -> Response | None:
        reader = self._parser
        while data := await self._reader.read(_CHUNK):
            if reader.is_between_responses and data.startswith(_OLD):
                data = data.replace(_OLD, _NEW, 1)
            if (response := reader.feed(data)) is not None:
                return response
        return reader.end()


async def require_open(host: Host) -> None:
    """Make sure that a service can be reached.

    Raises:
        SubmitTwiceError: nobody listens there, or what it says of itself over TLS is not trusted.
    """
    try:
        (await HeldRequest.open(host, b"")).close()
    except OSError as error:
        reason = plain(getattr(error, "verify_message", "") or error.strerror or str(error) or type(error).__name__)
        raise SubmitTwiceError(say(ServiceCode.UNREACHABLE, host=host.header, reason=reason)) from None


async def send(host: Host, request: bytes, timeout_s: float, keep: Keep | None = None) -> Outcome:
    """Send one request and wait for its response; `keep` as in `HeldRequest.outcome`."""
    try:
        held = await HeldRequest.open(host, request)
    except Exception as error:  # noqa: BLE001  whatever keeps it from leaving
        now = time.monotonic_ns()
        return Outcome(None, now, now, error=str(error))
    held.release()
    return await held.outcome(timeout_s, keep)
