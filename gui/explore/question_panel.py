"""What is asked: which strategy, guarding what, against how many duplicates and mishaps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.explorer.question import MOST_REQUESTS, Question
from backend.model.vocabulary import GatewayKeys, OperationKey, Replication
from gui.settings import Group
from gui.theme import GRID
from gui.widgets.forms import KEY_ROLE, Section, add_item, choose_key, combo, current_key, set_item_enabled, spin
from gui.widgets.gateway_field import GatewayField
from gui.wording.catalogue import Catalogue, VariantChoice
from gui.wording.speech import speak
from gui.wording.terms import operation_word, variant_title

if TYPE_CHECKING:
    from gui.settings import Settings

FIRST = VariantChoice(OperationKey.PLACE_ORDER, "token", "get-then-delete")
"""Chosen at first, as it has something to show."""

_TEXTS = ("operation", "strategy", "variant", "gateway_keys", "replication")
_NUMBERS = {"requests": 2, "crashes": 0, "expiries": 0, "failovers": 0, "errors": 0, "database_failovers": 0}
"""Parts of a question that are remembered, by their names; numbers with what they are at first."""


class QuestionPanel(QWidget):
    """The fields of a Question; only what can be asked can be chosen.

    Signals:
        changed: another question.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.catalogue = Catalogue()
        self._remembered: Question | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + 2)
        layout.addWidget(self._make_choice())
        layout.addWidget(self._make_mishaps())
        self.operation.currentIndexChanged.connect(self._operation_changed)
        self.strategy.currentIndexChanged.connect(self._strategy_changed)
        self.variant.currentIndexChanged.connect(self._variant_changed)
        self._gateway.box.currentIndexChanged.connect(self.changed)
        for field in (
            self.requests,
            self.crashes,
            self.expiries,
            self.failovers,
            self.errors,
            self.database_failovers,
        ):
            field.valueChanged.connect(self.changed)
        self.replication.currentIndexChanged.connect(self.changed)

    def _make_choice(self) -> Section:
        section = Section(lambda: self.tr("What to explore"))
        self.operation = combo("exploreOperationCombo")
        for operation in OperationKey:
            add_item(self.operation, partial(operation_word, operation), operation.value)
        section.add_field(
            lambda: self.tr("&Operation"), self.operation, lambda: self.tr("The business operation of the intent")
        )
        self.strategy = combo("exploreStrategyCombo")
        section.add_field(
            lambda: self.tr("Strate&gy"),
            self.strategy,
            lambda: self.tr("How the backend makes the operation idempotent"),
        )
        self.variant = combo("exploreVariantCombo")
        section.add_field(
            lambda: self.tr("V&ariant"),
            self.variant,
            lambda: self.tr("One way to write the strategy, safe or broken"),
        )
        self._gateway = GatewayField(section, "exploreGatewayCombo")
        return section

    def _make_mishaps(self) -> Section:
        section = Section(lambda: self.tr("What may happen"))
        self.requests = spin("exploreRequestsSpin", 1, MOST_REQUESTS, 2)
        section.add_field(
            lambda: self.tr("Re&quests"),
            self.requests,
            lambda: self.tr("How many submissions of the same intent run at once"),
        )
        self.crashes = spin("exploreCrashesSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Crash&es"),
            self.crashes,
            lambda: self.tr("Most crashes in an interleaving, each with a retry"),
        )
        self.expiries = spin("exploreExpiriesSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Lease exp&iries"),
            self.expiries,
            lambda: self.tr("Most times that a lease or a session ends in an interleaving"),
        )
        self.failovers = spin("exploreFailoversSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Redi&s failovers"),
            self.failovers,
            lambda: self.tr("Most times that a replica of Redis is promoted which lacks the last writes"),
        )
        self.errors = spin("exploreErrorsSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Excep&tions"),
            self.errors,
            lambda: self.tr(
                "Most times that a handler gets an exception instead of a step, and its caller sends again"
            ),
        )
        self._add_failovers_of_database(section)
        return section

    def _add_failovers_of_database(self, section: Section) -> None:
        self.database_failovers = spin("exploreDatabaseFailoversSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("&Database failovers"),
            self.database_failovers,
            lambda: self.tr("Most times that the standby of PostgreSQL is promoted, and every connection breaks"),
        )
        self.replication = combo("exploreReplicationCombo")
        add_item(self.replication, lambda: self.tr("may lack commits"), Replication.ASYNCHRONOUS.value)
        add_item(self.replication, lambda: self.tr("has every commit"), Replication.SYNCHRONOUS.value)
        section.add_field(
            lambda: self.tr("Standb&y"),
            self.replication,
            lambda: self.tr("Asynchronous or synchronous replication: what the standby has when it is promoted"),
        )

    @property
    def question(self) -> Question:
        """What the fields ask."""
        choice = self.choice
        return Question(
            choice.operation,
            choice.strategy,
            choice.variant,
            self.requests.value(),
            self.crashes.value(),
            self.expiries.value(),
            self._gateway.keys,
            self.failovers.value(),
            errors=self.errors.value(),
            database_failovers=self.database_failovers.value(),
            replication=Replication(current_key(self.replication)),
        )

    @property
    def choice(self) -> VariantChoice:
        """What the boxes say."""
        return VariantChoice(
            OperationKey(current_key(self.operation)), current_key(self.strategy), current_key(self.variant)
        )

    @property
    def ready(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.choice.strategy and self.choice.variant)

    def fill(self, catalogue: Catalogue) -> None:
        """Offer the strategies; what was chosen before stays chosen."""
        before = self.choice
        self.catalogue = catalogue
        with QSignalBlocker(self.strategy):
            self.strategy.clear()
            for info in catalogue.strategies:
                add_item(self.strategy, partial(speak, info.title), info.key)
        remembered, self._remembered = self._remembered, None
        if remembered is None:
            self._show(catalogue.fit(before if before.strategy else FIRST))
            return
        choice = VariantChoice(remembered.operation, remembered.strategy, remembered.variant)
        fitting = catalogue.fit(choice)
        self.show_question(remembered)
        self._show(fitting)

    def restore(self, settings: Settings) -> None:
        """Ask what was asked last, once the strategies are known."""
        kept = {name: settings.text(Group.EXPLORE.key(name)) for name in _TEXTS}
        if kept["operation"] not in set(OperationKey) or not kept["strategy"]:
            return
        keys, replication = kept["gateway_keys"], kept["replication"]
        number = {name: settings.number(Group.EXPLORE.key(name), first) for name, first in _NUMBERS.items()}
        self._remembered = Question(
            OperationKey(kept["operation"]),
            kept["strategy"],
            kept["variant"],
            gateway_keys=GatewayKeys(keys) if keys in set(GatewayKeys) else GatewayKeys.NONE,
            requests=number["requests"],
            crashes=number["crashes"],
            expiries=number["expiries"],
            failovers=number["failovers"],
            errors=number["errors"],
            database_failovers=number["database_failovers"],
            replication=Replication.SYNCHRONOUS if replication == Replication.SYNCHRONOUS else Replication.ASYNCHRONOUS,
        )
        if self.catalogue.strategies:
            self.fill(self.catalogue)

    def save(self, settings: Settings) -> None:
        """Keep the question for the next session."""
        if not self.ready:
            return
        asked = self.question
        for name in _TEXTS:
            settings.remember(Group.EXPLORE.key(name), str(getattr(asked, name)))
        for name in _NUMBERS:
            settings.remember(Group.EXPLORE.key(name), int(getattr(asked, name)))

    def show_question(self, question: Question) -> None:
        """Ask this."""
        self._show(VariantChoice(question.operation, question.strategy, question.variant))
        self.requests.setValue(question.requests)
        self.crashes.setValue(question.crashes)
        self.expiries.setValue(question.expiries)
        self.failovers.setValue(question.failovers)
        self.errors.setValue(question.errors)
        self.database_failovers.setValue(question.database_failovers)
        choose_key(self.replication, question.replication)
        choose_key(self._gateway.box, question.gateway_keys)

    def _show(self, choice: VariantChoice) -> None:
        with QSignalBlocker(self.operation), QSignalBlocker(self.strategy), QSignalBlocker(self.variant):
            self.operation.setCurrentIndex(self.operation.findData(choice.operation.value, KEY_ROLE))
            for index, info in enumerate(self.catalogue.strategies):
                reason = self.catalogue.refusal(info.key, choice.operation)
                set_item_enabled(self.strategy, index, not reason, partial(speak, reason))
            self.strategy.setCurrentIndex(self.strategy.findData(choice.strategy, KEY_ROLE))
            self._fill_variants(choice)
        self._gateway.show_for(choice.operation)
        self.changed.emit()

    def _fill_variants(self, choice: VariantChoice) -> None:
        self.variant.clear()
        for index, info in enumerate(self.catalogue.variants(choice.strategy)):
            add_item(self.variant, partial(variant_title, info), info.key)
            reason = info.refusals.get(choice.operation)
            usable = choice.operation in info.guards and not info.missing
            set_item_enabled(self.variant, index, usable, partial(speak, reason or info.missing))
        self.variant.setCurrentIndex(self.variant.findData(choice.variant, KEY_ROLE))

    @Slot()
    def _operation_changed(self) -> None:
        self._show(self.catalogue.fit(self.choice))

    @Slot()
    def _strategy_changed(self) -> None:
        choice = self.choice
        self._show(self.catalogue.fit_operation(VariantChoice(choice.operation, choice.strategy, "")))

    @Slot()
    def _variant_changed(self) -> None:
        self._show(self.catalogue.fit_operation(self.choice))
