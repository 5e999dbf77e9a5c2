"""The explorer and a model without a database must count the same outcomes, crash and expiry included."""

from __future__ import annotations

import pytest

from backend.model import OperationKey
from tests.backend.explorer.conftest import Bench
from tests.backend.explorer.model import (
    CATCH_VIOLATION,
    DELETE_FIRST,
    REDIS_LOCK,
    REDIS_LOCK_NO_EXPIRY,
    Model,
    histogram,
)

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize(
    ("model", "strategy", "variant", "crashes", "expiries"),
    [
        (DELETE_FIRST, "token", "delete-first", 0, 0),
        (DELETE_FIRST, "token", "delete-first", 1, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 0, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 1, 0),
        (CATCH_VIOLATION, "unique-index", "catch-violation", 2, 0),
        (REDIS_LOCK, "distributed-lock", "redis", 0, 0),
        (REDIS_LOCK, "distributed-lock", "redis", 0, 1),
        (REDIS_LOCK_NO_EXPIRY, "distributed-lock", "redis-no-expiry", 1, 0),
    ],
)
def test_the_model_and_the_engines_agree_on_every_outcome(
    bench: Bench, model: Model, strategy: str, variant: str, crashes: int, expiries: int
) -> None:
    found = bench.explore(OperationKey.PLACE_ORDER, strategy, variant, crashes=crashes, expiries=expiries)

    assert found.outcomes == histogram(model, crashes=crashes, expiries=expiries)
