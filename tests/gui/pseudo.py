"""A language that nobody speaks: every translated letter comes out as another one, so what is left in Latin letters
was never translated.

Texts of the window pass a translator that exchanges the letters; sentences of the backend get a table made in the same
way. Placeholders, tags and mnemonics stay. What is then found in Latin letters is a key, a command, a name of a
product, something that a person typed, or a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import unescape

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from backend.model import sentence
from backend.model.sentence import ENGLISH, Part, templates

SPOKEN = "zh_CN"
"""The language whose table of sentences is exchanged for a pseudo one; English stays, so that it can be found."""
OTHER = {code: code + 0xFEE0 for letters in (range(65, 91), range(97, 123)) for code in letters}
"""From a Latin letter to its full-width form."""
_KEPT = re.compile(r"(</?[a-z][^>]*>|&[a-z]+;|&#\d+;|%(?:L?\d+|n)|https?://\S+)")
_FIELD = re.compile(r"(\{[^{}]*\})")
_WORD = re.compile(r"[A-Za-z][A-Za-z']+")
_FILES = re.compile(r"[\w./-]+\.toml")
_NAMES = re.compile(r"submit-twice:[\w:.-]+|backend/[\w/]+\.py|@[a-z]+")
"""Keys in Redis, files of the project, places of faults, and files of services."""

Texts = Iterator[tuple[str, str]]
"""Where a text stands, and the text."""


@cache
def exchanged(text: str) -> str:
    """A text of the window in the pseudo language."""
    return "".join(part if odd % 2 else part.translate(OTHER) for odd, part in enumerate(_KEPT.split(text)))


def exchanged_template(template: str) -> str:
    """A template of a sentence in the pseudo language."""
    return "".join(
        _field(part) if odd % 2 else part.translate(OTHER) for odd, part in enumerate(_FIELD.split(template))
    )


def _field(field: str) -> str:
    name, colon, form = field.partition(":")
    is_text = "|" in form or " " in form  # two forms of a word, or what stands between the parts of a list
    return name + colon + (form.translate(OTHER) if is_text else form)


def pseudo_sentences() -> dict[str, str]:
    """The table of sentences in the pseudo language."""
    return {code: exchanged_template(template) for code, template in templates("en").items()}


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the backend speak the pseudo language where it is asked for `SPOKEN`."""
    spoken, table, translation = sentence._templates, pseudo_sentences(), sentence._translation

    def of_area(language: str, area: str) -> Mapping[str, str]:
        return table if language == SPOKEN else spoken(language, area)

    monkeypatch.setattr(sentence, "_templates", of_area)

    def translated(texts: Mapping[str, Part], language: str) -> str:
        return exchanged(str(texts[ENGLISH])) if language == SPOKEN else translation(texts, language)

    monkeypatch.setattr(sentence, "_translation", translated)


class PseudoTranslator(QTranslator):
    """Translates everything."""

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        return False

    def translate(self, context: str, source: str, _disambiguation: str | None = None, _number: int = -1) -> str:
        return SPOKEN if context == "Speech" else exchanged(source)


# What can be read


def texts_of_widget(widget: QWidget) -> Texts:
    """Everything that a widget and all below it show, say to a screen reader, or show when somebody points at them."""
    models = set[QAbstractItemModel]()
    for each in (widget, *widget.findChildren(QWidget)):
        path = _path(each)
        for what, text in _own_texts(each, models):
            if text:  # most widgets have none of most kinds, and a window has a thousand widgets
                yield f"{path} {what}", text
    for action in widget.findChildren(QAction):
        name = action.objectName() or action.text()
        for what, text in (("text", action.text()), ("toolTip", action.toolTip()), ("statusTip", action.statusTip())):
            yield f"action {name} {what}", text


