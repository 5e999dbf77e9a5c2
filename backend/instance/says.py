"""What one backend process says to its callers."""

from __future__ import annotations

from backend.model.sentence import Code


class ApiCode(Code):
    """Why a request is not accepted."""

    NOT_THIS_MACHINE = "api.not_this_machine"
    NO_TOKEN = "api.no_token"  # noqa: S105  a sentence, not a secret
    NO_STRATEGY = "api.no_strategy"
    NOT_JSON = "api.not_json"
    TOO_MANY_UNFINISHED = "api.too_many_unfinished"
    TOO_DEEP = "api.too_deep"
    TOO_LARGE = "api.too_large"
    BODY_NOT_ACCEPTED = "api.body_not_accepted"
    CONTROL_CHARACTER = "api.control_character"
    BAD_KEY = "api.bad_key"
    NEEDS_TOKEN = "api.needs_token"  # noqa: S105  as above
    NEEDS_VERSION = "api.needs_version"
    NEEDS_IDEMPOTENCY_KEY = "api.needs_idempotency_key"
    NO_SUCH_ORDER = "api.no_such_order"
    NO_SUCH_GOODS = "api.no_such_goods"
    HEADER_CHOICE = "api.header_choice"
    HEADER_NUMBER = "api.header_number"
    HEADER_FAULTS = "api.header_faults"


class RefusalCode(Code):
    """Why a submission that was accepted came to nothing, or to nothing new."""

    DUPLICATE = "refusal.duplicate"
    BUSY = "refusal.busy"
    CONFLICT = "refusal.conflict"
    ROLLED_BACK = "refusal.rolled_back"
    SQLITE_LOCKED = "refusal.sqlite_locked"
    NO_SUCH_ISOLATION = "refusal.no_such_isolation"
    VALUE_DOES_NOT_FIT = "refusal.value_does_not_fit"
    ZOOKEEPER_CALL_FAILED = "refusal.zookeeper_call_failed"
    STRATEGY_FAILED = "refusal.strategy_failed"
    STRATEGY_FAILED_AT = "refusal.strategy_failed_at"
    RAISED_ON_PURPOSE = "refusal.raised_on_purpose"


class QueueCode(Code):
    """What a consumer says of a message."""

    GIVEN_UP = "queue.given_up"
