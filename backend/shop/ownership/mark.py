"""The mark that our tables bear.

A mark is the comment of a table, in the words of `Mark.text`: the number of the database's lab, drawn when the tables
were made, and the table's own name. It goes through a dump and a restore with the table. Nothing carries it by
accident: PostgreSQL copies no comment with ``CREATE TABLE ... (LIKE ...)``; MariaDB does, but a table under another
name then bears the wrong name, and one in another database stands there without the marker table of the same number.
SQLite has no comments on tables, but keeps the text of each CREATE TABLE as it was written, comments included.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Self

MARKER = "submit_twice_lab"
"""A table without rows; its mark says the number of the lab that all other tables must bear."""
PREFIX = "submit-twice"
"""What the names of all our keys begin with."""
_TEXT = re.compile(r"made by submit-twice: lab ([0-9a-f]{16}), layout (\w+), (\w+); its rows may be deleted any time")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marked object says of itself."""

    lab: str
    """Drawn when the tables were made; two databases never share it, unless one is a copy of the other."""
    layout: str
    """Of which tables it is one: another version of us may make them otherwise."""
    name: str
    """The object's own."""

    @property
    def text(self) -> str:
        """The mark as it is written."""
        origin = f"made by submit-twice: lab {self.lab}, layout {self.layout}, {self.name}"
        return f"{origin}; its rows may be deleted any time"

    @classmethod
    def find(cls, text: str | None) -> Self | None:
        """The mark in a comment, or in a statement; None if there is none."""
        found = _TEXT.search(text or "")
        return cls(*found.groups()) if found else None


def key_prefix(lab: str) -> str:
    """What the names of keys and nodes begin with that belong to the lab of a database.

    Two labs on one database lock the same orders, so they share their locks; on two databases they never meet.
    """
    return f"{PREFIX}:{lab}"


def new_lab() -> str:
    """A number for the lab of a database."""
    return secrets.token_hex(8)
