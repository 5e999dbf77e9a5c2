"""What can be pressed on the Lab page, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtWidgets import QPushButton

    from gui.lab.backend_panel import BackendPanel
    from gui.lab.form import IntentForm
    from gui.lab.source_panel import SourcePanel


class Offer:
    """Enables the buttons that send, and says why where it does not.

    Args:
        form: its buttons.
        backend: which strategy they are for.
        source: the faults, which may be wrong.
    """

    def __init__(self, form: IntentForm, backend: BackendPanel, source: SourcePanel) -> None:
        self._form, self._backend, self._source = form, backend, source
        self._focus_later: QPushButton | None = None

    def refresh(self, *, usable: bool, runs: int, ordered: Collection[str]) -> None:
        """Look again.

        Args:
            usable: whether the lab is there.
            runs: how many are under way.
            ordered: keys whose submission was answered with a success.
        """
        form = self._form
        reason = self._why_not(runs, ordered)
        for sender in (form.submit, form.spam):
            self._enable(sender, usable and not reason)
        form.say_why_not(reason if usable else "")
        form.cancel.setEnabled(runs > 0)
        for widget in (form.operation, form.key, form.new_intent, form.reset, self._backend):
            widget.setEnabled(usable)

    def _enable(self, sender: QPushButton, enabled: bool) -> None:
        """A button that is disabled in flight gives its focus away; it gets it back, for whoever works by keyboard."""
        if not enabled and sender.hasFocus():
            self._focus_later = sender
        sender.setEnabled(enabled)
        if enabled and self._focus_later is sender:
            self._focus_later = None
            sender.setFocus()

    def _why_not(self, runs: int, ordered: Collection[str]) -> str:
        form = self._form
        if complaint := form.complaint or self._source.faults.complaint:
            return complaint
        if self._backend.wants_standby:
            return QCoreApplication.translate("LabPage", "The variant reads from a standby: choose Async or Sync")
        if form.disable.isChecked() and runs:
            return QCoreApplication.translate("LabPage", "Disabled until the answer arrives")
        if self._backend.strategy_key == "front-end" and form.key.text() in ordered:
            return QCoreApplication.translate("LabPage", "Answered; a new intent enables it again")
        return ""
