"""What arrives twice: the source of the submissions and its knobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.model import Pace, Source
from gui.forms import Section, choose_key, combo, current_key, describe, set_item_enabled, spin
from gui.lab.words import pace_word, source_word
from gui.theme import GRID

if TYPE_CHECKING:
    from gui.settings import Settings

SOURCES_THAT_WORK = frozenset({Source.CLICKS})


class SourcePanel(QWidget):
    """Source, pace, processing delay, lease, time-out.

    Signals:
        changed: another source or pace.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        section = Section(self.tr("What arrives twice"))
        self.source = combo("sourceCombo")
        for index, source in enumerate(Source):
            self.source.addItem(source_word(source), source.value)
            works = source in SOURCES_THAT_WORK
            set_item_enabled(self.source, index, works, self.tr("This source is not there yet."))
        section.add_field(self.tr("So&urce"), self.source, self.tr("Where the second submission comes from"))
        self.pace = combo("paceCombo")
        for pace in Pace:
            self.pace.addItem(pace_word(pace), pace.value)
        self.interval = spin("intervalSpin", 0, 60_000, 50, self.tr("ms"))
        self.interval.setFixedWidth(10 * GRID)
        describe(self.interval, self.tr("Interval"), self.tr("Milliseconds between two submissions"))
        section.add_field(self.tr("Pace"), self.pace, self.tr("How the submissions of Spam leave"), self.interval)
        self.processing_delay = spin("processingDelaySpin", 0, 60_000, 0, self.tr("ms"))
        section.add_field(
            self.tr("Processin&g"),
            self.processing_delay,
            self.tr("Work of the handler between what it reads and what it writes: it widens every gap"),
        )
        self.lease = spin("leaseSpin", 1, 3_600_000, 10_000, self.tr("ms"))
        section.add_field(
            self.tr("Lease"), self.lease, self.tr("Life of a lock; shorter than the processing, it expires meanwhile")
        )
        self.timeout = spin("timeoutSpin", 1, 600_000, 30_000, self.tr("ms"))
        section.add_field(self.tr("Time-out"), self.timeout, self.tr("How long a caller waits for its answer"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(section)
        self.source.currentIndexChanged.connect(self._keep_working_source)
        self.pace.currentIndexChanged.connect(self._pace_changed)
        self._pace_changed()

    @property
    def pace_key(self) -> Pace:
        """How submissions leave."""
        return Pace(current_key(self.pace))

    @property
    def source_key(self) -> Source:
        """Where they come from."""
        return Source(current_key(self.source))

    @Slot()
    def _pace_changed(self) -> None:
        self.interval.setEnabled(self.pace_key is Pace.INTERVAL)
        self.changed.emit()

    @Slot()
    def _keep_working_source(self) -> None:
        if self.source_key not in SOURCES_THAT_WORK:
            choose_key(self.source, Source.CLICKS.value)
        self.changed.emit()

    def restore(self, settings: Settings) -> None:
        """Take the knobs of the last session."""
        choose_key(self.pace, settings.text("lab/pace", Pace.SIMULTANEOUS.value))
        self.interval.setValue(settings.number("lab/interval", 50))
        self.processing_delay.setValue(settings.number("lab/processing-delay", 0))
        self.lease.setValue(settings.number("lab/lease", 10_000))
        self.timeout.setValue(settings.number("lab/timeout", 30_000))
        self._pace_changed()

    def save(self, settings: Settings) -> None:
        """Keep the knobs for the next session."""
        settings.remember("lab/pace", self.pace_key.value)
        settings.remember("lab/interval", self.interval.value())
        settings.remember("lab/processing-delay", self.processing_delay.value())
        settings.remember("lab/lease", self.lease.value())
        settings.remember("lab/timeout", self.timeout.value())
