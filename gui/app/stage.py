"""On stage: the Lab in full screen, with banner, rows and timeline only, in type that the last row can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QVBoxLayout

from backend.comparison.exhibits import EXHIBITS
from gui.app.predict import Prediction
from gui.settings import Key
from gui.theme import GRID
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.focus import LentFocus

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

    from gui.lab.page import LabPage
    from gui.link.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme

SMALLEST, LARGEST, STEP = 100, 250, 25
"""Percent."""
USUAL = 150
NO_LIMIT = 16_777_215
"""QWIDGETSIZE_MAX, which Qt does not tell Python."""


class Stage(QObject):
    """Takes everything else off the window, and puts it back.

    Signals:
        said: a sentence about what was done.
        magnified: how many times as large everything is.
        entering: everything else is about to go.

    Args:
        window: to be made full screen.
        tabs: its pages.
        lab: what is shown.
        strip: what stands below the pages.
        settings: where the size of type is remembered.
    """

    said = Signal(object)
    magnified = Signal(float)
    entering = Signal()

    def __init__(
        self,
        window: QMainWindow,
        bridge: LabBridge,
        tabs: QTabWidget,
        lab: LabPage,
        strip: QWidget,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._tabs, self._lab, self._strip = window, tabs, lab, strip
        self._settings = settings
        self.percent = min(max(settings.number(Key.STAGE_PERCENT, USUAL), SMALLEST), LARGEST)
        self.is_on = False
        self._was_maximised = False
        self._number = -1
        """Place of the exhibit that was shown last; before the first one."""
        self.prediction = Prediction(bridge, lab, theme)
        self._focus = LentFocus(lab.right)
        self.caption = QLabel()
        self.caption.setObjectName("stageCaption")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        self.caption.hide()
        column = lab.right.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101  the Lab's right half
        column.insertWidget(0, self.caption)
        self.prediction.named.connect(self._name)
        self._borrowed: list[QAction] = []
        self._keys = [self._key(Qt.Key.Key_PageDown, self.next_exhibit), self._key(Qt.Key.Key_PageUp, self.previous)]
        theme.changed.connect(self._magnify_again)

    def _key(self, key: Qt.Key, does: Callable[[], object]) -> QShortcut:
        """What a presenter's clicker sends; only on stage, where no table is to be paged."""
        made = QShortcut(QKeySequence(key), self._window)
        made.setEnabled(False)
        made.activated.connect(does)
        return made

    # On and off

    def toggle(self) -> None:
        """Go on stage, or come back."""
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Full screen, with banner, rows and timeline only."""
        self.entering.emit()
        self.is_on = True
        self._was_maximised = self._window.isMaximized()
        self._tabs.setCurrentWidget(self._lab)
        self._borrow_keys()
        self._focus.take(self._lab.results.rows_table)
        self._show_rest(shown=False)
        self._magnify(self.percent / 100)
        self._window.showFullScreen()

    def leave(self) -> None:
        """Everything is back where it was."""
        self.is_on = False
        self._show_rest(shown=True)
        self._focus.give_back()
        self._magnify(1.0)
        self._give_keys_back()
        if self._was_maximised:
            self._window.showMaximized()
        else:
            self._window.showNormal()

    @Slot(str)
    def _name(self, text: str) -> None:
        """Whoever looks up sees of what the verdict is."""
        self.caption.setText(text)
        self.caption.setAccessibleName(text)
        self.caption.setVisible(self.is_on and bool(text))

    def why_not(self) -> str:
        """Why type cannot be made larger or smaller; empty where it can."""
        return "" if self.is_on else self.tr("Go on stage first (F11).")

    def _show_rest(self, *, shown: bool) -> None:
        lab = self._lab
        results = lab.results
        timeline = lab.timeline
        rest = [
            self._window.menuBar(),
            self._tabs.tabBar(),
            self._strip,
            lab.sidebar,
            results.right,
            results.left.tabBar(),
        ]
        rest += [timeline.fit_button, timeline.list_button, timeline.export_button]
        if counters := lab.counters.parentWidget():
            rest.append(counters)
        for widget in rest:
            widget.setVisible(shown)
        self.caption.setVisible(not shown and bool(self.caption.text()))
        lab.exhibit.setMaximumHeight(NO_LIMIT if shown else 0)
        for key in self._keys:
            key.setEnabled(not shown)

    def _borrow_keys(self) -> None:
        """Keys of a menu bar that is hidden do nothing: for so long they are the window's."""
        actions = self._window.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)
        self._borrowed = [action for action in actions if not action.shortcut().isEmpty()]
        self._window.addActions(self._borrowed)

    def _give_keys_back(self) -> None:
        for action in self._borrowed:
            self._window.removeAction(action)

    # Type

    def larger(self) -> None:
        """Larger type, and remember it."""
        self._use(self.percent + STEP)

    def smaller(self) -> None:
        """Smaller type, and remember it."""
        self._use(self.percent - STEP)

    def _use(self, percent: int) -> None:
        if self.is_on:
            self.percent = min(max(percent, SMALLEST), LARGEST)
            self._settings.remember(Key.STAGE_PERCENT, self.percent)
            self._magnify(self.percent / 100)

    @Slot()
    def _magnify_again(self) -> None:
        """Another style sheet gives back the fonts that were there before the first one."""
        if self.is_on:
            self._magnify(self.percent / 100)

    def _magnify(self, factor: float) -> None:
        lab = self._lab
        lab.banner.magnify(factor)
        for host in lab.findChildren(FixedSizeHost):
            host.settle()
        for table in (lab.results.rows_table, lab.results.replies_table):
            table.magnify(factor)
        lab.timeline.magnify(factor)
        font = QFont(lab.font())
        font.setPointSizeF(lab.font().pointSizeF() * factor)
        self.caption.setFont(font)
        self.magnified.emit(factor)
        self.prediction.magnify(factor)

    # Exhibits

    def next_exhibit(self) -> None:
        """The exhibit behind the one that was shown last."""
        self._go(1)

    def previous(self) -> None:
        """The exhibit before the one that was shown last."""
        self._go(-1)

    def _go(self, by: int) -> None:
        lab = self._lab
        if not lab.ready:
            self.said.emit(lab.why_not_ready())
            return
        shown = lab.exhibit.exhibit
        before = EXHIBITS.index(shown) if shown in EXHIBITS else self._number
        self._number = min(max(before + by, 0), len(EXHIBITS) - 1)
        self._tabs.setCurrentWidget(lab)
        lab.show_exhibit(EXHIBITS[self._number])
