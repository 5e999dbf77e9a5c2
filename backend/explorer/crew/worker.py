"""A process that explores. Run as ``python -m backend.explorer.crew.worker DESCRIPTOR NICENESS``.

It is told by its parent, over a socket that only the two of them have, how to open a player, and then what to play.
When the parent is gone, however that came about, it ends on the spot, and the supervisor of its engines stops those.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from backend.engines.processes.surroundings import forget_foreign_settings
from backend.explorer.crew.members import work

if TYPE_CHECKING:
    from backend.explorer.crew.members import Opening, Report, Task, Tidings


def main() -> None:
    """Do what the parent says, until it says that there is nothing any more."""
    connection = Connection(int(sys.argv[1]))
    os.nice(int(sys.argv[2]))
    forget_foreign_settings()
    opening: Opening = connection.recv()
    tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), name="listens", daemon=True).start()

    def tell(tidings: Tidings, value: Report) -> None:
        connection.send((tidings, value))

    work(opening, tasks.get, tell, threading.Event())


def _listen(connection: Connection, tasks: queue.SimpleQueue[Task | None]) -> None:
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        os._exit(1)


if __name__ == "__main__":
    main()
