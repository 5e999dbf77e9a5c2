"""An archive of a freshly initialised database cluster, so that ``initdb`` runs once and not at every start.

The archive is one file: a line with its own checksum, a JSON index, and the contents one after the other. Reading it
whole proves it whole; it is replaced in one step, so that it does not matter how many labs write it at once. Zeros at
the end of a file are left out: most of a write-ahead log segment is zeros.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import mmap
import os
import stat
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from pathlib import Path

    from backend.engines.processes.server_user import ServerUser

_MAGIC = b"submit-twice template 1"
_WRITE_ONCE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class BrokenTemplateError(Exception):
    """The archive is missing, damaged, or not ours."""


@dataclass(frozen=True, slots=True)
class Template:
    """An archive of a directory tree.

    Attributes:
        archive: the file.
    """

    archive: Path

    @classmethod
    def of(cls, name: str, made_by: str) -> Template:
        """An engine's template for exactly what it is made by (program, version, arguments), in the user's cache."""
        digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]
        return cls(platformdirs.user_cache_path("submit-twice") / f"{name}-{digest}.template")

    def keep(self, directory: Path) -> None:
        """Archive a fresh directory in place of those of other versions. Without a cache the next start is slower."""
        with contextlib.suppress(OSError):
            self.save(directory)
            engine = self.archive.name.rpartition("-")[0]
            for archive in self.archive.parent.glob(f"{engine}-*.template"):
                if archive != self.archive:
                    archive.unlink()

    def save(self, directory: Path) -> None:
        """Archive all folders and files below `directory`, replacing the archive in one step.

        Raises:
            OSError: it cannot be written; an earlier archive is still whole then.
        """
        index: list[tuple[str, int, int]] = []
        contents: list[bytes] = []
        for path in sorted(directory.rglob("*")):
            name = str(path.relative_to(directory))
            if path.is_dir():
                index.append((name, -1, 0))
            else:
                data = path.read_bytes()
                kept = data.rstrip(b"\0")
                index.append((name, len(data), len(kept)))
                contents.append(kept)
        body = json.dumps(index).encode() + b"\n" + b"".join(contents)
        self.archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        partial = self.archive.with_name(f"{self.archive.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            descriptor = os.open(partial, _WRITE_ONCE, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                file.write(_MAGIC + b" %08x\n" % zlib.crc32(body) + body)
            partial.replace(self.archive)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise

    def _sweep(self) -> None:
        """Remove what is left of archives whose writers were killed: nobody holds the lock on them any more."""
        for partial in self.archive.parent.glob("*.template.*"):
            with contextlib.suppress(OSError), partial.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                partial.unlink()

    def unpack(self, directory: Path, user: ServerUser | None) -> None:
        """Make the folders and files below the existing `directory`, private to `user` or, without one, to us.

        Raises:
            BrokenTemplateError: nothing was written.
            OSError: a folder or a file cannot be written.
        """
        index, contents = self._read()
        offset = 0
        for name, size, kept in index:
            path = os.path.join(directory, name)  # noqa: PTH118 - a thousand files: pathlib takes 10 ms longer
            if size < 0:
                os.mkdir(path, 0o700)  # noqa: PTH102
            else:
                _write(path, contents[offset : offset + kept], size)
                offset += kept
            if user is not None:
                os.chown(path, user.uid, user.gid)

    def _read(self) -> tuple[list[tuple[str, int, int]], memoryview]:
        try:
            with self.archive.open("rb") as file:
                found = os.fstat(file.fileno())
                first = file.readline(64)
                # Not read: to copy its 22 MB takes longer than all the rest. Nobody writes it, it is replaced.
                whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # the latter where it is empty
            raise BrokenTemplateError(str(error)) from None
        body = memoryview(whole)[len(first) :]
        # A file that somebody else could have written would become the data of our server.
        foreign = found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if foreign or first != _MAGIC + b" %08x\n" % zlib.crc32(body):
            raise BrokenTemplateError(str(self.archive))
        end = whole.find(b"\n", len(first)) + 1
        return json.loads(whole[len(first) : end]), memoryview(whole)[end:]


def _write(path: str, content: memoryview, size: int) -> None:
    descriptor = os.open(path, _WRITE_ONCE, 0o600)
    try:
        while content:
            content = content[os.write(descriptor, content) :]
        os.ftruncate(descriptor, size)
    finally:
        os.close(descriptor)
