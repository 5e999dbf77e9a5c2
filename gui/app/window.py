"""The main window: pages, menus, the strip of engines, and a clean end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QCoreApplication, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenu,
    QMessageBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from backend.comparison.questions import SituationKey
from backend.explorer.question import Question
from gui.advisor.guide import Guide
from gui.app.status import EngineStrip, MessageBar
from gui.compare.page import ComparePage
from gui.explore.page import ExplorePage
from gui.lab.exhibit import fill_menu
from gui.lab.page import LabPage
from gui.service.page import ServicePage
from gui.theme import Theme, ThemeMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.comparison.exhibits import Exhibit
    from backend.comparison.records import ComparedCell
    from gui.link.bridge import LabBridge
    from gui.settings import Settings

PATIENCE_MS = 2000
"""A window that closes waits this long for the lab; the supervisor ends what is left."""
LANGUAGES = (("", ""), ("en", "English"), ("zh_CN", "简体中文"))
"""Names of languages are the same in every language; without one it is the system's."""

USUAL = QSize(1440, 900)
FRAME = QSize(16, 48)
"""What title bar and borders take at most: the size of a window is that of its inside."""


def room_for_window(screen: QSize) -> QSize:
    """The size of the window's inside with which all of it, frame included, fits onto a screen."""
    return USUAL.boundedTo(screen - FRAME)


