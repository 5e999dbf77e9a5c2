"""An HTTP service of ours that a service calls as it would a payment provider's; it keeps every call."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

from backend.model.vocabulary import EngineKind
from backend.service.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOPBACK = "127.0.0.1"
_LARGEST = 16 << 20


class Ledger:
    """Calls that came, each as one text of its path, its Idempotency-Key and its body. Any thread may use it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._calls: list[str] = []

    def note(self, call: str) -> int:
        """Keep a call; returns its number."""
        with self._guard:
            self._calls.append(call)
            return len(self._calls)

    def count(self, key: str) -> int:
        """How many calls name this key."""
        with self._guard:
            return sum(key in call for call in self._calls)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ledger: Ledger

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def _take(self) -> None:
        body = self._body().decode("utf-8", "replace")
        key = self.headers.get("Idempotency-Key", "")
        number = self.ledger.note(f"{unquote(self.path)}\n{key}\n{body}\n{unquote(body)}")
        content = json.dumps({"id": f"call-{number}", "status": "succeeded"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815  the library looks for these

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(min(int(length), _LARGEST) if length.isdecimal() else 0)
        body = bytearray()
        while (size := int(self.rfile.readline(100).split(b";")[0] or b"0", 16)) and len(body) < _LARGEST:
            body += self.rfile.read(size)
            self.rfile.readline(10)
        while self.rfile.readline(_LARGEST).strip():
            pass  # trailers
        return bytes(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up, or sends no HTTP, is its own fault."""


@contextmanager
def open_gateway() -> Iterator[tuple[Reach, Ledger]]:
    """Serve on the loopback; where, and what was called."""
    ledger = Ledger()
    handler = type("Handler", (_Handler,), {"ledger": ledger})
    with _Server((_LOOPBACK, 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="gateway", daemon=True)
        serving.start()
        try:
            yield Reach(EngineKind.GATEWAY, _LOOPBACK, server.server_port, "", "", ""), ledger
        finally:
            server.shutdown()
            serving.join()
