from __future__ import annotations

import threading

from gui.link.worker import Worker


def test_jobs_run_in_their_order_on_one_thread() -> None:
    worker, done, threads = Worker("test"), list[int](), set[int]()

    def job(number: int) -> None:
        done.append(number)
        threads.add(threading.get_ident())

    for number in range(100):
        worker.submit(lambda number=number: job(number))  # type: ignore[misc]
    finished = threading.Event()
    worker.submit(finished.set)
    assert finished.wait(30)
    worker.stop()
    assert worker.join(5)
    assert done == list(range(100))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_stopping_drops_what_waits_and_carries_out_the_last_job() -> None:
    worker, begun, go_on = Worker("test"), threading.Event(), threading.Event()
    done: list[str] = []

    def job() -> None:
        begun.set()
        go_on.wait(30)
        done.append("under way")

    worker.submit(job)
    worker.submit(lambda: done.append("waiting"))
    assert begun.wait(30)
    worker.stop(last=lambda: done.append("last"))
    worker.submit(lambda: done.append("too late"))
    go_on.set()
    assert worker.join(5)
    assert done == ["under way", "last"]


def test_a_worker_that_never_worked_still_carries_out_the_last_job() -> None:
    worker, done = Worker("test"), threading.Event()
    worker.stop(last=done.set)
    assert worker.join(5)
    assert done.is_set()


def test_a_worker_without_jobs_has_no_thread() -> None:
    worker = Worker("test")
    worker.stop()
    assert worker.join(0)
