"""The explorer and a model without a database must count the same outcomes, crash and expiry included."""

from __future__ import annotations

import pytest

from backend.model.vocabulary import OperationKey
from tests.backend.explorer.conftest import Bench
from tests.backend.explorer.model import (
    CATCH_VIOLATION,
    DELETE_FIRST,
    REDIS_BLIND_RELEASE,
    REDIS_LOCK,
    REDIS_LOCK_NO_EXPIRY,
    REDIS_NO_CHECK,
    Model,
    histogram,
)

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize(
    ("model", "strategy", "variant", "requests", "crashes", "expiries"),
    [
        (DELETE_FIRST, "token", "delete-first", 2, 0, 0),
        (DELETE_FIRST, "token", "delete-first", 2, 1, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 2, 0, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 2, 1, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 1, 2, 0),
        (REDIS_LOCK, "distributed-lock", "redis", 2, 0, 0),
        (REDIS_LOCK, "distributed-lock", "redis", 2, 0, 1),
        (REDIS_LOCK, "distributed-lock", "redis", 1, 1, 1),
        (REDIS_BLIND_RELEASE, "distributed-lock", "redis-blind-release", 2, 0, 1),
        (REDIS_BLIND_RELEASE, "distributed-lock", "redis-blind-release", 1, 1, 1),
        (REDIS_NO_CHECK, "distributed-lock", "redis-no-check", 2, 0, 1),
        (REDIS_NO_CHECK, "distributed-lock", "redis-no-check", 1, 2, 1),
        (REDIS_LOCK_NO_EXPIRY, "distributed-lock", "redis-no-expiry", 2, 1, 0),
    ],
)
def test_the_model_and_the_engines_agree_on_every_outcome(
    bench: Bench, model: Model, strategy: str, variant: str, requests: int, crashes: int, expiries: int
) -> None:
    found = bench.explore(
        OperationKey.PLACE_ORDER, strategy, variant, requests=requests, crashes=crashes, expiries=expiries
    )

    assert found.outcomes == histogram(model, requests=requests, crashes=crashes, expiries=expiries)
