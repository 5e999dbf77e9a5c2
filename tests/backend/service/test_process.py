"""Instances of a service as processes."""

from __future__ import annotations

from pathlib import Path

from backend.engines.processes.supervisor import Supervisor
from backend.service.description import Service
from backend.service.process import ServiceProcesses


def test_no_outgoing_connection_takes_the_port_of_an_instance_that_is_slow_to_start(tmp_path: Path) -> None:
    """The system gives those from 32768 on to clients, of which our engines have many."""
    with Supervisor() as supervisor:
        instance = ServiceProcesses(Service(command=["true"]), tmp_path, supervisor).start(1, {})
        assert instance.host.port < 32_768
