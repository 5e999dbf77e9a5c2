"""Whether a step on the wire is the place of a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model import EngineKind

if TYPE_CHECKING:
    from backend.model import Fault
    from backend.service.wire.unit import Unit


def meets(fault: Fault, engine: EngineKind, unit: Unit) -> bool:
    """Whether this step is where the fault happens: ``sql`` or ``redis``, and the first words of the command."""
    place = "redis" if engine is EngineKind.REDIS else "sql"
    if fault.place != place:
        return False
    wanted = " ".join(fault.command.upper().split())
    return not wanted or any(" ".join(command.upper().split()).startswith(wanted) for command in unit.commands)
