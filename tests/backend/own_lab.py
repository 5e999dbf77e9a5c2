"""A lab of a test's own, which it may break, and its processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psutil

from backend.lab.lab import Lab
from backend.model.observed import EngineStatus
from backend.model.options import LabOptions
from backend.model.vocabulary import EngineKind
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.engines.helpers import command_of, stop


@contextmanager
def own_lab(options: LabOptions | None = None) -> Iterator[Laboratory]:
    """A lab of the test's own, which it may break."""
    told = Recorder()
    lab = Lab(options or LabOptions(), told)
    try:
        lab.start()
        yield Laboratory(lab, told)
    finally:
        lab.close()


def wait_for(told: Recorder, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    with told.changed:
        return told.changed.wait_for(condition, seconds)


def family() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def newest_lab() -> list[psutil.Process]:
    """The processes of the lab that was started last, its supervisor first; others may be at work beside it."""
    supervisors = [process for process in family() if "supervisor_process" in command_of(process)]
    newest = max(supervisors, key=psutil.Process.create_time)
    return [newest, *newest.children(recursive=True)]


def born_since(before: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in family() if process not in before]


def named(processes: list[psutil.Process], word: str) -> psutil.Process:
    """The first, hence the parent, whose command line has this word."""
    return next(process for process in processes if word in command_of(process))


def serving(url: str) -> psutil.Process:
    """The instance that serves there, whichever lab it belongs to: a child of that lab's supervisor."""
    port = urlsplit(url).port

    def listens(process: psutil.Process) -> bool:
        try:
            there = [where for where in process.net_connections() if where.status == psutil.CONN_LISTEN]
        except psutil.NoSuchProcess:
            return False
        return any(where.laddr.port == port for where in there)

    known = {process.pid: process for process in family()}
    found = next(process for process in known.values() if listens(process))
    while "supervisor_process" not in command_of(parent := known[found.ppid()]):
        found = parent
    return found


def backend_of(laboratory: Laboratory) -> EngineStatus:
    return next(engine for engine in laboratory.lab.engines() if engine.kind is EngineKind.HTTP)


def lab_processes(laboratory: Laboratory) -> list[psutil.Process]:
    """All of the lab, its supervisor first."""
    supervisor = instance_processes(laboratory)[0].parent()
    assert supervisor is not None
    return [supervisor, *supervisor.children(recursive=True)]


def instance_processes(laboratory: Laboratory) -> list[psutil.Process]:
    """Those of the lab's first instance: the server, then its worker."""
    urls = laboratory.lab.connection()["urls"]
    assert isinstance(urls, list)
    server = serving(urls[0])
    return [server, *server.children(recursive=True)]


@contextmanager
def stopped(*processes: psutil.Process) -> Iterator[Callable[[], None]]:
    """They are stopped until this is called, at the latest until the end."""

    def resume() -> None:
        for process in processes:
            if process.is_running():
                process.resume()

    try:
        stop(*processes)
        yield resume
    finally:
        resume()
