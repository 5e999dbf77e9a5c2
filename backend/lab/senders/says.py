"""Why a caller got no response."""

from __future__ import annotations

from backend.model.sentence import Code, Sentence, say


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


class MalformedCode(Code):
    """Why bytes are no response."""

    BODY_TOO_LARGE = "malformed.body_too_large"
    HEAD_TOO_LARGE = "malformed.head_too_large"
    NO_STATUS_LINE = "malformed.no_status_line"
    NO_HEADER = "malformed.no_header"
    CONTRADICTION = "malformed.contradiction"
    NO_LENGTH = "malformed.no_length"
    LENGTH_NO_NUMBER = "malformed.length_no_number"
    CHUNK_WITHOUT_SIZE = "malformed.chunk_without_size"
    CHUNK_TOO_LONG = "malformed.chunk_too_long"
    LINE_TOO_LONG = "malformed.line_too_long"


class MalformedResponseError(Exception):
    """The peer does not speak HTTP/1.1 as we understand it."""

    def __init__(self, why: MalformedCode) -> None:
        super().__init__(why)
        self.sentence: Sentence = say(why)

    def __str__(self) -> str:
        return str(self.sentence)
