"""Errors that end in one clear sentence for a person."""

from __future__ import annotations

from backend.model.sentence import Sentence, plain


class SubmitTwiceError(Exception):
    """Something a person can understand and act on. ``str(error)`` is its sentence in English, without secrets.

    Args:
        what: the sentence; a text is taken for somebody else's words.
    """

    def __init__(self, what: Sentence | str = "") -> None:
        super().__init__(what)
        self.sentence = what if isinstance(what, Sentence) else plain(what)

    def __str__(self) -> str:
        return str(self.sentence)


class EngineError(SubmitTwiceError):
    """An engine could not be started or reached, or went away."""


class GatewayError(EngineError):
    """A call to the gateway got no answer; the sentence says whether anything is known of its effect."""


class BrokerError(EngineError):
    """A message broker is not there, or refused."""


class ZooKeeperError(EngineError):
    """ZooKeeper is not there."""


class NoStandbyError(EngineError):
    """The database has no standby."""


class GatewayRefusedError(SubmitTwiceError):
    """The gateway answered, and did not accept the call."""


class InstanceError(SubmitTwiceError):
    """A backend process could not be started or went away."""


class NotApplicableError(SubmitTwiceError):
    """A strategy does not guard the operation; the sentence says why."""


class StrategyFileError(SubmitTwiceError):
    """A file of a strategy, or the folder, is not what it should be; the sentence names it."""


class ServiceFileError(SubmitTwiceError):
    """The file of a service cannot be used; the sentence says where and why."""


class UnknownKeyError(SubmitTwiceError):
    """No operation, strategy or variant has this key."""
