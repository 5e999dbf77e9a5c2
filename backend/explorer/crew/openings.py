"""How another process opens a player of strategies: plain data that can be sent to it."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend import strategies
from backend.engines.bare import bare_engines
from backend.explorer.explore import Explorer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backend.explorer.job import Player
    from backend.model.options import LabOptions


@dataclass(frozen=True, slots=True)
class OnOwnEngines:
    """An explorer on engines that it starts, or in a schema of its own where a server is named.

    Args:
        options: of the engines.
        folder: of somebody's own strategies.
    """

    options: LabOptions
    folder: Path | None = None

    def __call__(self) -> AbstractContextManager[Player]:
        """See `Opening`."""
        return self._open()

    @contextmanager
    def _open(self) -> Iterator[Player]:
        if strategies.folder_in_use() != self.folder:
            strategies.use_folder(self.folder)
        with (
            bare_engines(self.options) as engines,
            Explorer(engines.database, engines.redis, engines.gateway, engines.zookeeper, engines.standby) as explorer,
        ):
            yield explorer


def opening_elsewhere(options: LabOptions) -> OnOwnEngines:
    """What opens an explorer in other processes, with the strategies that are known here."""
    return OnOwnEngines(replace(options, data_dir=None, reset=False), strategies.folder_in_use())
