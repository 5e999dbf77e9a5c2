"""How duplicates arrive: the source of the submissions and its knobs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout, QWidget

from backend.model.plan import Fault
from backend.model.vocabulary import FaultKind, Pace, Source
from gui.lab.choices import RetryCauses, key_of, read_causes
from gui.lab.fault_field import FaultField
from gui.settings import Key
from gui.theme import GRID
from gui.widgets.fold import Fold
from gui.widgets.forms import (
    Section,
    add_item,
    choose_key,
    combo,
    current_key,
    describe,
    plainly,
    set_item_enabled,
    spin,
)
from gui.wording.live import worded
from gui.wording.speech import speak
from gui.wording.terms import pace_word, source_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.model.plan import Plan, Setup
    from backend.model.sentence import Sentence
    from gui.settings import Settings


class SourcePanel(QWidget):
    """Source, pace, time-out and retries, processing delay, lease, the knobs of queues, faults.

    Signals:
        changed: another source or pace, or other faults.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = Section(lambda: self.tr("How duplicates arrive"))
        self._make_source()
        self._make_caller()
        self._make_backend()
        self.fold = Fold(
            "mishapsChip",
            self._section,
            lambda: self.tr("Mishaps and habits"),
            (self.faults, self.lost_reply, self.reload, self.edit),
            self._mishaps,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._section)
        self.source.currentIndexChanged.connect(self._refresh)
        self.pace.currentIndexChanged.connect(self._refresh)
        self.lost_reply.toggled.connect(self.changed)
        self.faults.edited.connect(self.changed)
        self.faults.edited.connect(self.fold.count)
        for _, tick in self._ticks():
            tick.toggled.connect(self.fold.count)
        self._refresh()

    def _make_source(self) -> None:
        self.source = combo("sourceCombo")
        for source in Source:
            add_item(self.source, partial(source_word, source), source.value)
        self._section.add_field(
            lambda: self.tr("So&urce"), self.source, lambda: self.tr("Where the second submission comes from")
        )
        self.pace = combo("paceCombo")
        for pace in Pace:
            add_item(self.pace, partial(pace_word, pace), pace.value)
        self.interval = self._milliseconds("intervalSpin", 0, 60_000, 50)
        describe(self.interval, lambda: self.tr("Interval"), lambda: self.tr("Milliseconds between two submissions"))
        self._section.add_field(
            lambda: self.tr("Pace"), self.pace, lambda: self.tr("How several submissions leave"), self.interval
        )

    def _make_caller(self) -> None:
        self.timeout = spin("timeoutSpin", 1, 600_000, 30_000, lambda: self.tr("ms"))
        self._section.add_field(
            lambda: self.tr("Time-out"), self.timeout, lambda: self.tr("How long a caller waits for its answer")
        )
        self.retries = spin("retriesSpin", 0, 100, 3)
        self.backoff = self._milliseconds("backoffSpin", 0, 60_000, 100)
        describe(
            self.backoff,
            lambda: self.tr("Back-off"),
            lambda: self.tr("Wait before the first retry; it doubles with each further one"),
        )
        self._section.add_field(
            lambda: self.tr("Retries"),
            self.retries,
            lambda: self.tr("How often a caller sends again"),
            self.backoff,
        )
        self.retry_causes = RetryCauses(self)
        self._section.add_field(
            lambda: self.tr("Retry on"),
            self.retry_causes.box,
            lambda: self.tr(
                "After what a caller sends again: a time-out, a lost connection, 5xx and busy; or whatever is not 2xx, "
                "as providers of webhooks do"
            ),
        )

    def _make_backend(self) -> None:
        self.processing_delay = spin("processingDelaySpin", 0, 60_000, 0, lambda: self.tr("ms"))
        self.lease = self._milliseconds("leaseSpin", 1, 3_600_000, 10_000)
        describe(
            self.lease,
            lambda: self.tr("Lease"),
            lambda: self.tr("Life of a lock; shorter than the processing, it expires meanwhile"),
        )
        self._section.add_field(
            lambda: self.tr("Wor&k, lease"),
            self.processing_delay,
            lambda: self.tr("Work of the handler between what it reads and what it writes: it widens every gap"),
            self.lease,
        )
        self._make_engines()
        self.faults = FaultField()
        self._section.add_field_with_button(
            lambda: self.tr("Faults"),
            self.faults,
            lambda: self.tr("What is done to the run on purpose, as on the command line: kind@place:command=ms"),
            self.faults.menu_button,
        )
        self.lost_reply = worded(QCheckBox(), lambda: self.tr("Drop the first response"))
        self.lost_reply.setObjectName("lostReplyCheck")
        describe(
            self.lost_reply,
            plainly(self.lost_reply.text),
            lambda: self.tr("The work is done, and the caller's connection is closed instead of an answer"),
        )
        self._section.add_wide(self.lost_reply)
        self.reload = worded(QCheckBox(), lambda: self.tr("Reload the page each time"))
        self.reload.setObjectName("reloadCheck")
        describe(
            self.reload,
            plainly(self.reload.text),
            lambda: self.tr(
                "Each submission comes from a form opened anew, with a new token and the version as it is then"
            ),
        )
        self._section.add_wide(self.reload)
        self.edit = worded(QCheckBox(), lambda: self.tr("Raise the quantity each time"))
        self.edit.setObjectName("editCheck")
        describe(
            self.edit,
            plainly(self.edit.text),
            lambda: self.tr(
                "The user changes the quantity between two submissions of the same form: one more each time"
            ),
        )
        self._section.add_wide(self.edit)

    def show_missing(self, missing: Mapping[Source, Sentence]) -> None:
        """Grey out the sources that cannot be had here; the reason says what to install."""
        for index, source in enumerate(Source):
            set_item_enabled(self.source, index, source not in missing, partial(speak, missing.get(source)))

    def _make_engines(self) -> None:
        self.visibility_timeout = spin("visibilityTimeoutSpin", 1, 3_600_000, 500, lambda: self.tr("ms"))
        self._section.add_field(
            lambda: self.tr("Visibility"),
            self.visibility_timeout,
            lambda: self.tr(
                "Visibility time-out of the queue: a message that is not acknowledged so long after its delivery is "
                "delivered again, also while its consumer is still at work"
            ),
        )
        self.deduplication = spin("deduplicationSpin", 0, 3_600_000, 0, lambda: self.tr("ms"))
        self._section.add_field(
            lambda: self.tr("Known ids"),
            self.deduplication,
            lambda: self.tr(
                "Deduplication window of NATS JetStream: for so long the server knows the id of a message, which is "
                "the intent's key, and drops another one with it; 0 sends no ids"
            ),
        )
        self.prefetch = spin("prefetchSpin", 1, 1_000, 1)
        self._section.add_field(
            lambda: self.tr("Prefetch"),
            self.prefetch,
            lambda: self.tr(
                "So many messages of RabbitMQ a consumer may have that it has not acknowledged: all of them are "
                "delivered again when it dies"
            ),
        )

    def _mishaps(self) -> int:
        """Knobs of the fold that are in use."""
        return bool(self.faults.text().strip()) + sum(tick.isChecked() for _, tick in self._ticks())

    def _milliseconds(self, name: str, smallest: int, largest: int, value: int) -> QSpinBox:
        made = spin(name, smallest, largest, value, lambda: self.tr("ms"))
        made.setFixedWidth(12 * GRID)
        return made

    @property
    def all_faults(self) -> tuple[Fault, ...]:
        """Those of the field, and the lost reply where it is ticked."""
        return (*self.faults.faults, *((Fault(FaultKind.LOST_REPLY),) if self.lost_reply.isChecked() else ()))

    @property
    def pace_key(self) -> Pace:
        """How submissions leave."""
        return Pace(current_key(self.pace))

    @property
    def source_key(self) -> Source:
        """Where they come from."""
        return Source(current_key(self.source))

    @Slot()
    def _refresh(self) -> None:
        clicks, retry = self.source_key is Source.CLICKS, self.source_key is Source.RETRY
        queue, nats = self.source_key.is_queue, self.source_key is Source.NATS
        rabbitmq = self.source_key is Source.RABBITMQ
        self.pace.setEnabled(clicks)
        self.interval.setEnabled(clicks and self.pace_key is Pace.INTERVAL)
        self.timeout.setEnabled(not queue)
        self.retries.setEnabled(retry)
        self.backoff.setEnabled(retry)
        self.retry_causes.box.setEnabled(retry)
        self.visibility_timeout.setEnabled(queue and not rabbitmq)
        self.prefetch.setEnabled(rabbitmq)
        self.deduplication.setEnabled(nats)
        for field, is_asked in (
            (self.pace, clicks),
            (self.timeout, not queue),
            (self.retries, retry),
            (self.retry_causes.box, retry),
            (self.visibility_timeout, queue and not rabbitmq),
            (self.prefetch, rabbitmq),
            (self.deduplication, nats),
        ):
            self._section.show_row(field, is_asked)
        self.changed.emit()

    def show_knobs(self, setup: Setup, plan: Plan) -> None:
        """Turn every knob to what a run was, or is to be."""
        choose_key(self.source, plan.source.value)
        choose_key(self.pace, plan.pace.value)
        self.interval.setValue(int(plan.interval_ms))
        self.timeout.setValue(plan.timeout_ms)
        self.retries.setValue(plan.retries)
        self.backoff.setValue(plan.backoff_ms)
        self.retry_causes.show_causes(plan.retry_on)
        self.visibility_timeout.setValue(setup.visibility_timeout_ms)
        self.deduplication.setValue(setup.deduplication_ms)
        self.prefetch.setValue(setup.prefetch)
        self.processing_delay.setValue(setup.processing_delay_ms)
        self.lease.setValue(setup.lease_ms)
        lost = Fault(FaultKind.LOST_REPLY)
        self.lost_reply.setChecked(lost in setup.faults)
        self.reload.setChecked(plan.reload)
        self.edit.setChecked(plan.edit)
        self.faults.show_faults(tuple(fault for fault in setup.faults if fault != lost))
        self._refresh()

    def _numbers(self) -> tuple[tuple[Key, QSpinBox, int], ...]:
        """Knobs that are numbers, with where they are remembered and what they are at first."""
        return (
            (Key.LAB_INTERVAL, self.interval, 50),
            (Key.LAB_PROCESSING_DELAY, self.processing_delay, 0),
            (Key.LAB_LEASE, self.lease, 10_000),
            (Key.LAB_TIMEOUT, self.timeout, 30_000),
            (Key.LAB_RETRIES, self.retries, 3),
            (Key.LAB_BACKOFF, self.backoff, 100),
            (Key.LAB_VISIBILITY_TIMEOUT, self.visibility_timeout, 500),
            (Key.LAB_DEDUPLICATION_WINDOW, self.deduplication, 0),
            (Key.LAB_PREFETCH, self.prefetch, 1),
        )

    def _ticks(self) -> tuple[tuple[Key, QCheckBox], ...]:
        """Knobs that are on or off, off at first."""
        return (
            (Key.LAB_LOST_REPLY, self.lost_reply),
            (Key.LAB_RELOAD, self.reload),
            (Key.LAB_EDIT, self.edit),
        )

    def restore(self, settings: Settings) -> None:
        """Take the knobs of the last session."""
        choose_key(self.source, settings.text(Key.LAB_SOURCE, Source.CLICKS.value))
        choose_key(self.pace, settings.text(Key.LAB_PACE, Pace.SIMULTANEOUS.value))
        for key, box, first in self._numbers():
            box.setValue(settings.number(key, first))
        for key, tick in self._ticks():
            tick.setChecked(settings.flag(key, default=False))
        self.retry_causes.show_causes(read_causes(settings.text(Key.LAB_RETRY_ON)))
        self.faults.setText(settings.text(Key.LAB_FAULTS))
        self._refresh()

    def save(self, settings: Settings) -> None:
        """Keep the knobs for the next session."""
        settings.remember(Key.LAB_SOURCE, self.source_key.value)
        settings.remember(Key.LAB_PACE, self.pace_key.value)
        for key, box, _ in self._numbers():
            settings.remember(key, box.value())
        for key, tick in self._ticks():
            settings.remember(key, tick.isChecked())
        settings.remember(Key.LAB_RETRY_ON, key_of(self.retry_causes.causes))
        settings.remember(Key.LAB_FAULTS, self.faults.text())