class MainWindow(QMainWindow):
    """Submit Twice."""

    def __init__(self, bridge: LabBridge, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Submit Twice")
        self._bridge = bridge
        self._theme = theme
        self._settings = settings
        self._closing = self._closed = False
        self._open_parts = 4
        self._runs = 0
        self.lab = LabPage(bridge, theme, settings)
        self.compare = ComparePage(bridge, theme)
        self.explore = ExplorePage(bridge, theme)
        self.service = ServicePage(bridge, theme)
        self.engines = EngineStrip(theme)
        self.pages = self._make_pages()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget, stretch in ((self.pages, 1), (self.engines, 0)):
            layout.addWidget(widget, stretch)
        self.setCentralWidget(body)
        self.messages = MessageBar(theme, self.pages.tabBar(), self.menuBar(), self)
        self.guide = Guide(theme, self.pages, self.lab, self.compare, self.explore, settings)
        bridge.catalogue_ready.connect(self.guide.fill)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._finish_closing)
        self._make_menus()
        self._connect()
        self._restore()

    def _make_pages(self) -> QTabWidget:
        pages = QTabWidget()
        pages.setObjectName("pages")
        pages.setDocumentMode(True)
        pages.addTab(self.lab, self.tr("&Lab"))
        pages.addTab(self.compare, self.tr("&Compare"))
        pages.addTab(self.explore, self.tr("E&xplore"))
        pages.addTab(self.service, self.tr("Service"))
        pages.setAccessibleName(self.tr("Pages"))
        pages.tabBar().setAccessibleName(self.tr("Pages"))
        return pages

    def _connect(self) -> None:
        bridge = self._bridge
        bridge.engines_changed.connect(self.engines.show_engines)
        bridge.start_failed.connect(self._start_failed)
        bridge.failed.connect(self._command_failed)
        bridge.incident.connect(self.messages.show_incident)
        bridge.lost.connect(self._start_failed)
        bridge.runs_changed.connect(self._runs_changed)
        for part in (bridge, self.compare, self.explore, self.service):
            part.closed.connect(self._part_closed)
        self.compare.lab_asked.connect(self._show_in_lab)
        self.compare.explore_asked.connect(self._ask_explorer)
        self.messages.retry_asked.connect(self._retry)
        self._theme.changed.connect(self.engines.update)
        self.pages.currentChanged.connect(self._page_changed)
        self.lab.ready_changed.connect(self._offer_exhibits)
        bridge.started.connect(self.messages.forget_failure)

    # Menus

    def _make_menus(self) -> None:
        form, bar = self.lab.form, self.menuBar()
        bar.setAccessibleName(self.tr("Menu"))
        menu = bar.addMenu(self.tr("&File"))
        self._add(menu, self.tr("&Quit"), self.close, "Ctrl+Q")
        menu = bar.addMenu(self.tr("&Run"))
        self._start = self._add(menu, self.tr("&Submit"), lambda: self._buttons()[0].click(), "Ctrl+Return")
        of_lab = [
            self._add(menu, self.tr("S&ubmit several times"), form.spam.click, "Ctrl+Shift+Return"),
            self._add(menu, self.tr("&New intent"), form.new_intent.click, "Ctrl+N"),
        ]
        self._add(menu, self.tr("&Cancel"), lambda: self._buttons()[1].click(), "Esc")
        menu.addSeparator()
        of_lab.append(self._add(menu, self.tr("&Reset"), form.reset.click, "Ctrl+R"))
        of_lab.append(self._add(menu, self.tr("&Knobs as at the first start"), self.lab.turn_knobs_back))
        self._of_lab = tuple(of_lab)
        self._exhibits = bar.addMenu(self.tr("Exhi&bits"))
        fill_menu(self._exhibits, self._show_exhibit)
        self._offer_exhibits(ready=False)
        menu = bar.addMenu(self.tr("&View"))
        self._add_themes(menu.addMenu(self.tr("&Theme")))
        self._add_languages(menu.addMenu(self.tr("&Language")))
        menu.addSeparator()
        for number in range(self.pages.count()):
            text = self.pages.tabText(number).replace("&", "")
            self._add(menu, text, partial(self.pages.setCurrentIndex, number), f"Ctrl+{number + 1}")
        menu = bar.addMenu(self.tr("&Help"))
        self._add(menu, self.tr("&Which one for me?"), self.guide.open, "F2")
        self._add(menu, self.tr("&Keyboard shortcuts"), self._show_shortcuts, "F1")
        self._add(menu, self.tr("&About Submit Twice"), self._show_about)

    def _buttons(self) -> tuple[QAbstractButton, QAbstractButton]:
        """What starts and what cancels on the page shown."""
        page = self.pages.currentWidget()
        if page is self.compare:
            return self.compare.start, self.compare.cancel
        if page is self.explore:
            part = self.explore.survey if self.explore.views.currentWidget() is self.explore.survey else self.explore
            return part.start, part.cancel
        if page is self.service:
            return self.service.start, self.service.cancel
        return self.lab.form.submit, self.lab.form.cancel

    @Slot()
    def _page_changed(self) -> None:
        """Commands of the Lab act on nothing that is out of sight; the others take their name from the page."""
        page = self.pages.currentWidget()
        for action in self._of_lab:
            action.setEnabled(page is self.lab)
        self._start.setText(
            {
                self.compare: self.tr("&Compare"),
                self.explore: self.tr("&Explore"),
                self.service: self.tr("&Start"),
            }.get(page, self.tr("&Submit"))
        )

    @Slot(bool)
    def _offer_exhibits(self, ready: bool) -> None:
        reason = "" if ready else self.tr("Exhibits run once the engines are up and nothing else is running.")
        for action in self._exhibits.actions():
            action.setEnabled(ready)
            action.setStatusTip(reason)

    def _show_exhibit(self, exhibit: Exhibit) -> None:
        self.pages.setCurrentWidget(self.lab)
        self.lab.show_exhibit(exhibit)

    @Slot(object)
    def _show_in_lab(self, cell: ComparedCell) -> None:
        """A compared situation, ready to be run; where there were several runs, the one with the worst verdict."""
        if cell.telling is None:
            return
        part, subject = cell.telling.part, cell.subject
        self.pages.setCurrentWidget(self.lab)
        self.lab.show_situation(subject.operation, subject.database, part.setup, part.plan, part.instances)

    @Slot(object)
    def _ask_explorer(self, cell: ComparedCell) -> None:
        """The question that fits a compared situation, ready to be explored."""
        subject = cell.subject
        crashes, expiries = int(cell.situation is SituationKey.CRASH), int(cell.situation is SituationKey.LEASE)
        self.pages.setCurrentWidget(self.explore)
        self.explore.ask(
            Question(subject.operation, subject.strategy, subject.variant, crashes=crashes, expiries=expiries)
        )

    def _add(self, menu: QMenu, text: str, slot: Callable[[], object], shortcut: str = "") -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda: slot())
        menu.addAction(action)
        return action

    def _add_themes(self, menu: QMenu) -> None:
        titles = {
            ThemeMode.SYSTEM: self.tr("&System"),
            ThemeMode.LIGHT: self.tr("&Light"),
            ThemeMode.DARK: self.tr("&Dark"),
        }
        group = QActionGroup(self)
        for mode, title in titles.items():
            action = self._add(menu, title, partial(self.use_theme, mode))
            action.setCheckable(True)
            action.setChecked(self._theme.mode is mode)
            group.addAction(action)

    def _add_languages(self, menu: QMenu) -> None:
        group = QActionGroup(self)
        for language, title in LANGUAGES:
            shown = title if language else self.tr("&System")
            action = self._add(menu, shown, partial(self._use_language, language))
            action.setCheckable(True)
            action.setChecked(self._settings.language == language)
            group.addAction(action)

    def use_theme(self, mode: ThemeMode) -> None:
        """Change to another theme, and remember it."""
        self._theme.set_mode(mode)
        self._settings.theme = mode

    def _use_language(self, language: str) -> None:
        self._settings.language = language
        self.messages.show_sentence(self.tr("The language changes when the window is opened next."), retry=False)

    def _show_shortcuts(self) -> None:
        lines = [
            f"<tr><td style='padding:2px 24px 2px 0'>{action.text().replace('&', '')}</td>"
            f"<td><code>{action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}</code></td></tr>"
            for action in self.findChildren(QAction)
            if not action.shortcut().isEmpty()
        ]
        self._tell(self.tr("Keyboard shortcuts"), f"<table>{''.join(lines)}</table>")

    def _show_about(self) -> None:
        self._tell(
            self.tr("About Submit Twice"),
            self.tr(
                "Submit Twice %1. See and measure what happens when the same request arrives twice, on real servers."
            ).replace("%1", QCoreApplication.applicationVersion()),
        )

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.NoButton, self)
        box.addButton(self.tr("Close"), QMessageBox.ButtonRole.RejectRole)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.RichText)
        box.open()

    # What goes wrong

    @Slot(str)
    def _start_failed(self, sentence: str) -> None:
        self.engines.show_sentence(self.tr("The engines are not running."))
        self.messages.show_sentence(sentence, retry=True)

    @Slot(str)
    def _command_failed(self, sentence: str) -> None:
        self.messages.show_sentence(sentence, retry=False)

    @Slot(int)
    def _runs_changed(self, count: int) -> None:
        if count and not self._runs:
            self.messages.forget_incident()
        self._runs = count

    @Slot()
    def _retry(self) -> None:
        self.engines.show_sentence(self.tr("Starting the engines…"))
        self._bridge.start()

    # Beginning and end

    def _restore(self) -> None:
        geometry: QByteArray = self._settings.blob("window/geometry")
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(room_for_window(self.screen().availableGeometry().size()))
        self.lab.restore_sizes(self._settings)
        self.explore.restore(self._settings)
        self.service.restore(self._settings)

    def save(self) -> None:
        """Keep geometry and choices for the next session."""
        self._settings.remember("window/geometry", self.saveGeometry())
        self.lab.save(self._settings)
        self.explore.save(self._settings)
        self.service.save(self._settings)
        self._settings.save()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Hide at once, stop the lab behind the scenes, then really close."""
        if self._closed:
            event.accept()
            return
        event.ignore()
        if not self._closing:
            self._closing = True
            self.save()
            self.hide()
            self.guide.close()
            self._bridge.close()
            self.compare.close_comparer()
            self.explore.close_explorer()
            self.service.close_examiner()
            self._patience.start()

    @Slot()
    def _part_closed(self) -> None:
        self._open_parts -= 1
        if not self._open_parts:
            self._finish_closing()

    @Slot()
    def _finish_closing(self) -> None:
        if self._closed or not self._closing:
            return
        self._closed = True
        self._patience.stop()
        self.close()
        QApplication.quit()
