from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from backend.model.sentence import LANGUAGES, plain
from gui.app.language import Languages
from gui.wording.punctuation import one_after_the_other
from gui.wording.speech import language, speak


@pytest.mark.parametrize("name", LANGUAGES)
def test_sentences_are_said_in_the_language_of_the_installed_texts(qapp: QApplication, name: str) -> None:
    languages = Languages(qapp)
    languages.use(name)
    try:
        assert language() == name
    finally:
        languages.close()


def test_without_texts_sentences_are_english(qapp: QApplication) -> None:
    assert language() == "en"
    assert speak(plain("as it is")) == "as it is"


@pytest.mark.parametrize(("name", "joined"), [("en", "One. Two."), ("zh_CN", "One.Two.")])
def test_sentences_follow_one_another_as_the_language_has_it(qapp: QApplication, name: str, joined: str) -> None:
    languages = Languages(qapp)
    languages.use(name)
    try:
        assert one_after_the_other(["One.", "", "Two."]) == joined
    finally:
        languages.close()
