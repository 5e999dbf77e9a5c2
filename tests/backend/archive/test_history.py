"""The history: bounded, searched, emptied, shared by processes, and never in the way."""

from __future__ import annotations

import json
import sqlite3
import stat
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from backend.archive.history import VARIABLE, History, history_file
from backend.archive.says import ArchiveCode, HistoryError
from backend.model.sentence import words
from backend.model.vocabulary import Verdict
from tests.backend.archive.samples import BEGAN, every_entry, run_entry


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "data" / "history.sqlite3")


def test_what_was_kept_is_there_for_the_next_session_the_newest_first(history: History) -> None:
    for entry in every_entry():
        history.add(entry)
    again = History(history.file)
    found = again.entries()
    assert [each.kind for each in found] == [entry.kind for entry in reversed(every_entry())]
    assert [again.entry(each.number) for each in found] == list(reversed(every_entry()))


def test_an_entry_is_found_by_its_words_in_every_language(history: History) -> None:
    history.add(run_entry(strategy="unique-index", verdict=Verdict.EXACTLY_ONCE))
    broken = history.add(run_entry())
    for search in ("DUPLICATED", "重复", "none place-order", "delay@sql", f"{words(broken.what, 'zh_CN')[:2]} 重复"):
        assert broken.number in [each.number for each in history.entries(search)], search
    assert [each.number for each in history.entries("duplicated")] == [broken.number]
    assert history.entries("unique_index") == ()
    assert history.entries("100%") == ()


def test_the_oldest_make_room(history: History) -> None:
    small = History(history.file, most_entries=3)
    numbers = [small.add(run_entry(began=BEGAN + n)).number for n in range(5)]
    assert [each.number for each in small.entries()] == numbers[:1:-1]
    assert small.entry(numbers[0]) is None


def test_it_does_not_grow_beyond_its_bytes(history: History) -> None:
    size = len(_documents(history, History(history.file).add(run_entry()).number))
    small = History(history.file, most_bytes=size * 2 + 10)
    for _ in range(4):
        small.add(run_entry())
    assert len(small.entries()) == 2


def test_it_can_be_emptied(history: History) -> None:
    number = history.add(run_entry()).number
    history.add(run_entry())
    history.remove(number)
    assert len(history.entries()) == 1
    assert history.empty() == 1
    assert history.entries() == ()
    assert _documents(history, number) is None


def test_only_its_owner_may_read_it(history: History) -> None:
    history.add(run_entry())
    assert stat.S_IMODE(history.file.stat().st_mode) == 0o600


def test_several_windows_may_write_at_once(history: History) -> None:
    def write(_: int) -> None:
        History(history.file).add(run_entry())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    assert len(history.entries()) == 24


def test_a_damaged_file_is_told_and_left_alone(history: History) -> None:
    history.file.parent.mkdir()
    history.file.write_bytes(b"this is no database" * 100)
    for use in (lambda: history.add(run_entry()), history.entries, history.empty):
        with pytest.raises(HistoryError) as caught:
            use()
        assert caught.value.sentence.code is ArchiveCode.HISTORY_UNUSABLE
    assert history.file.read_bytes().startswith(b"this is no database")


def test_the_history_of_a_later_version_is_left_alone(history: History) -> None:
    history.add(run_entry())
    with sqlite3.connect(history.file) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(HistoryError) as caught:
        history.add(run_entry())
    assert caught.value.sentence.code is ArchiveCode.HISTORY_LATER


def test_the_environment_says_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere.sqlite3"))
    assert history_file() == tmp_path / "elsewhere.sqlite3"
    History().add(run_entry())
    assert (tmp_path / "elsewhere.sqlite3").exists()


def _documents(history: History, number: int) -> bytes:
    connection = sqlite3.connect(history.file)
    found = connection.execute("SELECT document FROM documents WHERE number = ?", (number,)).fetchone()
    connection.close()
    return found and found[0]  # type: ignore[no-any-return]


def test_an_entry_that_is_kept_is_known_again_whoever_wrote_it(tmp_path: Path) -> None:
    """Sets are written in any order, another one in each process."""
    history = History(tmp_path / "history.sqlite3")
    entry = run_entry()
    assert history.number_of(entry) is None
    number = history.add(entry).number
    with sqlite3.connect(history.file) as connection:
        document = json.loads(zlib.decompress(connection.execute("SELECT document FROM documents").fetchone()[0]))
        turned = json.dumps(dict(reversed(document.items()))).encode()
        connection.execute("UPDATE documents SET document = ?", (zlib.compress(turned),))
    connection.close()
    assert history.number_of(entry) == number
    assert history.number_of(replace(entry, began=entry.began + 1)) is None
