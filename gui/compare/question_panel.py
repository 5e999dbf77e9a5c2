"""What is compared: an operation on a database, all strategies or one, and the situations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.model.vocabulary import EngineKind, Health, OperationKey, Replication
from gui.theme import GRID
from gui.widgets.forms import Section, add_item, choose_key, combo, current_key, describe, set_item_enabled
from gui.wording.comparison import situation_word
from gui.wording.live import Words, worded
from gui.wording.speech import speak
from gui.wording.terms import operation_word

if TYPE_CHECKING:
    from backend.model.catalogue import StrategyInfo
    from backend.model.observed import EngineStatus


class QuestionPanel(QWidget):
    """The fields of a ComparisonQuestion; only what can be asked can be chosen.

    Signals:
        changed: another question.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strategies: tuple[StrategyInfo, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + 2)
        layout.addWidget(self._make_choice())
        layout.addWidget(self._make_situations())
        layout.addWidget(self._make_extent())
        self.operation.currentIndexChanged.connect(self._fill_strategies)
        self.database.currentIndexChanged.connect(self._offer_replication)
        for box in (self.database, self.strategy, self.replication):
            box.currentIndexChanged.connect(self.changed)
        for check in (*self.situations.values(), self.quick, self.cost):
            check.toggled.connect(self.changed)

    def _make_choice(self) -> Section:
        section = Section(lambda: self.tr("What to compare"))
        self.operation = combo("compareOperationCombo")
        for operation in OperationKey:
            add_item(self.operation, partial(operation_word, operation), operation.value)
        section.add_field(
            lambda: self.tr("&Operation"), self.operation, lambda: self.tr("The business operation of the intents")
        )
        self.database = combo("compareDatabaseCombo")
        section.add_field(lambda: self.tr("&Database"), self.database, lambda: self.tr("Where the effects are stored"))
        self.strategy = combo("compareStrategyCombo")
        section.add_field(
            lambda: self.tr("&Strategies"), self.strategy, lambda: self.tr("All strategies, or the variants of one")
        )
        return section

    def _make_situations(self) -> Section:
        section = Section(lambda: self.tr("Situations"))
        self.situations = {
            key: self._check(
                f"situation-{key}", partial(situation_word, key), lambda: self.tr("Compare in this situation")
            )
            for key in SituationKey
        }
        for check in self.situations.values():
            section.add_wide(check)
        self.replication = combo("compareReplicationCombo")
        for replication, text in (
            (Replication.NONE, lambda: self.tr("No standby")),
            (Replication.ASYNCHRONOUS, lambda: self.tr("Asynchronous")),
            (Replication.SYNCHRONOUS, lambda: self.tr("Synchronous")),
        ):
            add_item(self.replication, text, replication.value)
        section.add_field(
            lambda: self.tr("Replic&ation"),
            self.replication,
            lambda: self.tr("The standby of PostgreSQL that takes over in a failover"),
        )
        return section

    def _make_extent(self) -> Section:
        section = Section(lambda: self.tr("How thoroughly"))
        self.cost = self._check(
            "compareCostCheck",
            lambda: self.tr("Measure the cost"),
            lambda: self.tr("Throughput and latency, in turns with no protection at all"),
        )
        self.quick = self._check(
            "compareQuickCheck",
            lambda: self.tr("Quick look"),
            lambda: self.tr(
                "Fewer intents and fewer rounds: each situation is proved all the same, the costs are rougher"
            ),
        )
        for check in (self.cost, self.quick):
            section.add_wide(check)
        return section

    @staticmethod
    def _check(name: str, text: Words, explanation: Words) -> QCheckBox:
        check = worded(QCheckBox(), text)
        check.setObjectName(name)
        check.setChecked(True)
        describe(check, text, explanation)
        return check

    @property
    def question(self) -> ComparisonQuestion:
        """What the fields ask."""
        strategy = current_key(self.strategy)
        return ComparisonQuestion(
            operations=(OperationKey(current_key(self.operation)),),
            databases=(current_key(self.database),),
            strategies=(strategy,) if strategy else (),
            situations=tuple(key for key, check in self.situations.items() if check.isChecked()),
            quick=self.quick.isChecked(),
            cost=self.cost.isChecked(),
            replication=self._asked_replication,
        )

    @property
    def _asked_replication(self) -> Replication:
        """None where the database can have no standby."""
        return Replication(current_key(self.replication)) if self.replication.isEnabled() else Replication.NONE

    def show_choice(self, operation: OperationKey, strategy: str) -> None:
        """Ask about this strategy."""
        choose_key(self.operation, operation.value)
        choose_key(self.strategy, strategy)

    @property
    def ready(self) -> bool:
        """Whether there is something to compare."""
        return bool(self._strategies and self.database.count()) and (
            self.cost.isChecked() or any(check.isChecked() for check in self.situations.values())
        )

    def fill(self, strategies: tuple[StrategyInfo, ...]) -> None:
        """Offer the strategies."""
        self._strategies = strategies
        self._fill_strategies()

    def fill_databases(self, databases: tuple[EngineStatus, ...]) -> None:
        """Offer the databases; what is missing says what to install."""
        before = current_key(self.database)
        with QSignalBlocker(self.database):
            self.database.clear()
            for index, engine in enumerate(databases):
                self.database.addItem(engine.name, engine.kind.value)
                set_item_enabled(self.database, index, engine.health is not Health.MISSING, partial(speak, engine.note))
        choose_key(self.database, before)
        self._offer_replication()
        self.changed.emit()

    @Slot()
    def _offer_replication(self) -> None:
        self.replication.setEnabled(current_key(self.database) == EngineKind.POSTGRESQL)

    @Slot()
    def _fill_strategies(self) -> None:
        before, operation = current_key(self.strategy), OperationKey(current_key(self.operation))
        with QSignalBlocker(self.strategy):
            self.strategy.clear()
            add_item(self.strategy, lambda: self.tr("All applicable"), "")
            for index, info in enumerate(self._strategies, 1):
                add_item(self.strategy, partial(speak, info.title), info.key)
                guards = any(operation in variant.guards for variant in info.variants)
                reason = None if guards else info.variants[0].refusals.get(operation)
                set_item_enabled(self.strategy, index, guards, partial(speak, reason))
            self.strategy.setCurrentIndex(0)
        choose_key(self.strategy, before)
        self.changed.emit()
