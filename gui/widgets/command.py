"""What somebody can have the window do: one entry for each command, from which menus, shortcuts and lists are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtWidgets import QAbstractButton

from gui.widgets.forms import plain
from gui.wording.live import Words, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class Menu(Enum):
    """Where a command stands, in the order of the menu bar; themes and languages are menus in *View*."""

    FILE = auto()
    RUN = auto()
    EXHIBITS = auto()
    VIEW = auto()
    THEME = auto()
    LANGUAGE = auto()
    HELP = auto()


Ask: TypeAlias = "Callable[[Callable[[], str]], str]"


def asked(why_not: Callable[[], str]) -> str:
    """The answer of a `Command.why_not`."""
    return why_not()


def _nothing() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the window can do.

    Attributes:
        key: its name in every language, and the object name of its action.
        text: what it is called, with the letter of its menu.
        menu: where it stands.
        does: the button that it presses, or what it calls.
        shortcut: its keys as `QKeySequence` reads them, or none.
        place: the page, or the part of one, that it belongs to; it is offered while that is in sight. None: always.
        why_not: why it cannot be done just now; empty where it can. Of a button it is asked while that is disabled.
        is_chosen: whether it is ticked, for one choice of several; None where nothing is chosen.
        apart: whether a line comes before it.
        group: title of the menu within its menu that it stands in; empty where it stands in none.
    """

    key: str
    text: Words
    menu: Menu
    does: QAbstractButton | Callable[[], object]
    shortcut: str = ""
    place: QWidget | None = None
    why_not: Callable[[], str] = _nothing
    is_chosen: Callable[[], bool] | None = None
    apart: bool = False
    group: Words = ""

    @property
    def title(self) -> str:
        """The text without its letter and without the dots that announce a dialog."""
        return plain(in_words(self.text)).removesuffix("…")

    @property
    def button(self) -> QAbstractButton | None:
        """What it presses, if it presses something."""
        return self.does if isinstance(self.does, QAbstractButton) else None

    @property
    def can_run(self) -> bool:
        """Whether it can be done just now, were its place in sight."""
        return self.state()[0]

    def state(self, ask: Ask = asked) -> tuple[bool, str]:
        """Whether it can be done just now, and the obstacle, with each reason asked for once.

        Args:
            ask: asks a `why_not`; it may know the answer.
        """
        if self.button is not None and self.button.isEnabled():
            return True, ""
        obstacle = ask(self.why_not)
        return self.button is None and not obstacle, obstacle

    @property
    def obstacle(self) -> str:
        """Why it cannot be done just now; empty where it can."""
        return self.state()[1]

    def is_offered(self, window: QWidget) -> bool:
        """Whether its place is the one that the window shows."""
        return self.place is None or self.place.isVisibleTo(window)

    def belongs_to(self, page: QWidget | None) -> bool:
        """Whether its place is this page, or a part of it."""
        return page is not None and self.place is not None and (page is self.place or page.isAncestorOf(self.place))

    def run(self) -> None:
        """Do it; a disabled button stays as it is."""
        if isinstance(self.does, QAbstractButton):
            self.does.click()
        else:
            self.does()
