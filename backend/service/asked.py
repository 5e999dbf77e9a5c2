"""What a window asks about a service and what it is told, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from backend.service.outside.model import Check, CheckPlan

NEW_NAME = "submit-twice.toml"
"""How a file is called that was never saved."""


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """The text that describes a service, perhaps not saved yet."""

    text: str
    path: Path | None = None
    """Where it lies; None where it was never saved."""

    @property
    def folder(self) -> Path:
        """What its directories count from."""
        return self.path.resolve().parent if self.path else Path.cwd()

    @property
    def name(self) -> str:
        """Its name without its folder."""
        return self.path.name if self.path else NEW_NAME


@dataclass(frozen=True, slots=True)
class CheckAsked:
    """Check a service from outside."""

    file: ServiceFile
    plan: CheckPlan
    allowed: tuple[str, ...] = ()
    """Hosts other than this machine that may be tested."""


@dataclass(frozen=True, slots=True)
class ExploreAsked:
    """Explore a service."""

    file: ServiceFile
    requests: int = 2
    crashes: int = 0
    expiries: int = 0
    limit: int | None = None
    """Most schedules; None for all."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and what the service wrote meanwhile."""

    check: Check
    outputs: tuple[tuple[int, str], ...] = ()
    """The last lines of each instance, by its number; nothing of a service that was not started by us."""
    plan: CheckPlan = field(default_factory=CheckPlan)
    """What was tried."""
