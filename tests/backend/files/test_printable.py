from __future__ import annotations

import json
import unicodedata

import pytest

from backend.files.printable import printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x07b", "a\\x07b"),
        ("\x1b]0;owned\x07\x1b[2J", "\\x1b]0;owned\\x07\\x1b[2J"),
        ("done\rnot done", "done\\x0dnot done"),
        ("\x7f\x9b31m", "\\u007f\\u009b31m"),
        ("order \u202e321", "order \\u202e321"),
        ("\udcff", "\\udcff"),
        ("数据\tcafé\n👩‍🚀", "数据\tcafé\n👩‍🚀"),
    ],
)
def test_what_a_terminal_would_obey_is_told_by_its_number(text: str, printed: str) -> None:
    assert printable(text) == printed


def test_no_control_character_is_left() -> None:
    every = "".join(map(chr, range(0x3000)))
    left = {char for char in printable(every) if unicodedata.category(char) == "Cc"}
    assert left == {"\n", "\t"}


def test_json_says_the_same() -> None:
    text = "".join(map(chr, range(0x3000)))
    for ascii_only in (True, False):
        assert json.loads(printable(json.dumps(text, ensure_ascii=ascii_only))) == text
