"""A lab's temporary folder: made, marked as ours, and removed.

Standard library only, as `backend.engines.processes.supervisor_process`.
"""

import errno
import os

NAME_BEGINS = "submit-twice-"
"""How the names of temporary folders begin; eight hexadecimal digits follow."""
MARK = ".lab"
"""The file in a temporary folder that is our mark. The supervisor and the lab hold a lock on it while they live."""
MARK_TEXT = b"a folder of Submit Twice\n"
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
"""How a folder is opened: whatever else there is, also a link to one, is refused."""


def remove_directory(directory: str) -> None:
    """Remove a directory with all its content, as far as that is possible.

    The mark goes last: what is left where somebody kills whoever is at it is found by the next start. What the standard
    library has for this takes longer to import than it takes to remove a lab's folder.
    """
    try:
        opened = os.open(directory, _FOLDER)
    except OSError:
        return
    try:
        _empty(opened, kept=MARK)
        if os.listdir(opened) in ([], [MARK]):  # noqa: PTH208
            _empty(opened)
            os.rmdir(directory)  # noqa: PTH106
    except OSError:
        pass
    finally:
        os.close(opened)


def _empty(folder: int, kept: str = "") -> None:
    """Remove what is in a folder that is open; what cannot be removed stays.

    Every name is looked up in the folder that holds it: a link that somebody puts in the place of one of them
    meanwhile, such as a server that runs as another user, is removed and never followed.

    Raises:
        OSError: the folder cannot be read.
    """
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if entry.name != kept]
    for name, is_folder in found:
        try:
            if is_folder:
                inner = os.open(name, _FOLDER, dir_fd=folder)
                try:
                    _empty(inner)
                finally:
                    os.close(inner)
                os.rmdir(name, dir_fd=folder)
            else:
                os.unlink(name, dir_fd=folder)
        except OSError:
            pass


def make_directory(bases: list[str], mode: int) -> str:
    """Make a fresh directory in the first base that allows it.

    Raises:
        OSError: none does.
    """
    failure = OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    for base in bases:
        directory = os.path.join(base, NAME_BEGINS + os.urandom(4).hex())  # noqa: PTH118
        try:
            os.mkdir(directory, 0o700)  # noqa: PTH102
            os.chmod(directory, mode)  # noqa: PTH101 - mkdir is subject to the umask
        except OSError as error:
            failure = error
        else:
            return directory
    raise failure


def mark(directory: str) -> int:
    """Put our mark into a fresh directory and lock it; the descriptor holds the lock.

    It has the lock when it appears, so that nobody takes the folder for that of a dead lab.

    Raises:
        OSError: the mark cannot be written.
    """
    import fcntl

    path = os.path.join(directory, MARK)  # noqa: PTH118
    descriptor = os.open(f"{path}.new", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.write(descriptor, MARK_TEXT)
    os.rename(f"{path}.new", path)  # noqa: PTH104
    return descriptor
