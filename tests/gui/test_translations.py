from __future__ import annotations

import re
import shutil
import tomllib
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from backend import strategies
from backend.model.sentence import LANGUAGES, templates
from backend.model.vocabulary import Verdict
from gui.app.language import Languages
from gui.wording.terms import verdict_word
from resources.update_translations import catalogue_texts, compile_texts, main, unfinished

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


def test_the_files_know_every_text_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.update_translations.TRANSLATIONS", tmp_path)
    for file in FOLDER.glob("*.ts"):
        shutil.copy(file, tmp_path)
    assert main() == 0
    assert unfinished(tmp_path / CHINESE.name) == []


def test_a_window_that_runs_keeps_the_file_that_it_has_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.update_translations.TRANSLATIONS", tmp_path)
    shutil.copy(CHINESE, tmp_path)
    compiled = tmp_path / CHINESE.with_suffix(".qm").name
    compiled.write_bytes(b"as it was")
    with compiled.open("rb") as mapped:
        compile_texts("zh_CN")
        assert mapped.read() == b"as it was"
    assert QTranslator().load(str(compiled))
    assert sorted(tmp_path.iterdir()) == sorted([compiled, tmp_path / CHINESE.name])


def test_placeholders_survive_the_translation() -> None:
    for _, source, forms in messages():
        for form in forms:
            assert sorted(re.findall(r"%[1-9n]", form)) == sorted(re.findall(r"%[1-9n]", source)), source


def test_mnemonics_survive_the_translation() -> None:
    for context, source, forms in messages():
        if context == "Catalogue" or (letter := re.search(r"&(\w)", source)) is None:
            continue
        assert forms[0].endswith(f"(&{letter.group(1).upper()})"), source


TWO_THINGS = {
    "# #", "at most # #", "interleavings", "intents", "submissions",  # with a measure word in Chinese, and without one
    "processing", "table", "survives # of #",  # what goes on, and for how long; of a database, and on a page
}  # fmt: skip


def test_one_english_text_has_one_chinese_text_in_window_reports_and_commands() -> None:
    spoken: dict[str, set[str]] = defaultdict(set)
    english, chinese = templates("en"), templates("zh_CN")
    pairs = [(text, chinese[code]) for code, text in english.items()]
    pairs += [(source, form) for _, source, forms in messages() for form in forms]
    for source, translation in pairs:
        spoken[_without_parts(source.replace("&", "")).lower()].add(_without_parts(translation))
    words = {source: texts for source, texts in spoken.items() if source.strip("# ") and source not in TWO_THINGS}
    assert {source: texts for source, texts in words.items() if len(texts) > 1} == {}


def _without_parts(text: str) -> str:
    """A text with one sign for whatever is filled in, without mnemonic and without the stop at its end."""
    return re.sub(r"\{[^}]*\}|%L?\d|%n", "#", re.sub(r"\(&\w\)", "", text)).replace("(s)", "").strip(" .。:：…")  # noqa: RUF001


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
        assert verdict_word(Verdict.EXACTLY_ONCE) == "恰好一次"
    finally:
        QCoreApplication.removeTranslator(translator)


def test_buttons_that_come_from_qt_speak_chinese_too(qtbot: QtBot, qapp: QApplication) -> None:
    languages = Languages(qapp)
    languages.use("zh_CN")
    try:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "", "", QMessageBox.StandardButton.Close)
        qtbot.addWidget(box)
        assert re.search(r"[a-z]{2}", box.button(QMessageBox.StandardButton.Close).text()) is None
    finally:
        languages.close()


AS_THEY_ARE = {
    "always", "answers", "before", "broker", "cluster", "count", "curl", "database", "disable", "effects",
    "everysec", "explore", "five", "headers", "items", "json", "maxclients", "nats", "nobody", "none", "rabbitmq",
    "redis", "request", "reset", "root", "save", "schema", "sentinel", "service", "setup", "srvr", "sslmode", "status",
    "sync", "three", "tokens", "ulimit", "version", "wheel", "zookeeper",
}  # fmt: skip
"""Words in lower case that are commands, columns, keys of a file or names of programs."""


def english_left(text: str, source: str) -> list[str]:
    """Words of the English text that stand in the Chinese one: ordinary ones, in lower case, that are no code."""
    names = re.compile(r"[A-Z]{2,}\w*|\w+[-_./@:]\S+|\{[^}]*\}|<[^>]*>|&\w+;|https?\S+|“[a-z_ -]+”")
    words = re.findall(r"(?<![A-Za-z_-])[a-z]{4,}(?![A-Za-z_-])", names.sub(" ", text))
    return [word for word in words if word not in AS_THEY_ARE and re.search(rf"\b{word}\b", source)]


def test_no_english_is_left_in_chinese() -> None:
    found = [
        (source, left) for _, source, forms in messages() for form in forms if (left := english_left(form, source))
    ]
    english, chinese = templates("en"), templates("zh_CN")
    found += [(code, left) for code, text in chinese.items() if (left := english_left(text, english[code]))]
    texts = list(texts_of_strategies())
    found += [(text["en"], left) for text in texts if (left := english_left(text["zh_CN"], text["en"]))]
    assert len(texts) > 150
    assert found == []


def texts_of_strategies() -> Iterator[dict[str, str]]:
    """Every text of the data files, by language; one that stands in one language only is none of them."""
    for path in sorted(Path(strategies.__file__).parent.glob("*.toml")):
        yield from texts_in(tomllib.loads(path.read_text("utf-8")))


def texts_in(content: object) -> Iterator[dict[str, str]]:
    if isinstance(content, dict):
        if "en" in content:
            assert set(content) == set(LANGUAGES)
            yield content
        else:
            for part in content.values():
                yield from texts_in(part)
