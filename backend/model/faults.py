"""Faults as text, as the command line takes them and as headers carry them.

``KIND[@PLACE[:COMMAND][:before]][=MS][#N]``, for example:

- ``crash@redis:DEL``: the backend process kills itself (SIGKILL) right after that step; ``:before``: just before it.
- ``reset@sql:COMMIT:before``: the connections to the database and to the caller are dropped just before the commit.
- ``error@sql:INSERT``: the handler gets an exception of the database's driver instead of the answer; with ``:before``
  the step never reaches the engine. It rolls back, if it does, and answers 500.
- ``lost-reply``: the work is done and committed; the caller's connection is closed instead of an answer.
- ``delay@sql:UPDATE=200``: 200 ms of waiting after the step; ``delay@reply=200``: before the answer leaves.
- ``network=50``: 50 ms to the backend and 50 ms back.
- ``lease=200``: locks and in-flight records live for 200 ms.
- ``pause@sql:INSERT=800``: the backend process is stopped (SIGSTOP) right after that step and goes on 800 ms later.
- ``pause@database=500``, ``pause@redis=500``: the server is stopped for 500 ms in mid-run.
- ``kill@database``, ``kill@redis``: the server is killed (SIGKILL) in mid-run; the lab starts it again.
- ``restart@database``, ``restart@redis``: the server is stopped in an orderly way and started again.
- ``kill@broker``, ``restart@broker``: the same of the broker, where messages go through one.
- ``kill@zookeeper``, ``restart@zookeeper``: the same of the ZooKeeper that leads, or of the only one.
- ``failover@redis``, ``failover@database``: the primary is killed, and a replica that has got nothing of this run is
  promoted.
- ``partition@redis``: nobody hears a server for a while, its replica or whom it is the replica of least of all.

- ``kill@redis=300``: the same 300 ms after the first submission left; ``kill@redis#5``: after five answers.
- ``kill@redis:2``: the second server, where there are several; without a number the primary, or the first.
  ``partition@redis`` is about the replica, or the first.

At a step of somebody's own service (`parse_wire_fault`) an answer can be lost as well:

- ``lost-reply@redis:SET``: the command is carried out, and its connection is dropped instead of an answer.

A fault at a step (`crash`, `reset`, `error`, `lost-reply`, `delay`, `pause`) hits the first submission of each intent
that comes to that step, and each submission at most once; ``#2`` hits the second one, ``#*`` all of them. So a retry
goes through.

A fault of a server without a moment comes when half of the submissions that were asked for are answered, rounded down:
with a single submission as soon as it leaves. What is under way just then is not settled by that, so runs differ.
``#40`` puts it after 40 answers, ``=300`` (of ``kill``, ``restart`` and ``failover``) 300 ms after the first submission
left. ``pause`` and ``partition`` last for that long; a ``partition`` without it until the run is over. Without a moment
a ``partition`` is there before anything leaves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backend.model.errors import UnknownKeyError
from backend.model.plan import Fault
from backend.model.sentence import Code, Sentence, plain_list, say
from backend.model.vocabulary import EngineKind, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_MS = 60_000
_STEPS = ("sql", "redis", "broker", "gateway", "zookeeper", "reply")
_SERVERS = ("database", "redis")
_FAULT = re.compile(
    r"(?P<kind>[a-z-]+)(?:@(?P<place>[a-z]+)(?::(?P<command>(?!before\b)(?:[A-Za-z]+|\d{1,2})))?(?P<before>:before)?)?"
    r"(?:=(?P<ms>\d{1,6}))?(?:#(?P<nth>[1-9]\d{0,6}|\*))?"
)
_LONGEST_SHOWN = 80


class FaultCode(Code):
    """What is wrong with the text of a fault."""

    NO_SUCH = "fault.no_such"
    POSSIBLE_ON_THE_WIRE = "fault.possible_on_the_wire"
    ELSEWHERE = "fault.elsewhere"
    NOT_BEFORE = "fault.not_before"
    WRONG = "fault.wrong"
    POSSIBLE = "fault.possible"
    NEEDS_PLACE = "fault.needs_place"
    NOT_OURS = "fault.not_ours"
    TAKES_NO_PLACE = "fault.takes_no_place"
    NO_COMMAND = "fault.no_command"
    NOT_A_STEP = "fault.not_a_step"
    NEEDS_TIME = "fault.needs_time"
    TAKES_NO_TIME = "fault.takes_no_time"
    TAKES_NO_NUMBER = "fault.takes_no_number"
    TIME_OR_NUMBER = "fault.time_or_number"
    NEEDS_REPLICA = "fault.needs_replica"
    NEEDS_SENTINELS = "fault.needs_sentinels"
    NEEDS_SEVERAL = "fault.needs_several"
    NO_SERVER = "fault.no_server"
    NO_BROKER = "fault.no_broker"
    NO_ZOOKEEPER = "fault.no_zookeeper"
    NO_SUCH_SERVER = "fault.no_such_server"


_PLACES = {
    FaultKind.CRASH: _STEPS,
    FaultKind.RESET: ("sql",),
    FaultKind.ERROR: _STEPS,
    FaultKind.LOST_REPLY: ("",),
    FaultKind.DELAY: _STEPS,
    FaultKind.NETWORK: ("",),
    FaultKind.LEASE: ("",),
    FaultKind.PAUSE: (*_STEPS, "database"),
    FaultKind.KILL: (*_SERVERS, "broker", "zookeeper"),
    FaultKind.RESTART: (*_SERVERS, "broker", "zookeeper"),
    FaultKind.FAILOVER: _SERVERS,
    FaultKind.PARTITION: ("redis",),
}
_ENGINES = ("sql", "redis", "gateway")
_PLACES_ON_THE_WIRE = {
    FaultKind.CRASH: _ENGINES,
    FaultKind.RESET: _ENGINES,
    FaultKind.LOST_REPLY: ("", *_ENGINES),
    FaultKind.DELAY: _ENGINES,
    FaultKind.PAUSE: _ENGINES,
    FaultKind.ERROR: _ENGINES,
}
_TAKE_TIME = frozenset({FaultKind.DELAY, FaultKind.NETWORK, FaultKind.LEASE, FaultKind.PAUSE})
_AT_A_MOMENT = frozenset({FaultKind.KILL, FaultKind.RESTART, FaultKind.FAILOVER})
"""Their time is a moment; that of others says how long."""
_OF_SERVERS = _AT_A_MOMENT | {FaultKind.PARTITION}
_OF_ONE_OF_SEVERAL = frozenset({FaultKind.KILL, FaultKind.RESTART, FaultKind.PAUSE, FaultKind.PARTITION})
"""Those for which one of several servers can be named."""
_OF_WHOLE_RUN = frozenset({FaultKind.NETWORK, FaultKind.LEASE})


class FaultSyntaxError(UnknownKeyError):
    """There is no such fault; the sentence lists what there is."""


def parse_fault(text: str) -> Fault:
    """Read one fault of a run; ``str`` of it gives an equal text again.

    Raises:
        FaultSyntaxError: the text is no fault.
    """
    fault = _read(text, FaultCode.POSSIBLE)
    reason = _wrong_place(fault) or _wrong_time(fault) or _wrong_number(fault)
    return _sound(fault, reason, text, FaultCode.POSSIBLE)


def parse_wire_fault(text: str) -> Fault:
    """Read one fault at a step of somebody's own service.

    Raises:
        FaultSyntaxError: the text is no fault that can happen on the wire.
    """
    fault = _read(text, FaultCode.POSSIBLE_ON_THE_WIRE)
    reason = _wrong_on_the_wire(fault) or _wrong_time(fault)
    return _sound(fault, reason, text, FaultCode.POSSIBLE_ON_THE_WIRE)


def _read(text: str, possible: FaultCode) -> Fault:
    found = _FAULT.fullmatch(text.strip())
    if not found or found["kind"] not in set(FaultKind):
        raise FaultSyntaxError(say(FaultCode.NO_SUCH, fault=_shown(text), possible=say(possible)))
    nth = found["nth"]
    return Fault(
        kind=FaultKind(found["kind"]),
        place=found["place"] or "",
        command=(found["command"] or "").upper(),
        before=bool(found["before"]),
        ms=int(found["ms"] or 0),
        nth=None if nth is None else int(nth.replace("*", "0")),
    )


def _sound(fault: Fault, reason: Sentence | None, text: str, possible: FaultCode) -> Fault:
    if reason:
        raise FaultSyntaxError(say(FaultCode.WRONG, fault=_shown(text), reason=reason, possible=say(possible)))
    return fault


def of_server(fault: Fault) -> bool:
    """Whether it happens to a server; ``pause@redis`` without a command does, with one it is a step's."""
    if fault.kind is FaultKind.PAUSE:
        return fault.place == "database" or (fault.place == "redis" and not fault.command.isalpha())
    return fault.kind in _OF_SERVERS


