"""Surveys as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from backend.explorer.survey import Survey
from backend.explorer.survey_says import SurveyCode
from backend.files.output import write_document
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say

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


def to_json(survey: Survey) -> bytes:
    """A survey as the content of a JSON file."""
    return msgspec.json.format(msgspec.json.encode(_File(_FORMAT, _VERSION, survey)), indent=1) + b"\n"


def save(survey: Survey, path: Path) -> None:
    """Write a survey to a JSON file.

    Raises:
        SubmitTwiceError: the file cannot be written.
    """
    write_document(path, to_json(survey))


def load(path: Path) -> Survey:
    """Read a survey from a JSON file.

    Raises:
        SubmitTwiceError: there is no such file, or it holds no survey that can be read.
    """
    try:
        content = path.read_bytes()
        header = msgspec.json.decode(content, type=_Header)
    except OSError as error:
        raise SubmitTwiceError(say(SurveyCode.UNREADABLE, why=error.strerror or str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SubmitTwiceError(say(SurveyCode.NO_JSON, file=path.name)) from None
    if header.format != _FORMAT:
        raise SubmitTwiceError(say(SurveyCode.OTHER_FORMAT, file=path.name, format=_FORMAT))
    if header.version != _VERSION:
        raise SubmitTwiceError(say(SurveyCode.OTHER_VERSION, file=path.name, version=header.version, readable=_VERSION))
    try:
        survey = msgspec.json.decode(content, type=_File).survey
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SubmitTwiceError(say(SurveyCode.DAMAGED, file=path.name, why=str(error))) from None
    if survey is None:
        raise SubmitTwiceError(say(SurveyCode.EMPTY, file=path.name))
    return survey
