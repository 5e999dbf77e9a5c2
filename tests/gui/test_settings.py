from __future__ import annotations

from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from gui.settings import Settings
from gui.theme import ThemeMode


def test_what_is_remembered_is_there_in_the_next_session(qtbot: QtBot) -> None:
    settings = Settings()
    settings.theme = ThemeMode.DARK
    settings.language = "zh_CN"
    settings.remember("lab/strategy", "token")
    settings.remember("lab/spam", 250)
    settings.remember("lab/disable", value=True)
    settings.remember("window/geometry", QByteArray(b"\x00\x01\xff"))
    settings.save()
    later = Settings()
    assert later.theme is ThemeMode.DARK
    assert later.language == "zh_CN"
    assert later.text("lab/strategy") == "token"
    assert later.number("lab/spam", 1) == 250
    assert later.flag("lab/disable", default=False)
    assert later.blob("window/geometry") == QByteArray(b"\x00\x01\xff")


def test_nonsense_in_the_file_counts_as_absent(qtbot: QtBot) -> None:
    settings = Settings()
    settings.remember("lab/spam", "many")
    settings.remember("view/theme", "pink")
    settings.remember("window/geometry", "no geometry")
    settings.remember("lab/strategy", 5)
    assert settings.number("lab/spam", 20) == 20
    assert settings.theme is ThemeMode.SYSTEM
    assert settings.blob("window/geometry").isEmpty()
    assert settings.text("lab/strategy", "none") == "none"
