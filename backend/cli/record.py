"""What `--save-record` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.archive.entries import Entry


def as_record(entry: Entry) -> bytes:
    """The content of a file that is opened in the window or done again. Seldom asked for, so imported then."""
    from backend.archive.files import to_file

    return to_file(entry)
