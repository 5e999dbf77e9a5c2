"""A public load tool, Apache's ``ab``, against the API: what it makes of one order number, counted in the database."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.backend.conftest import Laboratory
from tests.backend.http_caller import caller_of, count_rows

pytestmark = pytest.mark.exhaustive

REQUESTS, AT_ONCE = 200, 16


@pytest.fixture(scope="module")
def ab() -> str:
    """Path of ``ab``. In CI it must be there."""
    found = shutil.which("ab")
    if found is None:
        assert "CI" not in os.environ, "ab is missing: install apache2-utils"
        pytest.skip("ab is missing: install apache2-utils")
    return found


def load(
    ab: str, laboratory: Laboratory, body: Path, strategy: str, variant: str = "", delay_ms: int = 0
) -> tuple[int, int]:
    """Send the same body again and again; how many answers there were, and how many were not 2xx."""
    caller = caller_of(laboratory.lab)
    query = f"strategy={quote(strategy)}&variant={quote(variant)}"
    done = subprocess.run(
        [
            *(ab, "-q", "-k", "-n", str(REQUESTS), "-c", str(AT_ONCE), "-s", "30"),
            *("-T", "application/json", "-H", f"Authorization: Bearer {caller.token}", "-p", str(body)),
            f"http://127.0.0.1:{caller.port}/operations/place-order?{query}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return figure("Complete requests", done.stdout), figure("Non-2xx responses", done.stdout)


def figure(name: str, text: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    ("strategy", "variant", "rows"),
    [
        ("none", "direct", REQUESTS),
        ("unique-index", "catch-violation", 1),
        ("unique-index", "on-conflict", 1),
        ("token", "delete-first", 1),
        ("distributed-lock", "redis", 1),
        ("local-lock", "in-process", 1),
    ],
)
def test_the_rows_are_as_promised(
    laboratory: Laboratory, ab: str, tmp_path: Path, strategy: str, variant: str, rows: int
) -> None:
    token = {"token": caller_of(laboratory.lab).call("POST", "/tokens").document["token"]}
    order = {"order_no": "AB-1", "item": "pen", "quantity": 1}
    body = tmp_path / "order.json"
    body.write_text(json.dumps(order | (token if strategy == "token" else {})))
    complete, refused = load(ab, laboratory, body, strategy, variant)
    assert (complete, refused) == (REQUESTS, REQUESTS - rows)
    assert count_rows(laboratory.lab.connection()["database"], "orders", "order_no = 'AB-1'") == rows


def test_a_lock_without_a_check_is_seen_to_be_broken(laboratory: Laboratory, ab: str, tmp_path: Path) -> None:
    """Not check-then-act: ab waits for its first answer before it sends any more, and then there is nothing to race."""
    body = tmp_path / "order.json"
    body.write_text(json.dumps({"order_no": "AB-1", "item": "pen", "quantity": 1}))
    complete, refused = load(ab, laboratory, body, "distributed-lock", "redis-no-check")
    rows = count_rows(laboratory.lab.connection()["database"], "orders", "order_no = 'AB-1'")
    assert rows == complete - refused
    assert 1 < rows <= REQUESTS
