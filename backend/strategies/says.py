"""What strategies say to a person."""

from __future__ import annotations

from backend.model.sentence import Code


class GuardCode(Code):
    """What an operation lacks that the guard would need."""

    NO_ROW_TO_LOCK = "guard.no_row_to_lock"
    DELETE_LOCKS_ITSELF = "guard.delete_locks_itself"
    MESSAGE_CANNOT_BE_LOCKED = "guard.message_cannot_be_locked"
    LOCKED_ROW_IS_UPDATED = "guard.locked_row_is_updated"
    NO_ROW_TO_COMPARE = "guard.no_row_to_compare"
    NO_VERSION_LEFT = "guard.no_version_left"
    MESSAGE_HAS_NO_VERSION = "guard.message_has_no_version"
    NO_STATUS_YET = "guard.no_status_yet"
    STOCK_HAS_NO_STATUS = "guard.stock_has_no_status"
    DELETED_HAS_NO_STATUS = "guard.deleted_has_no_status"
    MESSAGE_HAS_NO_STATUS = "guard.message_has_no_status"


class IdempotencyKeyCode(Code):
    """What is said of a key."""

    NOT_QUOTED = "idempotency_key.not_quoted"
    NOT_PRINTABLE = "idempotency_key.not_printable"
    WRONG_LENGTH = "idempotency_key.wrong_length"
    REUSED = "idempotency_key.reused"
    TAKEN_OVER = "idempotency_key.taken_over"
