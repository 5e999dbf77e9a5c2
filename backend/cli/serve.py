"""The command `serve`: the HTTP API until somebody interrupts it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backend.cli import interrupts
from backend.files.output import STANDARD_OUTPUT, require_writable, write_document
from backend.lab.lab import Lab
from backend.model.errors import SubmitTwiceError

if TYPE_CHECKING:
    import threading

    from backend.model.options import LabOptions

_LOOK_SECONDS = 0.5
"""How soon it is seen that nothing serves any more."""


def serve_until_interrupted(options: LabOptions, interrupted: threading.Event) -> None:
    """Serve, and say in one line of JSON where.

    Raises:
        InterruptedWorkError: it was interrupted before it served.
        SubmitTwiceError: the lab could not be started, or is lost, or nobody can read where it is.
    """
    require_writable(STANDARD_OUTPUT)
    lab = Lab(options)
    try:
        with interrupts.or_else_its_error(interrupted):
            lab.start(interrupted)
        write_document(STANDARD_OUTPUT, json.dumps(lab.connection()) + "\n")
        while not interrupted.wait(_LOOK_SECONDS):
            if lost := lab.lost:
                raise SubmitTwiceError(lost)
    finally:
        lab.close()
