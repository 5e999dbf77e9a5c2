"""What the backend does about it: strategy, variant, database, Redis servers, number of instances."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from backend.model.observed import EngineStatus
from backend.model.sentence import ENGLISH
from backend.model.vocabulary import EngineKind, GatewayKeys, Health, OperationKey, Replication, Verdict
from gui.lab.choices import PersistenceBox, TopologyBox
from gui.lab.replication_field import ReplicationField
from gui.settings import Key
from gui.theme import GRID, VERDICT_GLYPHS
from gui.widgets.fold import Fold
from gui.widgets.forms import Section, add_item, choose_key, combo, current_key, explain_item, set_item_enabled, spin
from gui.widgets.gateway_field import GatewayField
from gui.wording.catalogue import Catalogue, VariantChoice
from gui.wording.live import follow_language, put
from gui.wording.speech import language, speak
from gui.wording.terms import variant_title, verdict_word

if TYPE_CHECKING:
    from backend.model.catalogue import VariantInfo
    from gui.settings import Settings
    from gui.theme import Theme

MOST_INSTANCES = 4
SETTLE_MS = 250
"""A spin box that is being clicked through restarts the instances once, not at each step."""


class BackendPanel(QWidget):
    """The backend's side of an experiment.

    Signals:
        choice_made: another strategy or variant.
        database_chosen: the key of another database.
        instances_chosen: another number of backend processes.
    """

    choice_made = Signal()
    database_chosen = Signal(str)
    instances_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.catalogue = Catalogue()
        self._info: VariantInfo | None = None
        self._harm: Verdict | None = None
        section = Section(lambda: self.tr("The backend"))
        self.strategy = combo("strategyCombo")
        section.add_field(
            lambda: self.tr("&Strategy"),
            self.strategy,
            lambda: self.tr("How the backend makes the operation idempotent"),
        )
        self.variant = combo("variantCombo")
        section.add_field(
            lambda: self.tr("V&ariant"),
            self.variant,
            lambda: self.tr("One way to write the strategy, safe under concurrency or broken by design"),
        )
        self.database = combo("databaseCombo")
        self.replication = ReplicationField(section, self)
        section.add_field(
            lambda: self.tr("&Database"),
            self.database,
            lambda: self.tr("Where the effects are stored"),
            self.replication.box,
        )
        self.replication.add_lag()
        self.topology = TopologyBox(self)
        self.persistence = PersistenceBox(self)
        section.add_field(
            lambda: self.tr("Redis topolog&y"),
            self.topology.box,
            lambda: self.tr("Which servers hold tokens, locks and messages, and whether another one takes over"),
        )
        section.add_field(
            lambda: self.tr("Persistence"),
            self.persistence.box,
            lambda: self.tr(
                "Persistence of the private Redis-protocol server: what it writes to disk, and so what it keeps"
            ),
        )
        self.fold = Fold(
            "redisChip",
            section,
            lambda: self.tr("Redis servers"),
            (self.topology.box, self.persistence.box),
            lambda: sum(box.currentIndex() > 0 for box in (self.topology.box, self.persistence.box)),
        )
        for box in (self.topology.box, self.persistence.box):
            box.currentIndexChanged.connect(self.fold.count)
        self.instances = spin("instancesSpin", 1, MOST_INSTANCES, 1)
        section.add_field(
            lambda: self.tr("Instanc&es"),
            self.instances,
            lambda: self.tr("Backend processes that share the submissions"),
        )
        self._gateway = GatewayField(section, "gatewayKeysCombo")
        self.gateway_keys = self._gateway.box
        section.add_wide(self._make_summary())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(section)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.settle)
        self._settled_instances = 1
        self.strategy.currentIndexChanged.connect(self._strategy_changed)
        self.variant.currentIndexChanged.connect(self.choice_made)
        self.database.currentIndexChanged.connect(self._database_changed)
        self.instances.valueChanged.connect(self._settling.start)
        theme.changed.connect(self._paint_summary)
        follow_language(self, self._paint_summary)

    def _make_summary(self) -> QWidget:
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._mark.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._summary = QLabel()
        self._summary.setObjectName("summaryLabel")
        self._summary.setWordWrap(True)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        holder = QWidget()
        line = QVBoxLayout(holder)
        line.setContentsMargins(0, GRID // 2, 0, 0)
        line.setSpacing(2)
        line.addWidget(self._mark)
        line.addWidget(self._summary, 1)
        self._holder = holder
        self._fit_summary()
        return holder

    def _fit_summary(self) -> None:
        """Room for two lines in the language of the window, and for more where the text takes more: none is cut."""
        line, label = _line_height(self._summary.font()), self._summary
        text = max(2 * line, label.heightForWidth(label.width()) if label.isVisible() else 0)
        self._holder.setFixedHeight(line + text + GRID + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Another width, other lines."""
        super().resizeEvent(event)
        self._fit_summary()

    @property
    def strategy_key(self) -> str:
        """The chosen strategy."""
        return current_key(self.strategy)

    @property
    def variant_key(self) -> str:
        """The chosen variant."""
        return current_key(self.variant)

    @property
    def wants_standby(self) -> bool:
        """Whether the chosen variant reads from a standby, and there is to be none."""
        reads = self._info is not None and EngineKind.STANDBY in self._info.engines
        return reads and self.replication.replication is Replication.NONE

    @property
    def gateway_keys_key(self) -> GatewayKeys:
        """What becomes of the Idempotency-Key of calls to the gateway."""
        return self._gateway.keys

    @property
    def database_key(self) -> str:
        """The chosen database."""
        return current_key(self.database)

    def fill(self, catalogue: Catalogue) -> None:
        """Offer the strategies."""
        self.catalogue = catalogue
        with QSignalBlocker(self.strategy):
            self.strategy.clear()
            for info in catalogue.strategies:
                add_item(self.strategy, partial(speak, info.title), info.key)

    def show_choice(self, choice: VariantChoice) -> None:
        """Choose, and grey out what does not guard the operation, without telling anybody."""
        self._gateway.show_for(choice.operation)
        with QSignalBlocker(self.strategy):
            for index, info in enumerate(self.catalogue.strategies):
                reason = self.catalogue.refusal(info.key, choice.operation)
                set_item_enabled(self.strategy, index, not reason, partial(speak, reason))
            self.strategy.setCurrentIndex(self.strategy.findData(choice.strategy))
        self._fill_variants(choice)
        self._info = self.catalogue.variant(choice.strategy, choice.variant)
        self._harm = None
        self._paint_summary()

    def _fill_variants(self, choice: VariantChoice) -> None:
        with QSignalBlocker(self.variant):
            self.variant.clear()
            for index, info in enumerate(self.catalogue.variants(choice.strategy)):
                add_item(self.variant, partial(variant_title, info), info.key)
                usable = choice.operation in info.guards and not info.missing
                reason = info.refusals.get(choice.operation)
                set_item_enabled(self.variant, index, usable, partial(speak, reason or info.missing))
            self.variant.setCurrentIndex(self.variant.findData(choice.variant))

    @property
    def info(self) -> VariantInfo | None:
        """The chosen variant's texts."""
        return self._info

    @Slot()
    def _paint_summary(self) -> None:
        info, colours = self._info, self._theme.colours
        if info is None:
            self._mark.clear()
            self._summary.clear()
            return
        if info.sound:
            glyph, word, colour = "\N{CHECK MARK}", self.tr("safe under concurrency"), colours.good
        else:
            glyph, word, colour = "\N{WARNING SIGN}", self.tr("broken by design"), colours.alarm
        shown = f'<span style="color:{colour}; font-size:large">{glyph}</span>&nbsp;&nbsp;<b>{word}</b>'
        if self._harm is not None and info.sound:
            harm = self.tr("this run: %1").replace("%1", verdict_word(self._harm))
            shown += f"&nbsp;&nbsp;&nbsp;{VERDICT_GLYPHS[self._harm]}&nbsp;{harm}"
            word = f"{word}, {harm}"
        self._mark.setText(shown)
        self._mark.setAccessibleName(word)
        put(self._mark.setToolTip, lambda: speak(info.prose.breaks))
        put(self._summary.setText, lambda: speak(info.prose.summary))
        put(self._summary.setToolTip, lambda: speak(info.prose.summary))
        self._fit_summary()

    def note_harm(self, verdict: Verdict | None) -> None:
        """What the latest run of this variant came to, where that is harm: its promise has limits, and they show."""
        if verdict is not self._harm:
            self._harm = verdict
            self._paint_summary()

    def fill_databases(self, databases: tuple[EngineStatus, ...], current: str) -> None:
        """Offer the databases; those that are missing say what to install."""
        with QSignalBlocker(self.database):
            self.database.clear()
            for index, status in enumerate(databases):
                self.database.addItem(status.name, status.kind.value)
                if status.health is Health.MISSING:
                    set_item_enabled(self.database, index, False, partial(speak, status.note))
                elif status.note:
                    explain_item(self.database, index, partial(speak, status.note))
            self.database.setCurrentIndex(max(0, self.database.findData(current)))

    def show_gateway_keys(self, keys: GatewayKeys) -> None:
        """Show the gateway's habit."""
        choose_key(self.gateway_keys, keys.value)

    def show_instances(self, count: int) -> None:
        """Show how many there are, without telling anybody."""
        self._settled_instances = count
        with QSignalBlocker(self.instances):
            self.instances.setValue(count)

    @Slot()
    def settle(self) -> None:
        """Say now what the spin box holds, if it is new; called before a submission so that none overtakes it."""
        self._settling.stop()
        if self.instances.value() != self._settled_instances:
            self._settled_instances = self.instances.value()
            self.instances_chosen.emit(self._settled_instances)

    @Slot()
    def _strategy_changed(self) -> None:
        with QSignalBlocker(self.variant):
            self.variant.clear()
        self.choice_made.emit()

    @Slot()
    def _database_changed(self) -> None:
        self.database_chosen.emit(self.database_key)

    def wanted(self, operation: OperationKey) -> VariantChoice:
        """What the boxes say, valid or not."""
        return VariantChoice(operation, self.strategy_key, self.variant_key)

    def restore(self, settings: Settings) -> None:
        """Take what does not depend on the catalogue from the last session."""
        choose_key(self.gateway_keys, settings.text(Key.LAB_GATEWAY_KEYS))
        choose_key(self.topology.box, settings.text(Key.LAB_REDIS_TOPOLOGY))
        choose_key(self.persistence.box, settings.text(Key.LAB_REDIS_PERSISTENCE))
        self.fold.count()
        self.replication.restore(settings)

    def save(self, settings: Settings) -> None:
        """Keep the choice for the next session."""
        if self.strategy_key:
            settings.remember(Key.LAB_STRATEGY, self.strategy_key)
            settings.remember(Key.LAB_VARIANT, self.variant_key)
            settings.remember(Key.LAB_GATEWAY_KEYS, current_key(self.gateway_keys))
            settings.remember(Key.LAB_REDIS_TOPOLOGY, current_key(self.topology.box))
            settings.remember(Key.LAB_REDIS_PERSISTENCE, current_key(self.persistence.box))
            self.replication.save(settings)


def _line_height(font: QFont) -> int:
    """Of a line in any language: the fonts that step in for Chinese are taller than the font itself says."""
    if language() == ENGLISH:
        return QFontMetrics(font).lineSpacing()
    layout = QTextLayout("\u56fdAg", font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1_000)
    layout.endLayout()
    return ceil(line.height())
