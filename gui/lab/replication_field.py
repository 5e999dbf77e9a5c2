"""The knobs of the database's standby: whether there is one, whether commits wait for it, and how far it is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from backend.model.vocabulary import Replication
from gui.settings import Key
from gui.widgets.forms import add_item, choose_key, combo, current_key, describe, spin
from gui.wording.live import Words, in_words, put

if TYPE_CHECKING:
    from backend.model.plan import Setup
    from gui.settings import Settings
    from gui.widgets.forms import Section

_LONGEST_MS = 60_000


class ReplicationField(QObject):
    """A box that stands beside the database, and a row below it, which is there where a standby is wanted.

    Args:
        section: where the row is added.
        parent: owner.

    Signals:
        changed: another choice, or one that can be had or cannot be had any more.
    """

    changed = Signal()

    def __init__(self, section: Section, parent: QObject) -> None:
        super().__init__(parent)
        self._section = section
        self.box = combo("replicationCombo")
        for replication, text in (
            (Replication.NONE, lambda: self.tr("Single")),
            (Replication.ASYNCHRONOUS, lambda: self.tr("Async")),
            (Replication.SYNCHRONOUS, lambda: self.tr("Sync")),
        ):
            add_item(self.box, text, replication.value)
        describe(self.box, lambda: self.tr("Replication"), self._about)
        self.lag = spin("replicaLagSpin", 0, _LONGEST_MS, 0, lambda: self.tr("ms"))

    def add_lag(self) -> None:
        """Add the row."""
        self._section.add_field(
            lambda: self.tr("Lag"),
            self.lag,
            lambda: self.tr("How much later than it could the standby applies each commit"),
        )
        self.box.currentIndexChanged.connect(self._refresh)
        self._refresh()

    @property
    def replication(self) -> Replication:
        """What is chosen; none where the database can have no standby."""
        return Replication(current_key(self.box)) if self.box.isEnabled() else Replication.NONE

    def show_reason(self, reason: Words) -> None:
        """Grey it out and say why; an empty text takes that back."""
        self.box.setEnabled(not in_words(reason))
        for show in (self.box.setToolTip, self.box.setAccessibleDescription):
            put(show, lambda: in_words(reason) or self._about())
        self._refresh()

    def show_setup(self, setup: Setup) -> None:
        """Turn both knobs to what a run was, or is to be; the database for it may only be on its way."""
        if setup.is_replicated:
            self.show_reason("")
        choose_key(self.box, setup.replication.value)
        self.lag.setValue(setup.replica_lag_ms)
        self._refresh()

    def restore(self, settings: Settings) -> None:
        """Take both from the last session."""
        choose_key(self.box, settings.text(Key.LAB_REPLICATION, Replication.NONE.value))
        self.lag.setValue(settings.number(Key.LAB_REPLICA_LAG, 0))
        self._refresh()

    def save(self, settings: Settings) -> None:
        """Keep both for the next session."""
        settings.remember(Key.LAB_REPLICATION, current_key(self.box))
        settings.remember(Key.LAB_REPLICA_LAG, self.lag.value())

    def _about(self) -> str:
        return self.tr("Whether the database has a hot standby, and whether a commit waits for it")

    @Slot()
    def _refresh(self) -> None:
        self._section.show_row(self.lag, self.replication is not Replication.NONE)
        self.changed.emit()
