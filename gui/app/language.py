"""The language of the window: its translations, which can be exchanged while it is open."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication


class Languages(QObject):
    """Installs the texts of a language, and Qt's own in it; English has a file too, for its plurals.

    Whatever shows a text hears of it by Qt's event ``LanguageChange``.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._installed: list[QTranslator] = []

    def use(self, language: str) -> None:
        """Speak this language from now on.

        Args:
            language: ``en``, ``zh_CN``, or an empty text for the system's.
        """
        before, self._installed = self._installed, self._load(language)
        for translator in self._installed:
            self._application.installTranslator(translator)
        for translator in before:
            self._application.removeTranslator(translator)
            translator.deleteLater()

    @property
    def is_speaking(self) -> bool:
        """Whether there are texts; without them all of it reads as in the code."""
        return bool(self._installed)

    def close(self) -> None:
        """Speak no language any more."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = []

    def _load(self, language: str) -> list[QTranslator]:
        name = language or QLocale.system().name()
        chosen = "zh_CN" if name.startswith("zh") else "en"
        translator = QTranslator(self)
        if not translator.load(str(files("resources") / "translations" / f"submit-twice_{chosen}.qm")):
            return []
        made = [translator]
        of_qt = QTranslator(self)
        if of_qt.load(f"qtbase_{chosen}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            made.insert(0, of_qt)  # what is installed last is asked first
        return made
