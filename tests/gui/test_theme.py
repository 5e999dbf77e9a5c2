from __future__ import annotations

import itertools
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QPalette, QRawFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.model.vocabulary import EngineKind, Verdict
from gui.theme import DARK, LIGHT, VERDICT_GLYPHS, Colours, Theme, ThemeMode, palette_of, style_sheet_of
from gui.theme import contrast as measured

BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda colours: colours.name)


def contrast(one: str | QColor, other: str | QColor) -> float:
    return measured(QColor(one), QColor(other))


@BOTH
def test_text_can_be_read_on_every_background(colours: Colours) -> None:
    for background in (colours.window, colours.surface, colours.sunken, colours.raised, colours.selection,
                       colours.code_mark):  # fmt: skip
        assert contrast(colours.text, background) >= 7
    for background in (colours.window, colours.surface):
        assert contrast(colours.muted, background) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    for kind in (colours.keyword, colours.string, colours.comment, colours.number, colours.function):
        assert contrast(kind, colours.surface) >= 4.5
        assert contrast(kind, colours.code_mark) >= 4.5


@BOTH
def test_the_banner_can_be_read_whatever_the_verdict(colours: Colours) -> None:
    for verdict in (None, *Verdict):
        assert contrast(colours.text, colours.verdict_tint(verdict)) >= 7


@BOTH
def test_verdicts_and_engines_have_colours_of_their_own(colours: Colours) -> None:
    for group in (
        [colours.verdict(verdict).name() for verdict in Verdict],
        [colours.verdict_tint(verdict).name() for verdict in Verdict],
        [colours.engine(kind).name() for kind in (EngineKind.POSTGRESQL, EngineKind.STANDBY, EngineKind.REDIS,
                                                  EngineKind.ZOOKEEPER, EngineKind.GATEWAY, EngineKind.HTTP)],
    ):  # fmt: skip
        for one, other in itertools.combinations(group, 2):
            assert one != other
    databases = [kind for kind in EngineKind if kind.is_database and kind is not EngineKind.STANDBY]
    assert len({colours.engine(kind).name() for kind in databases}) == 1
    assert contrast(colours.engine(EngineKind.STANDBY), colours.engine(EngineKind.POSTGRESQL)) >= 1.7


@BOTH
def test_an_alarm_has_a_colour_that_means_nothing_else_and_can_be_read(colours: Colours) -> None:
    others = [getattr(colours, field.name) for field in fields(colours) if not field.name.startswith(("name", "alarm"))]
    for alarm in (colours.alarm, colours.alarm_tint):
        assert alarm not in others
        for other in others:
            one, two = QColor(alarm), QColor(other)
            apart = abs(one.red() - two.red()) + abs(one.green() - two.green()) + abs(one.blue() - two.blue())
            assert apart > 24, f"{alarm} looks like {other}"
    for background in (colours.window, colours.surface):
        assert contrast(colours.alarm, background) >= 4.5
    assert contrast(colours.text, colours.alarm_tint) >= 7
    assert contrast(colours.alarm, colours.alarm_tint) >= 3


@BOTH
def test_a_box_that_is_not_ticked_and_the_ring_around_what_has_focus_can_be_seen(colours: Colours) -> None:
    for background in (colours.window, colours.surface):
        assert contrast(colours.muted, background) >= 3
        assert contrast(colours.accent, background) >= 3


@BOTH
def test_the_border_of_a_field_or_a_button_can_be_seen_where_it_stands(colours: Colours) -> None:
    for background in (colours.window, colours.surface, colours.sunken, colours.raised):
        assert contrast(colours.border, background) >= 3


@BOTH
def test_whatever_can_have_the_focus_shows_it_in_a_colour_that_can_be_seen(colours: Colours) -> None:
    sheet = style_sheet_of(colours)
    for widget in ("QPushButton", "QLineEdit", "QSpinBox", "QComboBox", "QPlainTextEdit", "QTextBrowser",
                   "QCheckBox::indicator", "QRadioButton::indicator"):  # fmt: skip
        rule = next((line for line in sheet.splitlines() if f"{widget}:focus" in line), "")
        assert colours.accent in rule, f"{widget} does not show its focus"
    for background in (colours.window, colours.surface, colours.sunken, colours.raised):
        assert contrast(colours.accent, background) >= 3


@BOTH
def test_a_radio_button_has_a_look_of_the_theme(colours: Colours) -> None:
    sheet = style_sheet_of(colours)
    assert f"QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {colours.muted}" in sheet


@BOTH
def test_every_colour_is_a_colour(colours: Colours) -> None:
    for field in fields(colours):
        if field.name != "name":
            assert QColor(getattr(colours, field.name)).isValid(), field.name


@BOTH
def test_the_style_sheet_is_filled_in_and_its_icons_exist(colours: Colours) -> None:
    sheet = style_sheet_of(colours)
    assert "$" not in sheet
    icons = [part.split('")')[0] for part in sheet.split('url("')[1:]]
    assert icons
    assert all(Path(icon).is_file() for icon in icons)


def test_the_theme_changes_the_palette_and_tells_so(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    for mode, colours in ((ThemeMode.DARK, DARK), (ThemeMode.LIGHT, LIGHT)):
        with qtbot.waitSignal(theme.changed):
            theme.set_mode(mode)
        assert theme.colours is colours
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(colours.window)


def test_disabled_text_is_paler(qtbot: QtBot) -> None:
    palette = palette_of(LIGHT)
    active = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
    assert palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText) != active


def test_the_glyphs_of_verdicts_are_in_the_font_that_every_such_machine_has(qtbot: QtBot) -> None:
    font = QRawFont.fromFont(QFont("DejaVu Sans"))
    assert font.familyName() == "DejaVu Sans"
    for glyph in "".join(VERDICT_GLYPHS.values()) + "\N{WARNING SIGN}\N{MULTIPLICATION SIGN}":
        assert font.supportsCharacter(ord(glyph)), glyph


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("kind", EngineKind)
def test_a_command_can_be_read_on_the_colour_of_its_engine(colours: Colours, kind: EngineKind) -> None:
    assert contrast(colours.on_engine(kind), colours.engine(kind)) >= 4.5
