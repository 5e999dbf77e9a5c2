"""Files ``.submit-twice``: a zip with one JSON document, `entry.json`, which has the version in it.

Nothing is ever unpacked to a disk, and nothing is read beyond a limit, whatever a file says of itself.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from backend.archive.command_lines import command_line
from backend.archive.documents import LaterVersionError, NoEntryError, from_json, to_json
from backend.archive.says import ArchiveCode, EntryFileError
from backend.archive.summary import search_text
from backend.archive.web_page import entry_html
from backend.files.output import write_document
from backend.model.sentence import say

if TYPE_CHECKING:
    from pathlib import Path

    from backend.archive.entries import Entry

ENDING = ".submit-twice"
MEMBER = "entry.json"
MOST_BYTES = 64 * 1024 * 1024
"""Of the document, and of a file: an ordinary one has some ten thousand."""
_WRONG = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError, KeyError, MemoryError,
)  # fmt: skip
"""What the library raises over a file that is no zip, is cut off, encrypted, or packed in another way."""
_DATE = (2026, 1, 1, 0, 0, 0)
"""Of the member: the same entry gives the same file."""


def to_file(entry: Entry) -> bytes:
    """The content of a file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(MEMBER, _DATE), to_json(entry), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def save(entry: Entry, target: str | Path) -> None:
    """Write an entry to a file.

    Raises:
        SubmitTwiceError: it cannot be written; a file that was there is as it was.
    """
    write_document(target, to_file(entry))


def load(file: Path) -> Entry:
    """Read an entry from a file.

    Raises:
        EntryFileError: the file cannot be read, holds no entry, or one of a later version.
    """
    name = str(file)
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise EntryFileError(say(ArchiveCode.UNREADABLE, file=name, why=why)) from None
    return from_file(data, name)


def from_file(data: bytes, name: str) -> Entry:
    """The entry in the content of a file.

    Args:
        data: the content.
        name: of the file, for what is said about it.

    Raises:
        EntryFileError: it holds none, or one of a later version.
    """
    if len(data) > MOST_BYTES:
        raise EntryFileError(say(ArchiveCode.TOO_LARGE, file=name))
    try:
        document = _unpacked(data)
        if len(document) > MOST_BYTES:
            raise EntryFileError(say(ArchiveCode.TOO_LARGE, file=name))
        entry = from_json(document)
        _rehearse(entry)
    except LaterVersionError:
        raise EntryFileError(say(ArchiveCode.LATER, file=name)) from None
    except NoEntryError as error:
        raise EntryFileError(say(ArchiveCode.NO_ENTRY, file=name, why=str(error))) from None
    except _WRONG as error:
        why = str(error) or type(error).__name__
        raise EntryFileError(say(ArchiveCode.NO_ENTRY, file=name, why=why)) from None
    return entry


def _rehearse(entry: Entry) -> None:
    """Write all that is ever written of an entry: what a stranger's file breaks, it breaks here.

    Raises:
        NoEntryError: something of it cannot be put into words.
    """
    try:
        search_text(entry)
        command_line(entry)
        entry_html(entry)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise NoEntryError(type(error).__name__) from None


def _unpacked(data: bytes) -> bytes:
    """The document, read no further than it may be long: a small file can claim to be a very large one."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if packed.namelist() != [MEMBER]:
            raise NoEntryError("it holds other files")
        with packed.open(MEMBER) as opened:
            return opened.read(MOST_BYTES + 1)
