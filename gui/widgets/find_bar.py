"""Finding a text: tables show only the rows that have it, and code goes from one place that has it to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QWidget,
)

from gui.theme import GRID
from gui.widgets.forms import button, describe
from gui.widgets.hidden_rows import HiddenRows
from gui.widgets.roomy_header import RoomyHeader
from gui.widgets.table import RecordTable
from gui.widgets.view_keys import ViewKey, native, press
from gui.wording.live import put
from gui.wording.punctuation import in_a_row

Text = QPlainTextEdit | QTextEdit
View = QTableView | Text


def _nothing() -> None:
    pass


def find_keys(
    on: Callable[[], object] = _nothing, back: Callable[[], object] = _nothing, leave: Callable[[], object] = _nothing
) -> tuple[ViewKey, ...]:
    """What keys do while a text is typed."""
    return (
        ViewKey(("Return", "Enter"), QCoreApplication.translate("FindBar", "Next match"), on),
        ViewKey(("Shift+Return", "Shift+Enter"), QCoreApplication.translate("FindBar", "Previous match"), back),
        ViewKey(("Esc",), QCoreApplication.translate("FindBar", "Close the search, and show all rows again"), leave),
    )


class FindBar(QWidget):
    """Stands above the heads of a table's columns, or lies over the upper right corner of a text.

    Args:
        view: what is searched, by this bar only.
    """

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.setObjectName("findBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._view = view
        self._hiding = HiddenRows(view) if isinstance(view, QTableView) and not isinstance(view, RecordTable) else None
        self._lay_out()
        if isinstance(view, RecordTable):
            view.records.counted.connect(self._count)
        elif self._hiding is not None:
            self._hiding.counted.connect(self._count)
        view.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        view = self._view
        self.edit = QLineEdit()
        self.edit.setObjectName("findEdit")
        self.edit.setMinimumWidth(14 * GRID)
        put(self.edit.setPlaceholderText, lambda: self.tr("Find"))
        describe(self.edit, lambda: self.tr("Find in: %1").replace("%1", view.accessibleName()))
        self.edit.setToolTip("")
        self.note = QLabel()
        self.note.setObjectName("findNote")
        self.note.setProperty("role", "caption")
        back = button("findPreviousButton", "\N{UPWARDS ARROW}", "quiet")
        describe(back, lambda: self.tr("Previous match"), native("Shift+Return"))
        on = button("findNextButton", "\N{DOWNWARDS ARROW}", "quiet")
        describe(on, lambda: self.tr("Next match"), native("Return"))
        close = button("findCloseButton", "\N{MULTIPLICATION SIGN}", "quiet")
        describe(close, lambda: self.tr("Close the search, and show all rows again"), native("Esc"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, 2, GRID, 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.note)
        for part in (back, on, close):
            layout.addWidget(part)
        self.edit.textChanged.connect(self._look_from_here)
        back.clicked.connect(self.find_previous)
        on.clicked.connect(self.find_next)
        close.clicked.connect(self.leave)
        self.edit.installEventFilter(self)

    def begin(self) -> None:
        """Come into sight, with the keyboard."""
        self.show()
        self._place()
        self.raise_()
        self.edit.selectAll()
        self.edit.setFocus()

    @Slot()
    def leave(self) -> None:
        """Go; all rows are shown again, and the keyboard goes back to them."""
        self.edit.clear()
        self.hide()
        self._place()
        self._view.setFocus()

    @Slot()
    def find_next(self) -> None:
        """Go to the next match; after the last one comes the first."""
        self._go(1, begin=1)

    @Slot()
    def find_previous(self) -> None:
        """Go to the match before; before the first one comes the last."""
        self._go(-1, begin=1)

    @Slot()
    def _look_from_here(self) -> None:
        if isinstance(self._view, RecordTable):
            self._view.records.show_only(self.edit.text())
        elif self._hiding is not None:
            self._hiding.show_only(self.edit.text())
            self._count()
        else:
            self._go(1, begin=0)

    def _go(self, step: int, begin: int) -> None:
        view, text = self._view, self.edit.text()
        if isinstance(view, QTableView):
            _go_to_row(view, step)
            return
        found = not text or find_in_text(view, text, step, begin)
        put(self.note.setText, lambda: "" if found else self.tr("Not found"))
        self._tell()

    @Slot()
    def _count(self) -> None:
        """Say how many rows are hidden, and what must not go unnoticed among them."""
        if not self.isHidden():
            put(self.note.setText, self._counted)
            self._tell()

    def _counted(self) -> str:
        if not self.edit.text():
            return ""
        if self._hiding is not None:
            return self._told(self._hiding.shown, self._hiding.total)
        if not isinstance(self._view, RecordTable):
            return ""
        records = self._view.records
        said = self._told(len(records.shown), len(records.records))
        marked = records.filter.hidden_marked if records.filter.is_on else 0
        return in_a_row([said, records.tell_hidden(marked)]) if marked else said

    def _told(self, shown: int, total: int) -> str:
        return self.tr("%1 of %2 shown").replace("%1", written(shown)).replace("%2", written(total))

    def _tell(self) -> None:
        put(self.edit.setAccessibleDescription, self.note.text)
        put(self.note.setToolTip, self.note.text)
        self._place()

    def _place(self) -> None:
        """Over the whole width above the heads of columns; at the upper right corner of a text."""
        view, height = self._view, self.sizeHint().height()
        header = view.horizontalHeader() if isinstance(view, QTableView) else None
        if isinstance(header, RoomyHeader):
            header.make_room(0 if self.isHidden() else height)
            self.setGeometry(view.frameWidth(), view.frameWidth(), view.width() - 2 * view.frameWidth(), height)
        else:
            width = min(self.sizeHint().width(), view.width() - GRID)
            self.setGeometry(max(0, view.width() - width - GRID), 2, width, height)

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do while a text is typed."""
        return find_keys(self.find_next, self.find_previous, self.leave)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Esc closes the bar, whatever else it stands for in the window; the bar grows and shrinks with its view."""
        if watched is self._view:
            if event.type() is QEvent.Type.Resize and not self.isHidden():
                self._place()
            return False
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return event.type() is QEvent.Type.KeyPress and press(event, self.keys())


def written(number: int) -> str:
    """A number as people write it."""
    return QLocale().toString(number)


def find_in_page(page: QWidget) -> FindBar | None:
    """Search the view of a page that has the focus, or else the first one in sight; None where there is none."""
    view = view_to_search(page)
    if view is None:
        return None
    bar = view.findChild(FindBar) or FindBar(view)
    bar.begin()
    return bar


def view_to_search(page: QWidget) -> View | None:
    """The table or the text of a page that has the focus, or else the first one in sight."""
    focused = page.focusWidget()  # that had it last, where a menu or another window has it now
    views: list[View] = [*page.findChildren(QTableView), *page.findChildren(QPlainTextEdit)]
    views += page.findChildren(QTextEdit)
    there = [view for view in views if view.isVisible()]
    with_focus = (view for view in there if focused in {view, view.viewport(), view.findChild(QLineEdit, "findEdit")})
    return next(with_focus, there[0] if there else None)


def _go_to_row(view: QTableView, step: int) -> None:
    """Make the next row that is shown the current one, or the one before; after the last comes the first."""
    count = view.model().rowCount()
    rows: Sequence[int] = range(count)
    if not isinstance(view, RecordTable):
        rows = [row for row in range(count) if not view.isRowHidden(row)]
    if not rows:
        return
    here = view.currentIndex()
    place = rows.index(here.row()) + step if here.row() in rows else (0 if step > 0 else -1)
    index = view.model().index(rows[place % len(rows)], max(0, here.column()))
    view.setCurrentIndex(index)
    view.scrollTo(index)


def find_in_text(view: Text, text: str, step: int, begin: int) -> bool:
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
