"""Services that are said step by step, and a model of what each of them must come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.model.vocabulary import Verdict
from backend.service.description import Before, Database, Description, Effects, Request, Service
from tests.services.forking import COMMAND

State = Counter[str]
Program = Callable[[State], Generator[None, None, None]]

SETUP = """
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL);
CREATE TABLE unique_orders (order_no text PRIMARY KEY, times int NOT NULL DEFAULT 1);
CREATE TABLE carts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL UNIQUE, n int DEFAULT 0);
CREATE TABLE stock (order_no text PRIMARY KEY, n int NOT NULL DEFAULT 0);
CREATE TABLE beats (at timestamptz);
INSERT INTO beats VALUES (now());
"""
BEFORE = (
    "INSERT INTO carts (order_no) VALUES ({key})",
    "INSERT INTO stock (order_no) VALUES ({key})",
)
EFFECTS = """
SELECT (SELECT count(*) FROM orders WHERE order_no = {key})
     + (SELECT count(*) FROM unique_orders WHERE order_no = {key})
"""
CHECK = {"sql": "SELECT id FROM orders WHERE order_no = :key", "stop": "some"}
INSERT = {"sql": "INSERT INTO orders (order_no) VALUES (:key)"}
BEGIN, COMMIT = {"sql": "BEGIN"}, {"sql": "COMMIT"}


def sql(*statements: str) -> list[dict[str, Any]]:
    return [{"sql": statement} for statement in statements]


def scripted(
    steps: Sequence[Mapping[str, Any]],
    *,
    afterwards: Sequence[Mapping[str, Any]] = (),
    regrets: Sequence[Mapping[str, Any]] = (),
    again: bool = False,
    setup: str = "",
    environment: Mapping[str, str] | None = None,
    effects: str = EFFECTS,
) -> Description:
    """The file of a service that does this."""
    given = {"PORT": "{port}", "DATABASE_URL": "{postgresql}", "REDIS_URL": "{redis}"}
    body = {"key": "{key}", "steps": list(steps), "finally": list(afterwards), "again": again, "regrets": list(regrets)}
    return Description(
        service=Service(command=[*COMMAND, "script.py"], environment={**given, **(environment or {})}),
        database=Database(kind="postgresql", setup=SETUP + setup),
        request=Request(path="/", json=body),
        before=Before(sql=list(BEFORE), redis="SET token:{key} 1"),
        effects=Effects(sql=effects),
    )


@dataclass(frozen=True)
class Model:
    """What becomes of some requests that take turns: every interleaving of a program, in memory.

    A program yields before each of its steps and counts its effects; a step that has to wait yields until it may.
    """

    program: Program
    requests: int = 2

    def outcomes(self) -> dict[Verdict, int]:
        """How many interleavings come to what."""
        found: Counter[Verdict] = Counter()
        paths: list[list[int]] = [[]]
        while paths:
            path = paths.pop()
            state, live = self._run(path)
            if live:
                paths.extend([*path, one] for one in live)
            else:
                found[Verdict.EXACTLY_ONCE if state["effects"] == 1 else Verdict.DUPLICATED] += 1
        return dict(found)

    def _run(self, path: Sequence[int]) -> tuple[State, list[int]]:
        state: State = Counter()
        running = [self.program(state) for _ in range(self.requests)]
        for one in running:
            next(one)
        live = set(range(self.requests))
        for number in path:
            try:
                next(running[number])
            except StopIteration:
                live.discard(number)
        return state, sorted(live)
