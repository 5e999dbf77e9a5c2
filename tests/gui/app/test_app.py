"""The window as its own process: how it begins, how it is interrupted, what it leaves."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from gui.app.interpreter import SWITCH_SECONDS, Collector, favour_the_window
from tests.backend.engines.helpers import command_of
from tests.tables import exhaustive_but, values

ROOT = Path(__file__).parent.parent.parent.parent
PATIENCE = 60


@pytest.fixture
def window_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """``main.py`` without a command, off screen, with settings of its own."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py")], env=environment, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def wait_until_engines_run(process: subprocess.Popen[str]) -> list[psutil.Process]:
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        children = descendants(process)
        if any("backend.lab.senders" in command_of(child) for child in children):
            return children
        pause.wait(0.05)
    raise AssertionError(f"no engines after {PATIENCE} s: {children}")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", exhaustive_but([signal.SIGTERM, signal.SIGINT, signal.SIGHUP], values(signal.SIGINT))
)
def test_an_interrupt_closes_the_window_and_everything_behind_it(
    window_process: subprocess.Popen[str], number: signal.Signals
) -> None:
    engines = wait_until_engines_run(window_process)
    window_process.send_signal(number)
    output, errors = window_process.communicate(timeout=PATIENCE)
    assert window_process.returncode == 0
    assert "Traceback" not in errors
    assert output == ""
    _, alive = psutil.wait_procs(engines, timeout=5)
    assert not alive


def test_a_wrong_language_is_a_wrong_argument() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--language", "tlh"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 2


@pytest.fixture
def interpreter() -> Iterator[None]:
    """The interpreter's settings as they were, whatever the test does to them."""
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the collector of 3.14 is incremental")
def test_records_that_pile_up_cause_no_full_collection(interpreter: None) -> None:
    collector = Collector()
    favour_the_window()
    collector.note_runs(1)
    before = gc.get_stats()
    kept = []
    for number in range(300_000):
        kept.append([number])
        if not number % 1_000:
            collector.look()
    after = gc.get_stats()
    assert len(kept) == 300_000
    assert after[2]["collections"] == before[2]["collections"]
    assert after[0]["collections"] > before[0]["collections"]
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    collector.note_runs(0)


def test_garbage_of_the_window_is_collected_on_its_own_thread_only(interpreter: None, qtbot: QtBot) -> None:
    collector = Collector()
    threads = []
    knot = Knot()
    weakref.finalize(knot, lambda: threads.append(threading.get_ident()))
    del knot
    kept: list[list[int]] = []
    busy = threading.Thread(target=lambda: kept.extend([number] for number in range(100_000)))
    busy.start()
    busy.join()
    assert threads == []
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.get_ident()]
    collector.deleteLater()


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


def old_garbage() -> weakref.ref[Knot]:
    knot = Knot()
    found = weakref.ref(knot)
    for generation in (0, 1):
        gc.collect(generation)  # it has survived while somebody still held it
    return found


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the collector of 3.14 is incremental")
def test_a_session_that_only_compares_and_explores_does_not_grow(interpreter: None) -> None:
    collector = Collector()
    favour_the_window()
    found = old_garbage()
    kept: list[list[int]] = []
    while found() is not None and len(kept) < 3_000_000:
        kept.append([len(kept)])
        if not len(kept) % 1_000:
            collector.look()
    assert found() is None


def test_what_earlier_work_left_goes_before_a_run_begins_and_records_of_runs_cost_no_collection(
    interpreter: None,
) -> None:
    collector = Collector()
    favour_the_window()
    found = old_garbage()
    collector.note_runs(1)
    assert found() is None
    kept = [[number] for number in range(100_000)]
    collector.note_runs(2)
    collector.note_runs(0)
    assert gc.get_freeze_count() >= len(kept), "the next full collection would look at every record of the run"
    frozen = gc.get_freeze_count()
    kept.clear()
    collector.note_cleared()
    assert gc.get_freeze_count() < frozen - 90_000
