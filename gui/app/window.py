"""The main window: pages, menus, the strip of engines, and a clean end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QTabWidget, QWidget

from gui.app.menus import Menus
from gui.app.message_log import MessageLog, MessagesDialog
from gui.app.retelling import Retelling
from gui.app.status import EngineStrip, MessageBar
from gui.lab.page import LabPage
from gui.settings import Key
from gui.theme import Theme, ThemeMode
from gui.widgets.columns import restore_columns, save_columns
from gui.widgets.forms import name_scroll_buttons
from gui.wording.live import Words, add_tab, follow_language, insert_tab, name_part, put

if TYPE_CHECKING:
    from backend.archive.entries import Entry
    from backend.comparison.exhibits import Exhibit
    from gui.advisor.guide import Guide
    from gui.advisor.incident_desk import IncidentDesk
    from gui.app.commands import CommandTable
    from gui.app.desk import Desk
    from gui.app.language import Languages
    from gui.app.stage import Stage
    from gui.app.tour import Tour
    from gui.compare.page import ComparePage
    from gui.explore.page import ExplorePage
    from gui.history.page import HistoryPage
    from gui.link.bridge import LabBridge
    from gui.service.page import ServicePage
    from gui.settings import Settings

PATIENCE_MS = 2000
"""A window that closes waits this long for the lab; the supervisor ends what is left."""
USUAL = QSize(1440, 900)
FRAME = QSize(16, 48)
"""What title bar and borders take at most: the size of a window is that of its inside."""


def room_for_window(screen: QSize) -> QSize:
    """The size of the window's inside with which all of it, frame included, fits onto a screen."""
    return USUAL.boundedTo(screen - FRAME)


