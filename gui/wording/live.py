"""Texts that follow the language of the window: what is shown is put into words again when the language changes.

Each text is kept as the function that says it, on the very object that shows it, so it goes with that object. A text
that was replaced meanwhile in another way, such as what somebody typed, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6.Shiboken import createdByPython, isValid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QAbstractButton, QLabel, QTabWidget

    Worded = TypeVar("Worded", bound="QLabel | QAbstractButton | QAction")

Words = str | Callable[[], str]
"""A text that is the same in every language, or what says it in the language of the window."""
_TEXTS, _AGAIN = "_live_texts", "_live_again"


@dataclass(slots=True)
class _Text:
    show: Callable[[str], object]
    words: Callable[[], str]
    shown: str

    def say_again(self, shows_now: Callable[[], object] | None) -> None:
        if shows_now is None or shows_now() == self.shown:
            self.shown = self.words()
            self.show(self.shown)


def in_words(words: Words) -> str:
    """The text, as it reads just now."""
    return words if isinstance(words, str) else words()


def filled(pattern: Callable[[], str], *values: Words) -> Callable[[], str]:
    """A text with ``%1``, ``%2`` and so on, which stand for values that may be texts themselves."""

    def fill() -> str:
        said = [in_words(value) for value in values]
        return re.sub(r"%([1-9])", lambda place: said[int(place[1]) - 1], pattern())

    return fill


def put(show: Callable[[str], object], words: Words) -> None:
    """Show a text from now on, in whatever language the window speaks.

    Args:
        show: a method of the object that shows it, such as ``label.setText``.
        words: the text, or what says it.
    """
    owner = cast("Any", show).__self__
    put_as(owner, cast("Any", show).__name__, show, words)


def put_as(owner: QObject, name: str, show: Callable[[str], object], words: Words) -> None:
    """As `put`, for an object with several texts of one kind.

    Args:
        owner: shows the text.
        name: which of its texts this is.
        show: shows it.
        words: the text, or what says it.
    """
    assert createdByPython(owner), f"{owner} was made by Qt"  # noqa: S101  its handle would outlive it
    texts: dict[str, _Text] = vars(owner).setdefault(_TEXTS, {})
    text = in_words(words)
    show(text)
    if isinstance(words, str):
        texts.pop(name, None)
    else:
        texts[name] = _Text(show, words, text)


def name_part(part: Callable[[], QWidget], words: Words) -> None:
    """The accessible name of a part that Qt made.

    Args:
        part: gives the part, such as ``tabs.tabBar``. The part itself is not kept: Python's handle of what Qt made may
            outlive it, and stand for something else that lies at its place.
        words: the name.
    """
    put_as(cast("Any", part).__self__, cast("Any", part).__name__, lambda text: part().setAccessibleName(text), words)


def worded(widget: Worded, words: Words) -> Worded:
    """A label, a button or an action with its text."""
    put(widget.setText, words)
    return widget


def add_tab(tabs: QTabWidget, page: QWidget, title: Words) -> None:
    """A page with its title at the end of others."""
    insert_tab(tabs, tabs.count(), page, title)


def insert_tab(tabs: QTabWidget, number: int, page: QWidget, title: Words) -> None:
    """A page with its title at a place among others."""
    tabs.insertTab(number, page, "")
    name_tab(tabs, page, title)


def name_tab(tabs: QTabWidget, page: QWidget, title: Words) -> None:
    """Another title for a page among others."""
    put_as(page, "tab", lambda text: tabs.setTabText(tabs.indexOf(page), text), title)


def add_menu(owner: Any, title: Words) -> QMenu:  # noqa: ANN401  a QMenuBar or a QMenu
    """A menu in a menu bar or in another menu."""
    menu = QMenu(owner)
    owner.addMenu(menu)
    put(menu.setTitle, title)
    return menu


def follow_language(owner: QObject, again: Callable[[], object]) -> None:
    """Have something done whenever the language has changed, after all texts were put into it."""
    vars(owner).setdefault(_AGAIN, []).append(again)


def say_all_again(objects: Iterable[QObject]) -> None:
    """The language has changed: every text of these objects is put into words again."""
    for _ in saying_again(objects):
        pass


def saying_again(first: Iterable[QObject], then: Iterable[QObject] = ()) -> Iterator[None]:
    """The same in small pieces, of which each takes a millisecond or so; what is gone meanwhile is left out.

    Args:
        first: what is in sight, which is put into words whole.
        then: all else.
    """
    for objects in (first, then):
        yield from _saying_again(objects)


def _saying_again(objects: Iterable[QObject]) -> Iterator[None]:
    all_of_them = tuple(objects)
    found = [(each, vars(each)) for each in all_of_them if hasattr(each, "__dict__")]
    for _ in range(2):  # a text may be made of another one, such as a menu's of a tab's
        for each, kept in found:
            if _TEXTS in kept and isValid(each):
                _say_texts_again(each, kept[_TEXTS])
                yield
    for each in all_of_them:
        if isValid(each) and _show_again(each):
            yield
    for each, kept in found:
        for again in tuple(kept.get(_AGAIN, ())):
            if isValid(each):
                again()
                yield


def _say_texts_again(owner: QObject, texts: dict[str, _Text]) -> None:
    for name, text in tuple(texts.items()):
        text.say_again(_getter(owner, name))


def _show_again(each: QObject) -> bool:
    """Have what is made when it is asked for asked for again; whether that may have taken a while."""
    if isinstance(each, QAbstractTableModel):
        _say_model_again(each)
        return True
    if isinstance(each, QWidget):
        each.update()
    return False


def _getter(each: object, setter: str) -> Callable[[], object] | None:
    """What tells a text that such a method has set: Qt calls it after the text, or after how it is given."""
    if not setter.startswith("set"):
        return None
    text = setter.removeprefix("set")
    return getattr(each, text[0].lower() + text[1:], None) or getattr(each, f"to{text}", None)


def _say_model_again(model: QAbstractTableModel) -> None:
    """What a model tells is made when it is asked for: views have to ask again."""
    rows, columns = model.rowCount(), model.columnCount()
    if columns:
        model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, columns - 1)
    if rows:
        model.headerDataChanged.emit(Qt.Orientation.Vertical, 0, rows - 1)
    if rows and columns:
        model.dataChanged.emit(model.index(0, 0), model.index(rows - 1, columns - 1))
