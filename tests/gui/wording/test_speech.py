from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from backend.model.sentence import LANGUAGES, plain
from gui.app.start import install_translations
from gui.wording.speech import language, speak


@pytest.mark.parametrize("name", LANGUAGES)
def test_sentences_are_said_in_the_language_of_the_installed_texts(qapp: QApplication, name: str) -> None:
    translators = install_translations(qapp, name)
    try:
        assert language() == name
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_without_texts_sentences_are_english(qapp: QApplication) -> None:
    assert language() == "en"
    assert speak(plain("as it is")) == "as it is"
