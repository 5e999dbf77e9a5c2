"""What can go wrong with exploring itself. None of it ever looks like an answer of a strategy."""

from __future__ import annotations

from backend.model.errors import SubmitTwiceError


class HarnessError(SubmitTwiceError):
    """The explorer could not do what it promises; nothing is said of the strategy."""


class DivergedError(HarnessError):
    """A schedule that was run again did not come along the same way."""


class PlayAgainError(DivergedError):
    """A server has done otherwise than it mostly does, and will do as always when the schedule is played again."""


class LateDeadlockError(PlayAgainError):
    """A deadlock was closed too late for the request that is refused every time to be refused."""


class OvertakenError(PlayAgainError):
    """Of several that waited another one went on than who had waited longest."""


class UnforeseenError(HarnessError):
    """A step did more than its footprint says, so that nothing may be left out because of it."""


class UnsteadyError(HarnessError):
    """The same choices brought about something else, and no server had a choice of its own."""


class EndlessError(HarnessError):
    """The strategy does not come to an end."""


class Interrupted(BaseException):
    """Raised in the midst of a strategy that computes and computes."""


class Crashed(BaseException):
    """Raised inside a submission whose process has died, so that nothing of it goes on."""
