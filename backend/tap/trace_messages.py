"""What backend processes and the lab tell each other over the trace: each message a frame of MessagePack."""

from __future__ import annotations

import msgspec

from backend.model.observed import Step
from backend.model.vocabulary import EngineKind
from backend.tap.wording import Parameters, PlainAnswer, answer_text, command_text


class Hello(msgspec.Struct, array_like=True, tag="hello"):
    """The first message of an instance: it has loaded its code and asks for its engines."""

    instance: int
    process: int = 0
    """Its process id."""


class Wanted(msgspec.Struct, array_like=True, tag="wanted"):
    """The instance is to call the gateway or ZooKeeper, which is not running yet."""

    instance: int
    engine: EngineKind = EngineKind.GATEWAY


class Pausing(msgspec.Struct, array_like=True, tag="pausing"):
    """The instance asks to be stopped and continued; the lab answers with an empty frame when it goes on."""

    instance: int
    ms: int


class Welcome(msgspec.Struct, array_like=True, tag="welcome"):
    """The lab's answer: URLs of the engines, with their passwords."""

    database: str
    redis: str
    """Of each server that stands alone, as `redis_urls` takes them."""
    gateway: str = ""
    """The file that says where the gateway is, once it runs."""


class Ready(msgspec.Struct, array_like=True, tag="ready"):
    """The instance is connected to its engines and warm."""

    instance: int


class Session(msgspec.Struct, array_like=True, tag="session"):
    """The instance has opened a connection to the database, and has asked nothing over it yet; or it has closed one."""

    instance: int
    server_pid: int
    """The server's process or thread behind it."""
    is_open: bool


class RedisConnection(msgspec.Struct, array_like=True, tag="redis-connection"):
    """The instance has opened a connection to a Redis-protocol server, or closed one, as in `Session`."""

    instance: int
    name: str
    """By which the server knows it; empty where it takes none."""
    is_open: bool


class TracedStep(msgspec.Struct, array_like=True):
    """A step as it was: whoever reads it words it, as the process that took it has better things to do."""

    submission_id: str
    number: int
    engine: EngineKind
    command: str
    parameters: Parameters
    answer: PlainAnswer
    error: str
    started_ns: int
    ended_ns: int
    server_pid: int
    server: int = 0
    """Number of the server, where there are several."""


class Steps(msgspec.Struct, array_like=True, tag="steps"):
    """Steps in the order in which they ended; one that takes long also before that, without an end."""

    instance: int
    steps: list[TracedStep]


class Handling(msgspec.Struct, array_like=True, tag="handling"):
    """What the instance has begun to handle and has not ended yet, and what of that it has ended."""

    instance: int
    begun: list[tuple[int, str, str, str, int]]
    """A number that is unique in the process; submission, operation, business key, when in nanoseconds."""
    ended: list[int]


class Ask(msgspec.Struct, array_like=True, tag="ask"):
    """The lab wants to know all that has happened so far."""

    number: int


class Told(msgspec.Struct, array_like=True, tag="told"):
    """All that had happened when the lab asked has been sent before this."""

    instance: int
    number: int


class GoOn(msgspec.Struct, array_like=True, tag="go-on"):
    """The instance was stopped and continued."""


TraceMessage = Hello | Ready | Steps | Handling | Told | Wanted | Pausing | Session | RedisConnection
LabMessage = Welcome | Ask | GoOn


def to_steps(message: Steps) -> list[Step]:
    """The steps of a message in words."""
    return [_worded(step, message.instance) for step in message.steps]


def _worded(step: TracedStep, instance: int) -> Step:
    is_sql = step.engine.is_database
    text = command_text(step.command, step.parameters, is_sql=is_sql)
    has_answer = step.ended_ns and not step.error
    return Step(
        step.submission_id,
        step.number,
        instance,
        step.engine,
        f"{text} @{step.server}" if step.server else text,
        answer_text(step.answer, is_sql=is_sql) if has_answer else "",
        step.error,
        step.started_ns,
        step.ended_ns,
        step.server_pid,
    )
