"""The command `install-desktop`: an entry in the menu of a Linux desktop, with the icon."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from backend.files.output import speak, write_document
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import ENGLISH, Code, say, words

if TYPE_CHECKING:
    import argparse

NAME = "submit-twice"
_ENTRY = """[Desktop Entry]
Type=Application
Name=Submit Twice
Comment=See what happens when the same request arrives twice, on real servers
Comment[zh_CN]=在真实服务器上观察同一请求到达两次会发生什么
Exec={command}
Icon={name}
Terminal=false
Categories=Development;
StartupWMClass={name}
"""


class DesktopCode(Code):
    """What became of the entry."""

    INSTALLED = "desktop.installed"
    REMOVED = "desktop.removed"
    NOT_LINUX = "desktop.not_linux"
    NOT_MADE = "desktop.not_made"


def install_desktop(chosen: argparse.Namespace) -> None:
    """Write the entry and the icon where the desktop looks for those of this user, or remove them.

    Raises:
        SubmitTwiceError: this is no Linux, or they cannot be written.
    """
    if not sys.platform.startswith("linux"):
        raise SubmitTwiceError(say(DesktopCode.NOT_LINUX))
    entry, icon = _places()
    language = chosen.language or ENGLISH
    if chosen.remove:
        for file in (entry, icon):
            file.unlink(missing_ok=True)
        speak([words(say(DesktopCode.REMOVED), language)])
        return
    picture = (files("resources") / "icons" / f"{NAME}.svg").read_bytes()
    try:
        for file in (entry, icon):
            file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SubmitTwiceError(say(DesktopCode.NOT_MADE, why=error.strerror or str(error))) from None
    write_document(icon, picture)
    write_document(entry, _ENTRY.format(command=" ".join(map(_quoted, _command())), name=NAME))
    speak([words(say(DesktopCode.INSTALLED, file=str(entry)), language)])


def _places() -> tuple[Path, Path]:
    """Of the entry and of the icon, as the XDG base directories say."""
    told = os.environ.get("XDG_DATA_HOME", "")
    data = Path(told) if Path(told).is_absolute() else Path.home() / ".local" / "share"
    return (
        data / "applications" / f"{NAME}.desktop",
        data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg",
    )


def _command() -> list[str]:
    """What starts the window: the installed command, or Python on the file that runs just now."""
    program = Path(sys.argv[0]).absolute()
    if program.stem == NAME:
        return [shutil.which(str(program)) or str(program)]
    return [sys.executable, str(program)]


def _quoted(word: str) -> str:
    """A word as the specification of desktop entries wants it: quoted, and a second time as a value of the file."""
    escaped = "".join(f"\\{each}" if each in '"`$\\' else each for each in word)
    return f'"{escaped}"'.replace("\\", "\\\\").replace("%", "%%")
