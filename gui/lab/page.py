"""The Lab page: wires the form, the knobs and the evidence to the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from backend.model import Answer, EngineKind, Intent, Judgement, OperationKey, Plan, Setup
from gui.forms import choose_key, hairline
from gui.island import Island
from gui.lab.backend_panel import BackendPanel
from gui.lab.banner import VerdictBanner
from gui.lab.catalogue import Catalogue, Choice
from gui.lab.counters import Counters
from gui.lab.exhibit import ExhibitCard
from gui.lab.form import IntentForm
from gui.lab.results import Results
from gui.lab.selection import Selection
from gui.lab.sidebar import WIDTH, Sidebar
from gui.lab.source_panel import SourcePanel
from gui.lab.timeline import Timeline

if TYPE_CHECKING:
    from backend.catalogue import StrategyInfo
    from backend.exhibits import Exhibit
    from backend.model import EngineStatus, Reply
    from gui.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme


class LabPage(QWidget):
    """One experiment after the other, live."""

    def __init__(self, bridge: LabBridge, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labPage")
        self._bridge = bridge
        self._settings = settings
        self._usable = False
        self._runs = 0
        self._expected = self._received = 0
        self._operations: set[OperationKey] = set()
        self._ordered: set[str] = set()
        self._database = ""
        self._focus_later: QPushButton | None = None
        self.form = IntentForm()
        self.backend = BackendPanel(theme)
        self.source = SourcePanel()
        self.banner = VerdictBanner(theme)
        self.counters = Counters()
        self.exhibit = ExhibitCard()
        self.results = Results(theme)
        self.timeline = Timeline(theme)
        self._selection = Selection(bridge, self.results, self.timeline)
        self._lay_out()
        self.form.restore(settings)
        self.source.restore(settings)
        self.backend.restore(settings)
        self.backend.show_instances(bridge.options.instances)
        self._connect_widgets()
        self._connect_bridge()
        self._refresh()

    def _lay_out(self) -> None:
        self.evidence = QSplitter(Qt.Orientation.Vertical)
        self.evidence.setHandleWidth(1)
        self.evidence.addWidget(self.results)
        self.evidence.addWidget(self.timeline)
        self.evidence.setCollapsible(0, False)
        self.evidence.setSizes([380, 240])
        self.evidence.setStretchFactor(0, 1)
        right = QWidget()
        right.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        stack = QVBoxLayout(right)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for widget in (Island(self.banner), Island(self.counters), hairline(), self.exhibit):
            stack.addWidget(widget)
        stack.addWidget(self.evidence, 1)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.setHandleWidth(1)
        self.across.setChildrenCollapsible(False)
        self.across.addWidget(Sidebar(self.form, self.backend, self.source))
        self.across.addWidget(right)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([WIDTH, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.across)

    def _connect_widgets(self) -> None:
        self.form.operation_chosen.connect(self._operation_chosen)
        self.form.submit_asked.connect(self.submit)
        self.form.spam_asked.connect(self.spam)
        self.form.new_intent_asked.connect(self.new_intent)
        self.form.reset_asked.connect(self.reset)
        self.form.cancel_asked.connect(self._bridge.cancel_runs)
        self.form.edited.connect(self._refresh)
        self.source.changed.connect(self._refresh)
        self.backend.choice_made.connect(self._strategy_chosen)
        self.backend.database_chosen.connect(self._database_chosen)
        self.backend.instances_chosen.connect(self._bridge.set_instances)

    def _connect_bridge(self) -> None:
        bridge = self._bridge
        bridge.catalogue_ready.connect(self._fill_catalogue)
        bridge.databases_ready.connect(self._fill_databases)
        bridge.engines_changed.connect(self._note_engines)
        bridge.started.connect(self._become_usable)
        bridge.rows_added.connect(self.results.add_rows)
        bridge.replies_received.connect(self._add_replies)
        bridge.replies_received.connect(self.timeline.add_replies)
        bridge.steps_added.connect(self.timeline.add_steps)
        bridge.waits_seen.connect(self.timeline.add_waits)
        self.timeline.failed.connect(bridge.failed)
        bridge.judged.connect(self._show_judgement)
        bridge.runs_changed.connect(self._note_runs)
        bridge.run_finished.connect(self.exhibit.show_report)
        bridge.source_ready.connect(self.results.code.show_source)
        bridge.working_changed.connect(self.form.show_working)

    # What somebody asks for

    @Slot()
    def submit(self) -> None:
        """One click, one submission."""
        self._send(1)

    @Slot()
    def spam(self) -> None:
        """The same intent many times."""
        self._send(self.form.count.value())

    def _send(self, submissions: int) -> None:
        if not self.form.submit.isEnabled():
            return
        self.backend.settle()
        form, source = self.form, self.source
        intent = Intent(form.operation_key, form.key.text(), form.item.text(), form.quantity.value())
        setup = Setup(
            strategy=self.backend.strategy_key,
            variant=self.backend.variant_key,
            processing_delay_ms=source.processing_delay.value(),
            lease_ms=source.lease.value(),
            faults=source.all_faults,
            gateway_keys=self.backend.gateway_keys_key,
        )
        plan = Plan(
            intents=(intent,),
            submissions=submissions,
            source=source.source_key,
            pace=source.pace_key,
            interval_ms=source.interval.value(),
            timeout_ms=source.timeout.value(),
            disable_button=form.disable.isChecked(),
            retries=source.retries.value(),
            backoff_ms=source.backoff.value(),
            reload=source.reload.isChecked(),
            edit=source.edit.isChecked(),
        )
        self._operations.add(intent.operation)
        self._expected += submissions
        self._bridge.start_run(setup, plan)

    def show_exhibit(self, exhibit: Exhibit) -> None:
        """Turn every knob to a ready-made situation, and run it."""
        if not self._usable or self._runs:
            return
        self._turn_knobs(exhibit.operation, exhibit.setup, exhibit.plan, exhibit.instances)
        self.exhibit.present(exhibit)
        self._send(exhibit.plan.submissions)

    def show_situation(
        self, operation: OperationKey, database: EngineKind, setup: Setup, plan: Plan, instances: int
    ) -> None:
        """Turn every knob to a situation, ready to be run; not while something runs."""
        if not self._usable or self._runs:
            return
        self.exhibit.dismiss()
        if database.value != self._database and choose_key(self.backend.database, database.value):
            self._database_chosen(database.value)
        self._turn_knobs(operation, setup, plan, instances)
        (self.form.spam if plan.submissions > 1 else self.form.submit).setFocus()

    def try_out(self, operation: OperationKey, setup: Setup) -> None:
        """Turn every knob to five clicks at once on two instances, ready to be sent; not while something runs."""
        if self._usable and not self._runs:
            self.exhibit.dismiss()
            self._turn_knobs(operation, setup, Plan((), 5), 2)
            self.form.spam.setFocus()

    def _turn_knobs(self, operation: OperationKey, setup: Setup, plan: Plan, instances: int) -> None:
        self._apply(Choice(operation, setup.strategy, setup.variant))
        self.source.show_knobs(setup, plan)
        self.form.disable.setChecked(plan.disable_button)
        self.form.count.setValue(plan.submissions)
        self.backend.instances.setValue(instances)
        self.new_intent()

    @Slot()
    def new_intent(self) -> None:
        """A fresh key: the user wants something else."""
        form = self.form
        intent = self._bridge.new_intent(form.operation_key, form.item.text(), form.quantity.value())
        if intent is not None:
            form.show_key(intent.key)

    def _renew_unless_typed(self) -> None:
        if not self.form.key_typed or not self.form.key.text():
            self.new_intent()

    @Slot()
    def reset(self) -> None:
        """Empty the tables and the keys."""
        self._forget()
        self._bridge.reset()

    def _forget(self) -> None:
        self._operations.clear()
        self._ordered.clear()
        self._renew_unless_typed()
        self._refresh()

    # Choices

    @Slot()
    def _operation_chosen(self) -> None:
        self._apply(self.backend.catalogue.fit(self.backend.wanted(self.form.operation_key)))

    @Slot()
    def _strategy_chosen(self) -> None:
        self._apply(self.backend.catalogue.fit_operation(self.backend.wanted(self.form.operation_key)))

    def _apply(self, choice: Choice) -> None:
        if choice.operation is not self.form.operation_key:
            self.form.choose_operation(choice.operation)
        self.backend.show_choice(choice)
        self.form.force_disable(choice.strategy == "front-end")
        self.results.show_variant(self.backend.info)
        self._renew_unless_typed()
        self._bridge.ask_source(choice.strategy, choice.variant)
        self._refresh()

    @Slot(str)
    def _database_chosen(self, database: str) -> None:
        self._forget()
        self._bridge.use_database(database)

    # What the bridge tells

    @Slot(object)
    def _fill_catalogue(self, strategies: tuple[StrategyInfo, ...]) -> None:
        self.backend.fill(Catalogue(strategies))
        remembered = Choice(
            self.form.operation_key, self._settings.text("lab/strategy", "none"), self._settings.text("lab/variant")
        )
        self._apply(self.backend.catalogue.fit(remembered))

    @Slot(object)
    def _fill_databases(self, databases: tuple[EngineStatus, ...]) -> None:
        self.backend.fill_databases(databases, self._database)

    @Slot(object)
    def _note_engines(self, engines: tuple[EngineStatus, ...]) -> None:
        used = next((engine.kind.value for engine in engines if engine.kind.is_database), "")
        if used != self._database:
            self._database = used

    @Slot()
    def _become_usable(self) -> None:
        self._usable = True
        if not self.form.key.text():
            self.new_intent()
        self._refresh()
        self.form.submit.setFocus()

    @Slot(object)
    def _add_replies(self, replies: list[Reply]) -> None:
        self._received += len(replies)
        self._ordered.update(
            reply.intent_key for reply in replies if reply.answer is Answer.CREATED and not reply.held_back
        )
        self.results.add_replies(replies)
        self.form.show_progress(self._received, self._expected)

    @Slot(object)
    def _show_judgement(self, judgement: Judgement) -> None:
        self.banner.show_judgement(judgement, self._operations)
        self.counters.show_judgement(judgement)

    @Slot(int)
    def _note_runs(self, runs: int) -> None:
        self._runs = runs
        if runs == 0:
            self._expected = self._received = 0
            self.form.show_progress(0, 0)
        self._refresh()

    # What can be pressed

    @Slot()
    def _refresh(self) -> None:
        form, usable = self.form, self._usable
        reason = self._why_not()
        for sender in (form.submit, form.spam):
            self._enable(sender, usable and not reason)
            sender.setStatusTip(reason)
        form.cancel.setEnabled(self._runs > 0)
        for widget in (form.operation, form.key, form.new_intent, form.reset, self.backend):
            widget.setEnabled(usable)

    def _enable(self, sender: QPushButton, enabled: bool) -> None:
        """A button that is disabled in flight gives its focus away; it gets it back, for whoever works by keyboard."""
        if not enabled and sender.hasFocus():
            self._focus_later = sender
        sender.setEnabled(enabled)
        if enabled and self._focus_later is sender:
            self._focus_later = None
            sender.setFocus()

    def _why_not(self) -> str:
        form = self.form
        if form.complaint:
            return form.complaint
        if self.source.faults.complaint:
            return self.source.faults.complaint
        if form.disable.isChecked() and self._runs:
            return self.tr("The button is disabled until the answer arrives.")
        if self.backend.strategy_key == "front-end" and form.key.text() in self._ordered:
            return self.tr("The page has its answer; a new intent enables the button again.")
        return ""

    def save(self, settings: Settings) -> None:
        """Keep the choices for the next session."""
        self.form.save(settings)
        self.backend.save(settings)
        self.source.save(settings)
        settings.remember("lab/across", self.across.saveState())
        settings.remember("lab/results", self.results.saveState())
        settings.remember("lab/evidence", self.evidence.saveState())

    def restore_sizes(self, settings: Settings) -> None:
        """Give the panes the sizes of the last session."""
        self.across.restoreState(settings.blob("lab/across"))
        self.results.restoreState(settings.blob("lab/results"))
        self.evidence.restoreState(settings.blob("lab/evidence"))
