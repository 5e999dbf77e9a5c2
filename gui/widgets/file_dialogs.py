"""Asking for a file, without a nested event loop: the dialogs are open when they are returned."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


def ask_where_to_save(owner: QWidget, title: str, name: str, kind: str = "") -> QFileDialog:
    """Have somebody choose where a file goes; `fileSelected` tells.

    Args:
        owner: the widget that asks.
        title: of the dialog.
        name: what the file is to be called, with its ending, unless somebody chooses otherwise.
        kind: what files of this kind are called; empty for their ending in capitals.
    """
    ending = PurePath(name).suffix.removeprefix(".")
    dialog = _dialog(owner, title, [f"{kind or ending.upper()} (*.{ending})"])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending)
    dialog.selectFile(name)
    dialog.open()
    return dialog


def ask_for_file(owner: QWidget, title: str, filters: Sequence[str], folder: str = "") -> QFileDialog:
    """Have somebody look for a file that is there; `fileSelected` tells.

    Args:
        owner: the widget that asks.
        title: of the dialog.
        filters: kinds of files, such as ``Services (*.toml)``.
        folder: where to begin; empty for wherever the program was started.
    """
    dialog = _dialog(owner, title, filters)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if folder:
        dialog.setDirectory(folder)
    dialog.open()
    return dialog


def _dialog(owner: QWidget, title: str, filters: Sequence[str]) -> QFileDialog:
    dialog = QFileDialog(owner, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters(list(filters))
    return dialog
