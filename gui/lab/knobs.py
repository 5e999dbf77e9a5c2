"""Where the knobs of the Lab page stand, and turning all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import OperationKey, Source

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.lab.backend_panel import BackendPanel
    from gui.lab.form import IntentForm
    from gui.lab.source_panel import SourcePanel


@dataclass(frozen=True, slots=True)
class Position:
    """Where every knob stands that decides what comes of a run."""

    operation: OperationKey
    database: str
    instances: int
    setup: Setup
    plan: Plan
    """Without intents."""


class Knobs(QObject):
    """The panels at the left, taken together.

    Signals:
        turned: a knob was turned, by hand or not.
    """

    turned = Signal()

    def __init__(self, form: IntentForm, backend: BackendPanel, source: SourcePanel) -> None:
        super().__init__(form)
        self._form, self._backend, self._source = form, backend, source
        for panel in (form, backend, source):
            self._watch(panel)
        form.operation_chosen.connect(self.turned)

    def _watch(self, panel: QWidget) -> None:
        for spin in panel.findChildren(QSpinBox):
            spin.valueChanged.connect(self._tell)
        for box in panel.findChildren(QComboBox):
            box.currentIndexChanged.connect(self._tell)
        for check in panel.findChildren(QCheckBox):
            check.toggled.connect(self._tell)
        self._source.faults.edited.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.turned.emit()

    @property
    def position(self) -> Position:
        """Where they stand."""
        form, backend = self._form, self._backend
        plan = self.plan(form.count.value(), ())
        return Position(form.operation_key, backend.database_key, backend.instances.value(), self.setup, plan)

    @property
    def intent(self) -> Intent:
        """What the form asks for."""
        form = self._form
        return Intent(form.operation_key, form.key.text(), form.item.text(), form.quantity.value())

    @property
    def setup(self) -> Setup:
        """The backend's side of a run."""
        backend, source = self._backend, self._source
        return Setup(
            strategy=backend.strategy_key,
            variant=backend.variant_key,
            processing_delay_ms=source.processing_delay.value(),
            lease_ms=source.lease.value(),
            faults=source.all_faults,
            gateway_keys=backend.gateway_keys_key,
            redis_persistence=backend.persistence.mode,
            redis_topology=backend.topology.topology,
            replication=backend.replication.replication,
            replica_lag_ms=backend.replication.lag.value(),
            visibility_timeout_ms=source.visibility_timeout.value(),
            prefetch=source.prefetch.value() if source.source_key is Source.RABBITMQ else 1,
            deduplication_ms=source.deduplication.value() if source.source_key is Source.NATS else 0,
        )

    def plan(self, submissions: int, intents: tuple[Intent, ...]) -> Plan:
        """The caller's side of a run."""
        source = self._source
        return Plan(
            intents=intents,
            submissions=submissions,
            source=source.source_key,
            pace=source.pace_key,
            interval_ms=source.interval.value(),
            timeout_ms=source.timeout.value(),
            disable_button=self._form.disable.isChecked(),
            retries=source.retries.value(),
            retry_on=source.retry_causes.causes,
            backoff_ms=source.backoff.value(),
            reload=source.reload.isChecked(),
            edit=source.edit.isChecked(),
        )

    def turn(self, setup: Setup, plan: Plan, instances: int) -> None:
        """Turn every knob to this; strategy and variant are chosen already."""
        self._backend.show_gateway_keys(setup.gateway_keys)
        self._backend.topology.show_topology(setup.redis_topology)
        self._backend.persistence.show_mode(setup.redis_persistence)
        self._backend.fold.count()
        self._backend.replication.show_setup(setup)
        self._source.show_knobs(setup, plan)
        self._form.show_disable(plan.disable_button, forced=setup.strategy == "front-end")
        self._form.count.setValue(plan.submissions)
        self._backend.instances.setValue(instances)
