"""One backend process: ``python -m backend.instance``, with its settings in the environment."""

from __future__ import annotations

import gc
import multiprocessing
import sys


def main() -> None:
    """Serve until interrupted.

    Garbage is collected only once everything is imported (see `backend.instance.services.warm_up`): what is imported
    stays, and to look through it again and again takes a seventh of the time until a process is ready.
    """
    gc.disable()
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    from backend.engines.loopback import IDLE_MS
    from backend.instance.settings import InstanceSettings
    from backend.instance.unfinished import MOST_UNFINISHED

    if sys.platform == "linux":  # as before Python 3.14: the worker, else a fresh process, would import all of it anew
        multiprocessing.set_start_method("fork", force=True)
    settings = InstanceSettings.from_environment()
    Granian(
        target="backend.instance.wsgi:application",
        address="127.0.0.1",
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS),
        websockets=False,
        workers=1,
        blocking_threads=settings.threads + MOST_UNFINISHED,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
