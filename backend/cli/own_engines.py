"""Engines for a command that needs nothing else of a lab."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from backend.cli.interrupts import or_else_its_error
from backend.engines.bare import bare_engines

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from backend.engines.bare import BareEngines
    from backend.model.options import LabOptions


@contextmanager
def own_engines(options: LabOptions, interrupted: threading.Event) -> Iterator[BareEngines]:
    """As `bare_engines`; an interrupt ends their start.

    Raises:
        InterruptedWorkError: an interrupt ended the start.
        EngineError: an engine cannot be had.
    """
    with ExitStack() as opened:
        with or_else_its_error(interrupted):
            engines = opened.enter_context(bare_engines(options, interrupted))
        yield engines