def server_number(fault: Fault) -> int | None:
    """Which of several servers it names, from 1; None where it names none."""
    return int(fault.command) if fault.command.isdecimal() else None


def moment_ms(fault: Fault) -> int:
    """How long after the first submission has left it comes; 0 where no such time is given."""
    return fault.ms if fault.kind in _AT_A_MOMENT else 0


def of_step(fault: Fault) -> bool:
    """Whether it happens at a step of a submission."""
    return not of_server(fault) and fault.kind not in _OF_WHOLE_RUN


def at_steps(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Those that backend processes carry out."""
    return tuple(fault for fault in faults if of_step(fault))


def mark_of(fault: Fault) -> str:
    """The mark that a fault at a step leaves in the trace, as the command of a step of its own."""
    match fault.kind:
        case FaultKind.DELAY | FaultKind.PAUSE:
            return f"{fault.kind.value} {fault.ms} ms"
        case FaultKind.LOST_REPLY:
            return "reply lost"
        case FaultKind.CRASH:
            return "crash"
        case FaultKind.ERROR:
            return "error raised"
        case _:
            return "connection reset"


def to_servers(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Those that the lab carries out on servers."""
    return tuple(fault for fault in faults if of_server(fault))


def milliseconds(faults: Iterable[Fault], kind: FaultKind, default: int = 0) -> int:
    """The time that the last fault of this kind gives."""
    return next((fault.ms for fault in reversed(tuple(faults)) if fault.kind is kind), default)


def meets(fault: Fault, engine: EngineKind, command: str) -> bool:
    """Whether a step is the one that the fault is for."""
    if fault.kind is FaultKind.LOST_REPLY or fault.place == "reply":
        return engine is EngineKind.HTTP
    place = "sql" if engine.is_database else engine.value
    return place == fault.place and command.lstrip().upper().startswith(fault.command)


def _wrong_place(fault: Fault) -> Sentence | None:
    if reason := _not_among(fault, _PLACES[fault.kind]):
        return reason
    if fault.place in {"database", "reply"} and fault.command:
        return say(FaultCode.NO_COMMAND, place=fault.place)
    if of_server(fault):
        names_one = fault.kind in _OF_ONE_OF_SEVERAL and fault.place == "redis" and server_number(fault)
        return say(FaultCode.NOT_A_STEP) if fault.before or (fault.command and not names_one) else None
    return say(FaultCode.NO_SERVER) if fault.command.isdecimal() else None


def _wrong_on_the_wire(fault: Fault) -> Sentence | None:
    if fault.kind not in _PLACES_ON_THE_WIRE or fault.command.isdecimal():
        return say(FaultCode.ELSEWHERE)
    if fault.before and fault.kind is FaultKind.LOST_REPLY:
        return say(FaultCode.NOT_BEFORE)
    return _not_among(fault, _PLACES_ON_THE_WIRE[fault.kind])


def _not_among(fault: Fault, places: Sequence[str]) -> Sentence | None:
    if fault.place in places:
        return None
    named = plain_list(f"@{place}" for place in places if place)
    return say(FaultCode.NEEDS_PLACE, places=named) if named else say(FaultCode.TAKES_NO_PLACE)


def _wrong_time(fault: Fault) -> Sentence | None:
    if fault.kind in _TAKE_TIME and not 0 < fault.ms <= _LONGEST_MS:
        return say(FaultCode.NEEDS_TIME, most=_LONGEST_MS)
    if fault.kind in _OF_SERVERS and fault.ms > _LONGEST_MS:
        return say(FaultCode.NEEDS_TIME, most=_LONGEST_MS)
    if fault.ms and fault.kind not in _TAKE_TIME | _OF_SERVERS:
        return say(FaultCode.TAKES_NO_TIME)
    return None


def _wrong_number(fault: Fault) -> Sentence | None:
    if fault.nth is None:
        return None
    if fault.kind in _OF_WHOLE_RUN or (of_server(fault) and not fault.nth):
        return say(FaultCode.TAKES_NO_NUMBER)
    if moment_ms(fault):
        return say(FaultCode.TIME_OR_NUMBER)
    return None


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
