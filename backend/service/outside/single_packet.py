"""Requests over HTTP/2 that end in one packet: the "single-packet attack".

Source: J. Kettle, "Smashing the state machine: the true potential of web race conditions", 2023.

All of every request but the end of its stream is sent first; then the ends of all streams leave in one write, and so in
one TCP segment, which no jitter of the network can pull apart.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from backend.lab.senders.http import Response
from backend.service.outside.client import Outcome
from backend.service.outside.lingering import Left, nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.service.exchange import Host
    from backend.service.outside.lingering import Keep

_CHUNK = 1 << 16
_GREETING_S = 1.0
_FAILURES = (OSError, h2.exceptions.ProtocolError)
"""A time-out is an OSError."""
_CONNECTION_HEADERS = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})


async def speaks_http2(host: Host, requests: int) -> bool:
    """Whether a service accepts so many requests at a time over HTTP/2: over TLS by ALPN, else by prior knowledge."""
    try:
        async with asyncio.timeout(_GREETING_S):
            connection = await _Connection.open(host)
            try:
                return await connection.is_greeted() and connection.most_streams >= requests
            finally:
                connection.close()
    except _FAILURES:
        return False


async def send_in_one_packet(
    host: Host, requests: Sequence[bytes], timeout_s: float, keep: Keep | None = None
) -> list[Outcome]:
    """Send requests, as built for HTTP/1.1, on one connection, so that all of them end in one packet.

    Args:
        host: the service.
        requests: at most as many as it takes at a time.
        timeout_s: how long their caller waits.
        keep: gets the connection then, if not all were answered.
    """
    try:
        connection = await _Connection.open(host)
    except OSError as error:
        return [_failed(error) for _ in requests]
    try:
        async with asyncio.timeout(timeout_s):
            await connection.is_greeted()  # by then it is known how much the server takes at a time
            streams = [await connection.begin(host, request) for request in requests]
        sent_ns = connection.end_all(streams)
        outcomes = await connection.outcomes(streams, sent_ns, timeout_s)
        if keep and any(outcome.gave_up for outcome in outcomes):
            keep(connection.left())
    except _FAILURES as error:  # before the end of any of them
        return [_failed(error) for _ in requests]
    else:
        return outcomes
    finally:
        connection.close()


def _failed(error: Exception) -> Outcome:
    now = time.monotonic_ns()
    return Outcome(None, now, now, gave_up=isinstance(error, TimeoutError), error=str(error) or type(error).__name__)


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self._status: dict[int, int] = {}
        self._replayed: dict[int, bool] = {}
        self._bodies: dict[int, bytearray] = {}
        self._ended: dict[int, int] = {}
        self._greeted = False
        self._h2.initiate_connection()

    @classmethod
    async def open(cls, host: Host) -> _Connection:
        context = None
        if host.tls:
            context = ssl.create_default_context()
            context.set_alpn_protocols(["h2"])
        reader, writer = await asyncio.open_connection(host.name, host.port, ssl=context)
        return cls(reader, writer)

    async def is_greeted(self) -> bool:
        while not self._greeted:
            try:
                await self._receive()
            except ConnectionError:
                return False
        return True

    @property
    def most_streams(self) -> int:
        """How many requests the server answers at a time, as it has said."""
        return self._h2.remote_settings.max_concurrent_streams

    async def begin(self, host: Host, request: bytes) -> int:
        """Send everything of a request but its end.

        Raises:
            OSError: the connection was closed.
            h2.exceptions.ProtocolError: the server does not keep to the protocol.
        """
        head, _, body = request.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = line.split(" ", 2)
        headers = [(":method", method), (":path", path), (":scheme", "https" if host.tls else "http")]
        headers.append((":authority", host.header))
        for each in lines:
            name, _, value = each.partition(":")
            if name.strip().lower() not in _CONNECTION_HEADERS:
                headers.append((name.strip().lower(), value.strip()))
        stream = self._h2.get_next_available_stream_id()
        self._h2.send_headers(stream, headers)
        while body and stream not in self._ended:
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            if room > 0:
                self._h2.send_data(stream, body[:room])
                body = body[room:]
            else:
                await self._receive()
        await self._flush()
        return stream

    async def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())
        await self._writer.drain()

    async def _receive(self) -> None:
        await self._flush()
        data = await self._reader.read(_CHUNK)
        if not data:
            raise ConnectionResetError("the connection was closed")
        self._take(self._h2.receive_data(data))
        await self._flush()

    def end_all(self, streams: Iterable[int]) -> int:
        """The ends of all streams in one write; when it was."""
        for stream in streams:
            if stream not in self._ended:
                self._h2.end_stream(stream)
        ends = self._h2.data_to_send()
        sent_ns = time.monotonic_ns()
        self._writer.write(ends)
        return sent_ns

    async def outcomes(self, streams: Sequence[int], sent_ns: int, timeout_s: float) -> list[Outcome]:
        error = ""
        try:
            async with asyncio.timeout(timeout_s):
                while not self._ended.keys() >= set(streams):
                    await self._receive()
        except TimeoutError:
            error = "time-out"
        except _FAILURES as failure:
            error = str(failure) or type(failure).__name__
        return [self._outcome(stream, sent_ns, error) for stream in streams]

    def left(self) -> Left:
        return Left(self._writer.get_extra_info("socket").dup(), nothing)

    def close(self) -> None:
        self._writer.transport.abort()

    def _outcome(self, stream: int, sent_ns: int, error: str) -> Outcome:
        if stream not in self._ended or stream not in self._status:
            return Outcome(None, sent_ns, time.monotonic_ns(), gave_up=error == "time-out", error=error or "reset")
        body = bytes(self._bodies.get(stream, b""))
        response = Response(self._status[stream], body, keep_alive=False, replayed=self._replayed.get(stream, False))
        return Outcome(response, sent_ns, self._ended[stream])

    def _take(self, events: Iterable[h2.events.Event]) -> None:
        for event in events:
            match event:
                case h2.events.RemoteSettingsChanged():
                    self._greeted = True
                case h2.events.ResponseReceived():
                    found = {str(name): str(value) for name, value in event.headers or ()}
                    stream = event.stream_id or 0
                    self._status[stream] = int(found.get(":status", 0))
                    self._replayed[stream] = found.get("idempotent-replayed") == "true"
                case h2.events.DataReceived():
                    self._bodies.setdefault(event.stream_id or 0, bytearray()).extend(event.data or b"")
                    self._h2.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
                case h2.events.StreamEnded() | h2.events.StreamReset():
                    self._ended[event.stream_id or 0] = time.monotonic_ns()
                case _:
                    pass
