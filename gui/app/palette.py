"""The command palette: type a part of a command's name, press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QKeyEvent, QPalette
from PySide6.QtWidgets import QDialog, QHeaderView, QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from gui.theme import GRID
from gui.widgets.command import Command
from gui.widgets.forms import describe
from gui.widgets.view_keys import native
from gui.wording.live import follow_language, name_part, put

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.app.commands import CommandTable

WIDTH, HEIGHT = 80 * GRID, 50 * GRID
_PAGE = 10
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_PAGE, Qt.Key.Key_PageDown: _PAGE}


class Palette(QDialog):
    """Every command of the window, those first that can be done here and now; goes when it is closed.

    Signals:
        chosen: the Command that somebody wants to have done.
    """

    chosen = Signal(object)

    def __init__(self, table: CommandTable, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        put(self.setWindowTitle, lambda: self.tr("Commands"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._table, self._window = table, window
        self._commands = sorted(
            table.commands, key=lambda each: (not each.can_run, not each.is_offered(window))
        )  # stable: the order of the table stays within each group
        self.edit = QLineEdit()
        self.edit.setObjectName("paletteEdit")
        put(self.edit.setPlaceholderText, lambda: self.tr("Type a part of a command"))
        self.edit.setClearButtonEnabled(True)
        describe(self.edit, lambda: self.tr("Find a command"))
        self.edit.setToolTip("")
        self.edit.installEventFilter(self)
        self.list = self._make_list()
        self.note = QLabel()
        self.note.setObjectName("paletteNote")
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)
        layout = QVBoxLayout(self)
        for part in (self.edit, self.list, self.note):
            layout.addWidget(part)
        self.edit.textChanged.connect(self._filter)
        self.edit.returnPressed.connect(self._run)
        self.list.itemActivated.connect(self._run)
        self.list.currentItemChanged.connect(self._tell_current)
        self._filter("")
        follow_language(self, lambda: self._filter(self.edit.text()))
        self.resize(min(WIDTH, window.width()), min(HEIGHT, window.height()))

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setObjectName("paletteList")
        describe(made, lambda: self.tr("Commands"))
        made.setToolTip("")
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.header().setStretchLastSection(False)
        name_part(made.header, made.accessibleName)
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return made

    def _fit_columns(self) -> None:
        """Keys are never cut; what they take is known once the list has its style."""
        metrics, header = self.list.fontMetrics(), self.list.header()
        items = [self.list.topLevelItem(number) for number in range(self.list.topLevelItemCount())]
        for column in (1, 2):
            texts = [self.list.headerItem().text(column), *(item.text(column) for item in items if item)]
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, max(map(metrics.horizontalAdvance, texts)) + 2 * GRID)

    @Slot()
    def bring_to_front(self) -> None:
        """Show it at the upper edge of the window."""
        corner = self._window.geometry().topLeft()
        self.move(corner.x() + (self._window.width() - self.width()) // 2, corner.y() + 4 * GRID)
        self.show()
        self._fit_columns()
        self.activateWindow()
        self.edit.setFocus()

    @Slot(str)
    def _filter(self, typed: str) -> None:
        words = typed.casefold().split()
        self.list.clear()
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Where"), self.tr("Keys")])
        for command in self._commands:
            title = self._table.title_of(command)
            if all(word in f"{title} {command.key}".casefold() for word in words):
                self._add(command, title)
        if not self._go_to(0):
            self.note.setText(self.tr("No command has these words."))

    def _add(self, command: Command, title: str) -> None:
        item = QTreeWidgetItem([title, self._table.page_of(command), native(command.shortcut)])
        item.setData(0, Qt.ItemDataRole.UserRole, command)
        if not command.can_run:
            muted = QBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
            for column in range(item.columnCount()):
                item.setForeground(column, muted)
            item.setToolTip(0, command.obstacle)
        self.list.addTopLevelItem(item)

    @property
    def current(self) -> Command | None:
        """The command that Enter runs."""
        item = self.list.currentItem()
        found = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        return found if isinstance(found, Command) else None

    @Slot()
    def _tell_current(self) -> None:
        """Say what is current, also to whoever hears only of the field that has the focus."""
        command = self.current
        if command is None:
            self.edit.setAccessibleDescription("")
            return
        self.note.setText(command.obstacle)
        heard = (self._table.title_of(command), native(command.shortcut), command.obstacle)
        self.edit.setAccessibleDescription(", ".join(part for part in heard if part))

    @Slot()
    def _run(self) -> None:
        command = self.current
        if command is not None and command.can_run:
            self.close()
            self.chosen.emit(command)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The arrows go through the list while somebody types."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                return self._go_to(self.list.currentIndex().row() + step)
        return False

    def _go_to(self, row: int) -> bool:
        """Make the nearest row the current one; False where there is none."""
        item = self.list.topLevelItem(min(max(row, 0), self.list.topLevelItemCount() - 1))
        if item is None:
            return False
        self.list.setCurrentItem(item)
        return True

    def event(self, event: QEvent) -> bool:
        """Whoever turns to another window has done with it."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self.close()
        return super().event(event)
