"""How clients of a broker find it: a file in the lab's private folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from backend.model.vocabulary import Source


class BrokerAddress(msgspec.Struct, frozen=True):
    """Where it listens on the loopback, and what it asks for."""

    port: int
    user: str
    password: str


def address_file(directory: Path, source: Source) -> Path:
    """The file by which a client finds the broker; it is there once that runs."""
    return directory / f"{source}.json"
