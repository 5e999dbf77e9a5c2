from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from backend.model.sentence import LANGUAGES, plain
from gui.app.language import Languages
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
