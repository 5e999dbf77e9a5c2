"""The sentences about what is kept."""

from __future__ import annotations

from backend.model.errors import SubmitTwiceError
from backend.model.sentence import Code


class ArchiveCode(Code):
    """What an entry is called, and why one cannot be had."""

    RUN = "archive.run"
    EXPLORATION = "archive.exploration"
    """In histories of earlier versions, which keep sentences as data."""
    EXPLORATION_SCOPED = "archive.exploration_scoped"
    EXPLORATION_OF_SERVICE = "archive.exploration_of_service"
    COMPARISON = "archive.comparison"
    CHECK = "archive.check"
    UNREADABLE = "archive.unreadable"
    NO_ENTRY = "archive.no_entry"
    LATER = "archive.later"
    TOO_LARGE = "archive.too_large"
    HISTORY_UNUSABLE = "archive.history_unusable"
    HISTORY_LATER = "archive.history_later"
    HISTORY_EMPTY = "archive.history_empty"
    NOTHING_FOUND = "archive.nothing_found"
    EMPTIED = "archive.emptied"
    SAME_VERDICT = "archive.same_verdict"
    OTHER_VERDICT = "archive.other_verdict"
    SAME_CELLS = "archive.same_cells"
    OTHER_CELL = "archive.other_cell"
    NO_VERDICT = "archive.no_verdict"
    SUBMITTED_BEFORE = "archive.submitted_before"
    NOT_WHOLE_COMMAND = "archive.not_whole_command"
    SCRIPT = "archive.script"
    NO_COMMAND = "archive.no_command"
    NEEDS_SERVICE = "archive.needs_service"
    LEFT_OUT = "archive.left_out"


class EntryFileError(SubmitTwiceError):
    """A file holds no entry that can be read here."""


class HistoryError(SubmitTwiceError):
    """The history cannot be used."""
