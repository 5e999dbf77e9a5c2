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


def remove_directory(directory: str) -> None:
    """Remove a directory with all its content, as far as that is possible.

    The mark goes last: what is left where somebody kills whoever is at it is found by the next start.
    """
    import shutil
    from contextlib import suppress
    from pathlib import Path

    folder = Path(directory)
    with suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != MARK:
                entry.unlink(missing_ok=True)
        if [entry.name for entry in folder.iterdir()] in ([], [MARK]):
            shutil.rmtree(folder, ignore_errors=True)


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
