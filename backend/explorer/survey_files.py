"""Surveys as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from backend.errors import SubmitTwiceError
from backend.explorer.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT = "submit-twice survey"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class _File:
    """A survey as it lies in a file."""

    format: str = ""
    version: int = 0
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class _Header:
    """What tells whether a file is one of ours."""

    format: str = ""
    version: int = 0


def save(survey: Survey, path: Path) -> None:
    """Write a survey to a JSON file.

    Raises:
        OSError: it cannot be written.
    """
    path.write_bytes(msgspec.json.format(msgspec.json.encode(_File(_FORMAT, _VERSION, survey)), indent=1) + b"\n")


def load(path: Path) -> Survey:
    """Read a survey from a JSON file.

    Raises:
        SubmitTwiceError: there is no such file, or it holds no survey that can be read.
    """
    try:
        content = path.read_bytes()
        header = msgspec.json.decode(content, type=_Header)
    except OSError as error:
        raise SubmitTwiceError(f"The earlier survey cannot be read: {error.strerror or error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SubmitTwiceError(f"{path.name} is not a survey: it holds no such JSON document.") from None
    if header.format != _FORMAT:
        raise SubmitTwiceError(f"{path.name} is not a survey: its format is not “{_FORMAT}”.")
    if header.version != _VERSION:
        raise SubmitTwiceError(f"{path.name} is a survey of version {header.version}; this program reads {_VERSION}.")
    try:
        survey = msgspec.json.decode(content, type=_File).survey
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SubmitTwiceError(f"{path.name} is a survey that cannot be read: {error}.") from None
    if survey is None:
        raise SubmitTwiceError(f"{path.name} is a survey without its grid.")
    return survey
