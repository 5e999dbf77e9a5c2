"""Grids in files: one is written, or what was found is compared with an earlier one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from backend.explorer.survey_changes import compare
from backend.model.errors import SubmitTwiceError
from gui.widgets.file_dialogs import ask_for_file, ask_where_to_save
from gui.widgets.forms import button, describe
from gui.wording.exploration import number
from gui.wording.live import filled
from gui.wording.speech import speak
from gui.wording.survey import CHANGED, change_sentence, short_operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from backend.explorer.survey import Survey
    from backend.explorer.survey_changes import Change

NAME = "explore-all.json"


class SavedGrids(QObject):
    """Two buttons, disabled until something was found.

    Args:
        owner: the widget that asks for files.

    Signals:
        told: what came of it, in words.
        compared: the Changes since an earlier grid; none, also where it could not be read.
    """

    told = Signal(object)
    compared = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._survey: Survey | None = None
        self.keep = button("saveSurveyButton", lambda: self.tr("&Save…"))
        describe(
            self.keep,
            lambda: self.tr("Save the grid"),
            lambda: self.tr("Write the grid to a file, to compare with it later"),
        )
        self.compare = button("compareSurveyButton", lambda: self.tr("Co&mpare with…"))
        describe(
            self.compare,
            lambda: self.tr("Compare with an earlier grid"),
            lambda: self.tr("Mark what changed since a saved grid"),
        )
        self.keep.clicked.connect(self.ask_where_to_save)
        self.compare.clicked.connect(self.ask_what_to_compare_with)
        self.offer(None)

    def offer(self, survey: Survey | None) -> None:
        """This can be written and compared; nothing, where it is None."""
        self._survey = survey
        for push in (self.keep, self.compare):
            push.setEnabled(survey is not None)

    @Slot()
    def ask_where_to_save(self) -> None:
        """Have somebody choose a file, and write the grid to it."""
        dialog = ask_where_to_save(self._owner, self.tr("Save the grid"), NAME, self.tr("Saved grids"))
        dialog.fileSelected.connect(self._save_to)

    @Slot()
    def ask_what_to_compare_with(self) -> None:
        """Have somebody choose a file, and compare with what is in it."""
        kind = self.tr("Saved grids")
        dialog = ask_for_file(self._owner, self.tr("Compare with an earlier grid"), (f"{kind} (*.json)",))
        dialog.fileSelected.connect(self._compare_with)

    @Slot(str)
    def _save_to(self, name: str) -> None:
        from backend.explorer import survey_files  # noqa: PLC0415, RUF100  (the first paint need not wait for it)

        if self._survey is None:
            return
        path = Path(name)
        try:
            survey_files.save(self._survey, path)
        except SubmitTwiceError as error:
            self.told.emit(partial(speak, error.sentence))
        else:
            self.told.emit(filled(lambda: self.tr("Saved as %1."), path.name))

    @Slot(str)
    def _compare_with(self, name: str) -> None:
        from backend.explorer import survey_files  # noqa: PLC0415, RUF100  (as above)

        if self._survey is None:
            return
        path = Path(name)
        try:
            changes = compare(survey_files.load(path), self._survey)
        except SubmitTwiceError as error:
            self.compared.emit(())
            self.told.emit(partial(speak, error.sentence))
        else:
            self.compared.emit(changes)
            self.told.emit(partial(self._sentence, changes, path.name))

    def _sentence(self, changes: Sequence[Change], name: str) -> str:
        if not changes:
            return self.tr("Nothing changed since %1.").replace("%1", name)
        text = self.tr("Changes since %1: %2, marked with %3.")
        text = text.replace("%1", name).replace("%2", number(len(changes))).replace("%3", CHANGED)
        gone = [
            f"{'/'.join(change.pair[1:])}, {short_operation(change.pair[0])}: {change_sentence(change)}"
            for change in changes
            if change.after is None
        ]
        return "\n".join([text, *gone])
