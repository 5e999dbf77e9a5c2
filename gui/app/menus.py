"""Menus and shortcuts, made from the table of commands."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QTabWidget

from gui.widgets.command import Ask, Command, Menu, asked
from gui.wording.live import Words, add_menu, name_part, worded

if TYPE_CHECKING:
    from collections.abc import Sequence


_DECIDE = frozenset({QEvent.Type.EnabledChange, QEvent.Type.Show, QEvent.Type.Hide})
"""What happens to a button or to a part of a page when a command becomes possible, or is so no longer."""


class Menus(QObject):
    """The menu bar of a window and the actions in it.

    An action is in its menu, and obeys its keys, while the place of its command is in sight. So one shortcut may stand
    for another command on each page.

    Args:
        window: whose menu bar is filled.

    Signals:
        refused: why a command cannot be done that was asked for.
    """

    refused = Signal(object)
    _changed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[Command, QAction] = {}
        self._watched: dict[QObject, list[Command]] = defaultdict(list)
        """Places and buttons, and the commands that each of them decides on."""
        self._refresh_is_due = False
        self._changed.connect(self.refresh, Qt.ConnectionType.QueuedConnection)
        self._groups: dict[Words, QMenu] = {}
        self._menus = self._make_menus()

    def fill(self, commands: Sequence[Command]) -> None:
        """Make the actions; once."""
        menus = self._menus
        groups = {menu: QActionGroup(self) for menu in Menu}
        for command in commands:
            menu = self._group(menus[command.menu], command.group)
            if command.apart and not menu.isEmpty():
                menu.addSeparator()
            action = self._make_action(command)
            if command.is_chosen is not None:
                groups[command.menu].addAction(action)
            menu.addAction(action)
            self._actions[command] = action
        self._watch(commands)
        self.refresh()

    def _make_menus(self) -> dict[Menu, QMenu]:
        bar = self._window.menuBar()
        name_part(self._window.menuBar, lambda: self.tr("Menu"))
        menus = {
            Menu.FILE: add_menu(bar, lambda: self.tr("&File")),
            Menu.RUN: add_menu(bar, lambda: self.tr("&Run")),
            Menu.EXHIBITS: add_menu(bar, lambda: self.tr("Exhi&bits")),
            Menu.VIEW: add_menu(bar, lambda: self.tr("&View")),
            Menu.HELP: add_menu(bar, lambda: self.tr("&Help")),
        }
        menus[Menu.THEME] = add_menu(menus[Menu.VIEW], lambda: self.tr("&Theme"))
        menus[Menu.LANGUAGE] = add_menu(menus[Menu.VIEW], lambda: self.tr("&Language"))
        for menu in menus.values():
            menu.setToolTipsVisible(True)  # there, a command says why it cannot be done
            menu.aboutToShow.connect(self.refresh)
        return menus

    def _group(self, menu: QMenu, title: Words) -> QMenu:
        """The menu of this title within a menu, which is made where it is not there; without a title the menu."""
        if not title:
            return menu
        if title not in self._groups:
            self._groups[title] = add_menu(menu, title)
            self._groups[title].setToolTipsVisible(True)
        return self._groups[title]

    def _make_action(self, command: Command) -> QAction:
        action = worded(QAction(self._window), command.text)
        action.setObjectName(command.key)
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.is_chosen is not None)
        action.triggered.connect(partial(self._triggered, command))
        return action

    def _watch(self, commands: Sequence[Command]) -> None:
        for command in commands:
            for decides in (command.place, command.button):
                if decides is not None:
                    self._watched[decides].append(command)
        for each in self._watched:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """A page comes into sight, or a button can be pressed from now on, or no longer.

        Its own commands follow at once. The others do so when everything that changes with it has changed: the parts of
        a page change one after the other, and to ask every command each time would take longer than they do.
        """
        if event.type() in _DECIDE:
            for command in self._watched[watched]:
                self._show_state(command, self._actions[command])
            if not self._refresh_is_due:
                self._refresh_is_due = True
                self._changed.emit()
        return False

    @Slot()
    def refresh(self) -> None:
        """Look again which commands are offered and can be done; to be called whenever that may have changed."""
        self._refresh_is_due = False
        ask = cache(asked)  # half of all commands have one reason between them
        for command, action in self._actions.items():
            self._show_state(command, action, ask)

    def _show_state(self, command: Command, action: QAction, ask: Ask = asked) -> None:
        can_run, obstacle = command.state(ask)
        action.setVisible(command.is_offered(self._window))
        action.setEnabled(can_run)
        action.setToolTip(obstacle)
        if command.is_chosen is not None:
            action.setChecked(command.is_chosen())

    def _triggered(self, command: Command, _checked: bool = False) -> None:
        self.run(command)

    @Slot(object)
    def run(self, command: Command) -> None:
        """Go where a command belongs, and do it; where it cannot be done, say why."""
        if command.place is not None and not command.is_offered(self._window):
            self._go_to(command)
        if command.can_run:
            command.run()
            self.refresh()  # another theme, say, is ticked now
        else:
            self.refused.emit(command.obstacle)

    def _go_to(self, command: Command) -> None:
        for tabs in self._window.findChildren(QTabWidget):
            for number in range(tabs.count()):
                if command.belongs_to(tabs.widget(number)):
                    tabs.setCurrentIndex(number)
