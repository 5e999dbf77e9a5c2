"""Strategies a second time, in plain Python without a database, a greenlet or a line of the explorer.

A request is a tuple; a world is an immutable value; every order is found by plain recursion. Only the meaning of the
words is shared with the explorer: what is a step, when a crash or an expiry is possible, and the verdicts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from backend.model.vocabulary import Verdict


@dataclass(frozen=True)
class Request:
    """Where a request is: the name of its next step; what it has inserted and not committed."""

    name: str
    at: str
    uncommitted: int = 0
    begun: bool = False


@dataclass(frozen=True)
class World:
    """Everything that steps can see."""

    requests: tuple[Request, ...]
    rows: int = 0
    token: bool = True
    lock: str = ""
    crashes: int = 0
    expiries: int = 0
    told: frozenset[str] = frozenset()


Steps = Mapping[str, Callable[[World, Request], "tuple[World, Request]"]]
"""For each step what it does; the request comes back with its next step, ``reply ...`` at the end."""


@dataclass(frozen=True)
class Model:
    """A strategy: its first step and what each step does."""

    first: str
    steps: Steps
    lock_expires: bool = True
    waits: Callable[[World, Request], bool] = field(default=lambda _world, _request: False)
    """Whether the step that comes next would have to wait."""


def histogram(model: Model, *, requests: int = 2, crashes: int, expiries: int) -> dict[Verdict, int]:
    """How many orders of so many requests come to each verdict."""
    world = World(tuple(Request(name, model.first) for name in "AB"[:requests]), crashes=crashes, expiries=expiries)
    counted: Counter[Verdict] = Counter()
    _explore(model, world, counted, replies=crashes > 0)
    return dict(counted)


def _explore(model: Model, world: World, counted: Counter[Verdict], *, replies: bool) -> None:
    moving = [r for r in world.requests if r.at not in {"over", "waiting"}]
    if not moving:
        counted[_judge(model, world)] += 1
        return
    for request in moving:
        _explore(model, _step(model, world, request, replies=replies), counted, replies=replies)
        if world.crashes and request.begun:
            _explore(model, _crash(model, world, request), counted, replies=replies)
    if world.lock and world.expiries and model.lock_expires:
        _explore(model, replace(world, lock="", expiries=world.expiries - 1), counted, replies=replies)


def _step(model: Model, world: World, request: Request, *, replies: bool) -> World:
    if request.at.startswith("reply"):
        return _reply(world, request)
    if model.waits(world, request):
        return _put(world, replace(request, at="waiting", begun=True))
    world, request = model.steps[request.at](world, replace(request, begun=True))
    world = _put(world, request)
    if not replies and request.at.startswith("reply"):
        world = _reply(world, request)
    return _wake(model, world, replies=replies)


def _reply(world: World, request: Request) -> World:
    answer = request.at.removeprefix("reply ")
    return _put(replace(world, told=world.told | {answer}), replace(request, at="over"))


def _crash(model: Model, world: World, request: Request) -> World:
    dead = replace(request, at="over", uncommitted=0)
    world = _put(replace(world, crashes=world.crashes - 1), dead)
    retry = Request(request.name + "'", model.first)
    return _wake(model, replace(world, requests=(*world.requests, retry)), replies=True)


def _wake(model: Model, world: World, *, replies: bool) -> World:
    """Only a first step can wait here; it is carried out as soon as it need not wait any more."""
    for request in world.requests:
        again = replace(request, at=model.first)
        if request.at == "waiting" and not model.waits(world, again):
            return _step(model, world, again, replies=replies)
    return world


def _put(world: World, request: Request) -> World:
    return replace(world, requests=tuple(request if r.name == request.name else r for r in world.requests))


def _judge(model: Model, world: World) -> Verdict:
    if world.rows:
        return Verdict.EXACTLY_ONCE if world.rows == 1 else Verdict.DUPLICATED
    if world.lock and not model.lock_expires:
        return Verdict.STUCK
    return Verdict.LOST if world.told & {"created", "duplicate"} else Verdict.UNDECIDED


def _insert(world: World, request: Request) -> tuple[World, Request]:
    return world, replace(request, uncommitted=1, at="commit")


def _commit(then: str) -> Callable[[World, Request], tuple[World, Request]]:
    def commit(world: World, request: Request) -> tuple[World, Request]:
        return replace(world, rows=world.rows + request.uncommitted), replace(request, uncommitted=0, at=then)

    return commit


def _delete(world: World, request: Request) -> tuple[World, Request]:
    if not world.token:
        return world, replace(request, at="reply duplicate")
    return replace(world, token=False), replace(request, at="insert")


DELETE_FIRST = Model("delete", {"delete": _delete, "insert": _insert, "commit": _commit("reply created")})


def _insert_unique(world: World, request: Request) -> tuple[World, Request]:
    if world.rows:
        return world, replace(request, at="reply duplicate")
    return _insert(world, request)


def _somebody_else_inserted(world: World, request: Request) -> bool:
    return request.at == "insert" and any(r.uncommitted for r in world.requests if r.name != request.name)


CATCH_VIOLATION = Model(
    "insert", {"insert": _insert_unique, "commit": _commit("reply created")}, waits=_somebody_else_inserted
)


def _acquire(world: World, request: Request) -> tuple[World, Request]:
    if world.lock:
        return world, replace(request, at="reply busy")
    return replace(world, lock=request.name), replace(request, at="check")


def _check(world: World, request: Request) -> tuple[World, Request]:
    return world, replace(request, at="insert" if not world.rows else "commit nothing")


def _release(answer: str) -> Callable[[World, Request], tuple[World, Request]]:
    def release(world: World, request: Request) -> tuple[World, Request]:
        lock = "" if world.lock == request.name else world.lock
        return replace(world, lock=lock), replace(request, at=f"reply {answer}")

    return release


_LOCKED: Steps = {
    "acquire": _acquire,
    "check": _check,
    "insert": _insert,
    "commit": _commit("release"),
    "commit nothing": _commit("release nothing"),
    "release": _release("created"),
    "release nothing": _release("duplicate"),
}


def _release_blindly(answer: str) -> Callable[[World, Request], tuple[World, Request]]:
    def release(world: World, request: Request) -> tuple[World, Request]:
        return replace(world, lock=""), replace(request, at=f"reply {answer}")

    return release


def _acquire_and_act(world: World, request: Request) -> tuple[World, Request]:
    world, request = _acquire(world, request)
    return world, replace(request, at="insert") if request.at == "check" else request


REDIS_LOCK = Model("acquire", _LOCKED)
REDIS_BLIND_RELEASE = Model(
    "acquire", {**_LOCKED, "release": _release_blindly("created"), "release nothing": _release_blindly("duplicate")}
)
REDIS_NO_CHECK = Model("acquire", {**_LOCKED, "acquire": _acquire_and_act})
REDIS_LOCK_NO_EXPIRY = Model("acquire", _LOCKED, lock_expires=False)
