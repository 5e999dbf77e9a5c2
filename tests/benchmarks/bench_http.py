"""An HTTP submission against in-process SQLAlchemy: one INSERT, 16 connections or threads, one instance, trace on.

``uv run python -m tests.benchmarks.bench_http``. They take turns; the ratio is that of the medians. The partner is
SQLAlchemy as its tutorial has it: an engine without options, an INSERT that is built with its values. A second one
builds the INSERT once, as our operations do, and says what is left of the ratio then. *Floor*: an answer of the same
instance that touches no engine, and the INSERT by our engine, one after the other in one process; it is what the ratio
would be if strategy, tap and trace cost nothing. *Trace*: the same submissions to a lab whose instance traces no step
(``tests/benchmarks/untraced``), in turns with them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.instance.headers import DELAY_HEADER, GATEWAY_HEADER, LEASE_HEADER, SUBMISSION_HEADER
from backend.lab.form_book import Form
from backend.lab.machinery import Machinery
from backend.lab.senders.http import build_request
from backend.lab.senders.messages import Delivery, Job
from backend.lab.submissions import submission_body, submission_path
from backend.model.options import LabOptions
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey
from backend.shop.schema import orders
from backend.strategies import find, use_folder
from tests.benchmarks.measuring import Figure, tell

CALLERS = 16
SUBMISSIONS = 4_000
ROUNDS = 5
UNTRACED = Path(__file__).parent / "untraced"


def built_anew(connection: sa.Connection, row: dict[str, object]) -> None:
    """An INSERT as SQLAlchemy's tutorial writes it."""
    connection.execute(sa.insert(orders).values(**row))


INSERT = sa.insert(orders)


def built_once(connection: sa.Connection, row: dict[str, object]) -> None:
    """The same; the statement is there already."""
    connection.execute(INSERT, row)


def in_process(engine: sa.Engine, insert: Callable[[sa.Connection, dict[str, object]], None]) -> float:
    """Inserts a second by threads that share one engine."""

    def insert_some(worker: int) -> None:
        for number in range(SUBMISSIONS // CALLERS):
            row = {"order_no": "in-process", "item": "book", "quantity": 1, "submission_id": f"{worker}-{number}"}
            with engine.begin() as connection:
                insert(connection, row)

    started = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as workers:
        list(workers.map(insert_some, range(CALLERS)))
    return SUBMISSIONS / (time.perf_counter() - started)


def over_http(machinery: Machinery, job_id: int, strategy: str = "none") -> float:
    """Submissions a second over HTTP, without protection."""
    intent = Intent(OperationKey.PLACE_ORDER, "over-http", "book", 1)
    path = submission_path(intent.operation, *find(strategy, "direct"))
    return requests(machinery, job_id, "POST", path, submission_body(intent, Form()), 201)


def health(machinery: Machinery, job_id: int) -> float:
    """Answers a second that touch no engine."""
    return requests(machinery, job_id, "GET", "/health", None, 200)


def requests(machinery: Machinery, job_id: int, method: str, path: str, body: bytes | None, status: int) -> float:
    """Requests a second; those with a body have the headers of a lab's submissions."""
    (target,) = machinery.targets
    setup = {DELAY_HEADER: "0", LEASE_HEADER: "10000", GATEWAY_HEADER: "none"}
    deliveries = []
    for number in range(SUBMISSIONS):
        name = f"{job_id}.{number}"
        headers = {SUBMISSION_HEADER: name} | setup if body else {}
        request = build_request(
            method, path, host=target.host, port=target.port, token=machinery.token, headers=headers, body=body
        )
        deliveries.append(Delivery(name, "over-http", 0, request))
    statuses: list[int] = []
    job = Job(job_id, (target,), tuple(deliveries), connections=CALLERS)
    started = time.perf_counter()
    machinery.sender.submit(job, lambda outcomes: statuses.extend(outcome.status for outcome in outcomes)).wait(120)
    seconds = time.perf_counter() - started
    assert statuses == [status] * SUBMISSIONS
    return SUBMISSIONS / seconds


def started(opened: ExitStack, folder: Path | None = None) -> Machinery:
    """A lab with one instance, which knows the strategies of this folder."""
    use_folder(folder)
    machinery = Machinery(LabOptions(), lambda: None, lambda _steps: None)
    opened.callback(machinery.close)
    machinery.start()
    return machinery


def main() -> None:
    """Tell the rates and their ratios."""
    with ExitStack() as opened:
        machinery, untraced = started(opened), started(opened, UNTRACED)
        url = machinery.database.url
        plain = sa.create_engine(url, pool_size=CALLERS)
        ours = create_sql_engine(url.render_as_string(hide_password=False), pool_size=CALLERS)
        opened.callback(plain.dispose)
        opened.callback(ours.dispose)
        rounds = []
        for number in range(ROUNDS + 1):
            direct, once = in_process(plain, built_anew), in_process(plain, built_once)
            submitted = over_http(machinery, 2 * number + 1)
            silent = over_http(untraced, number + 1, "untraced")
            alone = in_process(ours, built_once), health(machinery, 2 * number + 2)
            rounds.append((direct, once, submitted, silent, *alone))
    direct, once, submitted, silent, insert, bare = (statistics.median(each) for each in zip(*rounds[1:], strict=True))
    floor = 1 / (1 / insert + 1 / bare) / direct
    ratio = (
        f"{submitted / direct:.2f} ({submitted:.0f} and {direct:.0f} a second; {submitted / once:.2f} of an INSERT "
        f"that is built once; {floor:.2f} if all but HTTP and the INSERT cost nothing)"
    )
    traced = f"{submitted / silent:.2f} ({submitted:.0f} and {silent:.0f} a second)"
    what = "HTTP submission, one INSERT, 16 connections, one instance, trace on"
    tell(
        Figure(what, "in-process SQLAlchemy", ratio, "0.72 or more"),
        Figure(what, "the same without the trace", traced, "0.95 or more"),
    )


if __name__ == "__main__":
    main()
