"""The file of the service: opened, typed, drafted, saved, and never lost without a question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox

from backend.service.asked import ServiceFile
from gui.service.editor import FilePane
from gui.service.file_button import FileButton
from gui.service.file_worker import FileWorker
from gui.settings import Key

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtWidgets import QWidget

    from gui.settings import Settings


class OpenFile(QObject):
    """Joins the button, the text and the worker that reads and writes.

    Args:
        page: whose file it is.

    Signals:
        opened: another file is there.
        to_be_shown: the text is what somebody wants to see now.
        saved: the name of the file that was written.
        proofread: a text was looked at, and what is wrong with it is shown.
    """

    opened = Signal()
    to_be_shown = Signal()
    saved = Signal(str)
    proofread = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.button = FileButton()
        self.pane = FilePane()
        self._worker = FileWorker(self)
        self.button.chosen.connect(self.open)
        self.button.save_asked.connect(self._save_from_menu)
        self.pane.draft_asked.connect(self._worker.draft)
        self.pane.proofreading_asked.connect(self._worker.proofread_soon)
        self.pane.save_asked.connect(self.save)
        self._worker.opened.connect(self._show)
        self._worker.saved.connect(self._note_saved)
        self._worker.drafted.connect(self._show_draft)
        self._worker.proofread.connect(self.pane.show_problems)
        self._worker.proofread.connect(self.proofread)
        self._worker.failed.connect(self._show_failure)

    @property
    def file(self) -> ServiceFile:
        """The text as it stands, and where it comes from."""
        return self.pane.file

    def restore(self, settings: Settings) -> None:
        """Take the file of the last session, and what was typed and not saved."""
        self.button.restore(settings)
        path = settings.text(Key.SERVICE_FILE)
        if draft := settings.text(Key.SERVICE_DRAFT):
            self.pane.show_file(ServiceFile(draft, Path(path) if path else None), modified=True)
        elif path and Path(path).is_file():
            self._worker.open(Path(path))

    def remember(self, settings: Settings) -> None:
        """Keep the file for the next session, and what was typed and not saved."""
        self.button.save(settings)
        settings.remember(Key.SERVICE_FILE, str(self.file.path) if self.file.path else "")
        settings.remember(Key.SERVICE_DRAFT, self.file.text if self.pane.is_modified else "")

    def close(self) -> None:
        """The window closes."""
        self.pane.stop()
        self._worker.close()

    @Slot(object)
    def open(self, path: Path) -> None:
        """Show a file; what was typed and not saved is asked about first."""
        if not self.pane.is_modified:
            self._worker.open(path)
            return
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            self.tr("Unsaved changes"),
            self.tr("The text has changes that are in no file. Open another one all the same?"),
            QMessageBox.StandardButton.NoButton,
            self._page.window(),
        )
        box.setObjectName("serviceUnsavedBox")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.addButton(self.tr("Open, and lose them"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Keep the text"), QMessageBox.ButtonRole.RejectRole)
        box.accepted.connect(lambda: self._worker.open(path))
        box.open()

    @Slot(object)
    def _show(self, file: ServiceFile) -> None:
        self.pane.show_file(file)
        if file.path is not None:
            self.button.remember(file.path)
        self.to_be_shown.emit()
        self.opened.emit()

    @Slot(bool)
    def _save_from_menu(self, as_another: bool) -> None:
        if as_another:
            self._ask_where_to_save()
        else:
            self.save()

    @Slot()
    def save(self) -> None:
        """Write the text to its file; where it has none, ask for one."""
        if self.file.path is None:
            self._ask_where_to_save()
        else:
            self._worker.save(self.file)

    def _ask_where_to_save(self) -> None:
        self.button.ask_where_to_save(self.file.name, self.file.folder).fileSelected.connect(self.save_to)

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the text to a file of this name."""
        self._worker.save(ServiceFile(self.file.text, Path(name)))

    @Slot(object)
    def _note_saved(self, file: ServiceFile) -> None:
        self.pane.note_saved(file)
        if file.path is not None:
            self.button.remember(file.path)
            self.saved.emit(file.path.name)

    @Slot(str)
    def _show_draft(self, text: str) -> None:
        self.pane.show_draft(text)
        self.to_be_shown.emit()

    @Slot(str)
    def _show_failure(self, sentence: str) -> None:
        self.to_be_shown.emit()
        self.pane.show_failure(sentence)


def dropped_file(data: QMimeData) -> Path | None:
    """The first description of a service among files that are dropped."""
    local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in local if path.suffix.lower() == ".toml"), None)
