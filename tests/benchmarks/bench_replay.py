"""What the replayed answer of an Idempotency-Key costs, against the first request in the same run.

Over HTTP, one request at a time, each intent twice; the times are the caller's, a new connection included. *Floor*: the
statements of both by raw psycopg, prepared; the ratio would be this if HTTP, SQLAlchemy and the trace cost nothing::

    uv run python -m tests.benchmarks.bench_replay
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from statistics import median
from time import perf_counter

import psycopg

from backend.lab.lab import Lab
from backend.model.options import LabOptions
from tests.backend.http_caller import Caller, caller_of
from tests.benchmarks.measuring import Figure, tell

INTENTS = 500


def milliseconds(caller: Caller, variant: str, number: int) -> tuple[float, float]:
    """The first request of an intent, and its retry."""
    key = f"bench-{variant}-{number}"
    body = json.dumps({"order_no": key, "item": "book", "quantity": 1}).encode()
    path = f"/operations/place-order?strategy=idempotency-key&variant={variant}"
    times = []
    for status in (201, 201):
        began = perf_counter()
        told = caller.call("POST", path, body, {"Idempotency-Key": f'"{key}"'})
        times.append((perf_counter() - began) * 1000)
        assert told.status == status
    assert told.headers["idempotent-replayed"] == "true"
    return times[0], times[1]


CLAIM = "INSERT INTO floor_keys VALUES (%s, NULL, '', 1)"
LOOK = "SELECT status, body, attempt FROM floor_keys WHERE key = %s"
ANSWER = "UPDATE floor_keys SET status = 201, body = '{}' WHERE key = %s AND attempt = 1"
EFFECT = "INSERT INTO floor_effects VALUES (%s, 'book')"


def floor(url: str) -> float:
    """What the statements of a retry take, against those of a first request."""
    first, again = [], []
    with psycopg.connect(url.replace("+psycopg", ""), prepare_threshold=0) as connection:
        connection.execute("CREATE TEMP TABLE floor_keys (key text PRIMARY KEY, status int, body text, attempt int)")
        connection.execute("CREATE TEMP TABLE floor_effects (key text, item text)")
        connection.commit()
        for number in range(INTENTS):
            key, began = (str(number),), perf_counter()
            connection.execute(CLAIM, key)
            connection.commit()
            for statement in (EFFECT, ANSWER):
                connection.execute(statement, key)
            connection.commit()
            first.append(perf_counter() - began)
            began = perf_counter()
            with suppress(psycopg.errors.UniqueViolation):
                connection.execute(CLAIM, key)
            connection.rollback()
            connection.execute(LOOK, key).fetchone()
            connection.commit()
            again.append(perf_counter() - began)
    return median(again) / median(first)


def main() -> int:
    """Warm up, measure, tell."""
    lab = Lab(LabOptions())
    try:
        lab.start()
        caller = caller_of(lab)
        for variant in ("draft-07", "stripe"):
            found = [milliseconds(caller, variant, number) for number in range(INTENTS)][INTENTS // 5 :]
            first, replayed = (median(times) for times in zip(*found, strict=True))
            bare = floor(str(lab.connection()["database"]))
            ratio = f"{replayed / first:.2f} ({replayed:.2f} and {first:.2f} ms; the bare statements {bare:.2f})"
            tell(Figure(f"a replayed Idempotency-Key answer ({variant})", "the first request", ratio, "0.5 or less"))
    finally:
        lab.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
