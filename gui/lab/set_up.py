"""What the Lab is set up for: operation, strategy, variant, database and key, which depend on one another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.settings import Key
from gui.widgets.forms import choose_key
from gui.wording.catalogue import Catalogue, VariantChoice
from gui.wording.speech import speak

if TYPE_CHECKING:
    from backend.model.catalogue import StrategyInfo
    from backend.model.observed import EngineStatus
    from backend.model.plan import Plan, Setup
    from backend.model.vocabulary import EngineKind, OperationKey
    from gui.lab.backend_panel import BackendPanel
    from gui.lab.form import IntentForm
    from gui.lab.knobs import Knobs
    from gui.link.bridge import LabBridge
    from gui.settings import Settings


class SetUp(QObject):
    """Keeps form and backend panel consistent, whoever turns a knob.

    Args:
        form: the operation and the key.
        backend: the strategy, its variant and the database.
        knobs: everything else.
        bridge: makes keys, and tells which strategies and databases there are.
        settings: what was chosen in the last session.

    Signals:
        variant_chosen: another variant, or the same one again.
        database_chosen: another database, whose rows are others.
    """

    variant_chosen = Signal()
    database_chosen = Signal()

    def __init__(
        self, form: IntentForm, backend: BackendPanel, knobs: Knobs, bridge: LabBridge, settings: Settings
    ) -> None:
        super().__init__(form)
        self._form, self._backend, self._knobs = form, backend, knobs
        self._bridge, self._settings = bridge, settings
        self._database = ""
        form.operation_chosen.connect(self._choose_for_operation)
        form.new_intent_asked.connect(self.new_intent)
        backend.choice_made.connect(self._choose_operation_for)
        backend.database_chosen.connect(self._use_database)
        backend.instances_chosen.connect(bridge.set_instances)
        bridge.events.catalogue_ready.connect(self.fill_catalogue)
        bridge.events.databases_ready.connect(self._fill_databases)
        bridge.events.engines_changed.connect(self._note_engines)

    @property
    def variant(self) -> tuple[str, str]:
        """The chosen strategy and its variant."""
        return self._backend.strategy_key, self._backend.variant_key

    def turn(self, operation: OperationKey, setup: Setup, plan: Plan, instances: int) -> None:
        """Turn every knob, for a fresh intent."""
        self._form.key_typed = False  # the fresh key comes with the choice: another one would be seen by nobody
        self._apply(VariantChoice(operation, setup.strategy, setup.variant))
        self._knobs.turn(setup, plan, instances)

    def choose_database(self, database: EngineKind) -> None:
        """Switch to it, unless it is chosen already; what counts is the box, as a switch may still be under way."""
        if database.value != self._backend.database_key and choose_key(self._backend.database, database.value):
            self._use_database(database.value)

    @Slot()
    def new_intent(self) -> None:
        """A fresh key: the user wants something else."""
        form = self._form
        intent = self._bridge.new_intent(form.operation_key, form.item.text(), form.quantity.value())
        if intent is not None:
            form.show_key(intent.key)

    def renew_unless_typed(self) -> None:
        """A fresh key, unless somebody has typed one."""
        if not self._form.key_typed or not self._form.key.text():
            self.new_intent()

    @Slot()
    def _choose_for_operation(self) -> None:
        self._apply(self._backend.catalogue.fit(self._backend.wanted(self._form.operation_key)))

    @Slot()
    def _choose_operation_for(self) -> None:
        self._apply(self._backend.catalogue.fit_operation(self._backend.wanted(self._form.operation_key)))

    def _apply(self, choice: VariantChoice) -> None:
        if choice.operation is not self._form.operation_key:
            self._form.choose_operation(choice.operation)
        self._backend.show_choice(choice)
        self._form.force_disable(choice.strategy == "front-end")
        self.renew_unless_typed()
        self._bridge.ask_source(choice.strategy, choice.variant)
        self.variant_chosen.emit()

    @Slot(str)
    def _use_database(self, database: str) -> None:
        self.database_chosen.emit()
        self._bridge.use_database(database)

    @Slot(object)
    def fill_catalogue(self, strategies: tuple[StrategyInfo, ...]) -> None:
        """Offer the strategies; what is chosen stays, or is what was chosen in the last session."""
        chosen = self._backend.wanted(self._form.operation_key)
        self._backend.fill(Catalogue(strategies))
        if not chosen.strategy:  # the first start of this session, and not another try
            chosen = VariantChoice(
                chosen.operation, self._settings.text(Key.LAB_STRATEGY, "none"), self._settings.text(Key.LAB_VARIANT)
            )
        self._apply(self._backend.catalogue.fit(chosen))

    @Slot(object)
    def _fill_databases(self, databases: tuple[EngineStatus, ...]) -> None:
        self._backend.fill_databases(databases, self._database)

    @Slot(object)
    def _note_engines(self, engines: tuple[EngineStatus, ...]) -> None:
        database = next((engine for engine in engines if engine.kind.is_database), None)
        self._database = database.kind.value if database else ""
        self._backend.replication.show_reason(partial(speak, database.no_standby if database else None))
        self._backend.topology.note_engines(engines)
