"""One of the two sockets of a connection that passes here."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from typing import Generic, TypeVar

_Whole = TypeVar("_Whole")
"""What has two ends."""
_CHUNK = 1 << 18
_MOST_UNSENT = 4 << 20
"""Bytes kept for an end that does not read; then the other end is not read either."""
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class End(Generic[_Whole]):
    """It never blocks.

    Args:
        link: to which it belongs.
        socket_: connected.
        selector: tells when it can be read or written.
    """

    def __init__(self, link: _Whole, socket_: socket.socket, selector: selectors.BaseSelector) -> None:
        self.link = link
        self.socket = socket_
        self._selector = selector
        self._unsent = bytearray()
        self._wants = _READ
        self._is_ending = False
        """Whether it is closed as soon as all is sent."""
        self._is_leaving = False
        """Whether nothing more is said, as soon as all is sent, and the end of the other side is awaited."""
        self.other: End[_Whole]
        socket_.setblocking(False)
        if socket_.family != getattr(socket, "AF_UNIX", None):
            socket_.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(socket_, _READ, self)

    def write(self, data: bytes) -> None:
        """Send, as soon as the other side takes it."""
        if not self._unsent:
            try:
                sent = self.socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                return  # whoever reads from it learns that it has ended
            if sent == len(data):
                return
            data = data[sent:]
        self._unsent += data
        self._watch()

    def flush(self) -> None:
        """Send what is left."""
        try:
            sent = self.socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._unsent)
        del self._unsent[:sent]
        if self._is_ending and not self._unsent:
            self.close()
        elif self._is_leaving and not self._unsent:
            self._shut()
        else:
            self._watch()

    def read(self) -> bytes | None:
        """What has come; nothing where it has ended, None where nothing is there."""
        try:
            return self.socket.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def end(self) -> None:
        """Hang up when all is sent that was written; nothing more is read."""
        self._is_ending = True
        if self._unsent:
            self._change(_WRITE)
        else:
            self.close()

    def leave(self, *, at_once: bool = False) -> None:
        """Say nothing more when all is sent that was written, or at once, and hear when the other side hangs up."""
        if at_once:
            self._unsent.clear()
        self._is_leaving = True
        if self._unsent:
            self._change(_READ | _WRITE)
        else:
            self._shut()

    def _shut(self) -> None:
        self._change(_READ)
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()  # it has hung up already

    @property
    def is_closed(self) -> bool:
        """Whether it was hung up."""
        return self.socket.fileno() < 0

    def close(self, *, hard: bool = False) -> None:
        """Hang up at once; hard, so that the other side learns of it as of a crash."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(self.socket)
        if hard:
            with suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()

    def _watch(self) -> None:
        self._change((self._wants & ~_WRITE) | (_WRITE if self._unsent else 0))
        full = len(self._unsent) > _MOST_UNSENT
        self.other._change((self.other._wants & ~_READ) | (0 if full else _READ))  # noqa: SLF001  the same class

    def _change(self, wants: int) -> None:
        if wants == self._wants or self.is_closed:
            return
        wanted, self._wants = self._wants, wants
        with suppress(KeyError, ValueError, OSError):
            if not wants:
                self._selector.unregister(self.socket)
            elif wanted:
                self._selector.modify(self.socket, wants, self)
            else:
                self._selector.register(self.socket, wants, self)
