"""What the History page has to do with the rest of the window: what is kept, done again, opened and dropped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, RunRecord
from backend.explorer.question import Question
from backend.model.vocabulary import EngineKind
from gui.history.keeper import HistoryKeeper
from gui.wording.live import filled
from gui.wording.speech import language

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTabWidget

    from backend.archive.entries import RunSettings
    from gui.compare.page import ComparePage
    from gui.explore.page import ExplorePage
    from gui.history.page import HistoryPage
    from gui.lab.page import LabPage
    from gui.link.bridge import LabBridge
    from gui.service.page import ServicePage
    from gui.theme import Theme

OF_SERVICE = ".toml"
ENDING = "submit-twice"


class Desk(QObject):
    """The history and its page, with the pages that fill it and that do again what is in it.

    Signals:
        said: a sentence about something that was done, or why it was not.
    """

    said = Signal(object)

    page: HistoryPage
    _tabs: QTabWidget
    _compare: ComparePage
    _explore: ExplorePage
    _service: ServicePage

    def __init__(self, bridge: LabBridge, theme: Theme, lab: LabPage, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._theme = theme
        self._lab = lab
        self.keeper = HistoryKeeper(bridge, self, lab.backend.instances.value)
        self.keeper.failed.connect(self.said)

    def complete(
        self, tabs: QTabWidget, compare: ComparePage, explore: ExplorePage, service: ServicePage
    ) -> HistoryPage:
        """Make the page, which the first paint does not show, beside the others; to be called once."""
        from gui.history.page import HistoryPage  # noqa: PLC0415, RUF100  (not needed for the first paint)

        self._tabs, self._compare, self._explore, self._service = tabs, compare, explore, service
        self.page = HistoryPage(self.keeper, self._theme)
        self._compare.comparer.found.connect(self.keeper.keep_comparison)
        self._explore.explorer.found.connect(self.keeper.keep_exploration)
        self._service.examiner.found.connect(self.keeper.keep_checked)
        self._bridge.events.catalogue_ready.connect(self.page.fill)
        self.page.said.connect(self.said)
        self.page.again_asked.connect(self.do_again)
        return self.page

    def show_page(self) -> None:
        """Have the History in sight."""
        self._tabs.setCurrentWidget(self.page)

    def open_entry(self, entry: Entry) -> None:
        """Show an entry from a file that was read already."""
        self.show_page()
        self.page.show_entries((entry,))

    def open_file(self, path: Path) -> None:
        """Open a saved entry, or the file of a service."""
        if path.suffix.lower() == OF_SERVICE:
            self._go_to(self._service)
            self._service.open_file.open(path)
            return
        self.show_page()
        self.page.open_file(str(path))

    def show_what_was_reset(self) -> None:
        """The newest entry: after a reset its rows are there and nowhere else."""
        self.show_page()
        self.page.show_newest()

    # Again

    @Slot(object)
    def do_again(self, entry: Entry) -> None:
        """Set every knob as it was, and do it again; on engines of our own."""
        match entry.content:
            case RunRecord(settings=settings):
                self._run_again(settings)
            case ExplorationRecord(found=found):
                self._explore_again(found.question)
            case ComparisonRecord(found=found):
                from backend.archive.again import private_question  # noqa: PLC0415, RUF100  (not for the first paint)

                self._go_to(self._compare)
                self._compare.compare_again(private_question(found.asked))
            case CheckRecord(found=check):
                self._open_service(check.service)

    def _run_again(self, settings: RunSettings) -> None:
        from backend.archive.again import private_database  # noqa: PLC0415, RUF100  (not for the first paint)

        lab, setup = self._lab, settings.setup
        if lab.backend.catalogue.variant(setup.strategy, setup.variant) is None:
            name = f"{setup.strategy}/{setup.variant}"
            self.said.emit(filled(lambda: self.tr("There is no strategy %1 here; its code is in the entry."), name))
            return
        if settings.intents > 1:
            self.said.emit(
                lambda: self.tr("It had several intents, and the Lab runs one: copy the command line to run them all.")
            )
            return
        self._go_to(lab)
        if not lab.ready:
            self.said.emit(lab.why_not_ready)
            return
        database = EngineKind(private_database(settings.database))
        lab.show_situation(settings.operation, database, setup, settings.plan, settings.instances)
        if settings.item:
            lab.form.item.setText(settings.item)
        lab.form.quantity.setValue(settings.quantity)
        lab.spam()

    def _explore_again(self, asked: Question) -> None:
        if asked.service:
            self._open_service(asked.service)
            return
        self._go_to(self._explore)
        self._explore.ask(asked)
        self._explore.start.click()

    def _open_service(self, file: str) -> None:
        """Its programs are started by whoever presses Start, and not by a file that anybody may have sent."""
        if not Path(file).is_file():
            self.said.emit(filled(lambda: self.tr("The file %1 of the service is not here."), file))
            return
        self.open_file(Path(file))

    def _go_to(self, page: LabPage | ComparePage | ExplorePage | ServicePage) -> None:
        self._tabs.setCurrentWidget(page)

    # Lines for a terminal

    def copy_steps(self) -> None:
        """Copy the steps in the Lab as SQL and commands of redis-cli."""
        from backend.archive.command_lines import step_line  # noqa: PLC0415, RUF100  (not for the first paint)

        steps = self._lab.results.steps.records
        self._copy("".join(f"{step_line(step, language())}\n" for step in steps))

    def why_no_steps(self) -> str:
        """Why there are none to copy; empty where there are."""
        return "" if self._lab.results.steps.records else self.tr("Select a row or an answer first.")

    def copy_database(self) -> None:
        """Copy a client's command for the database in use."""
        from backend.archive.command_lines import database_line  # noqa: PLC0415, RUF100  (not for the first paint)

        self._copy(database_line(str(self._bridge.connection()["database"])))

    def copy_redis(self) -> None:
        """Copy the command of redis-cli for the server in use."""
        from backend.archive.command_lines import redis_line  # noqa: PLC0415, RUF100  (not for the first paint)

        self._copy(redis_line(str(self._bridge.connection()["redis"])))

    def why_no_connection(self) -> str:
        """Why there is no server to open; empty where there is."""
        return "" if self._bridge.connection() else self.tr("The engines are not running yet.")

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.said.emit(filled(lambda: self.tr("Copied: %1"), _first_line(text)))

    # Drag and drop

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Files that are dropped anywhere onto the window; the last one is shown."""
        if isinstance(event, QDragEnterEvent) and dropped_files(event):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and not isinstance(event, QDragEnterEvent) and (files := dropped_files(event)):
            if event.type() is QEvent.Type.Drop:
                for file in files:
                    self.open_file(file)
            event.acceptProposedAction()
            return True
        return False


def dropped_files(event: QDropEvent) -> list[Path]:
    """The files that are dragged and are of ours: all entries, or one service."""
    names = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    entries = [Path(name) for name in names if name.lower().endswith(f".{ENDING}")]
    return entries or [Path(name) for name in names if name.lower().endswith(OF_SERVICE)][:1]


def _first_line(text: str) -> str:
    """Without a password, which is nobody's business on a screen."""
    line = text.splitlines()[0] if text else ""
    return line.split(" ", 1)[0] + " …" if len(line) > 0 else ""
