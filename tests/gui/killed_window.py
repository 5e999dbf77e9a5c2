"""A window that shows one situation for as long as it is left alive: what `test_killed_windows.py` kills."""

from __future__ import annotations

import sys
from dataclasses import replace

from PySide6.QtCore import QTimer

from backend.comparison.exhibit import Exhibit, faults_of
from backend.comparison.exhibits import find_exhibit
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Source
from gui.app import start
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge

LOOK_MS = 20


def situation_of(key: str) -> Exhibit:
    """An exhibit by its key; ``nats``, ``rabbitmq`` and ``zookeeper`` are the servers that no exhibit has."""
    model = find_exhibit("message-redelivered")
    if key == "zookeeper":
        locked = Setup("distributed-lock", "zookeeper", 500, faults=faults_of("kill@zookeeper"), zookeeper_servers=3)
        return replace(model, setup=locked, plan=Plan((), 3))
    if key in (Source.NATS, Source.RABBITMQ):
        dies = replace(model.setup, faults=faults_of("crash@broker:ACK:before"), visibility_timeout_ms=2_000)
        return replace(model, setup=dies, plan=replace(model.plan, source=Source(key)))
    return find_exhibit(key)


def show_when_ready(window: MainWindow, key: str) -> None:
    """Once the engines are there; then the situation starts the servers that it wants."""
    timer = QTimer(window)

    def look() -> None:
        if window.lab.ready and window.lab.show_exhibit(situation_of(key)) is not None:
            timer.stop()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)


def main(key: str) -> int:
    begin = start.begin

    def begin_and_show(window: MainWindow, bridge: LabBridge) -> None:
        begin(window, bridge)
        show_when_ready(window, key)

    start.begin = begin_and_show
    return start.run_window(LabOptions(), "en")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
