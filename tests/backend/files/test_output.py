"""Output files: found out of reach before the work, replaced whole after it, and never half written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backend.files.output import OutputCode, OutputFiles, require_writable, write_document
from backend.model.errors import SubmitTwiceError


def _refusal(target: object) -> object:
    with pytest.raises(SubmitTwiceError) as raised:
        OutputFiles({"json": str(target)})
    return raised.value.sentence.code


def test_a_missing_folder_is_found_before_the_work(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "no" / "file.json") is OutputCode.NO_FOLDER
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert _refusal(tmp_path) is OutputCode.IS_A_FOLDER


def test_a_file_below_a_file_is_found_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _refusal(tmp_path / "file" / "other.json") is OutputCode.NO_FOLDER


def test_a_place_that_takes_no_files_is_found_before_the_work() -> None:
    assert _refusal("/proc/self/none.json") in {OutputCode.NOT_WRITABLE, OutputCode.NO_FOLDER}
    assert _refusal("/sys/none.json") is OutputCode.NOT_WRITABLE


def test_a_name_that_is_too_long_or_impossible_is_found_before_the_work(tmp_path: Path) -> None:
    write = OutputFiles({"json": str(tmp_path / ("a" * 255))})
    write.write("json", lambda: "{}")
    assert _refusal(tmp_path / "a\0b") is OutputCode.NOT_WRITABLE
    assert _refusal(tmp_path / ("a" * 256)) is OutputCode.NOT_WRITABLE


def test_two_results_do_not_go_to_one_place(tmp_path: Path) -> None:
    with pytest.raises(SubmitTwiceError) as raised:
        OutputFiles({"json": str(tmp_path / "a"), "html": str(tmp_path / "." / "a")})
    assert raised.value.sentence.code is OutputCode.NAMED_TWICE
    with pytest.raises(SubmitTwiceError):
        OutputFiles({"json": "-", "html": "-"})


def test_asking_leaves_a_file_alone_and_writing_replaces_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text("before")
    file.chmod(0o640)
    outputs = OutputFiles({"json": str(file), "html": None})
    assert file.read_text() == "before"
    assert (outputs.wants("json"), outputs.wants("html"), outputs.takes_standard_output) == (True, False, False)
    outputs.write("json", lambda: "後")
    outputs.write("html", lambda: pytest.fail("nobody wants it"))
    assert file.read_text(encoding="utf-8") == "後"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(file)
    OutputFiles({"json": str(link)}).write("json", lambda: "text")
    assert link.is_symlink()
    assert file.read_text() == "text"


def test_a_new_file_has_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_document(tmp_path / "new", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_device_is_written_to_and_stays() -> None:
    require_writable(os.devnull)
    write_document(os.devnull, "text")
    assert Path(os.devnull).is_char_device()


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kept"
    file.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(SubmitTwiceError) as raised:
        write_document(file, "after")
    assert raised.value.sentence.code is OutputCode.NOT_WRITTEN
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full")
def test_a_disk_that_is_full_costs_one_document_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes of work may stand behind it."""
    outputs = OutputFiles({"json": "/dev/full", "html": str(tmp_path / "page")})
    outputs.write("json", lambda: "lost")
    outputs.write("html", lambda: "kept")
    assert (tmp_path / "page").read_text() == "kept"
    with pytest.raises(SubmitTwiceError) as raised:
        outputs.tell(["what was found"])
    assert raised.value.sentence.code is OutputCode.NOT_WRITTEN
    assert capsys.readouterr().out == "what was found\n"


def _script(lines: str, redirection: str, **more: str) -> subprocess.CompletedProcess[str]:
    program = f"""
import sys
import tempfile
from backend.model.errors import SubmitTwiceError
from backend.files.output import OutputFiles, speak
try:
    {lines}
except SubmitTwiceError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""
    command = f'"$0" -c "$1" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | more,
    )


def test_a_closed_standard_output_is_found_before_the_work() -> None:
    ended = _script("OutputFiles({'json': '-'})", ">&-")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "Standard output is closed" in ended.stderr


def test_what_is_only_said_is_not_missed_where_standard_output_is_closed() -> None:
    ended = _script("speak(['a line'])", ">&-")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_reader_who_has_left_ends_it_in_one_sentence() -> None:
    ended = _script("speak(['a line'] * 1_000_000)", "| true")
    assert ended.stderr == "Nobody reads standard output any more; the rest was not written.\n"


def test_a_terminal_without_the_characters_still_says_it() -> None:
    ended = _script("speak(['so\\N{RIGHTWARDS ARROW}'])", "", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stdout) == (0, "so\\u2192\n")


def test_a_shell_that_appends_keeps_what_it_has(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("first\n")
    ended = _script("OutputFiles({'json': '/dev/stdout'}).write('json', lambda: 'second')", f">> '{file}'")
    assert (ended.returncode, ended.stderr, file.read_text()) == (0, "", "first\nsecond")


MEMORY = Path("/dev/shm")  # noqa: S108


@pytest.mark.skipif(not MEMORY.is_dir(), reason="no folder in memory here")
def test_a_folder_in_memory_is_a_folder_like_any_other() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        file = Path(folder) / "report.json"
        OutputFiles({"json": str(file)}).write("json", lambda: "{}")
        assert file.read_text() == "{}"
