"""The sender process: ``python -m backend.senders.process SOCKET``. It ends when the lab's end of the socket closes."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

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


async def serve(path: str) -> None:
    """Carry out jobs until the lab hangs up."""
    reader, writer = await asyncio.open_unix_connection(path)
    post = Post(writer)
    pool = ConnectionPool(asyncio.get_running_loop())
    decoder = msgspec.msgpack.Decoder(ToProcess)
    under_way: dict[int, Dispatch] = {}
    tasks: set[asyncio.Task[None]] = set()

    def finish(finished: Finished) -> None:
        under_way.pop(finished.job_id, None)
        post.finish(finished)

    while True:
        try:
            length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
            message = decoder.decode(await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        if isinstance(message, Job):
            job_id = message.job_id
            dispatch = Dispatch(message, pool, partial(post.add, job_id), finish)
            under_way[job_id] = dispatch
            task = asyncio.create_task(dispatch.start())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        elif dispatch_or_none := under_way.get(message.job_id):
            dispatch_or_none.cancel()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
