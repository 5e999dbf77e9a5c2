"""Finding a text in a table or in code: a small bar over the view that is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from gui.theme import GRID
from gui.widgets.forms import button, describe
from gui.widgets.records import RecordModel
from gui.widgets.view_keys import ViewKey, native, press
from gui.wording.live import put

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel

View = QAbstractItemView | QPlainTextEdit


class FindBar(QWidget):
    """Lies over the upper right corner of a view, so that nothing moves when it comes.

    Args:
        window: where it looks for a view to search.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("findBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._view: View | None = None
        self.edit = QLineEdit()
        self.edit.setObjectName("findEdit")
        self.edit.setMinimumWidth(16 * GRID)
        put(self.edit.setPlaceholderText, lambda: self.tr("Find"))
        describe(self.edit, lambda: self.tr("Find"))
        self.edit.setToolTip("")
        self.note = QLabel()
        self.note.setObjectName("findNote")
        self.note.setProperty("role", "caption")
        back = button("findPreviousButton", "\N{UPWARDS ARROW}", "quiet")
        describe(back, lambda: self.tr("Previous match"), native("Shift+Return"))
        on = button("findNextButton", "\N{DOWNWARDS ARROW}", "quiet")
        describe(on, lambda: self.tr("Next match"), native("Return"))
        close = button("findCloseButton", "\N{MULTIPLICATION SIGN}", "quiet")
        describe(close, lambda: self.tr("Close the search"), native("Esc"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, 4, GRID, 4)
        layout.setSpacing(GRID // 2)
        for part in (self.edit, self.note, back, on, close):
            layout.addWidget(part)
        self.edit.textChanged.connect(self._look_from_here)
        back.clicked.connect(self.find_previous)
        on.clicked.connect(self.find_next)
        close.clicked.connect(self.leave)
        self.edit.installEventFilter(self)
        self.hide()

    def open_over(self, page: QWidget) -> None:
        """Search the view of a page that has the focus, or else the first one in sight; nothing where there is none."""
        view = self._view if self.edit.hasFocus() else view_to_search(page)
        if view is None:
            return
        self._view = view
        self.setParent(view)
        self._place()
        put(self.edit.setAccessibleName, lambda: self.tr("Find in: %1").replace("%1", view.accessibleName()))
        self.show()
        self.raise_()
        self.edit.selectAll()
        self.edit.setFocus()

    @Slot()
    def leave(self) -> None:
        """Close; the keyboard goes back to what was searched."""
        self.hide()
        if self._view is not None:
            self._view.setFocus()

    @Slot()
    def find_next(self) -> None:
        """Go to the next match; after the last one comes the first."""
        self._look(1, begin=1)

    @Slot()
    def find_previous(self) -> None:
        """Go to the match before; before the first one comes the last."""
        self._look(-1, begin=1)

    @Slot()
    def _look_from_here(self) -> None:
        self._look(1, begin=0)

    def _look(self, step: int, begin: int) -> None:
        text, found = self.edit.text(), True
        if text and isinstance(self._view, QAbstractItemView):
            found = find_in_table(self._view, text, step, begin)
        elif text and isinstance(self._view, QPlainTextEdit):
            found = find_in_text(self._view, text, step, begin)
        put(self.note.setText, lambda: "" if found else self.tr("Not found"))
        self.edit.setAccessibleDescription(self.note.text())
        self._place()

    def _place(self) -> None:
        """At the upper right corner of the view, as wide as it has to be and as the view lets it."""
        if self._view is not None:
            width = min(self.sizeHint().width(), self._view.width() - GRID)
            self.setGeometry(max(0, self._view.width() - width - GRID), 2, width, self.sizeHint().height())

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do while a text is typed."""
        return (
            ViewKey(("Return", "Enter"), self.tr("Next match"), self.find_next),
            ViewKey(("Shift+Return", "Shift+Enter"), self.tr("Previous match"), self.find_previous),
            ViewKey(("Esc",), self.tr("Close the search"), self.leave),
        )

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Esc closes the bar, whatever else it stands for in the window."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return event.type() is QEvent.Type.KeyPress and press(event, self.keys())


def view_to_search(page: QWidget) -> View | None:
    """The table or the text of a page that has the focus, or else the first one in sight."""
    focused = page.focusWidget()  # that had it last, where a menu or another window has it now
    views: list[View] = [*page.findChildren(QAbstractItemView), *page.findChildren(QPlainTextEdit)]
    there = [view for view in views if view.isVisible() and not isinstance(view, QHeaderView)]
    with_focus = (view for view in there if focused in {view, view.viewport()})
    return next(with_focus, there[0] if there else None)


def find_in_table(view: QAbstractItemView, text: str, step: int, begin: int) -> bool:
    """Make the next row current that has a text, in whatever column and case; False where there is none.

    Args:
        view: the table.
        text: what is looked for.
        step: 1 to look downwards, -1 upwards.
        begin: 0 to begin with the current row, 1 with its neighbour.
    """
    model, wanted = view.model(), text.casefold()
    rows, current = model.rowCount(), view.currentIndex()
    here = current.row() if current.isValid() else (-1 if step > 0 and begin else 0)
    for distance in range(begin, rows + begin):
        row = (here + step * distance) % rows
        if wanted in _text_of_row(view, model, row).casefold():
            index = model.index(row, max(0, _column_of(model, row, wanted)))
            view.setCurrentIndex(index)
            view.scrollTo(index)
            return True
    return False


def _text_of_row(view: QAbstractItemView, model: QAbstractItemModel, row: int) -> str:
    if isinstance(model, RecordModel):
        record = model.records[row]
        return "\t".join(column.text(record) for column in model.columns)
    cells = [str(model.index(row, column).data()) for column in range(model.columnCount())]
    if isinstance(view, QTableView) and not view.verticalHeader().isHidden():
        cells.append(str(model.headerData(row, Qt.Orientation.Vertical)))
    return "\t".join(cells)


def _column_of(model: QAbstractItemModel, row: int, wanted: str) -> int:
    columns = range(model.columnCount(QModelIndex()))
    return next((column for column in columns if wanted in str(model.index(row, column).data()).casefold()), -1)


def find_in_text(view: QPlainTextEdit, text: str, step: int, begin: int) -> bool:
    """Select the next place that has a text, in whatever case; False where there is none."""
    flags = QTextDocument.FindFlag(0) if step > 0 else QTextDocument.FindFlag.FindBackward
    cursor = view.textCursor()
    if not begin:
        cursor.setPosition(cursor.selectionStart())
        view.setTextCursor(cursor)
    if view.find(text, flags):
        return True
    before = view.textCursor()
    view.moveCursor(QTextCursor.MoveOperation.Start if step > 0 else QTextCursor.MoveOperation.End)
    if view.find(text, flags):
        return True
    view.setTextCursor(before)
    return False
