"""Colours, fonts and the application's style, light and dark.

The engines' and verdicts' colours are the set of Okabe and Ito ("Color Universal Design", 2008), which stays apart for
colour-blind eyes. They are never the only signal: a glyph and a word always go with them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from importlib.resources import files
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from backend.model.vocabulary import EngineKind, Health, Verdict

GRID = 8
"""Pixels between things; half of it where they belong together."""


class ThemeMode(StrEnum):
    """Which scheme the user asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """From 1, the same, to 21, black on white."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour of the window, as ``#rrggbb``."""

    name: str
    window: str
    surface: str
    sunken: str
    raised: str
    text: str
    muted: str
    disabled: str
    hairline: str
    border: str
    accent: str
    on_accent: str
    accent_hover: str
    selection: str
    database: str
    standby: str
    """A database, too, but which of the two was asked is what matters."""
    redis: str
    zookeeper: str
    broker: str
    gateway: str
    http: str
    good: str
    duplicated: str
    lost: str
    stuck: str
    undecided: str
    alarm: str
    """What went wrong, and warnings: a crash, a broken connection, an error; never a verdict, never an engine."""
    good_tint: str
    duplicated_tint: str
    lost_tint: str
    stuck_tint: str
    undecided_tint: str
    alarm_tint: str
    code_mark: str
    keyword: str
    string: str
    comment: str
    number: str
    function: str

    def on_engine(self, kind: EngineKind) -> QColor:
        """What can be read on the colour of an engine."""
        inks = map(QColor, (self.surface, self.text, "#000000"))
        return max(inks, key=lambda ink: contrast(ink, self.engine(kind)))

    def engine(self, kind: EngineKind) -> QColor:
        """The one colour of an engine."""
        if kind is EngineKind.STANDBY:
            return QColor(self.standby)
        if kind.is_database:
            return QColor(self.database)
        colours = {EngineKind.REDIS: self.redis, EngineKind.ZOOKEEPER: self.zookeeper, EngineKind.BROKER: self.broker,
                   EngineKind.GATEWAY: self.gateway}  # fmt: skip
        return QColor(colours.get(kind, self.http))

    def verdict(self, verdict: Verdict | None) -> QColor:
        """The strong colour of a verdict, for a bar or a glyph's disc."""
        return QColor({Verdict.EXACTLY_ONCE: self.good, Verdict.DUPLICATED: self.duplicated, Verdict.LOST: self.lost,
                       Verdict.STUCK: self.stuck, Verdict.UNDECIDED: self.undecided}.get(verdict, self.border))  # type: ignore[arg-type]  # fmt: skip

    def verdict_tint(self, verdict: Verdict | None) -> QColor:
        """The quiet background of a verdict, with the ordinary text on it."""
        tints = {Verdict.EXACTLY_ONCE: self.good_tint, Verdict.DUPLICATED: self.duplicated_tint,
                 Verdict.LOST: self.lost_tint, Verdict.STUCK: self.stuck_tint,
                 Verdict.UNDECIDED: self.undecided_tint}  # fmt: skip
        return QColor(self.surface if verdict is None else tints[verdict])

    def health(self, health: Health) -> QColor:
        """The colour of an engine's health word."""
        if health is Health.UP:
            return QColor(self.good)
        return QColor(self.muted if health in {Health.MISSING, Health.STARTING} else self.alarm)


LIGHT = Colours(
    name="light", window="#f4f5f7", surface="#ffffff", sunken="#eceef1", raised="#ffffff",
    text="#1b2027", muted="#59626e", disabled="#a3abb5", hairline="#dcdfe4", border="#7f8792",
    accent="#4250c4", on_accent="#ffffff", accent_hover="#3643ad", selection="#dfe3fb",
    database="#0072b2", standby="#4c9fd6", redis="#d55e00", zookeeper="#009e73",
    broker="#2f3640", gateway="#cc79a7", http="#7d8794",
    good="#009e73", duplicated="#e69f00", lost="#d9c400", stuck="#56b4e9", undecided="#8a94a0",
    alarm="#b3123f", alarm_tint="#fbdde6",
    good_tint="#dff4ed", duplicated_tint="#fdeccb", lost_tint="#fbf6b8", stuck_tint="#dff0fb",
    undecided_tint="#eceef1", code_mark="#eef0fc",
    keyword="#7a2f8f", string="#00694d", comment="#5c6570", number="#9a4a00", function="#0b5c93",
)  # fmt: skip

