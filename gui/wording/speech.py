"""The backend's sentences in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from backend.model.sentence import Sentence, words


def speak(sentence: Sentence | None) -> str:
    """A sentence of the backend as the person at the window reads it; empty where nothing is said."""
    return words(sentence, language()) if sentence else ""


def language() -> str:
    """The language of the installed translation: it names its own, so widgets and sentences can never disagree."""
    return QCoreApplication.translate("Speech", "en")
