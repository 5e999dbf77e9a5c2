"""The user that servers run as.

PostgreSQL refuses to run as root, and nothing else needs root either: as root, servers become ``nobody``. That user
must be able to enter the folders of programs and data.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OVERFLOW_ID = 65534
"""What nobody is called where the name is unknown."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Numeric user and group of servers."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may reach files in `folder`, judged from the permission bits of all its parents."""
        resolved = folder.resolve()
        return all(self._may_search(part) for part in (resolved, *resolved.parents) if part.exists())

    def _may_search(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        if found.st_gid == self.gid:
            return bool(found.st_mode & 0o010)
        return bool(found.st_mode & 0o001)


def server_user() -> ServerUser | None:
    """The user for servers; None where we are not root and servers run as ourselves."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return ServerUser(_OVERFLOW_ID, _OVERFLOW_ID)
    return ServerUser(entry.pw_uid, entry.pw_gid)


def give(path: Path, user: ServerUser | None) -> None:
    """Make `path` the server user's own; does nothing where servers run as ourselves."""
    if user is not None:
        os.chown(path, user.uid, user.gid)


def give_tree(directory: Path, user: ServerUser | None) -> None:
    """Hand a folder that another user made, with all in it, to `user`; nothing happens where it is theirs."""
    if user is None or directory.stat().st_uid == user.uid:
        return
    for path in (directory, *directory.rglob("*")):
        give(path, user)


def own_directory(parent: Path, name: str, user: ServerUser | None) -> Path:
    """Make a private directory of the server user below `parent`; one that is there already is kept."""
    directory = parent / name
    directory.mkdir(mode=0o700, exist_ok=True)
    give(directory, user)
    return directory


def link_or_copy(source: Path, target: Path) -> None:
    """Put the files of `source` below `target`, as hard links where the file system allows it."""
    target.mkdir(mode=0o755, parents=True)
    target.chmod(0o755)
    for entry in source.iterdir():
        real = entry.resolve()
        if real.is_dir():
            link_or_copy(real, target / entry.name)
        else:
            _link_file(real, target / entry.name)


def _link_file(source: Path, target: Path) -> None:
    # A link shares the permission bits: only what everybody may read is of use.
    if source.stat().st_mode & 0o004:
        try:
            target.hardlink_to(source)
        except OSError:
            shutil.copy2(source, target)
    else:
        shutil.copy2(source, target)
        target.chmod(0o755)