DARK = Colours(
    name="dark", window="#15181d", surface="#1b1f25", sunken="#101317", raised="#262b33",
    text="#e4e8ed", muted="#98a2ae", disabled="#5a636e", hairline="#2b3139", border="#6d7783",
    accent="#8f9bff", on_accent="#10131f", accent_hover="#a8b1ff", selection="#333b6b",
    database="#3d9fdc", standby="#a9d5f5", redis="#ee7a2c", zookeeper="#1fbf91",
    broker="#dfe4ea", gateway="#d992ba", http="#8d97a3",
    good="#1fbf91", duplicated="#f0ae1c", lost="#f0e442", stuck="#6bc2f2", undecided="#98a2ae",
    alarm="#ff7d9c", alarm_tint="#521a2b",
    good_tint="#143a31", duplicated_tint="#47350e", lost_tint="#45420f", stuck_tint="#173a50",
    undecided_tint="#262b33", code_mark="#232842",
    keyword="#cf9be0", string="#7fd6b5", comment="#8f9aa7", number="#f0a868", function="#79bdf0",
)  # fmt: skip

VERDICT_GLYPHS = {
    Verdict.EXACTLY_ONCE: "\N{CHECK MARK}",
    Verdict.DUPLICATED: "\N{MULTIPLICATION SIGN}2",
    Verdict.LOST: "\N{EMPTY SET}",
    Verdict.STUCK: "\N{CIRCLED DIVISION SLASH}",
    Verdict.UNDECIDED: "?",
}


class Theme(QObject):
    """Applies palette and style sheet, follows the system's scheme, and hands out the colours in force.

    Signals:
        changed: other colours are in force; repaint what is painted by hand.
    """

    changed = Signal()

    def __init__(self, application: QApplication, mode: ThemeMode = ThemeMode.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode
        self._colours = LIGHT
        self._styled = False
        application.setStyle("Fusion")
        application.setFont(interface_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return self._colours

    @property
    def mode(self) -> ThemeMode:
        """What the user asked for."""
        return self._mode

    def apply_style(self) -> None:
        """Apply the style sheet; done once the window is built, as Qt styles a widget anew at each change of parent."""
        self._styled = True
        self._application.setStyleSheet(style_sheet_of(self._colours))

    def set_mode(self, mode: ThemeMode) -> None:
        """Change to light, dark or whatever the system says."""
        self._mode = mode
        self._apply()
        self.changed.emit()

    @Slot()
    def _follow_system(self) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        dark = self._mode is ThemeMode.DARK or (
            self._mode is ThemeMode.SYSTEM and QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        )
        self._colours = DARK if dark else LIGHT
        if self._styled:
            # Bare widgets take a palette and a style sheet in a fifth of the time of dressed ones; nobody sees them so.
            self._application.setStyleSheet("")
        self._application.setPalette(palette_of(self._colours))
        if self._styled:
            self._application.setStyleSheet(style_sheet_of(self._colours))


def palette_of(colours: Colours) -> QPalette:
    """A palette with every role that Fusion reads."""
    role, palette = QPalette.ColorRole, QPalette()
    for which, colour in (
        (role.Window, colours.window), (role.WindowText, colours.text), (role.Base, colours.surface),
        (role.AlternateBase, colours.sunken), (role.Text, colours.text), (role.Button, colours.raised),
        (role.ButtonText, colours.text), (role.BrightText, colours.text), (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text), (role.PlaceholderText, colours.muted), (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent), (role.Accent, colours.accent), (role.Link, colours.accent),
        (role.LinkVisited, colours.accent), (role.Light, colours.raised), (role.Midlight, colours.hairline),
        (role.Mid, colours.border), (role.Dark, colours.border), (role.Shadow, colours.border),
    ):  # fmt: skip
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.hairline))
    return palette


def style_sheet_of(colours: Colours) -> str:
    """The style sheet with the colours and the places of the icons filled in."""
    resources = files("resources")
    values = {field.name: str(getattr(colours, field.name)) for field in fields(colours)}
    icons = str(resources / "icons").replace("\\", "/")
    template = (resources / "style" / "window.qss").read_text("utf-8")
    return Template(template).substitute(values, icons=icons)


def interface_font() -> QFont:
    """The system's own font; where a bare X server names none, the best that such machines have."""
    font = QFont(QApplication.font())
    if QFontInfo(font).family() in {"Sans Serif", "Sans", "DejaVu Sans"}:
        font.setFamilies(["Inter", "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC"])
        font.setPointSizeF(9.0)
    return font


def code_font(scale: float = 1.0) -> QFont:
    """A font of fixed width for everything that an engine said or was told."""
    font = QFont()
    font.setFamilies(["JetBrains Mono", "SF Mono", "Cascadia Mono", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono",
                      "Noto Sans Mono CJK SC"])  # fmt: skip
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    font.setPointSizeF(QApplication.font().pointSizeF() * scale)
    return font
