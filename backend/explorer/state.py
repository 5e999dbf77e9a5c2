"""Where a submission of a schedule can be."""

from __future__ import annotations

from enum import Enum, auto


class SubmissionState(Enum):
    """Where a submission is."""

    NEW = auto()
    PARKED = auto()
    """Before a step."""
    WAITING = auto()
    """In the database, which has not answered yet."""
    LINED_UP = auto()
    """For a mutex that somebody else holds."""
    ENDED = auto()
    DEAD = auto()

    __hash__ = object.__hash__  # that of an Enum is written in Python, and a schedule asks some hundred times
