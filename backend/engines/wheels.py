"""Folders of wheels that carry programs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from backend.engines.says import EngineCode
from backend.model.errors import EngineError
from backend.model.sentence import say


def wheel_folder(package: str) -> Path:
    """The folder of an installed package, found without importing it.

    Importing these packages would load their own ways to start a server, make folders of theirs and take a while.

    Raises:
        EngineError: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(say(EngineCode.NO_PACKAGE, package=package))
    return Path(spec.submodule_search_locations[0])
