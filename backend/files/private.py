"""Files of the lab that nobody else may read."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_privately(file: Path, content: bytes) -> None:
    """Write a file that holds a secret, in one step and whatever the umask.

    Raises:
        OSError: the file cannot be written.
    """
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    partial.replace(file)


def touch_privately(file: Path) -> None:
    """Make an empty file that only its owner may read, whatever the umask; one that is there becomes private.

    Raises:
        OSError: the file cannot be made.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    file.chmod(0o600)
