from __future__ import annotations

from pathlib import Path
from string import printable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings
from pytestqt.qtbot import QtBot

from backend.model.options import LabOptions
from gui.link.bridge import LabBridge
from gui.settings import APPLICATION, Settings
from gui.theme import Theme, ThemeMode
from tests.gui.conftest import make_window

KEYS = (
    "lab/strategy", "lab/variant", "lab/operation", "lab/item", "lab/quantity", "lab/spam", "lab/disable", "lab/source",
    "lab/pace", "lab/interval", "lab/processing-delay", "lab/lease", "lab/timeout", "lab/retries", "lab/backoff",
    "lab/faults", "lab/lost-reply", "lab/reload", "lab/edit", "lab/gateway-keys", "lab/across", "lab/results",
    "lab/evidence", "view/theme", "view/language", "window/geometry", "explore/sizes",
)  # fmt: skip
VALUES = st.one_of(
    st.integers().map(str),
    st.text(),
    st.text(alphabet=printable),
    st.binary(max_size=60).map(lambda blob: f"@ByteArray({blob.decode('latin-1')})"),
    st.sampled_from(["99999999999999999999", "-1", "1e9", "nan", "true", "@Rect(1 2 3 4)", "@Size(5 6)", "a, b, c",
                     "@Invalid()", "@@text", "\\x0\\x1", "@ByteArray(", "@Point()"]),
)  # fmt: skip


ANY = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(SHARED, max_examples=2)
@example(values={"lab/quantity": "99999999999999999999", "lab/lease": "-99999999999999999999", "lab/spam": "1" * 5000})
@given(values=ANY)
def test_the_window_opens_whatever_the_settings_file_says(
    qtbot: QtBot, theme: Theme, tmp_path: Path, values: dict[str, str]
) -> None:
    open_and_close(qtbot, theme, tmp_path / f"{APPLICATION}.ini", values)


@pytest.mark.exhaustive
@pytest.mark.timeout(300)
@settings(SHARED, max_examples=40)
@given(values=ANY)
def test_so_it_does_with_many_files(qtbot: QtBot, theme: Theme, tmp_path: Path, values: dict[str, str]) -> None:
    open_and_close(qtbot, theme, tmp_path / f"{APPLICATION}.ini", values)


def open_and_close(qtbot: QtBot, theme: Theme, path: Path, values: dict[str, str]) -> None:
    sections: dict[str, list[str]] = {}
    for key, value in values.items():
        section, _, name = key.partition("/")
        sections.setdefault(section, []).append(f"{name}={value}")
    lines = [line for section, entries in sections.items() for line in (f"[{section}]", *entries)]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    bridge = LabBridge(LabOptions())
    window = make_window(bridge, theme, Settings(QSettings(str(path), QSettings.Format.IniFormat)))
    try:
        assert window.lab.form.quantity.value() >= 1
        window.show()
        assert window.isVisible()
    finally:
        window.close()
        qtbot.waitUntil(lambda: window._closed)
        bridge.wait_until_closed(5)
        window.deleteLater()
        bridge.deleteLater()


def test_what_is_remembered_is_there_in_the_next_session(qtbot: QtBot) -> None:
    settings = Settings()
    settings.theme = ThemeMode.DARK
    settings.language = "zh_CN"
    settings.remember("lab/strategy", "token")
    settings.remember("lab/spam", 250)
    settings.remember("lab/disable", value=True)
    settings.remember("window/geometry", QByteArray(b"\x00\x01\xff"))
    settings.save()
    later = Settings()
    assert later.theme is ThemeMode.DARK
    assert later.language == "zh_CN"
    assert later.text("lab/strategy") == "token"
    assert later.number("lab/spam", 1) == 250
    assert later.flag("lab/disable", default=False)
    assert later.blob("window/geometry") == QByteArray(b"\x00\x01\xff")


def test_nonsense_in_the_file_counts_as_absent(qtbot: QtBot) -> None:
    settings = Settings()
    settings.remember("lab/spam", "many")
    settings.remember("view/theme", "pink")
    settings.remember("window/geometry", "no geometry")
    settings.remember("lab/strategy", 5)
    assert settings.number("lab/spam", 20) == 20
    assert settings.theme is ThemeMode.SYSTEM
    assert settings.blob("window/geometry").isEmpty()
    assert settings.text("lab/strategy", "none") == "none"
