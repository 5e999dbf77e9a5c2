"""What strategies say to a person."""

from __future__ import annotations

from backend.model.sentence import Code


class IdempotencyKeyCode(Code):
    """What is said of a key."""

    NOT_QUOTED = "idempotency_key.not_quoted"
    NOT_PRINTABLE = "idempotency_key.not_printable"
    WRONG_LENGTH = "idempotency_key.wrong_length"
    REUSED = "idempotency_key.reused"
    TAKEN_OVER = "idempotency_key.taken_over"


class FileCode(Code):
    """What is wrong with the files of a strategy."""

    NO_FOLDER = "strategy_file.no_folder"
    NOTHING_THERE = "strategy_file.nothing_there"
    BAD_NAME = "strategy_file.bad_name"
    UNREADABLE = "strategy_file.unreadable"
    PYTHON = "strategy_file.python"
    NO_DATA_FILE = "strategy_file.no_data_file"
    NO_CODE_FILE = "strategy_file.no_code_file"
    NOT_TOML = "strategy_file.not_toml"
    MISSING_KEY = "strategy_file.missing_key"
    UNKNOWN_KEY = "strategy_file.unknown_key"
    UNKNOWN_VALUE = "strategy_file.unknown_value"
    WRONG_TYPE = "strategy_file.wrong_type"
    IN_TABLE = "strategy_file.in_table"
    A_TEXT = "strategy_file.a_text"
    A_TRANSLATED_TEXT = "strategy_file.a_translated_text"
    A_NUMBER = "strategy_file.a_number"
    A_FLAG = "strategy_file.a_flag"
    A_LIST = "strategy_file.a_list"
    A_TABLE = "strategy_file.a_table"
    KNOWN_ALREADY = "strategy_file.known_already"
    NO_VARIANT = "strategy_file.no_variant"
    GUARDS_NOTHING = "strategy_file.guards_nothing"
    TOO_MANY_NEEDS = "strategy_file.too_many_needs"
    NO_FUNCTION = "strategy_file.no_function"
    WRONG_ARGUMENTS = "strategy_file.wrong_arguments"
    NO_TABLES = "strategy_file.no_tables"
    TABLE_TAKEN = "strategy_file.table_taken"
    TABLE_NAME = "strategy_file.table_name"
    FOREIGN_KEY = "strategy_file.foreign_key"
