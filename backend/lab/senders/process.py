"""The sender process: ``python -m backend.lab.senders.process SOCKET``. It ends with the lab's end of the socket."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from backend.lab.senders.connections import ConnectionPool
from backend.lab.senders.dispatch import Dispatch
from backend.lab.senders.messages import (
    Cancelled,
    Finished,
    Flying,
    Job,
    LetGo,
    More,
    Outcome,
    Outcomes,
    ToProcess,
    Wanting,
)
from backend.model.frames import LENGTH_BYTES, framed

_FLUSH_SECONDS = 0.01


class Post:
    """Collects what is to be told to the lab, and tells it every 10 ms."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._outcomes: dict[int, list[Outcome]] = {}
        self._let_go: dict[int, list[str]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, job_id: int, outcome: Outcome) -> None:
        """Tell this soon."""
        self._outcomes.setdefault(job_id, []).append(outcome)
        self._flush_soon()

    def let_go(self, job_id: int, submission_id: str) -> None:
        """Tell soon that this does not linger any more."""
        self._let_go.setdefault(job_id, []).append(submission_id)
        self._flush_soon()

    def cancelled(self, job_id: int, flying: list[Flying]) -> None:
        """Tell what has left and is awaited."""
        self.flush()
        self._writer.write(framed(Cancelled(job_id, flying)))

    def want(self, job_id: int) -> None:
        """Ask for further deliveries."""
        self._writer.write(framed(Wanting(job_id)))

    def finish(self, finished: Finished) -> None:
        """Tell all of it, and that the job has ended."""
        self.flush()
        self._writer.write(framed(finished))

    def flush(self) -> None:
        """Tell what there is."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        waiting, self._outcomes = self._outcomes, {}
        for job_id, outcomes in waiting.items():
            self._writer.write(framed(Outcomes(job_id, outcomes)))
        let_go, self._let_go = self._let_go, {}
        for job_id, submission_ids in let_go.items():
            self._writer.write(framed(LetGo(job_id, submission_ids)))

    def _flush_soon(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(_FLUSH_SECONDS, self.flush)


class Desk:
    """Takes jobs from the lab and has them carried out."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._pool = ConnectionPool(asyncio.get_running_loop())
        self._under_way: dict[int, Dispatch] = {}

    def take(self, message: ToProcess) -> None:
        """Begin, go on with or cancel a job."""
        if isinstance(message, Job):
            job_id = message.job_id
            report = partial(self._post.add, job_id)
            let_go, want = partial(self._let_go, job_id), partial(self._post.want, job_id)
            dispatch = Dispatch(message, self._pool, report, self._finish, let_go, want)
            self._under_way[job_id] = dispatch
            dispatch.start()
            return
        dispatch_or_none = self._under_way.get(message.job_id)
        if dispatch_or_none and isinstance(message, More):
            dispatch_or_none.add(message.deliveries, more=message.more)
        elif dispatch_or_none:
            self._post.cancelled(message.job_id, dispatch_or_none.flying())
            dispatch_or_none.cancel()

    def _finish(self, finished: Finished) -> None:
        self._post.finish(finished)
        self._forget_if_over(finished.job_id)

    def _let_go(self, job_id: int, submission_id: str) -> None:
        self._post.let_go(job_id, submission_id)
        self._forget_if_over(job_id)

    def _forget_if_over(self, job_id: int) -> None:
        if self._under_way[job_id].over:
            del self._under_way[job_id]


async def serve(path: str) -> None:
    """Carry out jobs until the lab hangs up, or until something here turns out to be broken.

    A broken sender ends instead of carrying on: its jobs would never end, and the lab starts another one.
    """
    reader, writer = await asyncio.open_unix_connection(path)
    loop = asyncio.get_running_loop()
    broken: asyncio.Future[None] = loop.create_future()

    def break_down(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        loop.default_exception_handler(dict(context))
        if not broken.done():
            broken.set_result(None)

    loop.set_exception_handler(break_down)
    listening = loop.create_task(_listen(reader, Desk(Post(writer))))
    await asyncio.wait([listening, broken], return_when=asyncio.FIRST_COMPLETED)
    writer.transport.abort()
    if listening.done():
        listening.result()


async def _listen(reader: asyncio.StreamReader, desk: Desk) -> None:
    decoder = msgspec.msgpack.Decoder(ToProcess)
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
            desk.take(decoder.decode(await reader.readexactly(length)))


def _raise_limit_of_open_files() -> None:
    """Each submission in flight holds a socket, and the usual limit is 1,024 of them."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # an unlimited maximum is refused by some systems
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main() -> None:
    """Carry out jobs until the lab has hung up."""
    _raise_limit_of_open_files()
    gc.freeze()
    asyncio.run(serve(sys.argv[1]))


if __name__ == "__main__":
    main()
