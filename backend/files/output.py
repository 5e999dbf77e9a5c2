"""The files that a command writes its results to: tried before the work begins, replaced whole when it is over.

What can be known beforehand (no such folder, no right to write, a folder in the place of the file, one file named
twice, a closed standard output) is found before anything is started. A file that is there keeps its content until the
new one is complete, so work that fails destroys nothing. ``-`` is standard output. A document is UTF-8 everywhere.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from backend.files.printable import printable
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import Code, Sentence, plain, say

if TYPE_CHECKING:
    from typing import TextIO

STANDARD_OUTPUT = "-"
_NEW_FILE = 0o666
_IN_MEMORY = "/dev/shm/"  # noqa: S108  where people keep files of their own
_NOT_OURS = ("/dev/", "/proc/")
"""Names of what somebody else has opened: a new file in its place would not be what he holds."""


class OutputCode(Code):
    """Why a result cannot be written."""

    NOT_WRITABLE = "output.not_writable"
    NO_FOLDER = "output.no_folder"
    IS_A_FOLDER = "output.is_a_folder"
    NAMED_TWICE = "output.named_twice"
    CLOSED = "output.closed"
    NOBODY_READS = "output.nobody_reads"
    NOT_WRITTEN = "output.not_written"
    NOT_SAID = "output.not_said"


class OutputFiles:
    """Where the documents of a command go. Make it before the work.

    Args:
        targets: for each document, by a name that the caller chooses, a path or ``-``; None or nothing where it is
            not wanted.

    Raises:
        SubmitTwiceError: a document cannot be written to its place.
    """

    def __init__(self, targets: Mapping[str, str | None]) -> None:
        self._targets = {name: target for name, target in targets.items() if target}
        self._on_standard_output = STANDARD_OUTPUT in self._targets.values()
        self._failed: SubmitTwiceError | None = None
        taken = set()
        for target in self._targets.values():
            require_writable(target)
            place = target if target == STANDARD_OUTPUT else str(Path(target).resolve())
            if place in taken:
                raise SubmitTwiceError(say(OutputCode.NAMED_TWICE, file=target))
            taken.add(place)

    @property
    def takes_standard_output(self) -> bool:
        """Whether standard output is for a document, so that nothing else may be said there."""
        return self._on_standard_output

    def wants(self, name: str) -> bool:
        """Whether a document is asked for."""
        return name in self._targets

    def target(self, name: str) -> str:
        """Where a document goes, as it was asked for."""
        return self._targets[name]

    def write(self, name: str, make: Callable[[], str | bytes]) -> None:
        """Make a document and write it where it was asked for; nothing where it was not.

        A disk that has filled up since, or a document that cannot be made, costs this one and no other, nor what is
        said: `tell` raises it.
        """
        if (target := self._targets.get(name)) is None:
            return
        try:
            write_document(target, make())
        except SubmitTwiceError as error:
            self._failed = self._failed or error
            del self._targets[name]

    def tell(self, lines: Iterable[str]) -> None:
        """Say what was found, after all documents, unless standard output is for one of them.

        Raises:
            SubmitTwiceError: a document cannot be written any more (a file that was there is as it was), or nobody
                reads standard output.
        """
        if not self._on_standard_output:
            speak(lines)
        if self._failed:
            raise self._failed


def require_writable(target: str | Path) -> None:
    """Make sure that a document can be written there, without touching a file that is there.

    Raises:
        SubmitTwiceError: nothing can be written there; the sentence says why.
    """
    if str(target) == STANDARD_OUTPUT:
        if _standard_output() is None:
            raise SubmitTwiceError(say(OutputCode.CLOSED))
        return
    place = Path(target)
    try:
        file = place.resolve()
        if place.is_dir():
            raise SubmitTwiceError(say(OutputCode.IS_A_FOLDER, file=str(target)))
        if not file.parent.is_dir():
            raise SubmitTwiceError(say(OutputCode.NO_FOLDER, file=str(target), folder=str(file.parent)))
        if _is_replaceable(place):
            with tempfile.TemporaryFile(dir=file.parent):
                pass
        elif not os.access(place, os.W_OK):
            raise PermissionError(0, "Permission denied")
    except (OSError, ValueError) as error:
        raise SubmitTwiceError(say(OutputCode.NOT_WRITABLE, file=str(target), why=_reason(error))) from None


def write_document(target: str | Path, content: str | bytes) -> None:
    """Write a whole document: to standard output, or to a file that it replaces at once.

    A text has nothing in it that a terminal obeys. JSON has no such characters in it, and XML has no place for them.

    Raises:
        SubmitTwiceError: it cannot be written; a file that was there is as it was.
    """
    data = printable(content).encode() if isinstance(content, str) else content
    if str(target) == STANDARD_OUTPUT:
        _write_to_standard_output(data)
        return
    try:
        place = Path(target)
        if _is_replaceable(place):
            _replace(place.resolve(), data)
        else:
            _write_in_place(place, data)
    except (OSError, ValueError) as error:
        raise SubmitTwiceError(say(OutputCode.NOT_WRITTEN, file=str(target), why=_reason(error))) from None


def speak(lines: Iterable[str]) -> None:
    """Say something to whoever runs the command. Nothing where standard output is closed: nobody wants to hear it.

    Characters that a terminal's encoding does not have are told by their number.

    Raises:
        SubmitTwiceError: the reader of standard output is gone.
    """
    output = _standard_output()
    if output is not None:
        text = "".join(f"{printable(line)}\n" for line in lines)
        _write_to_standard_output(text.encode(output.encoding or "utf-8", "backslashreplace"))


def _write_to_standard_output(data: bytes) -> None:
    output = _standard_output()
    if output is None:
        raise SubmitTwiceError(say(OutputCode.NOBODY_READS))
    try:
        output.flush()
        output.buffer.write(data)
        output.buffer.flush()
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())  # or the interpreter complains at its end
        if isinstance(error, BrokenPipeError):
            raise SubmitTwiceError(say(OutputCode.NOBODY_READS)) from None
        raise SubmitTwiceError(say(OutputCode.NOT_SAID, why=_reason(error))) from None


def _standard_output() -> TextIO | None:
    """Python has none where the descriptor was closed when it began."""
    output: TextIO | None = sys.stdout
    return None if output is None or output.closed else output


def _is_replaceable(place: Path) -> bool:
    """Whether a new file can take its place: not that of a device or a pipe, nor in a folder that takes no new ones."""
    path = place.absolute().as_posix()
    if path.startswith(_NOT_OURS) and not path.startswith(_IN_MEMORY):
        return False
    file = place.resolve()
    if not file.exists():
        return True
    return stat.S_ISREG(file.stat().st_mode) and os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _replace(file: Path, data: bytes) -> None:
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else _NEW_FILE & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:40]}-")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(data)
        written.chmod(mode)
        written.replace(file)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _write_in_place(place: Path, data: bytes) -> None:
    is_file = place.is_file() and not place.absolute().as_posix().startswith(_NOT_OURS)
    with place.open("wb" if is_file else "ab") as opened:  # what a shell has opened keeps what it holds
        opened.write(data)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: Exception) -> Sentence:
    return plain(getattr(error, "strerror", None) or str(error))
