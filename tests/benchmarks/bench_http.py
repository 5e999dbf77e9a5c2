"""An HTTP submission against in-process SQLAlchemy: one INSERT, 16 connections or threads, one instance, trace on.

``uv run python -m tests.benchmarks.bench_http``. The two take turns; the ratio is that of the medians.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.lab.forms import Form
from backend.lab.machinery import Machinery
from backend.lab.senders.http import build_request
from backend.lab.senders.messages import Delivery, Job
from backend.lab.submissions import submission_body, submission_path
from backend.model.options import LabOptions
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey
from backend.shop.schema import orders
from backend.strategies import find
from tests.benchmarks.measuring import Figure, tell

CALLERS = 16
SUBMISSIONS = 4_000
ROUNDS = 5


def in_process(engine: sa.Engine) -> float:
    """Inserts a second by threads that share one engine."""

    def insert_some(worker: int) -> None:
        for number in range(SUBMISSIONS // CALLERS):
            with engine.begin() as connection:
                connection.execute(
                    sa.insert(orders).values(
                        order_no="in-process", item="book", quantity=1, submission_id=f"{worker}-{number}"
                    )
                )

    started = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as workers:
        list(workers.map(insert_some, range(CALLERS)))
    return SUBMISSIONS / (time.perf_counter() - started)


def over_http(machinery: Machinery, job_id: int) -> float:
    """Submissions a second over HTTP, strategy none."""
    (target,) = machinery.targets
    intent = Intent(OperationKey.PLACE_ORDER, "over-http", "book", 1)
    strategy, variant = find("none")
    request = build_request(
        "POST",
        submission_path(intent, strategy, variant),
        host=target.host,
        port=target.port,
        token=machinery.token,
        headers={},
        body=submission_body(intent, Form()),
    )
    deliveries = tuple(Delivery(f"{job_id}.{n}", intent.key, 0, request) for n in range(SUBMISSIONS))
    statuses: list[int] = []
    job = Job(job_id, (target,), deliveries, connections=CALLERS)
    started = time.perf_counter()
    machinery.sender.submit(job, lambda outcomes: statuses.extend(outcome.status for outcome in outcomes)).wait(120)
    seconds = time.perf_counter() - started
    assert statuses == [201] * SUBMISSIONS
    return SUBMISSIONS / seconds


def main() -> None:
    """Tell both rates and their ratio."""
    machinery = Machinery(LabOptions(), lambda: None, lambda _steps: None)
    try:
        machinery.start()
        url = machinery.database.url.render_as_string(hide_password=False)
        engine = create_sql_engine(url, pool_size=CALLERS)
        direct, submitted = [], []
        for number in range(ROUNDS + 1):
            direct.append(in_process(engine))
            submitted.append(over_http(machinery, number + 1))
        engine.dispose()
    finally:
        machinery.close()
    warm_direct, warm_submitted = statistics.median(direct[1:]), statistics.median(submitted[1:])
    ratio = f"{warm_submitted / warm_direct:.2f} ({warm_submitted:.0f} and {warm_direct:.0f} a second)"
    what = "HTTP submission, one INSERT, 16 connections, one instance, trace on"
    tell(Figure(what, "in-process SQLAlchemy", ratio, "0.72 or more"))


if __name__ == "__main__":
    main()
