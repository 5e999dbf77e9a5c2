"""What the window remembers between two sessions. Nothing secret is ever kept."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from gui.theme import ThemeMode

ORGANISATION = "Submit Twice"
APPLICATION = "Submit Twice"
LARGEST = 2**31 - 1
"""What fits into the numbers of a spin box."""


class Settings:
    """Typed access to the settings file; a value of the wrong type counts as absent."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION
        )

    def text(self, key: str, default: str = "") -> str:
        """A text, or the default."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: int) -> int:
        """A whole number, or the default; one that no spin box can hold counts as absent."""
        try:
            number = int(str(self._store.value(key, default)))
        except ValueError:
            return default
        return number if abs(number) <= LARGEST else default

    def flag(self, key: str, default: bool) -> bool:
        """A yes or no."""
        return self.text(key, "true" if default else "false") == "true"

    def blob(self, key: str) -> QByteArray:
        """A saved state, empty where there is none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def remember(self, key: str, value: str | int | bool | QByteArray) -> None:
        """Keep a value."""
        self._store.setValue(key, ("true" if value else "false") if isinstance(value, bool) else value)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()

    @property
    def theme(self) -> ThemeMode:
        """Light, dark, or as the system says."""
        value = self.text("view/theme")
        return ThemeMode(value) if value in set(ThemeMode) else ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self.remember("view/theme", mode.value)

    @property
    def language(self) -> str:
        """A language such as ``zh_CN``; empty for the system's."""
        return self.text("view/language")

    @language.setter
    def language(self, language: str) -> None:
        self.remember("view/language", language)
