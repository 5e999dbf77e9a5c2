"""What a dialect takes off a connection: units that a client sends, and the server's replies to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.vocabulary import EngineKind


MOST_BUFFERED = 64 << 20
"""Bytes of an unfinished message that are kept; a connection with a longer one is passed on from there, unread."""
PART = 1 << 20
"""Bytes of an unfinished reply that are kept; what there is of a longer one is passed on."""


class Handling(Enum):
    """What a proxy does with a unit."""

    STEP = auto()
    """It is a step of whoever sent it: it may be held."""
    GLUED = auto()
    """It belongs to the step beside it: granted at once, and its reply is awaited."""
    PASS = auto()
    """Part of a handshake, of a copy, of a stream: passed on, and no reply is counted."""
    ANSWER = auto()
    """The proxy answers it itself, with `Unit.data`."""


@dataclass(slots=True)
class Unit:
    """What a client sends in one go, and a server answers in one go."""

    data: bytes
    handling: Handling
    commands: tuple[str, ...] = ()
    """As the client wrote them, with placeholders."""
    text: str = ""
    """The command with its parameters in place."""
    keys: tuple[str, ...] = ()
    """Redis keys that it names; empty where that is not known."""
    makes_lease: bool = False
    """Whether it may have given one of them a life."""
    prepares: str = ""
    """The statement that it has the server parse, where it runs none."""
    completions: int = 0
    """Where the client does not wait for the end of the whole: how many commands it wants answers to."""
    waits: bool = False
    """Whether it is passed on and the server still answers it: later, much later or never."""
    own_reply: Reply | None = None
    """What answers it instead of the server, which has not got it."""
    is_muted: bool = False
    """Whether parts of its reply are for nobody."""

    @property
    def known_by(self) -> str:
        """The command that it is known by; empty where there is none."""
        return self.commands[-1] if self.commands else self.prepares

    @property
    def is_part(self) -> bool:
        """Whether it belongs to what was sent before it, and has no reply of its own."""
        return self.handling is Handling.PASS and not self.waits


@dataclass(slots=True)
class Reply:
    """What a server sends."""

    data: bytes
    ends: bool = True
    """Whether the oldest unit that awaits a reply has got all of it."""
    answer: object = None
    """Rows, a count or a value; None where there is nothing to tell."""
    error: str = ""
    """The server's complaint, in one line."""
    in_transaction: bool = False
    """Whether a transaction is open on the connection when all is done."""


class Dialect(Protocol):
    """One connection's protocol, as seen from between the two ends. Whatever is not understood is passed on."""

    engine: EngineKind
    server_pid: int
    """Of the server process behind the connection, as the server says; 0 before it has."""
    settings: str
    """What the client asked for when it opened the connection, as text; empty where that is not known."""
    wants_tls: bool
    """Whether the client insists on TLS, which nobody can look into."""
    is_lost: bool
    """Whether this is not understood any more, or no longer a matter of questions and answers: all is passed on."""

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""

    def client_ended(self) -> None:
        """The client has hung up."""

    def server_ended(self) -> Reply:
        """What has come of a reply that will never be whole, now that the server has hung up."""