class MainWindow(QMainWindow):
    """Submit Twice.

    Args:
        bridge: to the lab.
        theme: its colours.
        settings: what is remembered.
        languages: those that can be chosen; None where somebody else installs the translations.
        whole: whether all of it is made at once. Otherwise what the first paint shows is: the Lab, and the titles of
            tabs and menus; then `complete` has to be called before anybody can look at more.
    """

    compare: ComparePage
    explore: ExplorePage
    service: ServicePage
    guide: Guide
    incidents: IncidentDesk
    table: CommandTable
    desk: Desk
    history: HistoryPage
    stage: Stage
    tour: Tour

    def __init__(
        self,
        bridge: LabBridge,
        theme: Theme,
        settings: Settings,
        languages: Languages | None = None,
        *,
        whole: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Submit Twice")
        self._bridge = bridge
        self._theme = theme
        self._settings = settings
        self._languages = languages
        self._closing = self._closed = self._is_whole = False
        self._open_parts = 1
        self._runs = 0
        self.lab = LabPage(bridge, theme, settings)
        self.engines = EngineStrip(theme)
        self._titles: list[Words] = [lambda: self.tr("&Lab")]
        self.pages = self._make_pages()
        self.setCentralWidget(self.pages)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.engines, 1)
        self.messages = MessageBar(theme, self.pages.tabBar(), self.menuBar(), self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._finish_closing)
        self._retelling = Retelling(self)
        self.log = MessageLog(self)
        self.menus = Menus(self)
        self._connect()
        self._restore()
        if whole:
            self.complete()

    def _make_pages(self) -> QTabWidget:
        pages = QTabWidget()
        pages.setObjectName("pages")
        pages.setDocumentMode(True)
        add_tab(pages, self.lab, self._titles[0])
        for title in (
            lambda: self.tr("&Compare"),
            lambda: self.tr("E&xplore"),
            lambda: self.tr("Service"),
            lambda: self.tr("History"),
        ):
            self._titles.append(title)
            add_tab(pages, QWidget(), title)
        put(pages.setAccessibleName, lambda: self.tr("Pages"))
        name_part(pages.tabBar, lambda: self.tr("Pages"))
        return pages

    def complete(self) -> None:
        """Make what the first paint does not show: the other pages, the commands in the menus, the guide."""
        from gui.advisor.guide import Guide  # noqa: PLC0415, RUF100  (this and the others: not for the first paint)
        from gui.advisor.incident_desk import IncidentDesk  # noqa: PLC0415, RUF100
        from gui.app.commands import CommandTable  # noqa: PLC0415, RUF100
        from gui.app.desk import Desk  # noqa: PLC0415, RUF100
        from gui.app.follow_ups import FollowUps  # noqa: PLC0415, RUF100
        from gui.app.overlays import Overlays  # noqa: PLC0415, RUF100
        from gui.app.stage import Stage  # noqa: PLC0415, RUF100
        from gui.app.tour import Tour  # noqa: PLC0415, RUF100
        from gui.compare.page import ComparePage  # noqa: PLC0415, RUF100
        from gui.explore.page import ExplorePage  # noqa: PLC0415, RUF100
        from gui.service.page import ServicePage  # noqa: PLC0415, RUF100

        if self._is_whole or self._closing:
            return
        self._is_whole = True
        bridge, theme = self._bridge, self._theme
        self.compare = ComparePage(bridge, theme)
        self.explore = ExplorePage(bridge, theme)
        self.service = ServicePage(bridge, theme)
        pages: tuple[ComparePage | ExplorePage | ServicePage, ...] = (self.compare, self.explore, self.service)
        shown = self.pages.currentIndex()
        for number, page in enumerate(pages, 1):
            self._fill_tab(number, page)
            page.closed.connect(self._part_closed)
            self._open_parts += 1
        self.desk = Desk(bridge, theme, self.lab, self)
        self.desk.keeper.closed.connect(self._part_closed)
        self._open_parts += 1
        for take in (self._command_failed, self.log.note):
            self.desk.said.connect(take)
        self.history = self.desk.complete(self.pages, self.compare, self.explore, self.service)
        self._fill_tab(len(pages) + 1, self.history)
        self.pages.setCurrentIndex(shown)
        self.guide = Guide(theme, self.pages, self.lab, self.compare, self.explore, self._settings)
        bridge.events.catalogue_ready.connect(self.guide.fill)
        bridge.events.catalogue_ready.connect(self.menus.refresh)  # the guide can be opened from then on
        self.incidents = IncidentDesk(theme, self.pages, self.lab, self.explore, bridge)
        self.setAcceptDrops(True)
        self.installEventFilter(self.desk)
        self.stage = Stage(self, bridge, self.pages, self.lab, self.statusBar(), self._settings, theme)
        self.stage.said.connect(self._command_failed)
        self.tour = Tour(self, self.lab, theme, self._settings)
        Overlays(self, self.pages, self.lab, self.stage, self.tour, self.messages)
        bridge.events.started.connect(self.tour.offer)
        self.table = CommandTable(self)
        self.menus.fill(self.table.commands)
        self.service.views.currentChanged.connect(self.menus.refresh)
        self._follow_ups = FollowUps(self.pages, self.lab, self.compare, self.explore)
        self.explore.restore(self._settings)
        self.service.restore(self._settings)
        restore_columns(self, self._settings)
        self.history.view_shown.connect(lambda view: restore_columns(view, self._settings))
        self.history.view_left.connect(lambda view: save_columns(view, self._settings))
        name_scroll_buttons(self)
        follow_language(self, lambda: name_scroll_buttons(self))

    def _fill_tab(self, number: int, page: QWidget) -> None:
        empty = self.pages.widget(number)
        self.pages.removeTab(number)
        insert_tab(self.pages, number, page, self._titles[number])
        if empty is not None:
            empty.deleteLater()

    def _connect(self) -> None:
        bridge = self._bridge
        bridge.events.engines_changed.connect(self.engines.show_engines)
        bridge.events.start_failed.connect(self._start_failed)
        bridge.events.failed.connect(self._command_failed)
        bridge.events.incident.connect(self.messages.show_incident)
        bridge.events.lost.connect(self._start_failed)
        bridge.events.runs_changed.connect(self._runs_changed)
        bridge.events.closed.connect(self._part_closed)
        self.messages.retry_asked.connect(self._retry)
        self.messages.room_taken.connect(self.lab.leave_room)
        self._theme.changed.connect(self.engines.update)
        self.menus.refused.connect(self._command_failed)
        self.lab.ready_changed.connect(self.menus.refresh)
        bridge.events.started.connect(self.messages.forget_failure)
        for said in (
            bridge.events.start_failed,
            bridge.events.failed,
            bridge.events.incident,
            bridge.events.lost,
            self.menus.refused,
        ):
            said.connect(self.log.note)
        self.log.noted.connect(self.menus.refresh)

    # What commands do

    def show_exhibit(self, exhibit: Exhibit) -> None:
        """Run an exhibit in the Lab."""
        self.pages.setCurrentWidget(self.lab)
        self.lab.show_exhibit(exhibit)

    def open_entry(self, entry: Entry) -> None:
        """Show what a file has."""
        self.complete()
        self.desk.open_entry(entry)

    def use_theme(self, mode: ThemeMode) -> None:
        """Change to another theme, and remember it."""
        self._theme.set_mode(mode)
        self._settings.theme = mode

    def uses_theme(self, mode: ThemeMode) -> bool:
        """Whether this theme was chosen."""
        return self._theme.mode is mode

    def use_language(self, language: str) -> None:
        """Change to another language, and remember it; an empty one is the system's."""
        self._settings.language = language
        if self._languages is not None:
            self._languages.use(language)

    def uses_language(self, language: str) -> bool:
        """Whether this language was chosen."""
        return self._settings.language == language

    def open_palette(self) -> None:
        """Show all commands, to find one by typing."""
        from gui.app.palette import Palette  # noqa: PLC0415, RUF100  (not needed for the first paint)

        palette = Palette(self.table, self)
        palette.chosen.connect(self.menus.run)
        palette.bring_to_front()

    def find_in_page(self) -> None:
        """Find a text in what the page shows."""
        from gui.widgets.find_bar import find_in_page  # noqa: PLC0415, RUF100  (not needed for the first paint)

        find_in_page(self.pages.currentWidget())

    def open_messages(self) -> None:
        """Show what the window has said since it was opened."""
        MessagesDialog(self.log, self).show()

    def open_shortcuts(self) -> None:
        """Show all keys."""
        from gui.app.shortcuts import ShortcutsDialog  # noqa: PLC0415, RUF100  (not needed for the first paint)

        ShortcutsDialog(self.table, self).open()

    def show_about(self) -> None:
        """Say what this is."""
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

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Another language: everything that is shown is said again in it, and whatever is under way goes on."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange and not self._closed:
            self._retelling.begin()  # not within the event, which Qt passes on to children that may be gone by then

    # What goes wrong

    @Slot(object)
    def _start_failed(self, sentence: Words) -> None:
        self.engines.show_sentence(lambda: self.tr("The engines are not running."))
        self.messages.show_sentence(sentence, retry=True)

    @Slot(object)
    def _command_failed(self, sentence: Words) -> None:
        self.messages.show_sentence(sentence, retry=False)

    @Slot(int)
    def _runs_changed(self, count: int) -> None:
        if count and not self._runs:
            self.messages.forget_incident()
        self._runs = count

    @Slot()
    def _retry(self) -> None:
        self.engines.show_sentence(lambda: self.tr("Starting the engines…"))
        self._bridge.start()

    # Beginning and end

    def _restore(self) -> None:
        geometry: QByteArray = self._settings.blob(Key.WINDOW_GEOMETRY)
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(room_for_window(self.screen().availableGeometry().size()))
        self.lab.restore_sizes(self._settings)

    def save(self) -> None:
        """Keep geometry and choices for the next session."""
        self._settings.remember(Key.WINDOW_GEOMETRY, self.saveGeometry())
        self.lab.save(self._settings)
        if self._is_whole:
            self.explore.save(self._settings)
            self.service.save(self._settings)
            save_columns(self, self._settings)
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
            self._bridge.close()
            if self._is_whole:
                self.desk.keeper.close()
                self.guide.close()
                self.incidents.close()
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
        self._retelling.stop()
        self.close()
        QApplication.quit()
