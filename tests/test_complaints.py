"""Which errors end in a sentence, and which keep their traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from backend.cli.complaints import complaint
from backend.model.errors import EngineError
from backend.model.sentence import LANGUAGES, words


def caught(error: Exception) -> Exception:
    with pytest.raises(type(error)) as found:
        raise error
    return found.value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [EngineError("it is gone"), MemoryError(), ImportError("no segment"), RuntimeError("can't start new thread")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_machine_refuses_is_a_sentence(error: Exception, language: str) -> None:
    sentence = complaint(caught(error))
    assert sentence is not None
    assert words(sentence, language)


def test_an_error_of_the_system_says_the_file_or_the_place(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as opened:
        (tmp_path / "none").read_text()
    assert str(complaint(opened.value)) == f"{tmp_path / 'none'}: No such file or directory"
    with socket.socket(socket.AF_UNIX) as plug, pytest.raises(OSError, match="No such file") as bound:
        plug.bind(str(tmp_path / "none" / "plug"))
    assert "test_complaints.py:" in str(complaint(bound.value))


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x"), KeyError("x")])
def test_a_bug_keeps_its_traceback(error: Exception) -> None:
    assert complaint(error) is None
