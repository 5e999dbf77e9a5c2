"""A process to fork from that has something the matter with it; the module ``matter`` in its folder says what."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from backend.engines.processes.forked import serve


def load() -> None:
    sys.path.append(sys.argv[1])
    importlib.import_module("matter")


if __name__ == "__main__":
    serve(load, Path(sys.argv[1]))