def _own_texts(widget: QWidget, models: set[QAbstractItemModel]) -> Texts:
    yield "windowTitle", widget.windowTitle()
    yield "toolTip", without_tags(widget.toolTip())
    yield "statusTip", widget.statusTip()
    yield "whatsThis", widget.whatsThis()
    yield "accessibleName", widget.accessibleName()
    yield "accessibleDescription", widget.accessibleDescription()
    yield from _texts_of_a_field(widget, models)
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", without_tags(widget.text())
    elif isinstance(widget, QGroupBox | QMenu):
        yield "title", widget.title()
    elif isinstance(widget, QTabWidget):
        for index in range(widget.count()):
            yield f"tab {index}", widget.tabText(index)
            yield f"tab {index} toolTip", widget.tabToolTip(index)


def _texts_of_a_field(widget: QWidget, models: set[QAbstractItemModel]) -> Texts:
    """Of a model that another view shows as well, such as a box and its list, all is read once."""
    match widget:
        case QComboBox() if (model := widget.model()) not in models:
            models.add(model)
            yield from texts_of_model("item", model, widget.rootModelIndex())
        case QAbstractItemView() if widget.model() is not None and not isinstance(widget, QHeaderView):
            if (model := widget.model()) not in models:
                models.add(model)
                yield from texts_of_model("cell", model, widget.rootIndex())
        case QSpinBox():
            for part in (widget.prefix(), widget.suffix(), widget.specialValueText()):
                yield "spin", part
        case QPlainTextEdit() | QTextEdit():
            yield "placeholder", widget.placeholderText()
            yield "text", widget.toPlainText()
        case QLineEdit() if not isinstance(widget.parent(), QAbstractSpinBox | QComboBox):
            yield "placeholder", widget.placeholderText()
            yield "text", widget.text()


def texts_of_model(what: str, model: QAbstractItemModel, root: QModelIndex) -> Texts:
    """Heads and cells with their tool tips."""
    roles = (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    for column in range(columns):
        for role in roles:
            if text := _text(model.headerData(column, Qt.Orientation.Horizontal, role)):
                yield f"head {column}", text
    for row in range(model.rowCount(root)):
        for role in roles:
            if text := _text(model.headerData(row, Qt.Orientation.Vertical, role)):
                yield f"row head {row}", text
        for column in range(columns):
            index = model.index(row, column, root)
            for role in roles:
                if text := _text(index.data(role)):
                    yield f"{what} {row},{column}", text


def _text(value: object) -> str:
    return without_tags(value) if isinstance(value, str) else ""


def without_tags(text: str) -> str:
    """A text as it is read, where it is HTML."""
    return unescape(re.sub(r"</?[a-z][^>]*>", " ", text)) if "<" in text else text


def _path(widget: QObject) -> str:
    return widget.objectName() or type(widget).__name__


# What must not be there


def untranslated(texts: Iterable[tuple[str, str]], allowed: Iterable[str]) -> list[str]:
    """Texts with words in Latin letters that are not allowed.

    Args:
        texts: where each stands, and the text.
        allowed: names, keys, commands; taken out of the texts, the longest first.
    """
    doubtful = {text: where for where, text in reversed(list(texts)) if _WORD.search(text)}
    whole = "\n".join(doubtful)
    names = sorted({name for name in allowed if name}, key=len, reverse=True)
    there = [name for name in names if name in whole]
    taken_out = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" for name in there) or "(?!)")
    found: dict[str, str] = {}
    for text, where in reversed(doubtful.items()):
        words = _WORD.findall(_NAMES.sub(" ", taken_out.sub(" ", _FILES.sub(" ", text))))
        if words and not _is_cut(text, names):
            found[text] = f"{where}: {text!r} ({', '.join(words)})"
    return list(found.values())


def _is_cut(text: str, names: Iterable[str]) -> bool:
    """Whether it is what is allowed, painted without its end or its middle where there is no room for all of it."""
    begin, dots, end = text.strip().partition("\N{HORIZONTAL ELLIPSIS}")
    return bool(dots) and any(begin in name and name.endswith(end) for name in names)
