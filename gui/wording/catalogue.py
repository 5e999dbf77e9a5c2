"""What can be chosen together: strategies, variants and operations. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from backend.model.catalogue import StrategyInfo, VariantInfo
from backend.model.sentence import Sentence
from backend.model.vocabulary import OperationKey
from gui.wording.punctuation import narrowed
from gui.wording.speech import speak


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """An operation guarded by a variant of a strategy."""

    operation: OperationKey
    strategy: str
    variant: str


class Catalogue:
    """The strategies with the questions that the window has about them."""

    def __init__(self, strategies: tuple[StrategyInfo, ...] = ()) -> None:
        self.strategies = strategies
        self._by_key = {strategy.key: strategy for strategy in strategies}

    def variants(self, strategy: str) -> tuple[VariantInfo, ...]:
        """The variants of a strategy; none where it is unknown."""
        info = self._by_key.get(strategy)
        return info.variants if info else ()

    def variant(self, strategy: str, variant: str) -> VariantInfo | None:
        """A variant, or None."""
        return next((info for info in self.variants(strategy) if info.key == variant), None)

    def title(self, strategy: str, variant: str) -> str:
        """What a strategy and its variant are called; their keys where they are unknown."""
        known, info = self._by_key.get(strategy), self.variant(strategy, variant)
        if known is None or info is None:
            return f"{strategy}/{variant}"
        return narrowed(speak(known.title), speak(info.prose.title))

    def refusal(self, strategy: str, operation: OperationKey) -> Sentence | None:
        """Why no variant of the strategy guards the operation; None if one does."""
        variants = self.variants(strategy)
        if not variants or any(operation in info.guards for info in variants):
            return None
        return variants[0].refusals.get(operation)

    def fit(self, wanted: VariantChoice) -> VariantChoice:
        """The nearest valid choice: the operation stays, then the strategy, then the variant."""
        guarding = [
            strategy.key
            for strategy in self.strategies
            if any(wanted.operation in info.guards for info in strategy.variants)
        ]
        strategy = wanted.strategy if wanted.strategy in guarding else next(iter(guarding), "")
        keys = [info.key for info in self.variants(strategy) if wanted.operation in info.guards]
        variant = wanted.variant if wanted.variant in keys else next(iter(keys), "")
        return VariantChoice(wanted.operation, strategy, variant)

    def fit_operation(self, wanted: VariantChoice) -> VariantChoice:
        """The nearest valid choice with the wanted strategy and, if that exists, the wanted variant."""
        variants = self.variants(wanted.strategy)
        chosen = [info for info in variants if info.key == wanted.variant] or [
            info for info in variants if wanted.operation in info.guards
        ]
        info = next(iter(chosen or variants), None)
        if info is None:
            return self.fit(wanted)
        guarded = [operation for operation in OperationKey if operation in info.guards]
        operation = wanted.operation if wanted.operation in guarded else guarded[0]
        return VariantChoice(operation, wanted.strategy, info.key)


def catalogue_text(text: str) -> str:
    """A text of the catalogue in the language of the window."""
    return QCoreApplication.translate("Catalogue", text) if text else ""
