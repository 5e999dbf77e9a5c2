"""What a command says when it could not do its work: one sentence for each error that a person can mend."""

from __future__ import annotations

from backend.argument_types import shown
from backend.errors import SubmitTwiceError
from backend.sentence import Code, Sentence, plain, say


class ComplaintCode(Code):
    """What the machine refused."""

    NOT_LOADED = "complaint.not_loaded"
    NO_MEMORY = "complaint.no_memory"
    NO_THREAD = "complaint.no_thread"
    FILE = "complaint.file"


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
            return plain(error.strerror or str(error) or type(error).__name__)
        case _:
            return None
