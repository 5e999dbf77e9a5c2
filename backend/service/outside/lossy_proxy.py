"""A proxy that lets a request through, waits for the whole answer, and keeps it: the caller's connection just ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.service.outside.client import Outcome, send

if TYPE_CHECKING:
    from types import TracebackType

    from backend.service.exchange import Host
    from backend.service.outside.lingering import Keep

LOOPBACK = "127.0.0.1"


class LossyProxy:
    """Listens on the loopback in front of one instance. An async context manager.

    Args:
        target: the service.
        timeout_s: how long an answer is awaited.
        keep: gets the connection to the service when that has passed.
    """

    def __init__(self, target: Host, timeout_s: float, keep: Keep | None = None) -> None:
        self._target = target
        self._keep = keep
        self._timeout_s = timeout_s
        self._server: asyncio.Server | None = None
        self.kept: list[Outcome] = []
        """The answers that no caller heard."""

    @property
    def host(self) -> Host:
        """Where callers find it; they name the service all the same."""
        assert self._server is not None  # noqa: S101  opened before
        port = int(self._server.sockets[0].getsockname()[1])
        return replace(self._target, name=LOOPBACK, port=port, tls=False)

    async def __aenter__(self) -> LossyProxy:
        self._server = await asyncio.start_server(self._carry, LOOPBACK, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            self.kept.append(await send(self._target, head + body, self._timeout_s, self._keep))
        writer.transport.abort()


def _length(head: bytes) -> int:
    name = b"content-length:"
    return next((int(line[len(name) :]) for line in head.lower().split(b"\r\n") if line.startswith(name)), 0)
