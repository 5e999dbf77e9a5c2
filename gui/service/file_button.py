"""The button with which a service's file is opened: from anywhere, from the examples, or one of the last."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from gui.settings import Key
from gui.widgets.file_dialogs import ask_for_file, ask_where_to_save
from gui.widgets.forms import describe
from gui.wording.live import follow_language, put

if TYPE_CHECKING:
    from gui.settings import Settings

MOST_RECENT = 8
SEPARATOR = "\n"


class FileButton(QPushButton):
    """A button with a menu, which is made anew each time that it opens.

    Signals:
        chosen: the Path of a file that somebody wants to open.
        save_asked: write the text to its file; True to ask for another name.
    """

    chosen = Signal(object)
    save_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put(self.setText, lambda: self.tr("&Service file"))
        self.setObjectName("serviceFileButton")
        self.setAutoDefault(False)
        describe(
            self,
            lambda: self.tr("Service file"),
            lambda: self.tr("Open the file that describes a service, or an example"),
        )
        self._recent: list[Path] = []
        menu = QMenu(self)
        put(menu.setAccessibleName, lambda: self.tr("Service file"))
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._fill()
        follow_language(self, self._fill)

    def remember(self, path: Path) -> None:
        """This was used last."""
        whole = path.resolve()
        self._recent = [whole, *(other for other in self._recent if other != whole)][:MOST_RECENT]

    @property
    def recent(self) -> tuple[Path, ...]:
        """The files that were used last, the latest first."""
        return tuple(self._recent)

    def restore(self, settings: Settings) -> None:
        """Know the files of earlier sessions."""
        kept = settings.text(Key.SERVICE_RECENT).split(SEPARATOR)
        self._recent = [Path(name) for name in kept if name][:MOST_RECENT]

    def save(self, settings: Settings) -> None:
        """Keep the files for the next session."""
        settings.remember(Key.SERVICE_RECENT, SEPARATOR.join(map(str, self._recent)))

    @Slot()
    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        menu.addAction(self.tr("&Open…")).triggered.connect(self.ask_for_file)
        menu.addAction(self.tr("&Save")).triggered.connect(lambda: self.save_asked.emit(False))
        menu.addAction(self.tr("Save &as…")).triggered.connect(lambda: self.save_asked.emit(True))
        self._add_files(menu, self.tr("Examples"), examples())
        self._add_files(menu, self.tr("Used last"), self._recent)

    def _add_files(self, menu: QMenu, title: str, paths: list[Path]) -> None:
        if not paths:
            return
        menu.addSection(title)
        names = [path.name for path in paths]
        for path in paths:
            shown = path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}"
            action = menu.addAction(shown.replace("&", "&&"))
            action.setObjectName(f"service-open-{path.name}")
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._choose, path))

    def _choose(self, path: Path, _checked: bool = False) -> None:
        self.chosen.emit(path)

    @Slot()
    def ask_for_file(self) -> None:
        """Have somebody look for a file."""
        services, all_files = self.tr("Services"), self.tr("All files")
        filters = (f"{services} (*.toml)", f"{all_files} (*)")
        folder = str(self._recent[0].parent) if self._recent else ""
        dialog = ask_for_file(self.window(), self.tr("Open the file of a service"), filters, folder)
        dialog.setObjectName("serviceFileDialog")
        dialog.fileSelected.connect(lambda name: self.chosen.emit(Path(name)))

    def ask_where_to_save(self, name: str, folder: Path) -> QFileDialog:
        """Have somebody choose where a text goes; the dialog is open when it is returned."""
        where = str(folder / name)
        dialog = ask_where_to_save(self.window(), self.tr("Save the file of a service"), where, self.tr("Services"))
        dialog.setObjectName("serviceSaveDialog")
        return dialog


def examples() -> list[Path]:
    """The descriptions of the services that come with the program."""
    folder = Path(str(files("resources"))) / "examples"
    return sorted((*folder.glob("*.toml"), *folder.glob("*/*.toml")))
