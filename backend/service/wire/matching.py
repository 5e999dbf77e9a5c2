"""Whether a step on the wire is the place of a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.model.plan import Fault
    from backend.model.vocabulary import EngineKind
    from backend.service.wire.unit import Unit


def meets(fault: Fault, engine: EngineKind, unit: Unit) -> bool:
    """Whether this step is the fault's: ``sql``, ``redis`` or ``gateway``, and the command's first words."""
    place = "sql" if engine.is_database else engine.value
    if fault.place != place:
        return False
    wanted = " ".join(fault.command.upper().split())
    return not wanted or any(" ".join(command.upper().split()).startswith(wanted) for command in unit.commands)
