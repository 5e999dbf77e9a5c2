"""What the window remembers between two sessions. Nothing secret is ever kept."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QByteArray, QSettings

from gui.theme import ThemeMode

ORGANISATION = "Submit Twice"
APPLICATION = "Submit Twice"
LARGEST = 2**31 - 1
"""What fits into the numbers of a spin box."""


class Key(StrEnum):
    """Everything that has one place in the settings file: the page or part that it belongs to, and its name there."""

    LAB_ACROSS = "lab/across"
    LAB_BACKOFF = "lab/backoff"
    LAB_DEDUPLICATION_WINDOW = "lab/deduplication-window"
    LAB_DISABLE = "lab/disable"
    LAB_EDIT = "lab/edit"
    LAB_EVIDENCE = "lab/evidence"
    LAB_FAULTS = "lab/faults"
    LAB_GATEWAY_KEYS = "lab/gateway-keys"
    LAB_INTERVAL = "lab/interval"
    LAB_ITEM = "lab/item"
    LAB_LEASE = "lab/lease"
    LAB_LOST_REPLY = "lab/lost-reply"
    LAB_OPERATION = "lab/operation"
    LAB_PACE = "lab/pace"
    LAB_PREFETCH = "lab/prefetch"
    LAB_PROCESSING_DELAY = "lab/processing-delay"
    LAB_QUANTITY = "lab/quantity"
    LAB_REDIS_PERSISTENCE = "lab/redis-persistence"
    LAB_REDIS_TOPOLOGY = "lab/redis-topology"
    LAB_RELOAD = "lab/reload"
    LAB_REPLICA_LAG = "lab/replica-lag"
    LAB_REPLICATION = "lab/replication"
    LAB_RESULTS = "lab/results"
    LAB_RETRIES = "lab/retries"
    LAB_RETRY_ON = "lab/retry-on"
    LAB_SOURCE = "lab/source"
    LAB_SPAM = "lab/spam"
    LAB_STRATEGY = "lab/strategy"
    LAB_TIMEOUT = "lab/timeout"
    LAB_VARIANT = "lab/variant"
    LAB_VISIBILITY_TIMEOUT = "lab/visibility-timeout"
    SERVICE_DRAFT = "service/draft"
    SERVICE_FILE = "service/file"
    SERVICE_RECENT = "service/recent"
    STAGE_PERCENT = "stage/percent"
    TOUR_SEEN = "tour/seen"
    VIEW_LANGUAGE = "view/language"
    VIEW_THEME = "view/theme"
    WINDOW_GEOMETRY = "window/geometry"


class Group(StrEnum):
    """What there are several of, each under a name of its own."""

    COLUMNS = "columns"
    """Of each table."""
    EXPLORE = "explore"
    """Of each part of the question."""
    GUIDANCE = "guidance"
    """Of each question of the guide."""
    SERVICE = "service"
    """Of each situation and each number of a check."""

    def key(self, name: str) -> str:
        """Where one of them stands."""
        return f"{self.value}/{name}"


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
        value = self.text(Key.VIEW_THEME)
        return ThemeMode(value) if value in set(ThemeMode) else ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self.remember(Key.VIEW_THEME, mode.value)

    @property
    def language(self) -> str:
        """A language such as ``zh_CN``; empty for the system's."""
        return self.text(Key.VIEW_LANGUAGE)

    @language.setter
    def language(self, language: str) -> None:
        self.remember(Key.VIEW_LANGUAGE, language)
