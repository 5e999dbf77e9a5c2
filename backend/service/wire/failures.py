"""How each engine says that it could not do something, and what it must be told to be in that state itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.unit import Handling, Unit

if TYPE_CHECKING:
    from backend.service.wire.unit import Reply

WHY = "an error on purpose"
_HEAD = 5
_NO_STATEMENT = "submit_twice_error"
"""A statement that cannot be prepared, under a name that nobody uses."""
_IO_ERROR = "58030"
_UNKNOWN_ERROR, _GENERAL = 1105, "HY000"
_LONGEST = 0xFFFFFF


def _as_it_is(unit: Unit) -> Unit:
    return unit


def _nothing(_unit: Unit, _reply: Reply | None = None) -> None:
    return None


@dataclass(frozen=True)
class Failures:
    """Those of one engine. Most engines' state does not change by an error; then they need not be told of one."""

    text: str
    """The error in one line."""
    complaint: Callable[[Unit, Reply], bytes]
    """The error, as the server would say it in place of this reply."""
    refusal: Callable[[Unit], Unit | None] = _nothing
    """What is sent in a unit's place so that the server fails itself; None where it need not."""
    failing: Callable[[Unit], Unit] = _as_it_is
    """A unit so that it is carried out and then fails, as far as that must be known before."""
    aftermath: Callable[[Unit, Reply], Unit | None] = _nothing
    """What has the server fail now that a unit is carried out; None where it need not."""


# PostgreSQL: an error ends the transaction, so the server has to meet one itself, and its words are replaced


def _postgresql_refusal(unit: Unit) -> Unit:
    """A statement that is none, with the same end: a simple query, a Sync, or a Flush in a pipeline."""
    end = unit.data[-_HEAD:]
    if end[:1] in {b"S", b"H"} and unit.data[:1] != b"Q":
        return replace(unit, data=_parse() + end)
    return replace(unit, data=_query())


def _postgresql_failing(unit: Unit) -> Unit:
    """In a pipeline an error must stand before whatever the client sends next."""
    if not unit.completions:
        return unit
    flush = unit.data[-_HEAD:]
    return replace(unit, data=unit.data[:-_HEAD] + _parse() + flush, completions=unit.completions + 1)


def _postgresql_aftermath(unit: Unit, reply: Reply) -> Unit | None:
    """A transaction that is still open must not be."""
    if unit.completions or not reply.in_transaction or reply.error:
        return None
    return Unit(_query(), Handling.STEP)


def _postgresql_complaint(unit: Unit, reply: Reply) -> bytes:
    """An ErrorResponse, and the end of the reply with the transaction's real state."""
    fields = (("S", "ERROR"), ("V", "ERROR"), ("C", _IO_ERROR), ("M", WHY))
    body = b"".join(f"{name}{value}\0".encode() for name, value in fields) + b"\0"
    error = b"E" + (len(body) + 4).to_bytes(4) + body
    if unit.completions:
        return error
    return error + b"Z\0\0\0\5" + (b"E" if reply.in_transaction else b"I")


def _query() -> bytes:
    body = f"{_NO_STATEMENT}\0".encode()
    return b"Q" + (len(body) + 4).to_bytes(4) + body


def _parse() -> bytes:
    body = f"{_NO_STATEMENT}\0{_NO_STATEMENT}\0".encode() + bytes(2)
    return b"P" + (len(body) + 4).to_bytes(4) + body


# The others: an error ends the command only


def _mysql_complaint(unit: Unit, _reply: Reply) -> bytes:
    """An ERR packet, with the number that follows those of the command."""
    body = b"\xff" + _UNKNOWN_ERROR.to_bytes(2, "little") + f"#{_GENERAL}{WHY}".encode()
    number = unit.data[3] + 1 + len(unit.data) // (_LONGEST + 4)
    return len(body).to_bytes(3, "little") + bytes([number % 256]) + body


def _redis_refusal(unit: Unit) -> Unit | None:
    """What is queued for an EXEC must be forgotten."""
    return replace(unit, data=b"*1\r\n$7\r\nDISCARD\r\n") if unit.commands[:1] == ("EXEC",) else None


def _redis_complaint(_unit: Unit, _reply: Reply) -> bytes:
    return f"-ERR {WHY}\r\n".encode()


def _gateway_complaint(unit: Unit, _reply: Reply) -> bytes:
    head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: {len(WHY)}\r\n\r\n"
    return head.encode() + (b"" if unit.data.startswith(b"HEAD ") else WHY.encode())


FAILURES: Mapping[EngineKind, Failures] = {
    EngineKind.POSTGRESQL: Failures(
        f"{_IO_ERROR} {WHY}", _postgresql_complaint, _postgresql_refusal, _postgresql_failing, _postgresql_aftermath
    ),
    EngineKind.MARIADB: Failures(f"{_UNKNOWN_ERROR} ({_GENERAL}) {WHY}", _mysql_complaint),
    EngineKind.REDIS: Failures(f"ERR {WHY}", _redis_complaint, _redis_refusal),
    EngineKind.GATEWAY: Failures(f"HTTP/1.1 503 {WHY}", _gateway_complaint),
}
