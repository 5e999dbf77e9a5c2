"""The strategies on MariaDB, under its own isolation level, and whom a lock without an index keeps waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from backend.bare_engines import open_tables
from backend.engines.mariadb import find_mariadb
from backend.errors import EngineError
from backend.lab import Lab, LabOptions
from backend.model import EngineKind, OperationKey, Pace
from backend.schema import empty_tables, orders
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.test_what_each_strategy_does import CASES, K, ONCE, OVERLAP_MS, check

pytestmark = pytest.mark.skipif(find_mariadb() is None, reason="MariaDB (mariadb-server-core) is not installed here")

DIFFERENT = {("pessimistic-lock", "repeatable-read", Pace.SIMULTANEOUS): ONCE}
"""What is not as on PostgreSQL: here the snapshot is as old as the check, not as the lock."""


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    """A lab on MariaDB."""
    told = Recorder()
    lab = Lab(LabOptions(database="mariadb"), told)
    try:
        lab.start()
        yield Laboratory(lab, told)
    finally:
        lab.close()


@pytest.mark.parametrize(("strategy", "variant", "operation", "pace", "expected"), CASES)
def test_k_submissions_take_effect_as_often_as_promised(
    laboratory: Laboratory, strategy: str, variant: str, operation: OperationKey, pace: Pace, expected: str
) -> None:
    delay = OVERLAP_MS if pace is Pace.SIMULTANEOUS else 0
    report = laboratory.run(operation, strategy, variant, submissions=K, pace=pace, delay_ms=delay)
    check(report, DIFFERENT.get((strategy, variant, pace), expected))
