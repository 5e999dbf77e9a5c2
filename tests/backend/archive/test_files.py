"""Files `.submit-twice`: whatever somebody sends, it is an entry or one sentence."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import pytest

from backend.archive.documents import to_json
from backend.archive.entries import Entry
from backend.archive.files import MEMBER, MOST_BYTES, from_file, load, save, to_file
from backend.archive.says import ArchiveCode, EntryFileError
from backend.model.sentence import LANGUAGES, words
from tests.backend.archive.evil_files import evil_file
from tests.backend.archive.samples import every_entry, run_entry

KINDS_OF_EVIL = 10_000
IN_EVERY_RUN = 300


def _packed(name: str, content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return data.getvalue()


def _refused(data: bytes) -> EntryFileError:
    with pytest.raises(EntryFileError) as caught:
        from_file(data, "it.submit-twice")
    for language in LANGUAGES:
        assert len(words(caught.value.sentence, language).splitlines()) == 1
    return caught.value


@pytest.mark.parametrize("entry", every_entry(), ids=lambda entry: entry.kind.value)
def test_what_was_saved_is_loaded(tmp_path: Path, entry: Entry) -> None:
    file = tmp_path / "it.submit-twice"
    save(entry, file)
    assert load(file) == entry


def test_a_later_version_is_refused_with_a_sentence_that_says_so() -> None:
    document = json.loads(to_json(run_entry())) | {"version": 2, "content": "whatever comes to mind then"}
    assert _refused(_packed(MEMBER, json.dumps(document).encode())).sentence.code is ArchiveCode.LATER


def test_a_bomb_is_not_unpacked() -> None:
    bomb = _packed(MEMBER, b"[" + b"0," * (MOST_BYTES // 2 + 1) + b"0]")
    assert len(bomb) < MOST_BYTES / 100
    assert _refused(bomb).sentence.code is ArchiveCode.TOO_LARGE


@pytest.mark.parametrize("name", ["../../entry.json", "/etc/passwd", "C:\\entry.json", "entry.json/", "entry"])
def test_evil_paths_are_refused_and_nothing_is_unpacked(tmp_path: Path, name: str) -> None:
    _refused(_packed(name, to_json(run_entry())))
    assert list(tmp_path.iterdir()) == []


def test_a_second_member_is_refused() -> None:
    data = io.BytesIO(to_file(run_entry()))
    with zipfile.ZipFile(data, "a") as packed:
        packed.writestr("../evil", b"")
    _refused(data.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 1000, b"null", b"{}"], ids=repr)
def test_what_is_no_file_of_ours_is_refused(content: bytes) -> None:
    _refused(content)
    _refused(_packed(MEMBER, content))


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing", Path("a\0b")):
        with pytest.raises(EntryFileError) as caught:
            load(place)
        assert caught.value.sentence.code is ArchiveCode.UNREADABLE


def _try(number: int) -> bool:
    """Whether a file was refused; anything but an entry or a sentence is a fault."""
    data = evil_file(random.Random(number))  # noqa: S311  no secret
    try:
        entry = from_file(data, "evil.submit-twice")
    except EntryFileError as error:
        for language in LANGUAGES:
            words(error.sentence, language)
        return True
    assert entry.kind
    to_file(entry)
    return False


def test_evil_files_never_crash() -> None:
    assert sum(map(_try, range(IN_EVERY_RUN))) > IN_EVERY_RUN * 0.8


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_evil_files_never_crash(part: int) -> None:
    share = KINDS_OF_EVIL // 10
    assert sum(map(_try, range(share * part, share * (part + 1)))) > share * 0.8
