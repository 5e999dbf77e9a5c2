from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from pytestqt.qtbot import QtBot

from resources.update_translations import catalogue_texts, unfinished

FOLDER = Path(str(files("resources"))) / "translations"
CHINESE = FOLDER / "submit-twice_zh_CN.ts"


def messages() -> list[tuple[str, str, list[str]]]:
    found = []
    for context in ET.parse(CHINESE).getroot().iter("context"):  # noqa: S314  our own file
        for message in context.iter("message"):
            forms = [form.text or "" for form in message.iter("numerusform")]
            found.append(
                (
                    context.findtext("name", ""),
                    message.findtext("source", ""),
                    forms or [message.findtext("translation", "")],
                )
            )
    return found


def test_every_text_is_translated() -> None:
    assert len(messages()) > 250
    assert unfinished(CHINESE) == []
    assert [source for _, source, forms in messages() if not all(forms)] == []


def test_placeholders_survive_the_translation() -> None:
    for _, source, forms in messages():
        for form in forms:
            assert sorted(re.findall(r"%[1-9n]", form)) == sorted(re.findall(r"%[1-9n]", source)), source


def test_mnemonics_survive_the_translation() -> None:
    for context, source, forms in messages():
        if context == "Catalogue" or (letter := re.search(r"&(\w)", source)) is None:
            continue
        assert forms[0].endswith(f"(&{letter.group(1).upper()})"), source


def test_the_catalogue_is_translated_as_it_runs() -> None:
    gathered = {source for context, source, _ in messages() if context == "Catalogue"}
    assert set(catalogue_texts()) == gathered


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_compiled_file_has_what_the_text_file_has(qtbot: QtBot, language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(FOLDER / f"submit-twice_{language}.qm"))
    root = ET.parse(FOLDER / f"submit-twice_{language}.ts").getroot()  # noqa: S314  our own file
    for context in root.iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            forms = [form.text for form in message.iter("numerusform")]
            source = message.findtext("source", "")
            if forms:
                assert translator.translate(name, source, "", 1) == forms[0], source
            else:
                assert translator.translate(name, source) == message.findtext("translation"), source


def test_a_window_in_chinese_speaks_chinese(qtbot: QtBot) -> None:
    translator = QTranslator()
    assert translator.load(str(FOLDER / "submit-twice_zh_CN.qm"))
    QCoreApplication.installTranslator(translator)
    try:
        assert QCoreApplication.translate("Words", "exactly once") == "恰好一次"
    finally:
        QCoreApplication.removeTranslator(translator)
