"""Why a caller got no response."""

from __future__ import annotations

from backend.sentence import Code


class SendingCode(Code):
    """What the sender says of a request without a response."""

    NO_CONNECTION = "sending.no_connection"
    CLOSED_BEFORE = "sending.closed_before"
    NOT_SENT = "sending.not_sent"
    NOT_SENT_WHOLE = "sending.not_sent_whole"
    BROKE = "sending.broke"
    NOT_UNDERSTOOD = "sending.not_understood"
    CLOSED_UNANSWERED = "sending.closed_unanswered"
    CLOSED_HALFWAY = "sending.closed_halfway"
    NO_ANSWER_IN_TIME = "sending.no_answer_in_time"
    SYSTEM = "sending.system"
