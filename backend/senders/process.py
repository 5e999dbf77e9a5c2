"""The sender process: ``python -m backend.senders.process SOCKET``. It ends when the lab's end of the socket closes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from backend.senders.connections import ConnectionPool
from backend.senders.dispatch import Dispatch
from backend.senders.messages import LENGTH_BYTES, Finished, Job, Outcome, Outcomes, ToProcess, frame

_FLUSH_SECONDS = 0.01


class Post:
    """Collects what is to be told to the lab, and tells it every 10 ms."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._outcomes: dict[int, list[Outcome]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, job_id: int, outcome: Outcome) -> None:
        """Tell this soon."""
        self._outcomes.setdefault(job_id, []).append(outcome)
        if self._timer is None:
            self._timer = self._loop.call_later(_FLUSH_SECONDS, self.flush)

    def finish(self, finished: Finished) -> None:
        """Tell all of it, and that the job has ended."""
        self.flush()
        self._writer.write(frame(finished))

    def flush(self) -> None:
        """Tell what there is."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        waiting, self._outcomes = self._outcomes, {}
        for job_id, outcomes in waiting.items():
            self._writer.write(frame(Outcomes(job_id, outcomes)))


class Desk:
    """Takes jobs from the lab and has them carried out."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._pool = ConnectionPool(asyncio.get_running_loop())
        self._under_way: dict[int, Dispatch] = {}

    def take(self, message: ToProcess) -> None:
        """Begin or cancel a job."""
        if isinstance(message, Job):
            dispatch = Dispatch(message, self._pool, partial(self._post.add, message.job_id), self._finish)
            self._under_way[message.job_id] = dispatch
            dispatch.start()
        elif dispatch_or_none := self._under_way.get(message.job_id):
            dispatch_or_none.cancel()

    def _finish(self, finished: Finished) -> None:
        del self._under_way[finished.job_id]
        self._post.finish(finished)


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


if __name__ == "__main__":
    _raise_limit_of_open_files()
    gc.freeze()
    asyncio.run(serve(sys.argv[1]))
