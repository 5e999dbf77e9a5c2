"""The sender on a real instance: spread of a simultaneous release, and what it costs to send a request.

``uv run python -m tests.benchmarks.bench_release``. Partner of the release: a bare loop that writes the same request to
as many open sockets, to the same instance, with the same priority; the two take turns.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Sequence
from contextlib import closing

import psutil

from backend.lab.machinery import Machinery
from backend.lab.senders.http import ResponseReader, build_request
from backend.lab.senders.messages import Delivery, Job, Outcome
from backend.lab.senders.undisturbed import undisturbed
from backend.model.options import LabOptions
from tests.benchmarks.measuring import Figure, tell

SUBMISSIONS = 200
ROUNDS = 21
REQUESTS = 10_000
PATH = "/operations/place-order?strategy=none"
BODY = b'{"order_no":"released","item":"book","quantity":1}'


def make_job(machinery: Machinery, number: int, method: str, path: str, body: bytes | None, count: int) -> Job:
    """The same request many times."""
    (target,) = machinery.targets
    request = build_request(
        method, path, host=target.host, port=target.port, token=machinery.token, headers={}, body=body
    )
    return Job(number, (target,), tuple(Delivery(str(n), "intent", 0, request) for n in range(count)))


def spread_ms(machinery: Machinery, number: int) -> float:
    """Milliseconds from the first to the last write of one release."""
    job = make_job(machinery, number, "POST", PATH, BODY, SUBMISSIONS)
    outcomes: list[Outcome] = []
    finished = machinery.sender.submit(job, outcomes.extend).wait(30)
    assert [outcome.status for outcome in outcomes] == [201] * SUBMISSIONS
    return finished.release_ns / 1e6


class BareLoop:
    """The same without a sender: a loop of writes to as many open sockets.

    Args:
        machinery: has the instance.
    """

    def __init__(self, machinery: Machinery) -> None:
        (self._target,) = machinery.targets
        self._request = build_request(
            "POST", PATH, host=self._target.host, port=self._target.port, token=machinery.token, headers={}, body=BODY
        )
        self._kept = self._connect()
        self._write_ms(self._kept)

    def just_connected_ms(self) -> float:
        """Milliseconds on connections that were opened a moment ago."""
        sockets = self._connect()
        milliseconds = self._write_ms(sockets)
        for each in sockets:
            each.close()
        return milliseconds

    def kept_ms(self) -> float:
        """Milliseconds on connections that were used before, in the round before this, as the sender's were."""
        return self._write_ms(self._kept)

    def close(self) -> None:
        """Close the connections."""
        for each in self._kept:
            each.close()

    def _connect(self) -> list[socket.socket]:
        address = (self._target.host, self._target.port)
        return [socket.create_connection(address) for _ in range(SUBMISSIONS)]

    def _write_ms(self, sockets: Sequence[socket.socket]) -> float:
        writes, request = [each.send for each in sockets], self._request
        with undisturbed():
            started = time.perf_counter()
            for write in writes:
                write(request)
            seconds = time.perf_counter() - started
        for each in sockets:
            reader, response = ResponseReader(), None
            while response is None:
                received = each.recv(1 << 16)
                assert received
                response = reader.feed(received)
            assert response.status == 201
        return seconds * 1e3


def throughput(machinery: Machinery, number: int) -> tuple[float, float]:
    """Requests a second to the cheapest resource there is, and the sender's own processor time for each in us."""
    job = make_job(machinery, number, "GET", "/health", None, REQUESTS)
    (process,) = [p for p in psutil.Process().children(recursive=True) if "backend.lab.senders.process" in p.cmdline()]
    outcomes: list[Outcome] = []
    before, started = process.cpu_times(), time.perf_counter()
    machinery.sender.submit(job, outcomes.extend).wait(120)
    seconds, after = time.perf_counter() - started, process.cpu_times()
    assert [outcome.status for outcome in outcomes] == [200] * REQUESTS
    used = after.user + after.system - before.user - before.system
    return REQUESTS / seconds, used / REQUESTS * 1e6


def main() -> None:
    """Tell the spread of the rounds, and the rate."""
    machinery = Machinery(LabOptions(), lambda: None, lambda _steps: None)
    try:
        machinery.start()
        with closing(BareLoop(machinery)) as bare_loop:
            rounds = [
                (spread_ms(machinery, number), bare_loop.just_connected_ms(), bare_loop.kept_ms())
                for number in range(1, ROUNDS + 2)
            ][1:]
        rate, cost_us = throughput(machinery, ROUNDS + 2)
    finally:
        machinery.close()
    released, bare, kept = (statistics.median(times) for times in zip(*rounds, strict=True))
    found = (
        f"{released / bare:.2f} ({released:.2f} and {bare:.2f} ms; "
        f"the bare loop on connections that were used before, as the sender's were, {kept / bare:.2f})"
    )
    tell(
        Figure(f"simultaneous release of {SUBMISSIONS}, first to last write", "a bare loop", found, "1.3 or less"),
        Figure("GET /health by the sender", "", f"{rate:.0f} a second, {cost_us:.0f} us of its processor each", "-"),
    )


if __name__ == "__main__":
    main()
