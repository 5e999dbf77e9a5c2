"""Keys of a view that paints itself: one table from which they are obeyed and listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QKeyEvent

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True, slots=True)
class ViewKey:
    """What keys do in a view.

    Attributes:
        keys: as `QKeySequence` reads them, such as ``Ctrl+Up``; each of them does it.
        text: what it does, in the language of the window. Entries with the same text are listed as one.
        act: does it.
    """

    keys: tuple[str, ...]
    text: str
    act: Callable[[], object]


def press(event: QKeyEvent, table: Iterable[ViewKey]) -> bool:
    """Do what the pressed key stands for; False where it stands for nothing.

    Shift counts only where the table says so: on many keyboards a plus is typed with it.
    """
    key, heeded = Qt.Key(event.key()), event.modifiers() & (_CTRL | _SHIFT)
    acts = {QKeySequence(keys): entry.act for entry in table for keys in entry.keys}
    for modifiers in (heeded, heeded & ~_SHIFT):
        act = acts.get(QKeySequence(QKeyCombination(modifiers, key)))
        if act is not None:
            act()
            return True
    return False


def native(keys: str) -> str:
    """Keys as the platform writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def listed(table: Iterable[ViewKey]) -> list[tuple[str, str]]:
    """What the keys of a table do, and which they are, for somebody to read."""
    lines: dict[str, list[str]] = {}
    for entry in table:
        lines.setdefault(entry.text, []).extend(native(keys) for keys in entry.keys)
    return [(text, ", ".join(keys)) for text, keys in lines.items()]
