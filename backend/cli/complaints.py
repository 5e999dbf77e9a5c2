"""What a command says when it could not do its work: one sentence for each error that a person can mend."""

from __future__ import annotations

import traceback
from pathlib import Path

from backend.cli.argument_types import shown
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import Code, Sentence, say


class ComplaintCode(Code):
    """What the machine refused."""

    NOT_LOADED = "complaint.not_loaded"
    NO_MEMORY = "complaint.no_memory"
    NO_THREAD = "complaint.no_thread"
    FILE = "complaint.file"
    SYSTEM = "complaint.system"


def complaint(error: Exception) -> Sentence | None:
    """The sentence about an error; None where it is a bug of this program, whose traceback is worth more."""
    match error:
        case SubmitTwiceError():
            return error.sentence
        case MemoryError():
            return say(ComplaintCode.NO_MEMORY)
        case ImportError():
            return say(ComplaintCode.NOT_LOADED, why=shown(str(error)))
        case RuntimeError() if "start new thread" in str(error):
            return say(ComplaintCode.NO_THREAD)
        case OSError() if error.filename is not None:
            return say(ComplaintCode.FILE, file=str(error.filename), why=error.strerror or type(error).__name__)
        case OSError():
            why = error.strerror or str(error) or type(error).__name__
            return say(ComplaintCode.SYSTEM, why=why, place=_place(error))
        case _:
            return None


def _place(error: Exception) -> str:
    """The line of a program that had it, for an error that does not say what it is about."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
