"""What the gateway is told when it starts, through one environment variable, which holds a secret."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "SUBMIT_TWICE_GATEWAY"


class GatewaySettings(msgspec.Struct, frozen=True):
    """Everything that the gateway needs to know."""

    port: int
    token: str
    """The bearer token that callers must show."""
    ledger: str
    """Path of its ledger."""

    def to_environment(self) -> dict[str, str]:
        """The variable to start the process with."""
        return {VARIABLE: msgspec.json.encode(self).decode()}

    @classmethod
    def from_environment(cls) -> GatewaySettings:
        """Read the variable of this process."""
        return msgspec.json.decode(os.environ[VARIABLE], type=cls)


class GatewayAddress(msgspec.Struct, frozen=True):
    """Where callers find it: the content of a private file that is there once the gateway answers."""

    port: int
    token: str


def address_file(directory: Path) -> Path:
    """Where callers learn the gateway's address, once it answers."""
    return directory / "gateway.json"
