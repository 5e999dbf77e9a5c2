"""How clients of ZooKeeper find it: a file in the lab's private folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class ZooKeeperAddress(msgspec.Struct, frozen=True):
    """Where the servers are, and the digest that our nodes ask for."""

    hosts: str
    password: str
    failure: dict[str, Any] | None = None
    """Why there are none, as the data of a `Sentence`."""


def address_file(directory: Path) -> Path:
    """The file by which a client finds the servers; it is there once they run, or once they could not be started."""
    return directory / "zookeeper.json"
