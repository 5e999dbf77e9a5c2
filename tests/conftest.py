"""What all tests share."""

from __future__ import annotations

import gc
import os
import random
import signal
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from backend.cli.early import SIGNALS
from tests.compiled import compile_first
from tests.longest import LONGEST
from tests.places import choose_memory, keep_bytecode, short_place

if TYPE_CHECKING:
    from tests.backend.conftest import Laboratory

choose_memory()
keep_bytecode()
# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

gc.disable()
_MUCH_GARBAGE, _MANY_COLLECTIONS = 10_000, 10

CORES = min(os.cpu_count() or 1, 8)
HISTORY = "SUBMIT_TWICE_HISTORY"
_OF_PYTEST_QT = ("qt_api", "qt_log_level_fail")


def _hear_what_is_ignored() -> None:
    """Whatever tests start inherits what is ignored: hang-ups under `nohup`, Ctrl-C in the background of a script."""
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


_hear_what_is_ignored()


@pytest.fixture(scope="session")
def _started_lab() -> Iterator[Laboratory]:
    """The lab of this worker: with PostgreSQL, Valkey and one instance. Tests get it through fixtures that empty it."""
    from backend.lab.lab import Lab
    from backend.model.options import LabOptions
    from tests.backend.conftest import Laboratory, Recorder

    told = Recorder()
    lab = Lab(LabOptions(), told)
    lab.start()
    yield Laboratory(lab, told)
    lab.close()


@pytest.fixture(scope="session")
def forked_services() -> Iterator[None]:
    """Services of tests that begin with `COMMAND` are forked in this session, also by commands that it runs."""
    from tests.services.forked import WHERE
    from tests.services.forking import forking

    with TemporaryDirectory(dir=short_place()) as folder, pytest.MonkeyPatch.context() as patch:
        socket = Path(folder) / "services"
        patch.setenv(WHERE, str(socket))
        with forking(socket):
            yield


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is imported and collected stays until the end: no collection of garbage needs to look at it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Collect garbage here, between two tests, and nowhere else.

    Objects of Qt that are garbage belong to this thread. Whatever other thread a collection comes to ends them there,
    and the process with them.
    """
    gc.disable()
    young, _, old = gc.get_count()
    if young > _MUCH_GARBAGE:
        gc.collect(2 if old > _MANY_COLLECTIONS else 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same configuration serve where pytest-qt is not installed: the backend's tests run there too."""
    if find_spec("pytestqt") is None:
        for name in _OF_PYTEST_QT:
            parser.addini(name, "used by pytest-qt")
    parser.addoption(
        "--sample",
        type=int,
        metavar="N",
        help="of each exhaustive table at most N cases, drawn by the seed that pytest-randomly prints",
    )
    parser.addoption("--tables", type=int, metavar="M", help="with --sample: of at most M tables, drawn as well")


def pytest_configure(config: pytest.Config) -> None:
    """Compile what several workers need; with xdist, `numprocesses` says how many there will be."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        compile_first()


@pytest.fixture(autouse=True)
def _own_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the history of whoever runs it; commands inherit the variable."""
    monkeypatch.setenv(HISTORY, str(tmp_path / "history.sqlite3"))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Files side by side, more than twice as many as there are processors: a test waits for servers half of its time.

    A file, or a test of it, runs in this process.
    """
    return 0 if all(argument.partition("::")[0].endswith(".py") for argument in config.args) else 2 * CORES + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; and draw a sample of the exhaustive tables, the same in every worker."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.nodeid.partition("::")[0] not in LONGEST)
    most = config.getoption("sample")
    if most is None:
        return
    tables: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.nodeid):
        if item.get_closest_marker("exhaustive"):
            tables[item.nodeid.partition("[")[0]].append(item)
    draw = random.Random(config.getoption("randomly_seed", 0))  # noqa: S311  no secret
    left_out = {item for cases in tables.values() for item in draw.sample(cases, max(0, len(cases) - most))}
    drawn = config.getoption("tables")
    if drawn is not None:
        others = draw.sample(list(tables), max(0, len(tables) - drawn))
        left_out.update(item for table in others for item in tables[table])
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
