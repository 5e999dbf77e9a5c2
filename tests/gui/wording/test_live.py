from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gui.wording.live import filled, put, say_all_again


def test_a_value_is_put_in_as_it_is_whatever_it_looks_like() -> None:
    said = filled(lambda: "%1 could not be written: %2.", "a%2.svg", lambda: "no room")
    assert said() == "a%2.svg could not be written: no room."


def test_what_somebody_typed_meanwhile_stays(qtbot: QtBot) -> None:
    language = ["en"]
    text, label = QPlainTextEdit(), QLabel()
    for widget in (text, label):
        qtbot.addWidget(widget)
    put(text.setPlainText, lambda: f"text in {language[0]}")
    put(label.setText, lambda: f"label in {language[0]}")
    language[0] = "zh"
    say_all_again((text, label))
    assert (text.toPlainText(), label.text()) == ("text in zh", "label in zh")
    text.setPlainText("typed")
    language[0] = "en"
    say_all_again((text, label))
    assert (text.toPlainText(), label.text()) == ("typed", "label in en")
