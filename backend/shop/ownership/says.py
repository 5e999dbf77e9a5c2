"""What is said about objects that are not ours."""

from __future__ import annotations

from backend.model.sentence import Code


class OwnershipCode(Code):
    """Why a database is left alone, and what stands in the way."""

    NOT_OURS = "ownership.not_ours"
    EARLIER_VERSION = "ownership.earlier_version"
    OTHER_VERSION = "ownership.other_version"
    ATTACHED = "ownership.attached"
    MIXED = "ownership.mixed"
    FOREIGN_FILE = "ownership.foreign_file"
    NO_SCHEMA = "ownership.no_schema"
    NO_DATABASE = "ownership.no_database"
    UNMARKED = "ownership.unmarked"


class KindCode(Code):
    """Kinds of database objects."""

    TABLE = "object.table"
    VIEW = "object.view"
    MATERIALIZED_VIEW = "object.materialized_view"
    FOREIGN_TABLE = "object.foreign_table"
    PARTITIONED_TABLE = "object.partitioned_table"
    PARTITION = "object.partition"
    UNLOGGED_TABLE = "object.unlogged_table"
    VERSIONED_TABLE = "object.versioned_table"
    VIRTUAL_TABLE = "object.virtual_table"
    SEQUENCE = "object.sequence"
    INDEX = "object.index"
    TYPE = "object.type"
    FUNCTION = "object.function"
    TRIGGER = "object.trigger"
    RULE = "object.rule"
    FOREIGN_KEY = "object.foreign_key"
    CHILD_TABLE = "object.child_table"
    OTHER = "object.other"
