"""One way to lay out a labelled field: caption, buddy, accessible name, description and tool tip at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import GRID
from gui.wording.live import Words, in_words, name_part, put, put_as, worded

if TYPE_CHECKING:
    from collections.abc import Iterable

CAPTION_WIDTH = 11
"""Characters that captions have room for, so that the fields of all sections line up."""
KEY_ROLE = Qt.ItemDataRole.UserRole


def plain(text: str) -> str:
    """The text without its mnemonic, also where a translation carries it as ``(&X)``."""
    return re.sub(r"\(&\w\)", "", text).replace("&", "").strip()


def describe(widget: QWidget, name: Words, explanation: Words = "") -> None:
    """Tell a screen reader what the widget is, and everybody what it does."""
    put(widget.setAccessibleName, name)
    if explanation or widget.toolTip():
        put(widget.setAccessibleDescription, explanation)
        put(widget.setToolTip, explanation)
    if isinstance(widget, QAbstractSpinBox):
        name_part(widget.lineEdit, name)
        put_as(widget, "line", lambda text: widget.lineEdit().setAccessibleDescription(text), explanation)
    if isinstance(widget, QComboBox):
        name_part(widget.view, name)


def plainly(words: Words) -> Words:
    """The text without its mnemonic, in every language."""
    return plain(words) if isinstance(words, str) else lambda: plain(words())


class Section(QWidget):
    """A titled group of captions and fields on one grid, without a box around it."""

    def __init__(self, title: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = worded(QLabel(), title)
        heading.setProperty("role", "heading")
        self._rows: dict[QWidget, tuple[QWidget, ...]] = {}
        self._absent: set[QWidget] = set()
        self._folded: set[QWidget] = set()
        self._head = QHBoxLayout()
        self._head.setSpacing(GRID)
        self._head.addWidget(heading, 1)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(GRID)
        self.grid.setVerticalSpacing(1)
        self.grid.setColumnStretch(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addLayout(self._head)
        outer.addLayout(self.grid)

    def add_field(
        self, caption: Words, field: QWidget, explanation: Words = "", beside: QWidget | None = None
    ) -> QLabel:
        """A row of a caption, its field and, where given, a companion at the right end."""
        label = worded(QLabel(), caption)
        label.setProperty("role", "caption")
        label.setBuddy(field)
        label.setMinimumWidth(CAPTION_WIDTH * label.fontMetrics().averageCharWidth())
        describe(field, plainly(caption), explanation)
        row = self.grid.rowCount()
        self.grid.addWidget(label, row, 0)
        self.grid.addWidget(field, row, 1, 1, 1 if beside else 2)
        if beside is not None:
            self.grid.addWidget(beside, row, 2)
        self._rows[field] = (label, field, beside) if beside else (label, field)
        return label

    def show_row(self, field: QWidget, shown: bool) -> None:
        """Have the row of a field there, or not; a folded one stays folded."""
        (self._absent.discard if shown else self._absent.add)(field)
        self._show_or_hide(field)

    def fold(self, fields: Iterable[QWidget], *, folded: bool) -> None:
        """Have rows folded, or there again if they are to be there at all."""
        for field in fields:
            (self._folded.add if folded else self._folded.discard)(field)
            self._show_or_hide(field)

    def _show_or_hide(self, field: QWidget) -> None:
        for widget in self._rows[field]:
            widget.setVisible(field not in self._absent and field not in self._folded)

    def height_of(self, field: QWidget) -> int:
        """What the row of a field takes where it is there, with the gap above it."""
        if field in self._absent:
            return 0
        return max(widget.sizeHint().height() for widget in self._rows[field]) + self.grid.verticalSpacing()

    def add_beside_title(self, widget: QWidget) -> None:
        """At the right of the title."""
        self._head.addWidget(widget)

    def add_field_with_button(self, caption: Words, field: QWidget, explanation: Words, push: QPushButton) -> QLabel:
        """A row whose field takes all that a narrow button at its end leaves."""
        label = self.add_field(caption, field, explanation)
        line = QHBoxLayout()
        line.setSpacing(GRID // 2)
        line.addWidget(field, 1)
        line.addWidget(push)
        self._rows[field] = (label, field, push)
        self.grid.addLayout(line, self.grid.rowCount() - 1, 1, 1, 2)
        return label

    def add_wide(self, widget: QWidget) -> None:
        """A row over the whole width."""
        self._rows[widget] = (widget,)
        self.grid.addWidget(widget, self.grid.rowCount(), 0, 1, 3)


def hairline(parent: QWidget | None = None) -> QFrame:
    """A line of one pixel between two parts."""
    line = QFrame(parent)
    line.setProperty("role", "hairline")
    line.setFixedHeight(1)
    line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return line


class CalmComboBox(QComboBox):
    """Leaves the wheel to the scroll area unless somebody is working with it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Choose only with focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmSpinBox(QSpinBox):
    """Leaves the wheel to the scroll area unless somebody is working with it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Count only with focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def name_scroll_buttons(window: QWidget) -> None:
    """Qt says once what the buttons are that scroll its tabs, in the language of that moment."""
    for bar in window.findChildren(QTabBar):
        for push in bar.findChildren(QToolButton):
            if push.objectName() == "ScrollLeftButton":
                push.setAccessibleName(QCoreApplication.translate("QTabBar", "Scroll Left"))
            elif push.objectName() == "ScrollRightButton":
                push.setAccessibleName(QCoreApplication.translate("QTabBar", "Scroll Right"))


def combo(object_name: str) -> QComboBox:
    """A combo box that does not grow with its longest item and ignores an accidental wheel."""
    box = CalmComboBox()
    box.setObjectName(object_name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(4)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setMaxVisibleItems(16)
    return box


def spin(object_name: str, smallest: int, largest: int, value: int, unit: Words = "") -> QSpinBox:
    """A spin box for a whole number, with its unit behind it."""
    box = CalmSpinBox()
    box.setObjectName(object_name)
    box.setRange(smallest, largest)
    box.setValue(value)
    box.lineEdit().setTextMargins(4, 0, 0, 0)
    put(box.setSuffix, lambda: f" {in_words(unit)}" if unit else "")
    box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def button(object_name: str, text: Words, role: str = "") -> QPushButton:
    """A push button that takes focus, with its look chosen by role."""
    push = worded(QPushButton(), text)
    push.setObjectName(object_name)
    push.setProperty("role", role)
    push.setAutoDefault(False)
    describe(push, plainly(text))
    return push


def current_key(box: QComboBox) -> str:
    """The key of the chosen item, or an empty string."""
    return str(box.currentData(KEY_ROLE) or "")


def choose_key(box: QComboBox, key: str) -> bool:
    """Choose the item with this key without telling anybody; False where there is none or it is greyed out."""
    index = box.findData(key, KEY_ROLE)
    if index < 0 or not is_item_enabled(box, index):
        return False
    with QSignalBlocker(box):
        box.setCurrentIndex(index)
    return True


def is_item_enabled(box: QComboBox, index: int) -> bool:
    """Whether a person can choose the item."""
    return bool(box.model().flags(box.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled)


def add_item(box: QComboBox, text: Words, key: str) -> None:
    """An item at the end, which is found by its key."""
    box.addItem("", key)
    put_as(box, f"item {key}", lambda shown: box.setItemText(box.findData(key, KEY_ROLE), shown), text)


def set_item_enabled(box: QComboBox, index: int, enabled: bool, reason: Words = "") -> None:
    """Grey an item out and say why, or take that back."""
    model = box.model()
    if isinstance(model, QStandardItemModel):
        model.item(index).setEnabled(enabled)
    explain_item(box, index, "" if enabled else reason)


def explain_item(box: QComboBox, index: int, text: Words) -> None:
    """What is said of an item where somebody points at it."""
    key = str(box.itemData(index, KEY_ROLE))

    def show(shown: str) -> None:
        box.setItemData(box.findData(key, KEY_ROLE), shown, Qt.ItemDataRole.ToolTipRole)

    put_as(box, f"why {key}", show, text)
