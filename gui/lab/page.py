"""The Lab page: wires the form, the knobs and the evidence to the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QSplitter, QWidget

from backend.model.judgement import Judgement
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Verdict
from gui.lab.backend_panel import BackendPanel
from gui.lab.banner import VerdictBanner
from gui.lab.counters import Counters
from gui.lab.exhibit import ExhibitCard
from gui.lab.first import FirstChoices
from gui.lab.form import IntentForm
from gui.lab.knobs import Knobs
from gui.lab.offer import Offer
from gui.lab.progress import RunProgress
from gui.lab.results import Results
from gui.lab.run_display import RunDisplay
from gui.lab.selection import Selection
from gui.lab.set_up import SetUp
from gui.lab.source_panel import SourcePanel
from gui.settings import Key
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.forms import hairline
from gui.widgets.layouts import fill, side_by_side, stack
from gui.widgets.sidebar import Sidebar
from gui.widgets.timeline.pane import Timeline
from gui.wording.live import follow_language

if TYPE_CHECKING:
    from backend.comparison.exhibits import Exhibit
    from backend.model.observed import Reply
    from gui.link.bridge import LabBridge
    from gui.link.pending_run import PendingRun
    from gui.settings import Settings
    from gui.theme import Theme


FIRST_PLAN = Plan((), 20, interval_ms=50)
"""What the form sends with its knobs untouched."""
HARM = frozenset({Verdict.DUPLICATED, Verdict.LOST, Verdict.STUCK})


class LabPage(QWidget):
    """One experiment after the other, live.

    Signals:
        ready_changed: whether the lab is there and nothing runs.
    """

    ready_changed = Signal(bool)

    def __init__(self, bridge: LabBridge, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labPage")
        self._bridge = bridge
        self._usable = False
        self._runs = 0
        self._sent_with = ("", "")
        """Strategy and variant of the latest run."""
        self._ordered: set[str] = set()
        self.form = IntentForm()
        self.backend = BackendPanel(theme)
        self.source = SourcePanel()
        self.banner = VerdictBanner(theme)
        self.counters = Counters()
        self.exhibit = ExhibitCard()
        self._display = RunDisplay(self.banner, self.counters)
        self._knobs = Knobs(self.form, self.backend, self.source)
        self._offer = Offer(self.form, self.backend, self.source)
        self._progress = RunProgress(self.form.progress)
        self.results = Results(theme)
        self.first = FirstChoices(self.results.rows_table, self, bridge)
        self.timeline = Timeline(theme)
        self._selection = Selection(bridge, self.results, self.timeline)
        self._lay_out()
        self.form.restore(settings)
        self.source.restore(settings)
        self.backend.restore(settings)
        self.backend.show_instances(bridge.options.instances)
        self.set_up = SetUp(self.form, self.backend, self._knobs, bridge, settings)
        self._connect_widgets()
        self._connect_bridge()
        self._refresh()
        follow_language(self, self._refresh)

    def _lay_out(self) -> None:
        self.evidence = QSplitter(Qt.Orientation.Vertical)
        self.evidence.setHandleWidth(1)
        self.evidence.addWidget(self.results)
        self.evidence.addWidget(self.timeline)
        self.evidence.setCollapsible(0, False)
        self.evidence.setSizes([380, 240])
        self.evidence.setStretchFactor(0, 3)
        self.evidence.setStretchFactor(1, 2)
        self.right = stack(
            FixedSizeHost(self.banner), FixedSizeHost(self.counters), hairline(), self.exhibit, self.evidence
        )
        self.right.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.sidebar = Sidebar(self.form, self.backend, self.source, folds=(self.backend.fold, self.source.fold))
        self.across = side_by_side(self.sidebar, self.right)
        fill(self, self.across)

    def _connect_widgets(self) -> None:
        self.form.submit_asked.connect(self.submit)
        self.form.spam_asked.connect(self.spam)
        self.form.reset_asked.connect(self.reset)
        self.form.cancel_asked.connect(self._bridge.runs.cancel)
        self.form.edited.connect(self._refresh)
        self.source.changed.connect(self._refresh)
        self._knobs.turned.connect(self._note_knobs)
        self.set_up.variant_chosen.connect(self._show_variant)
        self.backend.replication.changed.connect(self._refresh)
        self.set_up.database_chosen.connect(self._forget)

    def _connect_bridge(self) -> None:
        bridge = self._bridge
        bridge.events.sources_missing.connect(self.source.show_missing)
        bridge.events.started.connect(self._become_usable)
        bridge.events.lost.connect(self._become_unusable)
        bridge.events.rows_added.connect(self.results.add_rows)
        bridge.events.rows_gone.connect(self.results.remove_rows)
        bridge.events.rows_renumbered.connect(self.results.renumber_rows)
        bridge.events.replies_received.connect(self._add_replies)
        bridge.events.replies_received.connect(self.timeline.add_replies)
        bridge.events.steps_added.connect(self.timeline.add_steps)
        bridge.events.waits_seen.connect(self.timeline.add_waits)
        self.timeline.failed.connect(bridge.events.failed)
        bridge.events.judged.connect(self._show_judgement)
        bridge.events.runs_changed.connect(self._note_runs)
        bridge.events.run_over.connect(self.exhibit.show_end)
        bridge.events.run_over.connect(self._progress.forget)
        bridge.events.source_ready.connect(self.results.code.show_source)
        bridge.events.working_changed.connect(self._progress.show_working)

    # What somebody asks for

    @Slot()
    def submit(self) -> None:
        """One click, one submission."""
        self._send(1)

    @Slot()
    def spam(self) -> None:
        """The same intent many times."""
        self._send(self.form.count.value())

    def _send(self, submissions: int) -> PendingRun | None:
        if not self.form.submit.isEnabled():
            return None
        self.exhibit.dismiss()
        self.backend.settle()
        intent = self._knobs.intent
        self._sent_with = self.set_up.variant
        if self._display.begin(intent):
            self._selection.begin_run()
        pending = self._bridge.runs.start(self._knobs.setup, self._knobs.plan(submissions, (intent,)))
        self._progress.follow(pending)
        return pending

    def show_exhibit(self, exhibit: Exhibit) -> PendingRun | None:
        """Turn every knob to a ready-made situation, and run it; one at a time. None where it cannot be run."""
        if not self.ready:
            return None
        self.set_up.choose_database(EngineKind.POSTGRESQL)
        self.form.mend_item()
        self.set_up.turn(exhibit.operation, exhibit.setup, exhibit.plan, exhibit.instances)
        pending = self._send(exhibit.plan.submissions)
        if pending is not None:
            self.exhibit.present(exhibit, pending, self._knobs.position)
        return pending

    def show_situation(
        self, operation: OperationKey, database: EngineKind, setup: Setup, plan: Plan, instances: int
    ) -> None:
        """Turn every knob to a situation, ready to be run; not while something runs."""
        if not self._ready_or_said():
            return
        self.exhibit.dismiss()
        self.set_up.choose_database(database)
        self.set_up.turn(operation, setup, plan, instances)
        (self.form.spam if plan.submissions > 1 else self.form.submit).setFocus()

    def try_out(self, operation: OperationKey, setup: Setup, plan: Plan | None = None) -> None:
        """Turn every knob to a plan (None: five clicks at once), ready to be sent, on two instances; not in a run."""
        if self._ready_or_said():
            self.exhibit.dismiss()
            self.set_up.turn(operation, setup, plan or Plan((), 5), 2)
            self.form.spam.setFocus()

    @Slot()
    def turn_knobs_back(self) -> None:
        """Every knob as it stands when the window is opened for the first time; not while something runs."""
        if self._ready_or_said():
            self.form.mend_item()
            self.form.quantity.setValue(1)
            self.set_up.turn(OperationKey.PLACE_ORDER, Setup("none", "direct"), FIRST_PLAN, 1)

    @property
    def ready(self) -> bool:
        """Whether the lab is there and nothing runs."""
        return self._usable and not self._runs

    def why_not_ready(self) -> str:
        """Why nothing can be begun; empty where it can."""
        if self.ready:
            return ""
        if self._usable:
            return self.tr("A run is under way; cancel it, or try again when it is over.")
        return self.tr("The engines are not running yet; try again when the strip below shows them.")

    def why_not_send(self) -> str:
        """Why the form cannot be submitted; empty where it can."""
        return self.form.why_not.text() or self.why_not_ready()

    def _ready_or_said(self) -> bool:
        if not self.ready:
            self._bridge.events.failed.emit(self.why_not_ready())
        return self.ready

    @Slot()
    def reset(self) -> None:
        """Empty the tables and the keys."""
        self.exhibit.dismiss()
        self._forget()
        self._bridge.reset()

    @Slot()
    def _forget(self) -> None:
        self._ordered.clear()
        self._display.forget()
        self.set_up.renew_unless_typed()
        self._refresh()

    @Slot()
    def _show_variant(self) -> None:
        self.results.show_variant(self.backend.info)
        self._refresh()

    # What the bridge tells

    @Slot()
    def _become_usable(self) -> None:
        self._usable = True
        if not self.form.key.text():
            self.set_up.new_intent()
        self._refresh()
        self.form.submit.setFocus()

    @Slot()
    def _become_unusable(self) -> None:
        self._usable = False
        self._refresh()

    @Slot(object)
    def _add_replies(self, replies: list[Reply]) -> None:
        self._ordered.update(
            reply.intent_key for reply in replies if reply.answer is Answer.CREATED and not reply.held_back
        )
        self.results.add_replies(replies)

    @Slot(object)
    def _show_judgement(self, judgement: Judgement) -> None:
        self._progress.note(judgement)
        self.results.note_forgotten(forgotten=judgement.untraced > 0)
        if judgement.final and not judgement.working:
            self.timeline.end_work()
        if not self._display.show_judgement(judgement):
            return
        self.results.show_wanted(judgement.run.wanted if judgement.run else None)
        if self._sent_with == self.set_up.variant:
            verdict = self._display.verdict
            self.backend.note_harm(verdict if verdict in HARM else None)

    @Slot(int)
    def _note_runs(self, runs: int) -> None:
        self._runs = runs
        self._display.note_running(running=bool(runs))
        if not runs:
            self.timeline.end_run()
        self._refresh()

    @Slot()
    def _note_knobs(self) -> None:
        self.exhibit.note_position(self._knobs.position)

    @Slot()
    def _refresh(self) -> None:
        self._offer.refresh(usable=self._usable, runs=self._runs, ordered=self._ordered)
        self.exhibit.note_position(self._knobs.position)
        self.ready_changed.emit(self.ready)

    @Slot(int)
    def leave_room(self, height: int) -> None:
        """End so many pixels above the lower edge: something else is there."""
        self.setContentsMargins(0, 0, 0, height)

    def save(self, settings: Settings) -> None:
        """Keep the choices for the next session."""
        self.form.save(settings)
        self.backend.save(settings)
        self.source.save(settings)
        settings.remember(Key.LAB_ACROSS, self.across.saveState())
        settings.remember(Key.LAB_RESULTS, self.results.saveState())
        settings.remember(Key.LAB_EVIDENCE, self.evidence.saveState())

    def restore_sizes(self, settings: Settings) -> None:
        """Give the panes the sizes of the last session."""
        self.across.restoreState(settings.blob(Key.LAB_ACROSS))
        self.results.restoreState(settings.blob(Key.LAB_RESULTS))
        self.evidence.restoreState(settings.blob(Key.LAB_EVIDENCE))
