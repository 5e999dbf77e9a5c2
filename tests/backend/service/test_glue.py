"""Which statements go with the step beside them, and which are steps."""

from __future__ import annotations

import pytest

from backend.service.wire.glue import is_glued


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN",
        "begin isolation level serializable;",
        "START TRANSACTION READ WRITE",
        "SET application_name = 'x'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SHOW transaction_isolation",
        "RESET ALL",
        "DISCARD ALL",
        "DEALLOCATE ALL",
        "CLOSE ALL",
        "UNLISTEN *",
        "SELECT pg_advisory_unlock_all()",
        "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;",
        "SELECT 1",
        "select 1;",
        "-- ping\nSELECT 1",
        "SELECT version()",
        "SELECT pg_catalog.set_config('search_path', '', false)",
        "SELECT @@tx_isolation",
        "ROLLBACK",
        "",
    ],
)
def test_this_is_no_step_of_its_own(sql: str) -> None:
    assert is_glued(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "COMMIT",
        "END",
        "SAVEPOINT a",
        "ROLLBACK TO SAVEPOINT a",
        "ROLLBACK TO a",
        "RELEASE SAVEPOINT a",
        "PREPARE TRANSACTION 'a'",
        "SELECT 1 FROM orders",
        "SELECT pg_advisory_unlock(1)",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT nextval('numbers')",
        "BEGIN; INSERT INTO orders VALUES (1)",
        "SET x = 1; UPDATE orders SET n = 1",
        "LOCK TABLE orders",
        "NOTIFY paid",
        "SELECT 1 FOR UPDATE",
    ],
)
def test_this_is_a_step(sql: str) -> None:
    assert not is_glued(sql)
