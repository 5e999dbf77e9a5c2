"""Simultaneous release of 200 submissions to a real instance: time from the first to the last write.

``uv run python -m tests.benchmarks.bench_release``
"""

from __future__ import annotations

import statistics

from backend.lab import LabOptions
from backend.machinery import Machinery
from backend.senders.http import build_request
from backend.senders.messages import Delivery, Job

SUBMISSIONS = 200
ROUNDS = 21
BODY = b'{"order_no":"released","item":"book","quantity":1}'


def main() -> None:
    """Print the spread of the rounds."""
    machinery = Machinery(LabOptions(), lambda: None, lambda _steps: None)
    try:
        machinery.start()
        (target,) = machinery.targets
        path = "/operations/place-order?strategy=none"
        request = build_request(
            "POST", path, host=target.host, port=target.port, token=machinery.token, headers={}, body=BODY
        )
        deliveries = tuple(Delivery(str(n), "intent", 0, request) for n in range(SUBMISSIONS))
        spreads = []
        for number in range(1, ROUNDS + 2):
            job = Job(number, (target,), deliveries, connections=SUBMISSIONS)
            spreads.append(machinery.sender.submit(job, lambda _outcomes: None).wait(30).release_ns / 1e6)
    finally:
        machinery.close()
    warm = spreads[1:]
    print(f"release of {SUBMISSIONS}: median {statistics.median(warm):.2f} ms")
    print(f"best {min(warm):.2f} ms, worst {max(warm):.2f} ms; goal 1 ms or less")


if __name__ == "__main__":
    main()
