"""Ending somebody else's session now, as the server does when it has heard nothing for too long.

Whoever knows a session's number and password may take it over and close it (ZooKeeper Programmer's Guide, "Is there an
easy way to expire a session for testing?"). The server removes its ephemeral nodes and hangs up on its owner, who finds
out when it comes back.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from kazoo.protocol.serialization import Close, Connect

from backend.engines.zookeeper.says import ZooKeeperCode
from backend.model.errors import ZooKeeperError
from backend.model.sentence import say

if TYPE_CHECKING:
    from typing import BinaryIO

_ANSWER_S = 5.0
_TIMEOUT_MS = 10_000
_TRIALS = 20
_PORT = 2181
_LENGTH = struct.Struct("!i")
_REQUEST = struct.Struct("!ii")
"""Number of the request, and what is asked."""
_CONNECTED = struct.Struct("!ii")
"""Version of the protocol and the session's time-out; 0 if there is no such session any more."""


def end_session(host: str, session: int, password: bytes) -> None:
    """End a session; returns when its ephemeral nodes are gone.

    Args:
        host: ``host:port`` of a server.
        session: its number.
        password: what the server gave its owner.

    Raises:
        ZooKeeperError: the server does not answer.
    """
    name, _, port = host.partition(":")
    take_over = bytes(Connect(0, 0, _TIMEOUT_MS, session, password, False).serialize())
    sent = _frame(take_over) + _frame(_REQUEST.pack(1, Close.type))  # at once: its owner may want it back
    try:
        if not any(_ended((name, int(port or _PORT)), sent) for _ in range(_TRIALS)):
            raise ZooKeeperError(say(ZooKeeperCode.SESSION_NOT_ENDED))
    except OSError as error:
        raise ZooKeeperError(say(ZooKeeperCode.AWAY, error=type(error).__name__)) from None


def _ended(server: tuple[str, int], sent: bytes) -> bool:
    with socket.create_connection(server, timeout=_ANSWER_S) as connection:
        connection.sendall(sent)
        with connection.makefile("rb") as answers:
            connected = _answer(answers)
            if connected is None:
                return False
            is_over = _CONNECTED.unpack_from(connected)[1] <= 0
            return is_over or _answer(answers) is not None


def _frame(content: bytes) -> bytes:
    return _LENGTH.pack(len(content)) + content


def _answer(answers: BinaryIO) -> bytes | None:
    """The next answer; None if the server has hung up."""
    head = answers.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length: int = _LENGTH.unpack(head)[0]
    content = answers.read(length)
    return content if len(content) == length else None
